"""Colours, markers and class names that all displays share."""

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
"""Markers that distinguish classes in print without colours."""
_OTHER_MARKER = "X"
# For series other than classes, such as classifiers; the first ones differ most.
_SERIES_COLORS = (OTHER_COLOR, *(CLASS_COLORS[letter] for letter in "SFQNV"))
_SERIES_MARKERS = ("o", "s", "D", "^", "v", "X")
_LETTERS = {str(name): letter for letter, name in aami.CLASS_NAMES.items()}


def ink() -> str:
    """Return the text colour of the current style, which is light in dark styles."""
    import matplotlib as mpl

    return mpl.rcParams["text.color"]


def readable_on(color: Any) -> str:
    """Return black or white, whichever has more contrast with a colour.

    The contrast is that of the Web Content Accessibility Guidelines 2.2, "relative
    luminance" and "contrast ratio" (https://www.w3.org/TR/WCAG22/).
    """
    return "black" if luminance(color) > 0.1791 else "white"


def luminance(color: Any) -> float:
    """Return the relative luminance of a colour, 0 for black and 1 for white."""
    from matplotlib.colors import to_rgb

    values = np.array(to_rgb(color))
    linear = np.where(
        values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4
    )
    return float(linear @ [0.2126, 0.7152, 0.0722])


def class_letters(labels: Iterable[Any]) -> list[str]:
    """Return AAMI letters for the codes 0 to 4, and other labels unchanged.

    0 and 1 stay unchanged if they are the only labels, because they are usually a
    binary target and not N and S.
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
    """Return the given name of each label, or its default name if none are given."""
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
            f"display_labels must be different names, got {names}; pass a different "
            "name for each class."
        )
    return names


def class_colors(names: Sequence[str]) -> list[str]:
    """Return the colour of each class; other names get the unused colours."""
    return _own_or_unused(names, CLASS_COLORS, OTHER_COLOR)


def class_markers(names: Sequence[str]) -> list[str]:
    """Return the marker of each class; other names get the unused markers."""
    return _own_or_unused(names, CLASS_MARKERS, _OTHER_MARKER)


def series_styles(n_series: int) -> list[tuple[str, str]]:
    """Return a colour and a marker for each series; up to 36 pairs are different."""
    n_colors = len(_SERIES_COLORS)
    return [
        (
            _SERIES_COLORS[i % n_colors],
            _SERIES_MARKERS[(i + i // n_colors) % len(_SERIES_MARKERS)],
        )
        for i in range(n_series)
    ]


def _own_or_unused(
    names: Sequence[str], own: Mapping[str, str], other: str
) -> list[str]:
    letters = [_LETTERS.get(name, name) for name in names]
    # Reversed, so that the value of N, the most common class, is used last.
    values = (other, *list(own.values())[::-1])
    unused = cycle(
        [x for x in values if x not in {own.get(letter) for letter in letters}]
    )
    return [own[letter] if letter in own else next(unused) for letter in letters]
