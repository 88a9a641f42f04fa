"""Layout of features relative to the usual beat and rhythm of the recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from skecg.signal._atrial_features import ATRIAL_NAMES
from skecg.signal._family_features import FAMILY_NAMES
from skecg.signal._feature_rows import FeaturePast, feature_rows
from skecg.signal._filtered_leads import SHAPE_FS, filtered_leads
from skecg.signal._layout import Layout, check_n_leads, spans_around
from skecg.signal._resampling import rescale
from skecg.signal._rhythm_features import RHYTHM_NAMES, intervals
from skecg.signal._shape_features import LEAD_SHAPE_NAMES, READ_SECONDS, SHAPE_NAMES

__all__ = ["FeatureLayout"]


@dataclass(frozen=True, repr=False)
class FeatureLayout(Layout):
    """Layout of features relative to the usual beat and rhythm of the recording.

    Parameters
    ----------
    is_causal : bool, default=False
        Whether a beat is compared only with preceding beats.
    n_leads : int or None, default=None
        Number of leads in a row; None allows any number.
    """

    is_causal: bool = False
    n_leads: int | None = None

    fs: ClassVar[int] = SHAPE_FS
    n_before: ClassVar[int] = 0
    n_after: ClassVar[int] = 0
    takes_marks: ClassVar[bool] = False

    _options: ClassVar[tuple[str, ...]] = ("n_leads",)

    def __post_init__(self) -> None:
        """Check the options."""
        if not isinstance(self.is_causal, bool):
            raise ValueError(f"is_causal must be a bool, got {self.is_causal!r}.")
        check_n_leads(self.n_leads)

    @property
    def name(self) -> str:
        """The name of the layout, which depends on `is_causal`."""
        return "causal_features" if self.is_causal else "features"

    @property
    def n_peaks_after(self) -> int | None:
        """Number of R peaks after the beat that a causal row needs; else None."""
        return 1 if self.is_causal else None

    @property
    def seconds_after(self) -> float | None:
        """Seconds of signal after the R peak that a causal row needs; else None."""
        return 0.75 if self.is_causal else None

    @property
    def reads_missing(self) -> bool:
        """Whether missing samples stay NaN, because bridging reads later samples."""
        return self.is_causal

    def aux_names(self, leads: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the columns over all leads, then of each lead."""
        by_lead = [f"{lead}_{name}" for lead in leads for name in LEAD_SHAPE_NAMES]
        names = [*RHYTHM_NAMES, *SHAPE_NAMES, *FAMILY_NAMES, *ATRIAL_NAMES, *by_lead]
        suffix = "_causal" if self.is_causal else ""
        return tuple(f"{name}{suffix}" for name in names)

    def read_spans(
        self,
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
        n_samples: int,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the windows that shapes may read, at any alignment."""
        before, after = READ_SECONDS
        return spans_around(r_peaks, fs, before, self.seconds_after or after, n_samples)

    def cut(
        self,
        signal: npt.NDArray[np.float64],
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Compute the features of every beat."""
        if len(r_peaks):
            rows = self.rows(
                filtered_leads(signal, fs, is_causal=self.is_causal),
                rescale(r_peaks, fs, SHAPE_FS),
                *intervals(r_peaks / fs, is_causal=self.is_causal),
                self.new_past(),
            )
        else:
            n_columns = self._n_columns(self.n_leads or signal.shape[1])
            rows = np.empty((0, n_columns), dtype=np.float32)
        return rows, np.arange(len(r_peaks))

    def new_past(self) -> Any:
        """Return the initial state of the rows of a causal recording, else None."""
        return FeaturePast() if self.is_causal else None

    def rows(
        self,
        filtered: npt.NDArray[np.float64],
        positions: npt.NDArray[np.int64],
        pre: npt.NDArray[np.float64],
        post: npt.NDArray[np.float64],
        past: Any,
    ) -> npt.NDArray[np.float32]:
        """Compute the rows of beats in filtered leads.

        Parameters
        ----------
        filtered : ndarray of shape (n_leads, n_samples)
            The leads, at 120 Hz.
        positions : ndarray of int of shape (n_beats,)
            The samples of the R peaks, at least one.
        pre, post : ndarray of shape (n_beats,)
            The intervals before and after each beat, in seconds.
        past : object
            The state from :meth:`new_past`; it is updated.

        Returns
        -------
        ndarray of shape (n_beats, n_columns), float32
            The rows.
        """
        return feature_rows(filtered, positions, pre, post, past)
