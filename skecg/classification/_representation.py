"""A network as a transformer: what it makes of a beat before it decides."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin

from skecg.classification._checks import checked_rows
from skecg.modules._head import output_layer
from skecg.training._inference import representation

__all__ = ["BeatRepresentation"]


class BeatRepresentation(ClassNamePrefixFeaturesOutMixin, TransformerMixin):
    """Give a classifier of beats ``transform``, its network's last representation."""

    net_: Any

    def transform(self, X: ArrayLike) -> np.ndarray:
        """Return the representation that the network's output layer reads.

        That is the input of the network's last ``torch.nn.Linear``, so that the
        fitted network can stand in front of any other estimator of a pipeline.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats, n_units), float32
            The representation; its columns are named by
            ``get_feature_names_out``.

        Raises
        ------
        ValueError
            If ``module`` is a network that does not end in such a layer.
        """
        rows = checked_rows(self, X)
        return representation(self.net_, rows)

    @property
    def _n_features_out(self) -> int:
        return output_layer(self.net_.module_)[1].in_features

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags
