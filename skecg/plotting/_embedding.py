"""Scatter plot of the features that a network computes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.utils.validation import check_consistent_length, column_or_1d

from skecg._validation import refuse_missing_labels
from skecg.plotting._style import class_colors, names_of_classes

__all__ = ["EmbeddingDisplay"]


class EmbeddingDisplay:
    """Scatter plot of a network's last features, reduced to two dimensions.

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    points : ndarray of shape (n_beats, 2)
        The coordinates of the beats.
    y : ndarray of shape (n_beats,)
        The class of each beat.
    display_labels : sequence of str or None, default=None
        Names for the sorted classes. None shows the codes 0 to 4 as AAMI letters and
        other labels unchanged; 0 and 1 stay unchanged if they are the only labels.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    scatters_ : list of matplotlib PathCollection
        The beats of each class, in the order of the sorted classes.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg import CNN1DClassifier
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import EmbeddingDisplay
    >>> X, y = make_beats(300, weights=[1, 0, 1, 0, 0], return_X_y=True)
    >>> clf = CNN1DClassifier(n_filters=(4, 4), max_epochs=1).fit(X, y)
    >>> display = EmbeddingDisplay.from_estimator(clf, X, y)
    >>> display.points.shape, display.display_labels
    ((300, 2), ['N', 'V'])
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        points: np.ndarray,
        y: np.ndarray,
        *,
        display_labels: Sequence[str] | None = None,
    ) -> None:
        self.points = points
        self.y = y
        self.display_labels = names_of_classes(np.unique(y), display_labels)

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        y: ArrayLike | None = None,
        *,
        reducer: Any = None,
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> EmbeddingDisplay:
        """Compute the features of beats with a network and draw them.

        Parameters
        ----------
        estimator : estimator
            A fitted network classifier of this package, or one inside a pipeline, a
            :class:`~skecg.PriorAdjustedClassifier` or a search.
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,) or None, default=None
            The class of each beat; None uses the predictions of `estimator`.
        reducer : transformer or None, default=None
            The transformer that reduces the features to two dimensions, such as
            :class:`sklearn.manifold.TSNE`; None takes the first two principal
            components.
        display_labels : sequence of str or None, default=None
            Names for the sorted classes. None shows the codes 0 to 4 as AAMI letters
            and other labels unchanged; 0 and 1 stay unchanged if they are the only
            labels.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        EmbeddingDisplay
            The drawn display.

        Raises
        ------
        TypeError
            If `estimator` contains no network of this package.
        ValueError
            If the lengths differ, `reducer` does not return two columns, or the numbers
            of names and classes differ.
        sklearn.exceptions.NotFittedError
            If `estimator` is not fitted.
        """
        from skecg.classification.network._find_network import find_network

        transformers, clf = find_network(estimator)
        refuse_missing_labels(y)
        labels = column_or_1d(estimator.predict(X) if y is None else y)
        rows: Any = X
        for step in transformers:
            rows = step.transform(rows)
        features = np.asarray(clf.transform(rows))
        check_consistent_length(features, labels)
        reducer = PCA(n_components=2) if reducer is None else clone(reducer)
        points = np.asarray(reducer.fit_transform(features))
        if points.shape != (len(labels), 2):
            raise ValueError(
                f"reducer must return two columns, got shape {points.shape}; set its "
                "n_components=2."
            )
        return cls(points, labels, display_labels=display_labels).plot(ax=ax)

    def plot(self, ax: Any = None) -> EmbeddingDisplay:
        """Draw the beats, rare classes on top of common ones.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        EmbeddingDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(5.6, 4.4), layout="constrained")
        labels, counts = np.unique(self.y, return_counts=True)
        self.scatters_ = [
            ax.scatter(
                *self.points[self.y == label].T,
                color=color,
                label=name,
                s=9,
                alpha=0.7,
                linewidths=0,
                # Above the grid (1) and below lines (2).
                zorder=2 - count / counts.sum(),
            )
            for label, count, name, color in zip(
                labels,
                counts,
                self.display_labels,
                class_colors(self.display_labels),
                strict=True,
            )
        ]
        ax.set(xlabel="First dimension", ylabel="Second dimension")
        ax.legend(title="Class")
        self.ax_, self.figure_ = ax, ax.figure
        return self
