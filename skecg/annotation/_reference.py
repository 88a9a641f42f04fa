"""Reference annotations of a recording, as beats with class codes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg import aami
from skecg.metrics._annotator import read_annotator
from skecg.metrics._matching import codes_of_peaks

__all__ = ["MAPPINGS", "Reference"]

MAPPINGS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "ec57": aami.EC57_MAPPING,
        "study": MappingProxyType({**aami.EC57_MAPPING, **aami.STUDY_MAPPING}),
    }
)
"""The class codes of symbols; the study defines only symbols that MIT-BIH contains."""

_WINDOW = 0.15  # greatest distance of two matching annotations in seconds (EC57)

Samples = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reference:
    """Reference annotations of a recording.

    Parameters
    ----------
    annotations : wfdb.Annotation or tuple
        The annotations, as for :func:`skecg.metrics.compare_annotations`.
    fs : float
        The sampling rate of the recording, in hertz.
    n_samples : int
        The length of the recording in samples.
    mapping : {"ec57", "study"}
        The mapping from symbols to classes.
    """

    annotations: Any
    fs: float
    n_samples: int
    mapping: str

    @property
    def beats(self) -> tuple[Samples, Samples]:
        """The distinct sample numbers of the beats, and their class codes."""
        found = self._annotator.beats
        times = np.array([beat.time for beat in found], dtype=np.int64)
        codes = np.array([beat.code for beat in found], dtype=np.int64)
        if times.size and times[-1] > self.n_samples + self.fs:
            raise ValueError(
                f"annotations must lie within the {self.n_samples:,} samples of their "
                f"recording, got a beat at {times[-1]:,}; pass the annotations of this "
                "recording."
            )
        # Records may have an annotation just after their last sample.
        times, first = np.unique(times[times < self.n_samples], return_index=True)
        return times, codes[first]

    def codes_of(self, r_peaks: Samples) -> Samples:
        """Return the class code of each detected peak, negative if it is not a beat.

        The negative codes are ``SURPLUS`` and ``UNCERTAIN`` of :mod:`skecg.metrics`.
        """
        symbols = ["N"] * len(r_peaks)
        test = self._read("r_peaks", (r_peaks, symbols))
        codes = codes_of_peaks(
            self._annotator, test, end=self.n_samples, window=self._reach
        )
        return np.array(codes, dtype=np.int64)

    @property
    def _reach(self) -> int:
        return int(round(_WINDOW * self.fs, 6))

    @property
    def _annotator(self) -> Any:
        return self._read("annotations", self.annotations)

    def _read(self, name: str, annotations: Any) -> Any:
        mapping = MAPPINGS[self.mapping]
        return read_annotator(name, annotations, self.fs, self._reach, mapping)
