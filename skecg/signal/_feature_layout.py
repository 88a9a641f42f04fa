"""Beats as features relative to the recording's own usual beat and rhythm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from skecg.signal._atrial_features import ATRIAL_NAMES, atrial_features
from skecg.signal._layout import Layout, check_n_leads, spans_around
from skecg.signal._resampling import rescale
from skecg.signal._rhythm_features import RHYTHM_NAMES, intervals, rhythm_features
from skecg.signal._shape_features import (
    LEAD_SHAPE_NAMES,
    SHAPE_FS,
    SHAPE_NAMES,
    WINDOW,
    beat_shapes,
    family_means,
    filtered_leads,
    lead_shape_features,
)

__all__ = ["FeatureLayout"]

_FAMILY_NAMES = ("family_share", "family_pre_rr", "family_post_rr")


@dataclass(frozen=True, repr=False)
class FeatureLayout(Layout):
    """Features relative to the recording's own usual beat and rhythm.

    Parameters
    ----------
    is_causal : bool, default=False
        Whether a beat is compared with the beats before it alone.
    n_leads : int or None, default=None
        Leads in a row; None allows any number.
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
        """The name of the layout, which says whether it is causal."""
        return "causal_features" if self.is_causal else "features"

    @property
    def n_peaks_after(self) -> int | None:
        """The next R peak, which ends the interval after the beat."""
        return 1 if self.is_causal else None

    @property
    def seconds_after(self) -> float | None:
        """The length of the window after the R peak, with the filter's margin."""
        return 0.75 if self.is_causal else None

    def aux_names(self, leads: Sequence[str]) -> tuple[str, ...]:
        """Return the names: of rhythm, then of all leads, then of each lead."""
        by_lead = [f"{lead}_{name}" for lead in leads for name in LEAD_SHAPE_NAMES]
        names = [*RHYTHM_NAMES, *SHAPE_NAMES, *_FAMILY_NAMES, *ATRIAL_NAMES, *by_lead]
        suffix = "_causal" if self.is_causal else ""
        return tuple(f"{name}{suffix}" for name in names)

    def read_spans(
        self,
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
        n_samples: int,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the windows of shapes, wherever a beat is aligned."""
        before, after = WINDOW
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
            rows = _feature_rows(
                filtered_leads(signal, fs, is_causal=self.is_causal),
                rescale(r_peaks, fs, SHAPE_FS),
                r_peaks / fs,
                is_causal=self.is_causal,
            )
        else:
            n_columns = len(self.aux_names([""] * signal.shape[1]))
            rows = np.empty((0, n_columns), dtype=np.float32)
        return rows, np.arange(len(r_peaks))


def _feature_rows(
    filtered: npt.NDArray[np.float64],
    positions: npt.NDArray[np.int64],
    times: npt.NDArray[np.float64],
    *,
    is_causal: bool,
) -> npt.NDArray[np.float32]:
    """Compute the features of beats in filtered leads at 120 Hz.

    Parameters
    ----------
    filtered : ndarray of shape (n_leads, n_samples)
        The leads.
    positions : ndarray of int of shape (n_beats,)
        The samples of the R peaks.
    times : ndarray of shape (n_beats,)
        The R peaks in seconds, in order.
    is_causal : bool
        Whether a beat is compared with those before it alone.

    Returns
    -------
    ndarray of shape (n_beats, n_features), float32
        The columns that :meth:`FeatureLayout.aux_names` lists. A beat's family is the
        beats around it whose QRS is like its own: their share of these beats, and the
        means of the logarithms of their intervals' ratios to the typical ones.
    """
    pre, post = intervals(times, is_causal=is_causal)
    shapes = beat_shapes(filtered, positions, pre, is_causal=is_causal)
    rhythm = rhythm_features(pre, post, shapes.is_typical, is_causal=is_causal)
    first = RHYTHM_NAMES.index("pre_rr_to_typical")
    ratios = np.log(rhythm[:, first : first + 2])
    share, means = family_means(shapes, ratios, is_causal=is_causal)
    mean, lowest = shapes.correlations.mean(axis=0), shapes.correlations.min(axis=0)
    by_lead = lead_shape_features(shapes, is_causal=is_causal)
    atrial = atrial_features(shapes, is_causal=is_causal)
    columns = [rhythm, mean, lowest, share, means, atrial, *by_lead]
    return np.column_stack(columns).astype(np.float32)
