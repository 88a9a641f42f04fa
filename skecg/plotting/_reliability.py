"""Calibration curves of each class."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.calibration import calibration_curve
from sklearn.utils import check_array
from sklearn.utils.validation import check_consistent_length, column_or_1d

from skecg._sklearn import Interval, StrOptions, validate_params
from skecg._validation import refuse_missing_labels
from skecg.plotting._style import (
    class_colors,
    class_markers,
    ink,
    names_of_classes,
)

__all__ = ["ReliabilityDisplay"]

_ROUNDING = 1e-3  # rounding error of half precision

Curve = tuple[npt.NDArray[Any], npt.NDArray[Any]]


class ReliabilityDisplay:
    """Reliability diagram with one calibration curve per class.

    Create it with :meth:`from_estimator` or :meth:`from_predictions`. Points on the
    diagonal are calibrated: of the beats with a predicted probability of 30 % for a
    class, 30 % are of this class. Below the diagonal, the predicted probability is too
    high, as it is for rare classes after training on equal numbers of beats per class.

    Parameters
    ----------
    curves : dict of str to (ndarray, ndarray)
        For the name of each class, the mean predicted probability and the share of
        beats of the class, in bins of the predicted probability.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    lines_ : dict of str to matplotlib Line2D
        The curves.

    See Also
    --------
    sklearn.calibration.CalibrationDisplay : A calibration curve for two classes.
    skecg.PriorAdjustedClassifier : Corrects probabilities after balanced training.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import ReliabilityDisplay
    >>> X, y = make_beats(500, random_state=0, return_X_y=True)
    >>> clf = LogisticRegression(max_iter=2000).fit(X, y)
    >>> display = ReliabilityDisplay.from_estimator(clf, X, y, n_bins=5)
    >>> list(display.curves)
    ['N', 'S', 'V', 'F', 'Q']
    >>> plt.close(display.figure_)
    """

    def __init__(self, curves: Mapping[str, Curve]) -> None:
        self.curves = dict(curves)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: npt.ArrayLike,
        y: npt.ArrayLike,
        *,
        n_bins: int = 10,
        strategy: str = "uniform",
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> ReliabilityDisplay:
        """Predict probabilities with a classifier and draw their calibration.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier with ``predict_proba``.
        X : array-like of shape (n_beats, n_features)
            Beats that are not in the training set.
        y : array-like of shape (n_beats,)
            The annotated classes.
        n_bins : int, default=10
            The number of bins; empty bins have no point.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width or with equal numbers of beats.
        display_labels : sequence of str or None, default=None
            Names for the sorted classes. None shows the codes 0 to 4 as AAMI letters
            and other labels unchanged; 0 and 1 stay unchanged if they are the only
            labels.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ReliabilityDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If an argument is invalid.
        """
        return cls.from_predictions(
            y,
            estimator.predict_proba(X),
            labels=estimator.classes_,
            n_bins=n_bins,
            strategy=strategy,
            display_labels=display_labels,
            ax=ax,
        )

    @classmethod
    @validate_params(
        {
            "y_true": ["array-like"],
            "y_proba": ["array-like"],
            "labels": ["array-like", None],
            "n_bins": [Interval(Integral, 1, None, closed="left")],
            "strategy": [StrOptions({"uniform", "quantile"})],
        },
        prefer_skip_nested_validation=True,
    )
    def from_predictions(
        cls,
        y_true: npt.ArrayLike,
        y_proba: npt.ArrayLike,
        *,
        labels: Sequence[Any] | None = None,
        n_bins: int = 10,
        strategy: str = "uniform",
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> ReliabilityDisplay:
        """Draw the calibration of predicted probabilities.

        Parameters
        ----------
        y_true : array-like of shape (n_beats,)
            The annotated classes.
        y_proba : array-like of shape (n_beats, n_classes)
            The probability of each class.
        labels : array-like of shape (n_classes,) or None, default=None
            The classes of the columns; None takes those in `y_true`, sorted.
        n_bins : int, default=10
            The number of bins; empty bins have no point.
        strategy : {"uniform", "quantile"}, default="uniform"
            Bins of equal width or with equal numbers of beats.
        display_labels : sequence of str or None, default=None
            Names for the columns. None shows the codes 0 to 4 as AAMI letters and
            other labels unchanged; 0 and 1 stay unchanged if they are the only labels.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ReliabilityDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the number of columns or names differs from that of classes, `y_proba` is
            not within 0..1, or another argument is invalid.
        """
        refuse_missing_labels(y_true, "y_true")
        true = column_or_1d(y_true)
        proba = check_array(y_proba, dtype=np.float64, input_name="y_proba")
        check_consistent_length(true, proba)
        classes = np.unique(true) if labels is None else np.asarray(labels)
        if len(classes) != proba.shape[1]:
            raise ValueError(
                f"y_proba must have a column for each of the {len(classes)} classes, "
                f"got {proba.shape[1]}; pass the classifier's classes_ as labels."
            )
        if proba.size and not -_ROUNDING < proba.min() <= proba.max() < 1 + _ROUNDING:
            raise ValueError(
                f"y_proba must be probabilities from 0 to 1, got {proba.min():.3g} to "
                f"{proba.max():.3g}; pass the result of predict_proba."
            )
        curves = {}
        for name, label, column in zip(
            names_of_classes(classes, display_labels), classes, proba.T, strict=True
        ):
            share, mean = calibration_curve(
                true == label,
                np.clip(column, 0, 1),
                pos_label=True,
                n_bins=n_bins,
                strategy=strategy,
            )
            curves[name] = (mean, share)
        return cls(curves).plot(ax=ax)

    def plot(self, ax: Any = None) -> ReliabilityDisplay:
        """Draw the curves and the diagonal.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        ReliabilityDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(5.2, 5), layout="constrained")
        ax.plot(
            [0, 1], [0, 1], color=ink(), linestyle=":", label="Perfectly calibrated"
        )
        self.lines_ = {}
        names = list(self.curves)
        for name, color, marker in zip(
            names, class_colors(names), class_markers(names), strict=True
        ):
            (self.lines_[name],) = ax.plot(
                *self.curves[name], color=color, marker=marker, label=name
            )
        ax.set(
            xlabel="Mean predicted probability",
            ylabel="Share of beats of the class",
            xlim=(-0.02, 1.02),
            ylim=(-0.02, 1.02),
            aspect="equal",
        )
        # Inside the axes, because axes of equal aspect may leave no room beside them.
        ax.legend(title="Class", loc="best")
        ax.spines[["top", "right"]].set_visible(False)
        self.ax_, self.figure_ = ax, ax.figure
        return self
