"""Mean and example beats of each class."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_consistent_length, column_or_1d

from skecg._sklearn import Interval, feature_names, validate_params
from skecg._validation import refuse_missing_labels
from skecg.plotting._style import class_colors, ink, names_of_classes
from skecg.signal import Layout, get_layout
from skecg.signal._columns import divide_columns

__all__ = ["BeatOverlayDisplay"]

_SPREAD = (10, 90)  # percentiles


class BeatOverlayDisplay:
    """Plot of the mean beat of each class with percentiles and a few examples.

    Create it with :meth:`from_beats`.

    Parameters
    ----------
    times : ndarray of shape (n_samples,) or None
        Seconds from the R peak; None shows sample numbers.
    means : ndarray of shape (n_classes, n_samples)
        The mean beat of each class.
    spreads : ndarray of shape (n_classes, 2, n_samples)
        The 10th and the 90th percentile of the beats of each class.
    examples : sequence of ndarray of shape (n_examples, n_samples)
        Some beats of each class.
    counts : ndarray of shape (n_classes,)
        The number of beats of each class.
    display_labels : sequence of str
        The names of the classes.

    Attributes
    ----------
    ax_ : ndarray of shape (n_classes,) of matplotlib Axes
        The axes drawn on, one per class.
    figure_ : matplotlib Figure
        The figure of the axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import BeatOverlayDisplay
    >>> X, y = make_beats(500, random_state=0, return_X_y=True)
    >>> display = BeatOverlayDisplay.from_beats(X, y, random_state=0)
    >>> [ax.get_title() for ax in display.ax_[:2]]
    ['N (414 beats)', 'S (13 beats)']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        times: npt.NDArray[Any] | None,
        means: npt.NDArray[Any],
        spreads: npt.NDArray[Any],
        *,
        examples: Sequence[npt.NDArray[Any]],
        counts: npt.NDArray[Any],
        display_labels: Sequence[str],
    ) -> None:
        self.times = times
        self.means = means
        self.spreads = spreads
        self.examples = list(examples)
        self.counts = counts
        self.display_labels = list(display_labels)

    @classmethod
    @validate_params(
        {
            "X": ["array-like"],
            "y": ["array-like"],
            "layout": [str, Layout, None],
            "n_channels": [Interval(Integral, 1, None, closed="left"), None],
            "n_aux_features": [Interval(Integral, 0, None, closed="left"), None],
            "lead": [Interval(Integral, 0, None, closed="left")],
            "n_examples": [Interval(Integral, 0, None, closed="left")],
            "random_state": ["random_state"],
        },
        prefer_skip_nested_validation=True,
    )
    def from_beats(
        cls,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        layout: str | Layout | None = "study",
        n_channels: int | None = None,
        n_aux_features: int | None = None,
        lead: int = 0,
        n_examples: int = 3,
        random_state: int | np.random.RandomState | None = None,
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> BeatOverlayDisplay:
        """Compute the mean beat of each class and draw it.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            The annotated or predicted class of each beat.
        layout : str, Layout or None, default="study"
            The layout of the rows, such as ``beats.layout``, or its name. Use None for
            rows without a layout; the x axis then shows sample numbers.
        n_channels : int or None, default=None
            The number of leads. None takes that of the layout, or 1 without a layout.
        n_aux_features : int or None, default=None
            The number of columns at the end of a row that are not samples. None takes
            that of the layout, or 0 without a layout.
        lead : int, default=0
            The number of the lead to draw.
        n_examples : int, default=3
            The number of beats of each class to draw, as thin lines.
        random_state : int, RandomState instance or None, default=None
            Seed or generator of the choice of these beats.
        display_labels : sequence of str or None, default=None
            Names for the sorted classes. None shows the codes 0 to 4 as AAMI letters
            and other labels unchanged; 0 and 1 stay unchanged if they are the only
            labels.
        ax : sequence of matplotlib Axes or None, default=None
            Axes to draw on, one per class; None creates a figure.

        Returns
        -------
        BeatOverlayDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the number of columns does not fit the layout, `lead` does not exist, or
            the numbers of names and classes differ.
        """
        beats = check_array(X, dtype=np.float64, input_name="X")
        refuse_missing_labels(y)
        labels = column_or_1d(y)
        check_consistent_length(beats, labels)
        n_leads, n_features = divide_columns(
            layout,
            n_channels,
            n_aux_features,
            beats.shape[1],
            feature_names(X),
        )
        if lead >= n_leads:
            raise ValueError(
                f"lead must be below the number of leads in X, {n_leads}, got {lead}."
            )
        n_values = beats.shape[1] - n_features
        drawn = beats[:, :n_values].reshape(len(beats), n_leads, -1)[:, lead]
        times = None
        if layout is not None:
            cut = get_layout(layout)
            times = (np.arange(cut.n_samples) - cut.n_before) / cut.fs
        random = check_random_state(random_state)
        classes, counts = np.unique(labels, return_counts=True)
        names = names_of_classes(classes, display_labels)
        parts = [drawn[labels == label] for label in classes]
        return cls(
            times,
            np.array([part.mean(axis=0) for part in parts]),
            np.array([np.percentile(part, _SPREAD, axis=0) for part in parts]),
            examples=[
                part[random.permutation(len(part))[:n_examples]] for part in parts
            ],
            counts=counts,
            display_labels=names,
        ).plot(ax=ax)

    def plot(self, ax: Any = None) -> BeatOverlayDisplay:
        """Draw each class into separate axes.

        Parameters
        ----------
        ax : sequence of matplotlib Axes or None, default=None
            Axes to draw on, one per class; None creates a figure.

        Returns
        -------
        BeatOverlayDisplay
            The display itself.

        Raises
        ------
        ValueError
            If the numbers of axes and classes differ.
        """
        import matplotlib.pyplot as plt

        n_classes = len(self.display_labels)
        if ax is None:
            n_columns = min(n_classes, 3)
            n_rows = -(-n_classes // n_columns)
            figure, grid = plt.subplots(
                n_rows,
                n_columns,
                figsize=(2.3 * n_columns, 2.1 * n_rows + 0.5),
                sharex=True,
                sharey=True,
                squeeze=False,
                layout="constrained",
            )
            for unused in grid.flat[n_classes:]:
                unused.remove()
            # The last axes of each column show the times.
            for axes in grid.flat[max(n_classes - n_columns, 0) : n_classes]:
                axes.xaxis.set_tick_params(labelbottom=True)
            label = "Sample" if self.times is None else "Seconds from the R peak"
            figure.supxlabel(label, fontsize="medium")
            ax = grid.flat[:n_classes]
        ax = np.ravel(ax)
        if len(ax) != n_classes:
            raise ValueError(
                f"ax must contain axes for each of the {n_classes} classes, got "
                f"{len(ax)}; pass {n_classes} axes, or None for a new figure."
            )
        colors = class_colors(self.display_labels)
        for k, (axes, color) in enumerate(zip(ax, colors, strict=True)):
            self._draw_class(axes, k, color)
        self.ax_, self.figure_ = ax, ax[0].figure
        return self

    def _draw_class(self, axes: Any, k: int, color: str) -> None:
        name = self.display_labels[k]
        times = np.arange(self.means.shape[1]) if self.times is None else self.times
        axes.fill_between(times, *self.spreads[k], color=color, alpha=0.3, lw=0)
        for example in self.examples[k]:
            axes.plot(times, example, color=ink(), lw=0.6, alpha=0.5)
        axes.plot(times, self.means[k], color=color, lw=2)
        # A long name in one line would overlap the next title.
        gap = "\n" if len(name) > 12 else " "
        axes.set_title(f"{name}{gap}({self.counts[k]:,} beats)", fontsize="medium")
        axes.spines[["top", "right"]].set_visible(False)
