"""Confusion matrix for imbalanced classes of beats."""

from typing import Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay, confusion_matrix
from sklearn.utils.multiclass import unique_labels

from skecg.plotting._style import class_letters, readable_on

__all__ = ["BeatConfusionDisplay"]

_WIDEST_NAME = 10
"""The longest class name, in letters, that fits horizontally beside four others."""


class BeatConfusionDisplay(ConfusionMatrixDisplay):
    """Confusion matrix that shows rare and common classes equally well.

    It extends scikit-learn's display; create it with ``from_estimator`` or
    ``from_predictions``. There are two differences. The colour of a cell is always its
    share of the annotated class, even if the text is a count; with
    ``normalize="pred"``, it is the share of the predicted class. The codes 0 to 4 are
    shown as AAMI letters, except 0 and 1 if they are the only labels.

    Parameters
    ----------
    confusion_matrix : ndarray of shape (n_classes, n_classes)
        The matrix; rows are the annotated classes.
    display_labels : array-like of shape (n_classes,) or None, default=None
        The names of the classes.
    normalize : {"true", "pred", "all"} or None, default=None
        The normalisation of the matrix.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    im_ : matplotlib AxesImage
        The cells.
    text_ : ndarray of shape (n_classes, n_classes), or None
        The texts of the cells.

    See Also
    --------
    sklearn.metrics.ConfusionMatrixDisplay : The base class.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg.plotting import BeatConfusionDisplay
    >>> display = BeatConfusionDisplay.from_predictions([0, 0, 2], [0, 2, 2])
    >>> [text.get_text() for text in display.ax_.get_xticklabels()]
    ['N', 'V']
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        confusion_matrix: np.ndarray,
        *,
        display_labels: Any = None,
        normalize: str | None = None,
    ) -> None:
        super().__init__(confusion_matrix, display_labels=display_labels)
        self.normalize = normalize

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, cmap: Any = None, **kwargs: Any
    ) -> "BeatConfusionDisplay":
        """Draw the confusion matrix of a classifier.

        Parameters
        ----------
        estimator : estimator
            A fitted classifier.
        X : array-like of shape (n_beats, n_features)
            The beats.
        y : array-like of shape (n_beats,)
            The annotated classes.
        cmap : str, matplotlib Colormap or None, default=None
            The colours; None takes ``"Blues"``.
        **kwargs
            As in :meth:`sklearn.metrics.ConfusionMatrixDisplay.from_estimator`.

        Returns
        -------
        BeatConfusionDisplay
            The drawn display.
        """
        display: BeatConfusionDisplay = super().from_estimator(
            estimator, X, y, cmap=cmap, **kwargs
        )
        return display

    @classmethod
    def from_predictions(
        cls,
        y_true: Any,
        y_pred: Any,
        *,
        labels: Any = None,
        sample_weight: Any = None,
        normalize: str | None = None,
        display_labels: Any = None,
        **kwargs: Any,
    ) -> "BeatConfusionDisplay":
        """Draw the confusion matrix of predictions.

        Parameters
        ----------
        y_true : array-like of shape (n_beats,)
            The annotated classes.
        y_pred : array-like of shape (n_beats,)
            The predicted classes.
        labels : array-like of shape (n_classes,) or None, default=None
            The classes to draw, in order; None draws all.
        sample_weight : array-like of shape (n_beats,) or None, default=None
            The weight of each beat.
        normalize : {"true", "pred", "all"} or None, default=None
            Whether to write shares of the annotated class, of the predicted class or
            of all beats; None writes counts.
        display_labels : array-like of shape (n_classes,) or None, default=None
            The names of the classes.
        **kwargs
            As in :meth:`plot`.

        Returns
        -------
        BeatConfusionDisplay
            The drawn display.
        """
        matrix = confusion_matrix(
            y_true,
            y_pred,
            labels=labels,
            sample_weight=sample_weight,
            normalize=normalize,
        )
        if display_labels is None:
            display_labels = unique_labels(y_true, y_pred) if labels is None else labels
        display = cls(matrix, display_labels=display_labels, normalize=normalize)
        return display.plot(**kwargs)

    def plot(self, **kwargs: Any) -> "BeatConfusionDisplay":
        """Draw the matrix.

        Parameters
        ----------
        **kwargs
            As in :meth:`sklearn.metrics.ConfusionMatrixDisplay.plot`, except that
            `cmap` is ``"Blues"`` by default. Long names are vertical if
            ``xticks_rotation`` is ``"horizontal"``, the default; pass 0 for horizontal
            names.

        Returns
        -------
        BeatConfusionDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        matrix = self.confusion_matrix
        if self.display_labels is not None:
            self.display_labels: list[str] = class_letters(self.display_labels)
        if kwargs.get("cmap") is None:
            kwargs["cmap"] = "Blues"
        if kwargs.get("values_format") is None:
            is_count = np.issubdtype(matrix.dtype, np.integer)
            kwargs["values_format"] = ",d" if is_count else ".3f"
        if kwargs.get("ax") is None:
            _, kwargs["ax"] = plt.subplots(layout="constrained")
        names = [] if self.display_labels is None else self.display_labels
        is_default = kwargs.get("xticks_rotation") in (None, "horizontal")
        if is_default and max(map(len, names), default=0) > _WIDEST_NAME:
            kwargs["xticks_rotation"] = "vertical"
        wants_colorbar = kwargs.pop("colorbar", True)
        super().plot(colorbar=False, **kwargs)
        is_by_column = self.normalize == "pred"
        totals = matrix.sum(axis=0 if is_by_column else 1, keepdims=True)
        share = np.divide(matrix, totals, out=np.zeros(matrix.shape), where=totals > 0)
        self.im_.set_data(share)
        self.im_.set_clim(0, 1)
        if self.text_ is not None:
            for text, value in zip(self.text_.flat, share.flat, strict=True):
                text.set_color(readable_on(self.im_.cmap(value)))
        if wants_colorbar:
            side = "predicted" if is_by_column else "annotated"
            label = f"Share of the {side} class"
            self.figure_.colorbar(self.im_, ax=self.ax_, label=label)
        self.ax_.set(xlabel="Predicted class", ylabel="Annotated class")
        return self
