"""Beats as the public heartbeat set of Kachuee et al. (2018) has them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg import aami

__all__ = ["N_SAMPLES", "study_beats"]

N_SAMPLES = 187
"""The length of a beat in the study's layout."""

_STEP = 3  # 360 Hz to 120 Hz
_PAST_NEXT = 0.2  # the part of the next interval that a beat still holds


def study_beats(
    signal: npt.ArrayLike,
    positions: npt.ArrayLike,
    symbols: Sequence[str],
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
    """Cut one lead into beats in the layout of the public heartbeat set.

    A beat runs from its own annotation, which stands at the R peak, to a fifth
    of an interval past the next annotation. Every third sample of it is taken
    (120 Hz from MIT-BIH's 360 Hz), the whole is scaled to 0..1 and then cut at
    187 samples or padded with zeros. All annotations of the record bound beats,
    also those that mark no beat; one beat is lost at a record's end.

    Parameters
    ----------
    signal : array-like of shape (n_samples,)
        One lead, raw and unfiltered.
    positions : array-like of int of shape (n_annotations,)
        The sample of every annotation of the record, in order of time.
    symbols : sequence of str, of length n_annotations
        The symbol of every annotation, as PhysioNet writes it.

    Returns
    -------
    beats : ndarray of shape (n_beats, 187), float32
        The beats, one a row, in order of time.
    indices : ndarray of shape (n_beats,), int64
        Which annotation each beat belongs to. A segment without a sample, or
        with one value throughout, becomes a row of zeros.

    Raises
    ------
    ValueError
        If the signal is not one-dimensional and finite, or the annotations do
        not fit it or each other.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018, arXiv:1805.00794. The rules were
    never published; these give all 109,446 rows of the public files.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.signal import study_beats
    >>> lead = np.sin(np.arange(1200) / 40) ** 8
    >>> beats, indices = study_beats(lead, [63, 314, 565, 817], ["N", "V", "+", "N"])
    >>> beats.shape, indices
    ((2, 187), array([0, 1]))
    """
    lead, where = _checked(signal, positions, symbols)
    # The signal's end stands in for the annotation after the last one.
    bounds = np.append(where, len(lead)).tolist()
    indices = [
        k
        for k, symbol in enumerate(symbols)
        if symbol in aami.BEAT_SYMBOLS and k + 2 < len(bounds)
    ]
    beats = np.zeros((len(indices), N_SAMPLES), dtype=np.float32)
    for row, k in enumerate(indices):
        past_next = int(_PAST_NEXT * (bounds[k + 2] - bounds[k + 1]))
        segment = lead[bounds[k] : bounds[k + 1] + past_next : _STEP]
        lowest, highest = (segment.min(), segment.max()) if len(segment) else (0.0, 0.0)
        if highest > lowest:
            # The whole segment sets the scale, also what the cut takes away.
            kept = segment[:N_SAMPLES]
            beats[row, : len(kept)] = (kept - lowest) / (highest - lowest)
    return beats, np.asarray(indices, dtype=np.int64)


def _checked(
    signal: npt.ArrayLike, positions: npt.ArrayLike, symbols: Sequence[str]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[Any]]:
    """Return the lead as float64 and the positions, or say what is wrong."""
    lead = np.asarray(signal, dtype=np.float64)
    if lead.ndim != 1 or not np.isfinite(lead).all():
        raise ValueError(
            f"signal must be one lead of finite numbers, got shape {lead.shape}; "
            "choose one column and fill or drop what is missing."
        )
    where = np.asarray(positions)
    if where.ndim != 1 or len(where) != len(symbols):
        raise ValueError(
            f"positions and symbols must be of one length, got shape {where.shape} "
            f"and {len(symbols)} symbols; pass both of the same annotations."
        )
    if len(where) and not np.issubdtype(where.dtype, np.integer):
        raise ValueError(
            f"positions must be integers, got {where.dtype}; "
            "pass sample numbers, not seconds."
        )
    if len(where) and (
        where[0] < 0 or where[-1] >= len(lead) or (np.diff(where) < 0).any()
    ):
        raise ValueError(
            f"positions must ascend within the signal's {len(lead)} samples, got "
            f"{where.min()} to {where.max()}; sort the annotations by time."
        )
    return lead, where.astype(np.int64)
