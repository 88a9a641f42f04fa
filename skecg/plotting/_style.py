"""Colours and names that every display shares."""

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from skecg import aami

# Okabe and Ito's palette, which colour-blind readers tell apart
# (https://jfly.uni-koeln.de/color/).
CLASS_COLORS = MappingProxyType(
    {"N": "#0072B2", "S": "#E69F00", "V": "#D55E00", "F": "#CC79A7", "Q": "#009E73"}
)
OTHER_COLOR = "#56B4E9"
CLASS_MARKERS = MappingProxyType({"N": "o", "S": "s", "V": "^", "F": "D", "Q": "v"})
"""What tells classes apart where a print has no colours."""


def ink() -> str:
    """Return the colour of text, light where the user's style is dark."""
    import matplotlib as mpl

    return mpl.rcParams["text.color"]


def readable_on(color: Any) -> str:
    """Return black or white, whichever is seen better on a colour.

    The contrast is that of the Web Content Accessibility Guidelines 2.2, "relative
    luminance" and "contrast ratio" (https://www.w3.org/TR/WCAG22/).
    """
    return "black" if luminance(color) > 0.1791 else "white"


def luminance(color: Any) -> float:
    """Return a colour's relative luminance, 0 for black and 1 for white."""
    from matplotlib.colors import to_rgb

    values = np.array(to_rgb(color))
    linear = np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ [0.2126, 0.7152, 0.0722])


def class_letters(labels: Iterable[Any]) -> list[str]:
    """Return AAMI letters for the codes 0 to 4, and other labels as they are."""
    labels = list(labels)
    codes = range(len(aami.CLASSES))
    if all(isinstance(x, int | np.integer) and x in codes for x in labels):
        return [aami.CLASSES[label] for label in labels]
    return [str(label) for label in labels]


def class_colors(names: Sequence[str]) -> list[str]:
    """Return each class's own colour; labels that are no class share one."""
    return [CLASS_COLORS.get(name, OTHER_COLOR) for name in names]


def fitted_classifier(estimator: Any) -> Any:
    """Return the network's classifier: the estimator or its pipeline's last step."""
    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    check_is_fitted(last)
    if not hasattr(last, "net_"):
        raise TypeError(
            "estimator must be a skecg classifier or a pipeline that ends in one, got "
            f"{type(last).__name__}."
        )
    return last
