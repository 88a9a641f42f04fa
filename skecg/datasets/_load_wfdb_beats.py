"""The beats of a folder of annotated records in the format of WFDB."""

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

    The annotations are the reference: each beat annotation is a beat at that sample,
    and a layout's windows and intervals need it near the R peak. The beats come in
    class order, and within a class by record and time.

    Parameters
    ----------
    folder : str or path
        The folder with the records, such as a database of PhysioNet. Folders in it are
        not searched.
    records : iterable of str or None, default=None
        The records to read, such as ``["100", "201"]``. None stands for all that have
        a header (``.hea``), without the segments of other records, in order of name.
    layout : str or Layout, default="study"
        What a row holds: a layout, or the name of one; see
        :func:`skecg.signal.get_layout`. Records at any rate are resampled to its rate.
    leads : sequence of str, int or tuples of these, or None, default=None
        The leads to read, such as ``["MLII"]``, by name or by column from 0. A tuple
        takes the first of its leads that a record has; two leads may not be one signal.
        None reads as many as the layout fixes, or all, which must then have the same
        names in all records; a layout of one lead, such as the study's, reads the first
        column whatever its name.
    mapping : {"study", "ec57"}, default="study"
        How symbols become classes: :data:`skecg.aami.STUDY_MAPPING` or
        :data:`skecg.aami.EC57_MAPPING`. They contain all beat symbols of PhysioNet,
        and differ in the escape beats ``e``, ``j`` and ``n``.
    symbols : iterable of str or None, default=None
        The symbols of the beats to return, such as ``"NV"``; None stands for all. Other
        beats still count in the intervals between beats.
    subjects : mapping of str to str, or None, default=None
        The subject of each record, for `groups`. None takes each record for a subject
        of its own: pass the mapping if subjects have several records.
    extension : str, default="atr"
        The suffix of the annotation files.
    return_X_y : bool, default=False
        Whether to return ``(data, target)`` alone.
    as_frame : bool, default=False
        Whether data and target are to be a DataFrame and a Series.

    Returns
    -------
    Bunch, or tuple (data, target)
        The beats, or with `return_X_y` only data and target. The entries:

        data : ndarray of shape (n_beats, n_features), float32
            The beats, from signals in millivolts. The study's layout has 187 columns,
            in units of each beat's own range.
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
            The annotated positions, in samples at the rate of the record from its
            start.
        symbols : ndarray of shape (n_beats,), str
            PhysioNet's annotation symbols.
        layout : Layout
            The layout of the rows. Pass it to a classifier.
        n_channels, n_aux_features : int
            The leads and the auxiliary columns of a row.
        leads, mapping
            The arguments.
        n_dropped : dict of str to int
            The annotated beats without a row: ``before_start`` and ``past_end`` of the
            signals, ``doubled`` (of two beats at one sample the first in the file is
            kept) and ``missing_samples``. Not counted are beats for which the layout
            has no row, such as the last one in the study's.
        DESCR : str
            The folder and the number of records.

    Raises
    ------
    ValueError
        If an argument is none of the above, records lack annotations or a lead, a
        symbol is not one of PhysioNet's, a lead is not a voltage, or there are no
        records.

    Warns
    -----
    UserWarning
        Once per call, if beats were dropped.

    See Also
    --------
    fetch_mitdb_beats, fetch_svdb_beats : Beats of databases of PhysioNet.
    skecg.signal.extract_beats : The beats of a recording in memory.

    References
    ----------
    PhysioNet. Annotation codes.
    https://archive.physionet.org/physiobank/annotations.shtml

    Examples
    --------
    Records that have been fetched stand for a folder of your own:

    >>> from skecg.datasets import fetch_svdb, load_wfdb_beats
    >>> folder = fetch_svdb(["800", "804"]).path
    >>> beats = load_wfdb_beats(folder, records=["800", "804"], layout="centered")
    >>> beats.layout.read_leads(beats.feature_names)
    ['ECG1', 'ECG2']
    """
    folder = Path(folder).expanduser()
    if not folder.is_dir():
        raise ValueError(
            f"folder must be an existing folder, got {str(folder)!r}; give the one "
            "with the .hea files."
        )
    names = _all_records(folder) if records is None else _checked(folder, records)
    without = [x for x in names if not (folder / f"{x}.{extension}").is_file()]
    if without:
        raise ValueError(
            f"records must have annotations, and {len(without)} of {len(names)} in "
            f"{str(folder)!r} have no file .{extension} ({listed(without)}); name the "
            "others with records, or another suffix with extension."
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
        # wfdb raises errors of many kinds for a header that is none.
        except Exception as error:
            raise ValueError(
                f"folder must hold headers that wfdb reads, and {name}.hea is none "
                f"({error}); remove it or name the records with records."
            ) from error
        # The first segment may be a layout, which lists the signals of the others.
        segments.update(getattr(header, "seg_name", ()))
    chosen = [name for name in names if name not in segments]
    if not chosen:
        raise ValueError(
            f"folder must hold records, and {str(folder)!r} has no header (.hea); give "
            "the folder that holds them itself."
        )
    return chosen


def _checked(folder: Path, records: Iterable[str]) -> list[str]:
    names = [records] if isinstance(records, str) else list(dict.fromkeys(records))
    if not names:
        raise ValueError(
            "records must name at least one record, got none; pass None for all."
        )
    for name in names:
        # A path would lead to other folders, and split one record into two names.
        if not isinstance(name, str) or Path(name).name != name:
            raise ValueError(
                f"records must be names without a path, got {name!r}; pass strings "
                "such as '100'."
            )
    missing = [x for x in names if not (folder / f"{x}.hea").is_file()]
    if missing:
        raise ValueError(
            f"records must be in the folder, and {len(missing)} of {len(names)} have "
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
