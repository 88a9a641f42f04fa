"""The signal quality of a recording in bins of time."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["quality_bins"]

_MOST_BINS = 720


def quality_bins(annotated: Any) -> dict[str, Any]:
    """Return the unreadable share of each bin of time.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The recording.

    Returns
    -------
    dict
        ``seconds``, the width of a bin; ``unreadable``, the share of its seconds in
        which no lead is readable; ``partial``, the share of its beats at which some
        leads are unreadable.
    """
    is_bad = annotated.unreadable != 0
    width = max(1, -(-len(is_bad) // _MOST_BINS))
    n_bins = -(-len(is_bad) // width)
    bins = np.arange(len(is_bad)) // width
    table = annotated.table
    at = np.minimum(table["time"].to_numpy() // width, n_bins - 1).astype(np.int64)
    is_partial = (table["quality"] == "partial").to_numpy()
    n_beats = np.bincount(at, minlength=n_bins)
    n_partial = np.bincount(at, is_partial, minlength=n_bins)
    return {
        "seconds": width,
        "unreadable": (np.bincount(bins, is_bad) / np.bincount(bins)).round(3),
        "partial": (n_partial / np.maximum(1, n_beats)).round(3),
    }
