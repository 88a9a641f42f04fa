"""A causal detector of R peaks, with the adaptive thresholds of Pan and Tompkins.

The stages are the paper's, and so are the constants unless a comment gives a reason.
Three things differ. The filter is a Butterworth filter, because the paper's integer
filters are made for 200 Hz. The thresholds fall while nothing is found, because an
artefact may have raised them. They are not halved in irregular rhythms, because that
found more T waves than beats.

References
----------
Pan J, Tompkins WJ. A real-time QRS detection algorithm. IEEE Transactions on Biomedical
Engineering 32(3):230-236, 1985. doi:10.1109/TBME.1985.325532
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._leads import as_array
from skecg.detection._causal_stages import CausalStages, Wave
from skecg.recordings._recording import checked_fs

__all__ = ["StreamingRPeakDetector", "pan_tompkins"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# Seconds of the first learning phase.
_LEARNING = 2.0
# The share of a new peak in the running estimates, and that of one found by a search.
_SHARE, _SEARCH_SHARE = 0.125, 0.25
# Where the threshold lies between noise and signal, and the second one below it.
_BETWEEN, _SECOND = 0.25, 0.5
# Seconds. No beat follows another sooner; up to the second time, it may be a T wave.
_REFRACTORY, _T_WAVE = 0.2, 0.36
# A wave so soon is a T wave if its slope is below this part of the beat's. The
# paper's half has more errors on DS1 and SVDB.
_T_SLOPE = 0.6
# Intervals, in parts of the usual one: those that are regular, and the longest.
_REGULAR = (0.92, 1.16)
_LONGEST = 1.66
# Number of intervals in the means, and the first mean, in seconds: 75 beats a minute.
_N_INTERVALS, _FIRST_INTERVAL = 8, 0.8
# The factor on the thresholds after each interval without any beat.
_FALL = 0.5


@dataclass
class _Threshold:
    """Running estimates of the peaks of beats and of noise in one of the signals."""

    signal: float
    noise: float

    def value(self, factor: float = 1.0) -> float:
        return factor * (self.noise + _BETWEEN * (self.signal - self.noise))

    def learn_beat(self, peak: float, share: float) -> None:
        self.signal += share * (peak - self.signal)

    def learn_noise(self, peak: float) -> None:
        self.noise += _SHARE * (peak - self.noise)

    def fall(self) -> None:
        self.signal *= _FALL
        self.noise *= _FALL


class StreamingRPeakDetector:
    """Detector of R peaks in a lead that comes in block by block.

    Peaks do not depend on the sizes of the blocks. Memory does not grow with the length
    of the stream.

    Parameters
    ----------
    fs : float
        The sampling rate, in hertz, from 100 to 2,000.

    Attributes
    ----------
    fs : float
        The sampling rate, in hertz.
    n_samples : int
        The number of samples that have come in.

    Raises
    ------
    ValueError
        If `fs` is no number from 100 to 2,000.

    See Also
    --------
    detect_r_peaks : Detect the R peaks of a whole recording, more accurately.

    Notes
    -----
    The detector follows Pan and Tompkins (1985), see
    https://doi.org/10.1109/TBME.1985.325532: a bandpass filter, a derivative, squares,
    a moving average of 150 ms, two thresholds that adapt, a check of slopes against T
    waves, and a search back after 166 % of the usual interval. A peak is returned about
    0.25 s after its R wave. One that is found by a search is returned when the search
    is due, and those of the first 2 s after these.

    A missing sample (NaN) has the value before it, and the signal after a gap continues
    from there, so that a gap adds no step.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.detection import StreamingRPeakDetector
    >>> seconds = np.arange(10 * 250) / 250
    >>> lead = np.exp(-((seconds % 1 - 0.5) ** 2) / (2 * 0.01**2))
    >>> detector = StreamingRPeakDetector(fs=250)
    >>> detector.push(lead[:1000])
    array([125, 375, 625, 875])
    >>> detector.push(lead[1000:1200])
    array([1125])
    >>> detector.push(lead[1200:])
    array([1375, 1625, 1875, 2125, 2375])
    >>> detector.finish()
    array([], dtype=int64)
    """

    def __init__(self, fs: float) -> None:
        self.fs = checked_fs(fs)
        self._stages = CausalStages(self.fs)
        self._thresholds: tuple[_Threshold, _Threshold] | None = None
        self._waves: list[Wave] = []
        self._last: Wave | None = None
        self._intervals: list[float] = []
        self._regular = [_FIRST_INTERVAL]
        self._usual = _FIRST_INTERVAL
        self._search_from = 0.0
        self._is_finished = False

    @property
    def n_samples(self) -> int:
        """The number of samples that have come in."""
        return self._stages.n_samples

    def push(self, block: npt.ArrayLike) -> Samples:
        """Take the next samples, and return the R peaks that are known now.

        Parameters
        ----------
        block : array-like of shape (n_samples,)
            The samples after those of the last block; NaN or a mask marks missing ones.
            It may be empty.

        Returns
        -------
        ndarray of shape (n_peaks,), int64
            The samples of the R peaks, counted from the start of the stream. They
            ascend, also from block to block.

        Raises
        ------
        ValueError
            If the block is not one lead of real numbers, holds infinite samples, or the
            stream is finished.
        """
        if self._is_finished:
            raise ValueError(
                "push must come before finish; make a new detector for a new stream."
            )
        self._waves += self._stages.push(_checked_block(block))
        return self._decide(self._stages.seconds)

    def finish(self) -> Samples:
        """Return the R peaks that were still waiting for the samples after them.

        Returns
        -------
        ndarray of shape (n_peaks,), int64
            Their samples.
        """
        self._is_finished = True
        self._waves += self._stages.finish()
        if self._thresholds is None:
            self._learn()
        return self._decide(self._stages.seconds)

    def _decide(self, now: float) -> Samples:
        """Return the peaks of the waves and searches that are due by now."""
        if self._thresholds is None:
            if now < _LEARNING:
                return np.empty(0, dtype=np.int64)
            self._learn()
        peaks: list[int] = []
        kept: list[Wave] = []
        for wave in self._waves:
            if wave.is_judged:
                kept.append(wave)
                continue
            self._search(wave.known, kept, peaks)
            wave.is_judged = True
            if not self._judge(wave, peaks):
                kept.append(wave)
        self._search(now, kept, peaks)
        # What came before the last beat is never searched.
        since = -np.inf if self._last is None else self._last.time
        self._waves = [wave for wave in kept if wave.time > since]
        return np.array(peaks, dtype=np.int64)

    def _learn(self) -> None:
        """Start the thresholds from the first seconds; the paper does not say how."""
        first = [wave for wave in self._waves if wave.time < _LEARNING]
        self._thresholds = tuple(  # type: ignore[assignment]
            _Threshold(0.5 * max(peaks, default=0.0), 0.5 * min(peaks, default=0.0))
            for peaks in ([x.power for x in first], [x.height for x in first])
        )

    def _judge(self, wave: Wave, peaks: list[int]) -> bool:
        """Return whether a wave is a beat, and learn from it."""
        assert self._thresholds is not None
        if self._last is not None and wave.time - self._last.time < _REFRACTORY:
            return False
        power, height = self._thresholds
        if (
            wave.power > power.value()
            and wave.height > height.value()
            and not self._is_t_wave(wave)
        ):
            self._accept(wave, _SHARE, peaks)
            return True
        power.learn_noise(wave.power)
        height.learn_noise(wave.height)
        return False

    def _is_t_wave(self, wave: Wave) -> bool:
        last = self._last
        if last is None or wave.time - last.time >= _T_WAVE:
            return False
        return wave.slope < _T_SLOPE * last.slope

    def _search(self, now: float, waves: list[Wave], peaks: list[int]) -> None:
        """Search the waves since the last beat, as often as that is due by now."""
        assert self._thresholds is not None
        while True:
            due = self._search_from + _LONGEST * self._usual
            if due > now:
                return
            power, height = self._thresholds
            since = -np.inf if self._last is None else self._last.time + _REFRACTORY
            found = [
                wave
                for wave in waves
                if since <= wave.time
                and wave.known <= due
                and wave.power > power.value(_SECOND)
                and wave.height > height.value(_SECOND)
                and not self._is_t_wave(wave)
            ]
            if found:
                best = max(found, key=lambda wave: wave.power)
                self._accept(best, _SEARCH_SHARE, peaks)
            else:
                power.fall()
                height.fall()
                self._search_from += self._usual

    def _accept(self, wave: Wave, share: float, peaks: list[int]) -> None:
        """Take a wave as a beat."""
        assert self._thresholds is not None
        self._thresholds[0].learn_beat(wave.power, share)
        self._thresholds[1].learn_beat(wave.height, share)
        if self._last is not None:
            self._learn_interval(wave.time - self._last.time)
        self._last = wave
        self._search_from = wave.time
        if not peaks or wave.sample > peaks[-1]:
            peaks.append(wave.sample)

    def _learn_interval(self, interval: float) -> None:
        """Update the usual interval: the mean of the latest that are like it."""
        self._intervals = [*self._intervals, interval][-_N_INTERVALS:]
        low, high = (part * self._usual for part in _REGULAR)
        alike = [low <= x <= high for x in self._intervals]
        if alike[-1]:
            self._regular = [*self._regular, interval][-_N_INTERVALS:]
        elif not any(alike) and len(alike) == _N_INTERVALS:
            # The rate has changed faster than the mean can follow.
            self._regular = list(self._intervals)
        self._usual = sum(self._regular) / len(self._regular)


def pan_tompkins(lead: Floats, fs: float) -> Samples:
    """Return the R peaks of a lead by :class:`StreamingRPeakDetector`.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead.
    fs : float
        Its sampling rate, in hertz.

    Returns
    -------
    ndarray of int64
        The samples of the peaks.
    """
    detector = StreamingRPeakDetector(fs)
    return np.concatenate([detector.push(lead), detector.finish()])


def _checked_block(block: Any) -> Floats:
    array = as_array("block", block)
    if array.ndim != 1:
        raise ValueError(
            f"block must be one lead, of shape (n_samples,), got {array.shape}; make a "
            "detector for each lead."
        )
    if array.size and array.dtype.kind not in "iuf":
        raise ValueError(f"block must be real numbers, got {array.dtype}; convert it.")
    values = np.array(array, dtype=np.float64)
    if np.isinf(values).any():
        raise ValueError(
            "block must be finite or NaN, and it holds infinite samples; mark missing "
            "samples with NaN."
        )
    return values
