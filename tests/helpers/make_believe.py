"""Annotated recordings with given errors, and correct answers in a review."""

import numpy as np
import pandas as pd
from annotated import mixed_ecg

from skecg import Recording
from skecg.annotation import AnnotatedRecording, ModelCard

CLASSES = ("N", "S", "V", "F")
_LETTERS = {"N": "N", "V": "V", "A": "S"}


def make_believe(pattern="NNNNVNNNNANN", *, called=None, sure=0.7, seconds=120, seed=0):
    """Return an annotated recording, and the true class of each beat.

    `called` maps a true class to the model's class, which has the probability `sure`.
    """
    signal, peaks, symbols = mixed_ecg(pattern=pattern, seconds=seconds, seed=seed)
    true = np.array([_LETTERS[symbol] for symbol in symbols], dtype=object)
    classes = np.array([(called or {}).get(x, x) for x in true], dtype=object)
    rest = (1 - sure) / (len(CLASSES) - 1)
    probabilities = {
        f"probability_{x}": np.where(classes == x, sure, rest) for x in CLASSES
    }
    table = pd.DataFrame(
        {
            "sample": peaks,
            "time": peaks / 250,
            "class": classes,
            **probabilities,
            "rr": np.diff(peaks / 250, prepend=np.nan),
            "quality": "good",
            "reason": "",
        }
    )
    annotated = AnnotatedRecording(
        table=table,
        recording=Recording(signal, 250, leads=["II", "V1"], name="made up"),
        leads=("II", "V1"),
        lead_reason="all leads",
        unreadable=np.zeros(seconds, dtype=np.int8),
        peaks="given",
        n_dropped=0,
        card=ModelCard("made up", (), 1, {}, 0, "features", "in order", created="x"),
    )
    return annotated, true


def answer_truly(session, true, n_questions=None):
    """Answer all questions, or the next `n_questions`, by the true classes."""
    asked = []
    while (question := session.question) is not None and len(asked) != n_questions:
        asked.append(question.node)
        session.answer(question.node, true[question.beat])
    return asked
