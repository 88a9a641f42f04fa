"""Digests that identify the recording and the model of a stored session."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict

import numpy as np

from skecg.annotation import AnnotatedRecording

__all__ = ["digests_of"]

_BLOCK = 1 << 20  # samples


def digests_of(annotated: AnnotatedRecording) -> dict[str, str]:
    """Return the SHA-256 of the recording and beats, and of the model's card.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The annotated recording.

    Returns
    -------
    dict of str to str
        ``"recording"`` is the digest of the sampling rate, the leads that were read,
        their signal and the R peaks. ``"model"`` is the digest of the card without its
        scores and of the classes.
    """
    recording, table = annotated.recording, annotated.table
    columns = [recording.leads.index(name) for name in annotated.leads]
    signal = hashlib.sha256(repr((recording.fs, list(annotated.leads))).encode())
    for start in range(0, recording.n_samples, _BLOCK):
        block = recording.signal[start : start + _BLOCK, columns]
        signal.update(np.ascontiguousarray(block, dtype="<f4").tobytes())
    signal.update(table["sample"].to_numpy("<i8").tobytes())
    card = asdict(annotated.card)
    del card["scores"]
    model = hashlib.sha256(json.dumps(card, sort_keys=True, default=str).encode())
    model.update("".join(table["class"]).encode())
    return {"recording": signal.hexdigest(), "model": model.hexdigest()}
