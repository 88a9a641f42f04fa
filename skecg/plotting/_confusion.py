"""scikit-learn's confusion matrix, dressed for beats."""

from typing import Any

import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from skecg.plotting._style import class_letters, readable_on

__all__ = ["BeatConfusionDisplay"]

_WIDEST_NAME = 10
"""Letters of a class's name, of five side by side, that do not meet the next."""


class BeatConfusionDisplay(ConfusionMatrixDisplay):
    """A confusion matrix in which rare classes are seen as well as common ones.

    It is scikit-learn's display, created with its ``from_estimator`` or
    ``from_predictions``, except that a cell's colour is its share of the
    annotated class, also where counts are written, and that the codes 0 to 4
    are shown as AAMI letters, unless there are 0 and 1 alone.

    Parameters
    ----------
    confusion_matrix : ndarray of shape (n_classes, n_classes)
        The matrix; rows are the annotated classes.
    display_labels : array-like of shape (n_classes,) or None, default=None
        The classes' names.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        Their figure.
    im_ : matplotlib AxesImage
        The cells.
    text_ : ndarray of shape (n_classes, n_classes), or None
        The cells' texts.

    See Also
    --------
    sklearn.metrics.ConfusionMatrixDisplay : What it is made of.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg.plotting import BeatConfusionDisplay
    >>> display = BeatConfusionDisplay.from_predictions([0, 0, 2], [0, 2, 2])
    >>> [text.get_text() for text in display.ax_.get_xticklabels()]
    ['N', 'V']
    >>> plt.close(display.figure_)
    """

    def plot(self, **kwargs: Any) -> "BeatConfusionDisplay":
        """Draw the matrix.

        Parameters
        ----------
        **kwargs
            As in :meth:`sklearn.metrics.ConfusionMatrixDisplay.plot`. Long names
            stand upright, also where ``xticks_rotation`` is its default,
            ``"horizontal"``; 0 lays them flat.

        Returns
        -------
        BeatConfusionDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        matrix = self.confusion_matrix
        if self.display_labels is not None:
            self.display_labels: list[str] = class_letters(self.display_labels)
        if kwargs.get("cmap") in (None, "viridis"):  # scikit-learn's default
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
        totals = matrix.sum(axis=1, keepdims=True)
        share = np.divide(matrix, totals, out=np.zeros(matrix.shape), where=totals > 0)
        self.im_.set_data(share)
        self.im_.set_clim(0, 1)
        if self.text_ is not None:
            for text, value in zip(self.text_.flat, share.flat, strict=True):
                text.set_color(readable_on(self.im_.cmap(value)))
        if wants_colorbar:
            label = "Share of the annotated class"
            self.figure_.colorbar(self.im_, ax=self.ax_, label=label)
        self.ax_.set(xlabel="Predicted class", ylabel="Annotated class")
        return self
