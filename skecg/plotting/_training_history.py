"""Learning curves of loss, accuracy and score."""

from typing import Any

import numpy as np
import pandas as pd

from skecg._class_colors import CLASS_COLORS
from skecg.plotting._style import ink

__all__ = ["TrainingHistoryDisplay"]

_PANELS = (
    ("loss", "Loss (cross-entropy)"),
    ("accuracy", "Accuracy"),
    ("score", "Score"),
)


class TrainingHistoryDisplay:
    """Learning curves of loss, accuracy and held-out score, with the epoch kept.

    The epoch with the best held-out score is kept. The score is drawn if it is neither
    the loss nor the accuracy.

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    history : DataFrame
        The ``history_`` of a classifier.
    best_epoch : int or None, default=None
        The epoch to mark.

    Attributes
    ----------
    ax_ : ndarray of two or three matplotlib Axes
        The axes of loss, accuracy and score.
    figure_ : matplotlib Figure
        The figure of the axes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg import CNN1DClassifier
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import TrainingHistoryDisplay
    >>> X, y = make_beats(500, weights=[1, 0, 1, 0, 1], return_X_y=True)
    >>> clf = CNN1DClassifier(n_filters=(4, 4), max_epochs=2).fit(X, y)
    >>> display = TrainingHistoryDisplay.from_estimator(clf)
    >>> [ax.get_ylabel() for ax in display.ax_]
    ['Loss (cross-entropy)', 'Accuracy', 'Score']
    >>> plt.close(display.figure_)
    """

    def __init__(self, history: pd.DataFrame, *, best_epoch: int | None = None) -> None:
        self.history = history
        self.best_epoch = best_epoch

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, ax: Any = None
    ) -> "TrainingHistoryDisplay":
        """Draw the training of a fitted classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted network classifier of this package, or one inside a pipeline, a
            :class:`~skecg.PriorAdjustedClassifier` or a search.
        ax : sequence of two or three matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure. The third axes show the score.

        Returns
        -------
        TrainingHistoryDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If `estimator` contains no network of this package.
        sklearn.exceptions.NotFittedError
            If `estimator` is not fitted.
        """
        from skecg.classification.network._find_network import find_network

        _, clf = find_network(estimator)
        return cls(clf.history_, best_epoch=clf.best_epoch_).plot(ax=ax)

    def plot(self, ax: Any = None) -> "TrainingHistoryDisplay":
        """Draw the curves.

        Parameters
        ----------
        ax : sequence of two or three matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure. The third axes show the score.

        Returns
        -------
        TrainingHistoryDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        panels = _PANELS if self._has_own_score() else _PANELS[:2]
        if ax is None:
            n_panels = len(panels)
            size = (5 * n_panels, 4)
            _, ax = plt.subplots(1, n_panels, figsize=size, layout="constrained")
        if len(ax) not in (2, 3):
            raise ValueError(
                f"ax must be a sequence of two or three axes, got {len(ax)}."
            )
        # Without a score, the third axes stay empty.
        for axes, (figure, label) in zip(ax, panels, strict=False):
            for side, name, color in (
                ("train", "Training", CLASS_COLORS["N"]),
                ("valid", "Held out", CLASS_COLORS["V"]),
            ):
                curve = self.history.get(f"{side}_{figure}")
                if curve is not None and curve.notna().any():
                    axes.plot(
                        self.history.epoch, curve, color=color, label=name, marker="."
                    )
            if self.best_epoch is not None:
                axes.axvline(
                    self.best_epoch, color=ink(), linestyle=":", label="Epoch kept"
                )
            axes.set(xlabel="Epoch", ylabel=label)
            axes.xaxis.get_major_locator().set_params(integer=True)
            axes.grid(alpha=0.3)
            axes.legend()
        self.ax_, self.figure_ = ax, ax[0].figure
        return self

    def _has_own_score(self) -> bool:
        """Return whether the score is neither the loss nor the accuracy."""
        if "valid_score" not in self.history:
            return False
        score = self.history["valid_score"]
        return bool(score.notna().any()) and not any(
            np.array_equal(score, others, equal_nan=True)
            for others in (-self.history["valid_loss"], self.history["valid_accuracy"])
        )
