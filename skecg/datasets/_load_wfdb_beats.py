"""The beats of a folder of annotated WFDB records."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from skecg import aami
from skecg._sklearn import StrOptions, validate_params
from skecg._validation import listed
from skecg.datasets._cut_records import MAPPINGS
from skecg.datasets._folder_beats import folder_beats
from skecg.datasets._leads import Leads
from skecg.datasets._wfdb import read_header
from skecg.signal import Layout

__all__ = ["load_wfdb_beats"]


@validate_params(
    {
        "folder": [str, os.PathLike],
        # The names are checked below; an iterator is accepted too.
        "records": [Iterable, None],
        "layout": [str, Layout],
        "leads": ["array-like", None],
        "mapping": [StrOptions(set(MAPPINGS))],
        "symbols": [Iterable, None],
        "subjects": [Mapping, None],
        "extension": [str],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def load_wfdb_beats(
    folder: str | os.PathLike[str],
    *,
    records: Iterable[str] | None = None,
    layout: str | Layout = "study",
    leads: Leads | None = None,
    mapping: str = "study",
    symbols: Iterable[str] | None = None,
    subjects: Mapping[str, str] | None = None,
    extension: str = "atr",
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Load the beats of a folder of annotated WFDB records.

    Each beat annotation is one beat. Its sample must be near the R peak, because the
    windows and intervals of a layout depend on it. The beats are sorted by class, and
    within a class by record and time.

    Parameters
    ----------
    folder : str or path
        The folder with the records, such as a database of PhysioNet. Its subfolders
        are not searched.
    records : iterable of str or None, default=None
        The records to read, such as ``["100", "201"]``. None reads all that have
        a header (``.hea``), except segments of other records, in order of name.
    layout : str or Layout, default="study"
        The layout of the rows, or its name; see :func:`skecg.signal.get_layout`.
        Records are resampled to the rate of the layout.
    leads : sequence of str, int or tuples of these, or None, default=None
        The leads to read, such as ``["MLII"]``, by name or by column from 0. From a
        tuple, the first lead that the record has is read. Two leads must not select
        the same signal. None reads the first leads, as many as the layout fixes, or all
        leads if it fixes no number. Their names must be the same in all records, unless
        the layout has one lead, as the study's: it reads the first column of each
        record.
    mapping : {"study", "ec57"}, default="study"
        The map from symbols to classes: :data:`skecg.aami.STUDY_MAPPING` or
        :data:`skecg.aami.EC57_MAPPING`. Both contain all beat symbols of PhysioNet;
        they differ in the escape beats ``e``, ``j`` and ``n``.
    symbols : iterable of str or None, default=None
        The symbols of the beats to return, such as ``"NV"``; None returns all. Other
        beats are still used to compute intervals between beats.
    subjects : mapping of str to str, or None, default=None
        The subject of each record, for `groups`. None treats each record as a subject,
        so pass the mapping if subjects have several records.
    extension : str, default="atr"
        The suffix of the annotation files.
    return_X_y : bool, default=False
        Whether to return only ``(data, target)``.
    as_frame : bool, default=False
        Whether to return data and target as a DataFrame and a Series.

    Returns
    -------
    Bunch, or tuple (data, target)
        The beats or, with `return_X_y`, only data and target. The entries:

        data : ndarray of shape (n_beats, n_features), float32
            The beats, from signals in millivolts. The study's layout has 187 columns,
            with each beat scaled to its own range.
        target : ndarray of shape (n_beats,), int64
            0 to 4 for N, S, V, F and Q.
        frame : DataFrame or None
            Both, if `as_frame`.
        feature_names, target_names : list of str
            The names of the columns and of the classes.
        groups : ndarray of shape (n_beats,), str
            The subjects.
        records : ndarray of shape (n_beats,), str
            The records.
        r_peaks : ndarray of shape (n_beats,), int64
            The annotated positions from the start of the record, in samples at its
            sampling rate.
        symbols : ndarray of shape (n_beats,), str
            PhysioNet's annotation symbols.
        layout : Layout
            The layout of the rows, which a classifier takes as its `layout`.
        n_channels, n_aux_features : int
            The numbers of leads and of auxiliary columns of a row.
        leads, mapping
            The arguments.
        n_dropped : dict of str to int
            The numbers of annotated beats without a row, by reason: ``before_start``
            and ``past_end`` of the signals, ``doubled`` (of two beats at the same
            sample, the first in the file is kept) and ``missing_samples``. Beats for
            which the layout has no row, such as the last one of a record in the study's
            layout, are not counted.
        DESCR : str
            The folder and the number of records.

    Raises
    ------
    ValueError
        If an argument is invalid, a record lacks annotations or a lead, PhysioNet does
        not define a symbol, a lead is not a voltage, or the folder has no records.

    Warns
    -----
    UserWarning
        Once per call, if beats were dropped.

    See Also
    --------
    fetch_mitdb_beats, fetch_svdb_beats : Beats of PhysioNet databases.
    skecg.signal.extract_beats : The beats of a recording in memory.

    References
    ----------
    PhysioNet. Annotation codes.
    https://archive.physionet.org/physiobank/annotations.shtml

    Examples
    --------
    This example reads the folder of a fetched database:

    >>> from skecg.datasets import fetch_svdb, load_wfdb_beats
    >>> folder = fetch_svdb(["800", "804"]).path
    >>> beats = load_wfdb_beats(folder, records=["800", "804"], layout="centered")
    >>> beats.layout.read_leads(beats.feature_names)
    ['ECG1', 'ECG2']
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise ValueError(
            f"folder must be an existing folder, got {str(folder)!r}; pass the folder "
            "with the .hea files."
        )
    names = _all_records(folder) if records is None else _checked(folder, records)
    without = [x for x in names if not (folder / f"{x}.{extension}").is_file()]
    if without:
        raise ValueError(
            f"records must have annotations, but {len(without)} of {len(names)} in "
            f"{str(folder)!r} have no .{extension} file ({listed(without)}); pass only "
            "the others as records, or another suffix as extension."
        )
    return folder_beats(
        folder,
        names,
        layout=layout,
        leads=leads,
        mapping=mapping,
        subjects=subjects,
        symbols=None if symbols is None else _checked_symbols(symbols),
        extension=extension,
        descr=f"Beats of {len(names)} annotated WFDB records in {folder}.",
        return_X_y=return_X_y,
        as_frame=as_frame,
        warn=True,
    )


def _all_records(folder: Path) -> list[str]:
    """Return the names of the records of a folder, without segments of others."""
    names = sorted(path.stem for path in folder.glob("*.hea"))
    segments: set[str] = set()
    for name in names:
        try:
            header = read_header(folder / name)
        # For an invalid header, wfdb raises errors of many kinds.
        except Exception as error:
            raise ValueError(
                f"folder must contain headers that wfdb can read, but it cannot read "
                f"{name}.hea ({error}); remove the file or pass the other names as "
                "records."
            ) from error
        # seg_name includes the layout segment, which has a header but no signal.
        segments.update(getattr(header, "seg_name", ()))
    chosen = [name for name in names if name not in segments]
    if not chosen:
        raise ValueError(
            f"folder must contain records, but {str(folder)!r} has no header (.hea); "
            "pass the folder that contains the .hea files directly."
        )
    return chosen


def _checked(folder: Path, records: Iterable[str]) -> list[str]:
    names = [records] if isinstance(records, str) else list(dict.fromkeys(records))
    if not names:
        raise ValueError(
            "records must name at least one record, got none; pass None for all."
        )
    for name in names:
        # A path would allow other folders, and two names of one record.
        if not isinstance(name, str) or Path(name).name != name:
            raise ValueError(
                f"records must be names without a path, got {name!r}; pass strings "
                "such as '100'."
            )
    missing = [x for x in names if not (folder / f"{x}.hea").is_file()]
    if missing:
        raise ValueError(
            f"records must be in the folder, but {len(missing)} of {len(names)} have "
            f"no header (.hea) in {str(folder)!r}: {listed(missing)}; leave them out."
        )
    return names


def _checked_symbols(symbols: Iterable[str]) -> list[str]:
    chosen = list(symbols)
    for symbol in chosen:
        if not isinstance(symbol, str) or symbol not in aami.EC57_MAPPING:
            raise ValueError(
                f"symbols must be beat symbols of PhysioNet, got {symbol!r}; pass some "
                f"of {''.join(aami.EC57_MAPPING)!r}."
            )
    return chosen
