"""Causal R-peak detector with the adaptive thresholds of Pan and Tompkins.

Stages and constants follow the paper, unless a comment states otherwise, with three
differences. The filter is a Butterworth filter, because the integer filters of the
paper are designed for 200 Hz. The thresholds decrease while no beat is found, because
an artefact may have raised them. They are not halved in irregular rhythms, because this
added more T waves than beats.

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
# Weight of a new peak in the running estimates, and of a peak found by a search back.
_SHARE, _SEARCH_SHARE = 0.125, 0.25
# Position of the threshold between noise and signal, and factor of the second one.
_BETWEEN, _SECOND = 0.25, 0.5
# Seconds: the shortest interval between beats, and the longest interval to a T wave.
_REFRACTORY, _T_WAVE = 0.2, 0.36
# Up to _T_WAVE after a beat, a wave is a T wave if the ratio of its slope to that of
# the beat is lower. The value of the paper, 0.5, gives more errors on DS1 and SVDB.
_T_SLOPE = 0.6
# Regular intervals and the longest interval, relative to the usual one.
_REGULAR = (0.92, 1.16)
_LONGEST = 1.66
# Number of intervals in the means, and the first mean in seconds: 75 beats per minute.
_N_INTERVALS, _FIRST_INTERVAL = 8, 0.8
# Factor of the thresholds after each interval without a beat.
_FALL = 0.5


@dataclass
class _Threshold:
    """Running estimates of the peaks of beats and noise, for an adaptive threshold."""

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
    """Causal R-peak detector for a stream of one lead.

    Peaks do not depend on the block sizes. The memory does not grow with the length of
    the stream.

    Parameters
    ----------
    fs : float
        The sampling rate, in hertz, from 100 to 2,000.

    Attributes
    ----------
    fs : float
        The sampling rate, in hertz.
    n_samples : int
        The number of samples received.

    Raises
    ------
    ValueError
        If `fs` is not a number from 100 to 2,000.

    See Also
    --------
    detect_r_peaks : Detect the R peaks of a whole recording, more accurately.

    Notes
    -----
    The detector follows Pan and Tompkins (1985), see
    https://doi.org/10.1109/TBME.1985.325532: a bandpass filter, a derivative, squaring,
    a moving average of 150 ms, two adaptive thresholds, a check of slopes that rejects
    T waves, and a search back after 166 % of the usual interval. A peak is returned
    about 0.25 s after its R wave. A peak found by a search back is returned when the
    search is due. Peaks of the first 2 s are returned after these 2 s.

    A missing sample (NaN) repeats the value before it. The signal after a gap is
    shifted to this value, so that the gap adds no step.

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
        """The number of samples received."""
        return self._stages.n_samples

    def push(self, block: npt.ArrayLike) -> Samples:
        """Process the next samples, and return the R peaks that they confirm.

        Parameters
        ----------
        block : array-like of shape (n_samples,)
            The samples after those of the last block; NaN or a mask marks missing ones.
            The block may be empty.

        Returns
        -------
        ndarray of shape (n_peaks,), int64
            The samples of the R peaks, counted from the start of the stream. They
            ascend, also from block to block.

        Raises
        ------
        ValueError
            If the block is not one lead of real numbers or contains infinite samples,
            or the stream is finished.
        """
        if self._is_finished:
            raise ValueError(
                "push must come before finish; make a new detector for a new stream."
            )
        self._waves += self._stages.push(_checked_block(block))
        return self._decide(self._stages.seconds)

    def finish(self) -> Samples:
        """Return the last R peaks, which later samples would have confirmed.

        Returns
        -------
        ndarray of shape (n_peaks,), int64
            The samples of the R peaks.
        """
        self._is_finished = True
        self._waves += self._stages.finish()
        if self._thresholds is None:
            self._learn()
        return self._decide(self._stages.seconds)

    def _decide(self, now: float) -> Samples:
        """Process the waves and searches that are due, and return the peaks."""
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
        # Waves before the last beat are never searched.
        since = -np.inf if self._last is None else self._last.time
        self._waves = [wave for wave in kept if wave.time > since]
        return np.array(peaks, dtype=np.int64)

    def _learn(self) -> None:
        """Initialise the thresholds from the first seconds.

        The paper does not define this step.
        """
        first = [wave for wave in self._waves if wave.time < _LEARNING]
        self._thresholds = tuple(  # type: ignore[assignment]
            _Threshold(0.5 * max(peaks, default=0.0), 0.5 * min(peaks, default=0.0))
            for peaks in ([x.power for x in first], [x.height for x in first])
        )

    def _judge(self, wave: Wave, peaks: list[int]) -> bool:
        """Return whether a wave is a beat, and update the thresholds."""
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
        """Search for missed beats since the last beat, as often as it is due."""
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
        """Accept a wave as a beat, and update thresholds and intervals."""
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
        """Update the usual interval: the mean of the latest regular intervals."""
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
    """Detect the R peaks of a lead with :class:`StreamingRPeakDetector`.

    Parameters
    ----------
    lead : ndarray of shape (n_samples,)
        The lead.
    fs : float
        The sampling rate, in hertz.

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
        raise ValueError(
            f"block must contain real numbers, got {array.dtype}; convert it."
        )
    values = np.array(array, dtype=np.float64)
    if np.isinf(values).any():
        raise ValueError(
            "block must be finite or NaN, got infinite samples; mark missing samples "
            "with NaN."
        )
    return values
