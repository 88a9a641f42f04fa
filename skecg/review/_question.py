"""A question about a group of beats, with the signal and facts to answer it."""

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
        The node of the group, for :meth:`ReviewSession.answer`.
    beat : int
        The representative beat of the group: a row of the table.
    sample : int
        The sample number of its R peak.
    n_beats : int
        The number of beats in the group.
    guess : str
        The most frequent class in the group according to the model.
    counts : dict of str to int
        The number of beats of each class in the group according to the model.
    probabilities : dict of str to float
        The model's mean probability of each class.
    strip : ndarray of shape (n_samples, n_leads), float32
        The signal of the leads in millivolts, from 3 s before the beat to 3 s after it,
        or less at the ends of the recording.
    strip_start : int
        The sample number at which the strip starts.
    average : ndarray of shape (n_leads, n_values), float32
        The mean shape of at most 500 beats of the group, in millivolts.
    average_times : ndarray of shape (n_values,)
        The times of `average` relative to the R peak, in seconds.
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
            f"ReviewQuestion(node {self.node}: the beat at sample {self.sample:,} "
            f"represents {self.n_beats:,} beats, classified as {counts})"
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
