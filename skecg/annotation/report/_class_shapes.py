"""The average shape of each class."""

from __future__ import annotations

from typing import Any

import numpy as np

from skecg import aami

__all__ = ["class_shapes"]

_BEFORE, _AFTER = 0.3, 0.5  # seconds around the R peak
_MOST_BEATS = 400
_MOST_POINTS = 200


def class_shapes(annotated: Any) -> dict[str, Any]:
    """Return the mean shape of each class, and the range of 80 % of its beats.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The recording.

    Returns
    -------
    dict
        ``times`` in seconds from the R peak, and ``classes``, a list with a dictionary
        for each class that occurs. It contains ``letter``; ``n``, the number of beats;
        ``n_used``, the number of beats in the mean, at most 400, readable and evenly
        spread over the recording; and for each lead ``mean``, ``low`` (the 10th
        percentile) and ``high`` (the 90th) in millivolts. The median of each beat is
        subtracted first.
    """
    recording, table = annotated.recording, annotated.table
    fs = recording.fs
    columns = [recording.leads.index(lead) for lead in annotated.leads]
    offsets = np.arange(-round(_BEFORE * fs), round(_AFTER * fs) + 1)
    step = -(-len(offsets) // _MOST_POINTS)
    offsets = offsets[::step]
    samples = table["sample"].to_numpy()
    letters = table["class"].to_numpy(dtype=str)
    inside = (samples + offsets[0] >= 0) & (samples + offsets[-1] < recording.n_samples)
    usable = inside & (table["quality"] != "unreadable").to_numpy()
    classes = []
    for letter in aami.CLASSES:
        chosen = samples[usable & (letters == letter)]
        spread = np.linspace(0, len(chosen) - 1, min(len(chosen), _MOST_BEATS))
        where = chosen[np.round(spread).astype(int)][:, None] + offsets
        beats = recording.signal[where][..., columns].astype(np.float64)
        beats = beats[~np.isnan(beats).any(axis=(1, 2))]
        n = int((letters == letter).sum())
        if not n:
            continue
        shape: dict[str, Any] = {"letter": letter, "n": n, "n_used": len(beats)}
        if len(beats):
            beats -= np.median(beats, axis=1, keepdims=True)
            low, high = np.quantile(beats, [0.1, 0.9], axis=0).round(3)
            mean = beats.mean(axis=0).round(3)
            shape |= {"mean": mean.T, "low": low.T, "high": high.T}
        classes.append(shape)
    return {"times": np.round(offsets / fs, 4), "classes": classes}
