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
INK = "#333333"


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
