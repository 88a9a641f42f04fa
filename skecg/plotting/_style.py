"""Colours and names that every display shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg import aami
from skecg._class_colors import CLASS_COLORS

OTHER_COLOR = "#56B4E9"
CLASS_MARKERS = MappingProxyType({"N": "o", "S": "s", "V": "^", "F": "D", "Q": "v"})
"""What tells classes apart where a print has no colours."""
_OTHER_MARKER = "X"
# For series that are no classes, such as classifiers; the first are the most apart.
_SERIES_COLORS = (OTHER_COLOR, *(CLASS_COLORS[letter] for letter in "SFQNV"))
_SERIES_MARKERS = ("o", "s", "D", "^", "v", "X")
_LETTERS = {str(name): letter for letter, name in aami.CLASS_NAMES.items()}


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
    """Return AAMI letters for the codes 0 to 4, and other labels as they are.

    The codes 0 and 1 alone are more often no and yes than N and S, and stay as well.
    """
    labels = list(labels)
    codes = range(len(aami.CLASSES))
    are_codes = all(isinstance(x, int | np.integer) and x in codes for x in labels)
    if are_codes and set(labels) != {0, 1}:
        return [aami.CLASSES[label] for label in labels]
    return [str(label) for label in labels]


def names_of_classes(
    labels: Sequence[Any] | npt.NDArray[Any], display_labels: Sequence[str] | None
) -> list[str]:
    """Return the names asked for, one a label in their order, or the classes' own."""
    if display_labels is None:
        return class_letters(labels)
    if len(display_labels) != len(labels):
        raise ValueError(
            f"display_labels must name the {len(labels)} classes of y, got "
            f"{len(display_labels)} names; pass one for each of "
            f"{np.asarray(labels).tolist()}."
        )
    names = [str(name) for name in display_labels]
    if len(set(names)) < len(names):
        raise ValueError(
            f"display_labels must name each class once, got {names}; give two classes "
            "two names."
        )
    return names


def class_colors(names: Sequence[str]) -> list[str]:
    """Return each class's own colour; other names share out those that are left."""
    return _own_or_left(names, CLASS_COLORS, OTHER_COLOR)


def class_markers(names: Sequence[str]) -> list[str]:
    """Return each class's own marker; other names share out those that are left."""
    return _own_or_left(names, CLASS_MARKERS, _OTHER_MARKER)


def series_styles(n_series: int) -> list[tuple[str, str]]:
    """Return a colour and a marker for each series, at most 36 of them different."""
    n_colors = len(_SERIES_COLORS)
    return [
        (
            _SERIES_COLORS[i % n_colors],
            _SERIES_MARKERS[(i + i // n_colors) % len(_SERIES_MARKERS)],
        )
        for i in range(n_series)
    ]


def _own_or_left(names: Sequence[str], own: Mapping[str, str], other: str) -> list[str]:
    letters = [_LETTERS.get(name, name) for name in names]
    # From the last, so that what is no class looks least like N, the common one.
    values = (other, *list(own.values())[::-1])
    left = cycle(
        [x for x in values if x not in {own.get(letter) for letter in letters}]
    )
    return [own[letter] if letter in own else next(left) for letter in letters]
