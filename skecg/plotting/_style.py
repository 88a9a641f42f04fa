"""Colours and names that every display shares."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

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


def names_of_classes(
    labels: npt.NDArray[Any], display_labels: Sequence[str] | None
) -> list[str]:
    """Return the names asked for, one a sorted label, or the classes' own."""
    if display_labels is None:
        return class_letters(labels)
    if len(display_labels) != len(labels):
        raise ValueError(
            f"display_labels must name the {len(labels)} classes of y, got "
            f"{len(display_labels)} names; pass one for each class, in sorted order."
        )
    return list(display_labels)


def class_color(name: str) -> str:
    """Return a class's own colour; names that are no class share one."""
    return CLASS_COLORS.get(name, OTHER_COLOR)
