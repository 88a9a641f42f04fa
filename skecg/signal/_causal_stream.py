"""Rows of causal features from a stream of blocks."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from skecg.signal._feature_layout import FeatureLayout
from skecg.signal._filtered_leads import SHAPE_FS, CausalLeads
from skecg.signal._resampling import rescale, sampling_ratio
from skecg.signal._rhythm_features import intervals
from skecg.signal._shape_features import READ_SAMPLES, READ_SECONDS
from skecg.signal._window_quality import REASONS, bin_width, find_bad, find_missing

__all__ = ["CausalFeatureStream", "StreamedRows"]

# Seconds of the past in which an R peak may still be reported, which exceed the delay
# of the search for a missed beat.
_KEPT = 30.0
_LENGTH = sum(READ_SAMPLES)

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]


@dataclass(frozen=True)
class StreamedRows:
    """Rows of beats that have become final.

    Attributes
    ----------
    r_peaks : ndarray of shape (n_beats,), int64
        The samples of the R peaks, counted from the start of the stream.
    rows : ndarray of shape (n_beats, n_columns), float32
        The rows, including those of unreadable beats.
    codes : ndarray of shape (n_leads, n_beats), int8
        The position in ``REASONS`` of the reason why a lead is unreadable; 0 if it is
        readable.
    """

    r_peaks: Samples
    rows: npt.NDArray[np.float32]
    codes: Codes

    def only(self, kept: npt.NDArray[np.intp]) -> StreamedRows:
        """Return some of the beats."""
        return StreamedRows(self.r_peaks[kept], self.rows[kept], self.codes[:, kept])


class CausalFeatureStream:
    """Rows of causal features from a stream of blocks.

    For any block sizes, the rows equal those that :func:`extract_beats` cuts from the
    whole recording, bit for bit. The memory does not grow with the stream.

    Parameters
    ----------
    fs : float
        The sampling rate, in hertz.
    n_leads : int
        The number of leads.
    layout : FeatureLayout
        The layout of the rows; it must be causal.
    check_quality : bool, default=True
        Whether to mark beats in which a lead is saturated, flat or noise.

    Attributes
    ----------
    n_samples : int
        The number of samples received.
    oldest : int
        The first sample allowed for the next R peak: 30 s ago.
    """

    def __init__(
        self,
        fs: float,
        n_leads: int,
        layout: FeatureLayout,
        *,
        check_quality: bool = True,
    ) -> None:
        self.fs, self.n_leads, self.layout = fs, n_leads, layout
        self.check_quality = check_quality
        self.n_samples = self.oldest = 0
        self._leads = CausalLeads(fs, n_leads)
        self._filtered = np.empty((n_leads, 0))
        self._raw: npt.NDArray[np.floating] | None = None
        self._first_filtered = self._first_raw = 0
        self._past = layout.new_past()
        # _previous: the last beat with a row. _cut: beats that wait for the next R
        # peak. _waiting: beats that wait for more signal.
        self._previous = np.empty(0, dtype=np.int64)
        self._cut = np.empty(0, dtype=np.int64)
        self._windows = np.empty((n_leads, 0, _LENGTH))
        self._codes = np.empty((n_leads, 0), dtype=np.int8)
        self._waiting = np.empty(0, dtype=np.int64)

    @property
    def n_after(self) -> int:
        """Maximum number of samples, counted from an R peak, that its row needs."""
        # The rounding of R peaks is periodic; twice the denominator covers a period.
        peaks = np.arange(2 * sampling_ratio(self.fs, SHAPE_FS).denominator)
        return int((self._needed(peaks) - peaks).max())

    def push(
        self, block: npt.NDArray[np.floating], r_peaks: npt.ArrayLike
    ) -> StreamedRows:
        """Process the next samples and R peaks, and return the rows that are final.

        Parameters
        ----------
        block : ndarray of shape (n_samples, n_leads)
            The samples after those of the last block; missing ones are NaN.
        r_peaks : array-like of int of shape (n_peaks,)
            The samples of new R peaks, counted from the start of the stream. They must
            lie after all previous ones, in this block or up to 30 s before it.

        Returns
        -------
        StreamedRows
            The rows of the beats for which the next R peak is known and the signal up
            to 0.75 s after their own R peak.

        Raises
        ------
        ValueError
            If the R peaks do not ascend, or lie outside the last 30 s of the signal.
        """
        peaks = self._checked_peaks(np.asarray(r_peaks, dtype=np.int64), len(block))
        self._waiting = np.concatenate([self._waiting, peaks])
        self._filtered = np.concatenate(
            [self._filtered, self._leads.push(block)], axis=1
        )
        self._raw = block if self._raw is None else np.concatenate([self._raw, block])
        self.n_samples += len(block)
        needed = self._needed(self._waiting)
        self._cut_beats(int(np.searchsorted(needed, self.n_samples, side="right")))
        # The row of an R peak needs the next R peak.
        n_final = min(len(self._cut), len(self._cut) + len(self._waiting) - 1)
        rows = self._take_rows(max(n_final, 0))
        self._forget()
        return rows

    def finish(self) -> StreamedRows:
        """Return the rows of the last beats, as at the end of a recording.

        Returns
        -------
        StreamedRows
            The rows.
        """
        if self._raw is not None:
            last = self._leads.finish()
            self._filtered = np.concatenate([self._filtered, last], axis=1)
        self._cut_beats(len(self._waiting))
        return self._take_rows(len(self._cut))

    def _checked_peaks(self, peaks: Samples, n_new: int) -> Samples:
        known = [self._previous, self._cut, self._waiting]
        ordered = np.concatenate([*known, peaks])[-len(peaks) - 1 :]
        if (np.diff(ordered) <= 0).any():
            raise ValueError(
                "r_peaks must ascend from push to push, got "
                f"{ordered.tolist()}; push each once, in order."
            )
        stop = self.n_samples + n_new
        if peaks.size and (peaks[0] < self.oldest or peaks[-1] >= stop):
            raise ValueError(
                f"r_peaks must lie from {self.oldest} to {stop - 1}, in the last 30 s "
                f"of the stream, got {peaks[0]} to {peaks[-1]}; count samples from the "
                "start of the stream, and push R peaks with their block or a later one."
            )
        return peaks

    def _needed(self, peaks: Samples) -> Samples:
        """Return the number of samples of the stream that each row needs."""
        positions = rescale(peaks, self.fs, SHAPE_FS)
        filtered = self._leads.count_needed(positions + READ_SAMPLES[1])
        n_endless = np.iinfo(np.int64).max
        return np.maximum(filtered, self._spans(peaks, n_endless)[1])

    def _spans(self, peaks: Samples, n_samples: int) -> tuple[Samples, Samples]:
        marks = np.empty(0, dtype=np.int64)
        return self.layout.read_spans(self.fs, peaks, marks, n_samples)

    def _cut_beats(self, n_beats: int) -> None:
        """Cut the windows of the first waiting beats and check their quality."""
        if not n_beats:
            return
        peaks, self._waiting = self._waiting[:n_beats], self._waiting[n_beats:]
        positions = rescale(peaks, self.fs, SHAPE_FS) - self._first_filtered
        around = np.arange(-READ_SAMPLES[0], READ_SAMPLES[1])
        # Clipping repeats the ends of the recording; elsewhere all samples are kept.
        windows = np.take(
            self._filtered, positions[:, np.newaxis] + around, axis=1, mode="clip"
        )
        self._cut = np.concatenate([self._cut, peaks])
        self._windows = np.concatenate([self._windows, windows], axis=1)
        self._codes = np.concatenate([self._codes, self._quality(peaks)], axis=1)

    def _quality(self, peaks: Samples) -> Codes:
        """Return the quality code of each lead at each beat."""
        assert self._raw is not None
        starts, stops = self._spans(peaks, self.n_samples)
        # The bins of the noise measure must have the borders as in the whole recording.
        width = bin_width(self.fs)
        first = int(starts[0]) // width * width
        raw = self._raw[first - self._first_raw :]
        spans = starts - first, stops - first
        codes = np.zeros((self.n_leads, len(peaks)), dtype=np.int8)
        for lead, code in zip(raw.T, codes, strict=True):
            is_missing = find_missing(lead, *spans)
            if self.check_quality:
                # Zeros in place of NaN are harmless: those beats are marked missing.
                code[:] = find_bad(np.nan_to_num(lead), self.fs, *spans)
            code[is_missing] = REASONS.index("missing")
        return codes

    def _take_rows(self, n_beats: int) -> StreamedRows:
        """Return the rows of the first cut beats, and remove these."""
        peaks, self._cut = self._cut[:n_beats], self._cut[n_beats:]
        windows, self._windows = self._windows[:, :n_beats], self._windows[:, n_beats:]
        codes, self._codes = self._codes[:, :n_beats], self._codes[:, n_beats:]
        if not n_beats:
            leads = [""] * (self.layout.n_leads or self.n_leads)
            n_columns = len(self.layout.feature_names(leads))
            return StreamedRows(peaks, np.empty((0, n_columns), np.float32), codes)
        later = np.concatenate([self._cut, self._waiting])[:1]
        times = np.concatenate([self._previous, peaks, later]) / self.fs
        own = slice(len(self._previous), len(self._previous) + n_beats)
        pre, post = (x[own] for x in intervals(times, is_causal=True))
        rows = self.layout.rows(
            windows.reshape(self.n_leads, -1),
            READ_SAMPLES[0] + _LENGTH * np.arange(n_beats),
            pre,
            post,
            self._past,
        )
        self._previous = peaks[-1:].copy()
        return StreamedRows(peaks, rows, codes)

    def _forget(self) -> None:
        """Drop the signal that no later row reads."""
        assert self._raw is not None
        self.oldest = max(0, self.n_samples - round(_KEPT * self.fs))
        width = bin_width(self.fs)
        first = self.oldest - int(np.ceil(READ_SECONDS[0] * self.fs))
        first = max(0, first // width * width)
        self._raw = self._raw[first - self._first_raw :].copy()
        self._first_raw = first
        position = int(rescale(np.array(self.oldest), self.fs, SHAPE_FS))
        first = max(0, position - READ_SAMPLES[0])
        self._filtered = self._filtered[:, first - self._first_filtered :].copy()
        self._first_filtered = first
        # Views would keep the arrays of a large block in memory.
        self._windows, self._codes = self._windows.copy(), self._codes.copy()
        self._cut, self._waiting = self._cut.copy(), self._waiting.copy()
