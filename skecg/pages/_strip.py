"""The data of the strip viewer: leads in full resolution, an envelope, and beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.pages._encoding import encode_integers, encode_leads, lead_steps
from skecg.pages._envelope import envelope
from skecg.recordings import Recording

__all__ = [
    "BIN_SECONDS",
    "MOST_BINS",
    "bytes_per_sample",
    "fixed_bytes",
    "joined_spans",
    "strip_data",
]

BIN_SECONDS = 0.25
"""The width of a bin of the envelope, which separates beats at up to 240 a minute."""
MOST_BINS = 345_600
"""The number of bins of a day. Longer recordings have wider bins."""

Spans = npt.NDArray[np.int64]


def joined_spans(spans: npt.ArrayLike, n_samples: int) -> Spans:
    """Sort spans, cut them at the ends of a recording, and join those that overlap.

    Parameters
    ----------
    spans : array-like of int of shape (n_spans, 2)
        The first sample of each span, and the one after its last.
    n_samples : int
        The number of samples of the recording.

    Returns
    -------
    ndarray of int64 of shape (n_joined, 2)
        Spans that neither overlap nor touch, in the order of time.

    Examples
    --------
    >>> from skecg.pages._strip import joined_spans
    >>> joined_spans([[90, 120], [-5, 10], [5, 20]], 100).tolist()
    [[0, 20], [90, 100]]
    """
    cut = np.clip(np.asarray(spans, dtype=np.int64).reshape(-1, 2), 0, n_samples)
    cut = cut[cut[:, 1] > cut[:, 0]]
    cut = cut[np.argsort(cut[:, 0], kind="stable")]
    if not len(cut):
        return cut
    ends = np.maximum.accumulate(cut[:, 1])
    is_new = np.r_[True, cut[1:, 0] > ends[:-1]]
    last = np.r_[np.flatnonzero(is_new)[1:] - 1, len(cut) - 1]
    return np.column_stack([cut[is_new, 0], ends[last]])


def bytes_per_sample(n_leads: int) -> float:
    """Return the size of one sample of all leads on a page, in bytes."""
    return n_leads * 2 * 4 / 3


def fixed_bytes(recording: Recording, n_leads: int, n_beats: int) -> float:
    """Return the size of the envelope and the beats on a page, in bytes.

    Parameters
    ----------
    recording : Recording
        The recording.
    n_leads, n_beats : int
        The numbers of shown leads and of beats.

    Returns
    -------
    float
        The size in bytes.
    """
    n_bins = -(-recording.n_samples // _bin_width(recording))
    return 2 * n_bins * bytes_per_sample(n_leads) + n_beats * (4 * 4 / 3 + 1)


def _bin_width(recording: Recording) -> int:
    """Return the width of a bin of the envelope in samples."""
    narrow = int(np.ceil(BIN_SECONDS * recording.fs))
    return max(narrow, -(-recording.n_samples // MOST_BINS))


def strip_data(
    recording: Recording,
    leads: Sequence[str],
    beats: tuple[npt.ArrayLike, Sequence[str]],
    *,
    spans: npt.ArrayLike | None = None,
    with_envelope: bool = True,
) -> dict[str, Any]:
    """Return the data of a strip viewer for ``skecg.createStrip``.

    Parameters
    ----------
    recording : Recording
        The recording.
    leads : sequence of str
        The leads to show, from top to bottom.
    beats : tuple of array-like and sequence of str
        The sample numbers of the R peaks in ascending order, and their class letters.
    spans : array-like of int of shape (n_spans, 2) or None, default=None
        The spans with every sample: the first sample of each, and the one after its
        last. Spans that overlap are joined. None means the whole recording.
    with_envelope : bool, default=True
        Whether to add the envelope of the whole recording, which is shown outside the
        spans and in wide views. Without it, nothing is shown there.

    Returns
    -------
    dict
        For :func:`build_page`, with the keys

        - ``fs``, ``n_samples``, ``leads``, ``start`` (ISO 8601 or null);
        - ``steps``: the microvolts of one unit, for each lead;
        - ``parts``: for each span, ``first`` (its first sample), ``n`` (samples of each
          lead) and ``values`` (base64 of int16, lead after lead);
        - ``envelope``: ``width`` (samples of a bin), ``n`` (bins) and ``values``
          (base64 of int16: per lead, minimum and maximum of each bin), or null;
        - ``beats``: ``samples`` (base64 of int32) and ``classes`` (a string with one
          letter for each).

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.pages._strip import strip_data
    >>> from skecg.recordings import Recording
    >>> recording = Recording(np.zeros(2500), 250, leads=["II"])
    >>> data = strip_data(recording, ["II"], ([300, 500], "NV"), spans=[[0, 750]])
    >>> [(part["first"], part["n"]) for part in data["parts"]]
    [(0, 750)]
    >>> data["envelope"]["width"], data["envelope"]["n"], data["beats"]["classes"]
    (63, 40, 'NV')
    """
    columns = [recording.leads.index(lead) for lead in leads]
    n_samples = recording.n_samples
    width = _bin_width(recording)
    chosen = joined_spans([[0, n_samples]] if spans is None else spans, n_samples)
    if with_envelope:
        found = envelope(recording, columns, width)
        largest = np.fmax.reduce(np.abs(found), axis=(0, 1))
    else:
        largest = np.zeros(len(columns))
        for first, stop in chosen.tolist():
            part = np.abs(recording.signal[first:stop, columns])
            largest = np.fmax(largest, np.fmax.reduce(part, axis=0))
    steps = lead_steps(largest)
    samples, classes = beats
    return {
        "fs": recording.fs,
        "n_samples": n_samples,
        "leads": list(leads),
        "start": None if recording.start is None else recording.start.isoformat(),
        "steps": steps,
        "parts": [
            {
                "first": first,
                "n": stop - first,
                "values": encode_leads(recording.signal[first:stop, columns], steps),
            }
            for first, stop in chosen.tolist()
        ],
        "envelope": {
            "width": width,
            "n": len(found),
            "values": encode_leads(found.reshape(-1, len(columns)), steps),
        }
        if with_envelope
        else None,
        "beats": {
            "samples": encode_integers(samples, "int32"),
            "classes": "".join(classes),
        },
    }
