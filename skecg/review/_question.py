"""A question about a group of beats, with what a person needs to answer it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation import AnnotatedRecording
from skecg.review._beat_shapes import OFFSETS, beat_windows
from skecg.review._group_tree import GroupTree

__all__ = ["ReviewQuestion", "question_about"]

_STRIP = 6.0  # seconds
_N_AVERAGED = 500


@dataclass(frozen=True, eq=False, repr=False)
class ReviewQuestion:
    """A question about a group of beats.

    :attr:`ReviewSession.question` and :meth:`ReviewSession.question_about` return it.

    Parameters
    ----------
    node : int
        The group; what :meth:`ReviewSession.answer` takes.
    beat : int
        The beat that stands for the group: a row of the table.
    sample : int
        The sample of its R peak.
    n_beats : int
        The beats of the group.
    guess : str
        The model's class of most of them.
    counts : dict of str to int
        The model's classes of them.
    probabilities : dict of str to float
        The model's mean probability of each class.
    strip : ndarray of shape (n_samples, n_leads), float32
        The leads that were read, in millivolts, 3 s to either side of the beat, or less
        at the ends of the recording.
    strip_start : int
        The sample at which the strip starts.
    average : ndarray of shape (n_leads, n_values), float32
        The mean shape of the beats, at most 500 of them, in millivolts.
    average_times : ndarray of shape (n_values,)
        The times of `average` about the R peak, in seconds.
    """

    node: int
    beat: int
    sample: int
    n_beats: int
    guess: str
    counts: Mapping[str, int]
    probabilities: Mapping[str, float]
    strip: npt.NDArray[np.float32]
    strip_start: int
    average: npt.NDArray[np.float32]
    average_times: npt.NDArray[np.float64]

    def __repr__(self) -> str:
        counts = ", ".join(f"{n:,} {name}" for name, n in self.counts.items())
        return (
            f"ReviewQuestion(node {self.node}: the beat at sample {self.sample:,} for "
            f"{self.n_beats:,} beats, which the model calls {counts})"
        )


def question_about(
    annotated: AnnotatedRecording, tree: GroupTree, number: int
) -> ReviewQuestion:
    """Return the question about a group."""
    node = tree.nodes[number]
    recording, table = annotated.recording, annotated.table
    columns = [recording.leads.index(name) for name in annotated.leads]
    reach = round(_STRIP / 2 * recording.fs)
    start = max(0, node.sample - reach)
    strip = recording.signal[start : node.sample + reach, columns]
    members = tree.members(number)
    probabilities: dict[str, Any] = {
        name.removeprefix("probability_"): round(
            float(table[name].iloc[members].mean()), 4
        )
        for name in table.columns
        if name.startswith("probability_")
    }
    shown = members[:: -(-len(members) // _N_AVERAGED)]
    samples = table["sample"].to_numpy(np.int64)[shown]
    return ReviewQuestion(
        node=number,
        beat=node.medoid,
        sample=node.sample,
        n_beats=node.n_beats,
        guess=node.guess,
        counts=dict(node.counts),
        probabilities=probabilities,
        strip=np.array(strip, dtype=np.float32),
        strip_start=start,
        average=beat_windows(recording, columns, samples).mean(axis=0),
        average_times=OFFSETS,
    )
