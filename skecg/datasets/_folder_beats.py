"""The beats of WFDB records as a Bunch."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from skecg import aami
from skecg._group_names import subjects_of_records
from skecg.datasets._bunch import beat_bunch
from skecg.datasets._cut_records import cut_folder
from skecg.datasets._leads import Leads
from skecg.signal import Layout, get_layout

__all__ = ["folder_beats"]


def folder_beats(
    folder: Path,
    records: Sequence[str],
    *,
    layout: str | Layout,
    leads: Leads | None,
    mapping: str,
    descr: str,
    return_X_y: bool,
    as_frame: bool,
    subjects: Mapping[str, str] | None = None,
    extension: str = "atr",
    symbols: Iterable[str] | None = None,
    warn: bool = False,
) -> Any:
    """Cut the beats of records and return their Bunch.

    Parameters
    ----------
    folder : Path
        The folder of the records.
    records : sequence of str
        The names of the records.
    layout, leads, mapping, subjects, extension, symbols, return_X_y, as_frame
        See :func:`skecg.datasets.load_wfdb_beats`.
    descr : str
        The description of the data set.
    warn : bool, default=False
        Whether to warn if beats were left out.

    Returns
    -------
    Bunch, or tuple (data, target)
        See :func:`skecg.datasets.load_wfdb_beats`.
    """
    layout = get_layout(layout)
    columns, feature_names, n_dropped = cut_folder(
        folder,
        records,
        leads=leads,
        layout=layout,
        mapping=mapping,
        extension=extension,
    )
    if warn and any(n_dropped.values()):
        reasons = ", ".join(f"{n} {why}" for why, n in n_dropped.items() if n)
        warnings.warn(
            f"{sum(n_dropped.values())} annotated beats of {str(folder)!r} were left "
            f"out ({reasons.replace('_', ' ')}); n_dropped of the Bunch counts them.",
            UserWarning,
            stacklevel=4,
        )
    if symbols is not None:
        kept = np.isin(columns["symbols"], list(symbols))
        columns = {name: values[kept] for name, values in columns.items()}
    groups = columns["records"]
    if subjects is not None:
        groups = subjects_of_records(groups, subjects)
    return beat_bunch(
        data=columns["data"],
        layout=layout,
        feature_names=feature_names,
        target=columns["target"],
        target_names=aami.CLASSES,
        groups=groups,
        records=columns["records"],
        r_peaks=columns["r_peaks"],
        symbols=columns["symbols"],
        descr=descr,
        return_X_y=return_X_y,
        as_frame=as_frame,
        leads=None if leads is None else list(leads),
        mapping=mapping,
        n_dropped=n_dropped,
    )
