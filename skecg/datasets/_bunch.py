"""The Bunch that the loaders and fetchers of beats return."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils import Bunch

from skecg.signal import Layout

__all__ = ["beat_bunch"]


def beat_bunch(
    *,
    data: npt.NDArray[Any],
    layout: Layout,
    feature_names: Sequence[str],
    target: npt.NDArray[np.int64],
    target_names: Sequence[str],
    groups: npt.NDArray[Any] | None,
    records: npt.NDArray[Any] | None,
    r_peaks: npt.NDArray[np.int64] | None,
    symbols: npt.NDArray[Any] | None,
    descr: str,
    return_X_y: bool = False,
    as_frame: bool = False,
    **extra: Any,
) -> Any:
    """Return beats as a Bunch, as a Bunch of frames or as ``(data, target)``.

    Parameters
    ----------
    data : ndarray of shape (n_beats, n_features)
        The beats, one per row.
    layout : Layout
        The layout of the rows.
    feature_names : sequence of str
        The names of the columns.
    target : ndarray of shape (n_beats,)
        The class codes.
    target_names : sequence of str
        The name of each class code.
    groups, records, r_peaks, symbols : ndarray of shape (n_beats,) or None
        The subject, record, annotation sample and symbol of each beat; None if
        unknown.
    descr : str
        A description of the data set, with its licence and citations (``DESCR``).
    return_X_y : bool, default=False
        Whether to return only ``(data, target)``.
    as_frame : bool, default=False
        Whether to return data and target as a DataFrame and a Series. The Bunch then
        also contains ``frame``, a table of both.
    **extra
        Further entries of the Bunch, such as the arguments of the fetcher.

    Returns
    -------
    bunch : Bunch, or tuple (data, target)
        The beats with their metadata or, with `return_X_y`, only data and target.
    """
    n_channels, n_aux_features = layout.count_columns(data.shape[1])
    X: Any = data
    y: Any = target
    frame = None
    if as_frame:
        X = pd.DataFrame(data, columns=list(feature_names), copy=False)
        y = pd.Series(target, name="target", copy=False)
        frame = X.assign(target=y) if not return_X_y else None
    if return_X_y:
        return X, y
    return Bunch(
        data=X,
        target=y,
        frame=frame,
        feature_names=list(feature_names),
        target_names=list(target_names),
        groups=groups,
        records=records,
        r_peaks=r_peaks,
        symbols=symbols,
        layout=layout,
        n_channels=n_channels,
        n_aux_features=n_aux_features,
        DESCR=descr,
        **extra,
    )
