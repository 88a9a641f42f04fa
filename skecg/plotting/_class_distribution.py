"""A bar chart of the class distribution."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import column_or_1d

from skecg._validation import refuse_missing_labels
from skecg.plotting._style import class_colors, ink, names_of_classes

__all__ = ["ClassDistributionDisplay"]


class ClassDistributionDisplay:
    """Bar chart of the number of beats in each class.

    Create it with :meth:`from_targets`.

    Parameters
    ----------
    counts : ndarray of shape (n_classes,)
        The number of beats of each class.
    display_labels : sequence of str
        The names of the classes.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    bars_ : matplotlib BarContainer
        The bars.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import ClassDistributionDisplay
    >>> X, y = make_beats(200, random_state=0, return_X_y=True)
    >>> display = ClassDistributionDisplay.from_targets(y)
    >>> display.display_labels
    ['N', 'S', 'V', 'F', 'Q']
    >>> plt.close(display.figure_)
    """

    def __init__(self, counts: np.ndarray, *, display_labels: Sequence[str]) -> None:
        self.counts = counts
        self.display_labels = list(display_labels)

    @classmethod
    def from_targets(
        cls,
        y: ArrayLike,
        *,
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> ClassDistributionDisplay:
        """Count the beats of each class and draw the bars.

        Parameters
        ----------
        y : array-like of shape (n_beats,)
            The class of each beat.
        display_labels : sequence of str or None, default=None
            Names for the sorted classes. None shows the codes 0 to 4 as AAMI letters
            and other labels unchanged; 0 and 1 stay unchanged if they are the only
            labels.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ClassDistributionDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the numbers of names and classes differ, or `y` contains None or NaN.
        """
        refuse_missing_labels(y)
        labels, counts = np.unique(column_or_1d(y), return_counts=True)
        names = names_of_classes(labels, display_labels)
        return cls(counts, display_labels=names).plot(ax=ax)

    def plot(self, ax: Any = None) -> ClassDistributionDisplay:
        """Draw the bars, labelled with count and percentage.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ClassDistributionDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
        colors = class_colors(self.display_labels)
        names = [
            fill(str(name), 12, break_long_words=False) for name in self.display_labels
        ]
        self.bars_ = ax.bar(names, self.counts, color=colors, width=0.7)
        total = self.counts.sum()
        texts = [f"{count:,}\n{count / total:.1%}" for count in self.counts]
        ax.bar_label(self.bars_, texts, padding=3, color=ink())
        ax.margins(y=0.18)
        ax.yaxis.set_major_formatter("{x:,.0f}")
        ax.set(xlabel="Class", ylabel="Beats")
        ax.spines[["top", "right"]].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
