"""What the beats of each class look like."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_consistent_length, column_or_1d

from skecg._sklearn import Interval, StrOptions, validate_params
from skecg.plotting._style import class_colors, ink, names_of_classes
from skecg.signal._centered_layout import AFTER, BEFORE, CENTERED_FS
from skecg.signal._study_layout import N_SAMPLES

__all__ = ["BeatOverlayDisplay"]

_SPREAD = (10, 90)  # percentiles

# What a lead's samples are in each layout: how many, and how many before the R peak.
_LAYOUTS = {"study": (N_SAMPLES, 0), "centered": (BEFORE + AFTER, BEFORE)}


class BeatOverlayDisplay:
    """The mean beat of each class, the spread around it and a few examples.

    Create it with :meth:`from_beats`.

    Parameters
    ----------
    times : ndarray of shape (n_samples,) or None
        Seconds from the R peak; None counts samples.
    means : ndarray of shape (n_classes, n_samples)
        The mean beat of each class.
    spreads : ndarray of shape (n_classes, 2, n_samples)
        The 10th and the 90th percentile of each class's beats.
    examples : sequence of ndarray of shape (n_examples, n_samples)
        Some beats of each class.
    counts : ndarray of shape (n_classes,)
        The beats of each class.
    display_labels : sequence of str
        The classes' names.

    Attributes
    ----------
    ax_ : ndarray of shape (n_classes,) of matplotlib Axes
        The axes drawn on, one a class.
    figure_ : matplotlib Figure
        Their figure.

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
            "layout": [StrOptions(set(_LAYOUTS)), None],
            "n_channels": [Interval(Integral, 1, None, closed="left")],
            "n_aux_features": [Interval(Integral, 0, None, closed="left")],
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
        layout: str | None = "study",
        n_channels: int = 1,
        n_aux_features: int = 0,
        lead: int = 0,
        n_examples: int = 3,
        random_state: int | np.random.RandomState | None = None,
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> BeatOverlayDisplay:
        """Average the beats of each class and draw them.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            Their classes: annotated ones, or those that a classifier predicts.
        layout : {"study", "centered"} or None, default="study"
            That of :func:`skecg.signal.extract_beats`, which says where the R
            peak is. Both are sampled at 120 Hz. None is for rows cut otherwise,
            and counts their samples.
        n_channels : int, default=1
            Leads of a beat, as in the Bunch that the beats came in.
        n_aux_features : int, default=0
            Columns at the end of a row that are no samples, as there.
        lead : int, default=0
            Which lead to draw.
        n_examples : int, default=3
            How many beats of each class to draw, as thin lines.
        random_state : int, RandomState instance or None, default=None
            Decides which.
        display_labels : sequence of str or None, default=None
            Names for the sorted classes; None shows AAMI letters for the codes 0 to 4,
            but not for 0 and 1 alone, and other labels as they are.
        ax : sequence of matplotlib Axes or None, default=None
            Where to draw, one a class; None makes a figure.

        Returns
        -------
        BeatOverlayDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the columns are not those of the leads in the layout, the lead is not
            there, or there are not as many names as classes.
        """
        beats = check_array(X, dtype=np.float64, input_name="X")
        labels = column_or_1d(y)
        check_consistent_length(beats, labels)
        n_values = beats.shape[1] - n_aux_features
        if lead >= n_channels or n_values < 1 or n_values % n_channels:
            raise ValueError(
                f"lead must be one of the {n_channels} that X's {beats.shape[1]} "
                f"columns hold beside {n_aux_features} auxiliary ones, got {lead}; "
                "pass the n_channels and n_aux_features of the Bunch."
            )
        drawn = beats[:, :n_values].reshape(len(beats), n_channels, -1)[:, lead]
        times = None if layout is None else _times(layout, drawn.shape[1])
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
        """Draw each class into axes of its own.

        Parameters
        ----------
        ax : sequence of matplotlib Axes or None, default=None
            Where to draw, one a class; None makes a figure.

        Returns
        -------
        BeatOverlayDisplay
            The display itself.

        Raises
        ------
        ValueError
            If there are not as many axes as classes.
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
                f"ax must hold axes for each of the {n_classes} classes, got "
                f"{len(ax)}; pass as many, or None for a figure of its own."
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
        # A long name would run into the next title.
        gap = "\n" if len(name) > 12 else " "
        axes.set_title(f"{name}{gap}({self.counts[k]:,} beats)", fontsize="medium")
        axes.spines[["top", "right"]].set_visible(False)


def _times(layout: str, n_samples: int) -> npt.NDArray[Any]:
    """Return the times of a lead's samples, if they are as many as in the layout."""
    expected, before = _LAYOUTS[layout]
    if n_samples != expected:
        raise ValueError(
            f"X's rows have {n_samples} samples a lead, and those of the layout "
            f"{layout!r} have {expected}; pass the layout, n_channels and "
            "n_aux_features that the beats were cut with, or layout=None for rows of "
            "another kind."
        )
    return (np.arange(n_samples) - before) / CENTERED_FS
