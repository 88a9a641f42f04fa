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
"""The symbols' class codes; the study does not define symbols that MIT-BIH lacks."""

_WINDOW = 0.15  # seconds between the two annotations of a beat (EC57)

Samples = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Reference:
    """Reference annotations of a recording.

    Parameters
    ----------
    annotations : wfdb.Annotation or tuple
        What :func:`skecg.metrics.compare_annotations` takes.
    fs : float
        The sampling rate of the recording, in hertz.
    n_samples : int
        Its length.
    mapping : {"ec57", "study"}
        The classes of symbols.
    """

    annotations: Any
    fs: float
    n_samples: int
    mapping: str

    @property
    def beats(self) -> tuple[Samples, Samples]:
        """The samples of the beats and their class codes, each sample once."""
        found = self._annotator.beats
        times = np.array([beat.time for beat in found], dtype=np.int64)
        codes = np.array([beat.code for beat in found], dtype=np.int64)
        if times.size and times[-1] > self.n_samples + self.fs:
            raise ValueError(
                f"annotations must lie within the {self.n_samples:,} samples of their "
                f"recording, got a beat at {times[-1]:,}; pass those of this recording."
            )
        # Records may have an annotation just after their last sample.
        times, first = np.unique(times[times < self.n_samples], return_index=True)
        return times, codes[first]

    def codes_of(self, r_peaks: Samples) -> Samples:
        """Return the class code of each detected peak, negative if it is no beat.

        The negative codes are those of :mod:`skecg.metrics`: surplus, or uncertain.
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
