"""Signal stages of the causal detector: from samples to waves.

Every sum is computed sample by sample in a fixed order, so that results do not depend
on the block sizes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view
from scipy.signal import butter, sosfilt

from skecg.signal._continued_lead import ContinuedLead

__all__ = ["CausalStages", "Wave"]

Floats = npt.NDArray[np.float64]

# Hz. The lead is averaged to about this rate, which is enough for the band and reduces
# the computing time.
_RATE = 125.0
# Hz: the passband of the paper.
_BAND = (5.0, 15.0)
# Seconds of the moving average.
_WINDOW = 0.15
# Seconds before and after a maximum without a higher value.
_WAIT = 0.1
# Seconds of the filter's delay of a QRS complex, measured at 10 Hz.
_DELAY = 0.03
# Seconds around the filtered peak in which the peak of the lead is searched.
_REACH = 0.06
# Seconds of the past that are kept: more than window, delay and wait together.
_HISTORY = 1.0
# Seconds of a long block that are filtered at once.
_PART = 60.0


@dataclass
class Wave:
    """A maximum of the moving average.

    Attributes
    ----------
    time, known : float
        The times of the maximum and of the sample that confirms it, in seconds.
    sample : int
        The sample of the largest deflection of the lead.
    power, height, slope : float
        The moving average, the largest filtered value and the largest slope.
    is_judged : bool
        Whether the detector has classified the wave as beat or noise.
    """

    time: float
    known: float
    sample: int
    power: float
    height: float
    slope: float
    is_judged: bool = False


class CausalStages:
    """Filter, derivative, squaring and moving average of a stream, and its waves.

    Parameters
    ----------
    fs : float
        The sampling rate, in hertz.
    """

    def __init__(self, fs: float) -> None:
        self._step = max(1, round(fs / _RATE))
        self._rate = fs / self._step
        self._sos = butter(1, _BAND, "bandpass", fs=self._rate, output="sos")
        self._state = np.zeros((len(self._sos), 2))
        self._n_past = round(_HISTORY * self._rate)
        self._n_window = round(_WINDOW * self._rate)
        self._n_wait = round(_WAIT * self._rate)
        self._rest = np.empty(0)
        # Rows, at the low rate: lead, filtered lead, slope, squares, moving average.
        self._past = np.zeros((5, self._n_past))
        self._raw = np.zeros(self._n_past * self._step)
        self._n_low = 0
        self._continued = ContinuedLead()
        self.n_samples = 0

    @property
    def seconds(self) -> float:
        """Time of the last processed sample, in seconds."""
        return self._n_low / self._rate

    def push(self, block: Floats) -> list[Wave]:
        """Process the next samples, and return the waves that they confirm.

        Parameters
        ----------
        block : ndarray of shape (n_samples,)
            The samples; missing ones are NaN.

        Returns
        -------
        list of Wave
            The waves, in order of time.
        """
        self.n_samples += len(block)
        samples = np.concatenate([self._rest, self._continued.push(block)])
        waves = []
        # A long block is read in parts, to limit the memory.
        size = round(_PART * self._rate) * self._step
        n_whole = len(samples) // self._step * self._step
        for start in range(0, n_whole, size):
            waves += self._push_low(samples[start : min(start + size, n_whole)])
        self._rest = samples[n_whole:]
        return waves

    def finish(self) -> list[Wave]:
        """Return the last waves, as if the last value of the lead were repeated.

        Returns
        -------
        list of Wave
            The waves, in order of time.
        """
        end = self.n_samples
        n_more = (self._n_wait + self._n_window) * self._step
        waves = self.push(np.full(n_more, np.nan))
        self.n_samples = end
        for wave in waves:
            wave.sample = min(wave.sample, end - 1)
        return waves

    def _push_low(self, raw: Floats) -> list[Wave]:
        """Process samples that are a multiple of the step, and return the waves."""
        columns = raw.reshape(-1, self._step).T
        low = sum(columns[1:], columns[0].copy()) / self._step
        filtered, self._state = sosfilt(self._sos, low, zi=self._state)
        past = self._past
        lead = np.concatenate([past[0], low])
        passed = np.concatenate([past[1], filtered])
        n_new, n_past = len(low), self._n_past

        def before(values: Floats, lag: int) -> Floats:
            return values[n_past - lag : n_past + n_new - lag]

        # The derivative of the paper, delayed by two samples to be causal.
        slope = np.concatenate(
            [
                past[2],
                2 * before(passed, 0)
                + before(passed, 1)
                - before(passed, 3)
                - 2 * before(passed, 4),
            ]
        )
        squares = np.concatenate([past[3], before(slope, 0) ** 2])
        total = before(squares, 0)
        for lag in range(1, self._n_window):
            total = total + before(squares, lag)
        power = np.concatenate([past[4], total / self._n_window])
        samples = np.concatenate([self._raw, raw])
        self._n_low += n_new
        first = self._n_low - len(power)
        waves = [
            self._wave(int(at), first, lead, passed, slope, power, samples)
            for at in self._maxima(power)
        ]
        self._past = np.stack(
            [values[-n_past:] for values in (lead, passed, slope, squares, power)]
        )
        self._raw = samples[-len(self._raw) :]
        return waves

    def _maxima(self, power: Floats) -> npt.NDArray[np.intp]:
        """Return the positions of the maxima that the newest samples confirm."""
        wait = self._n_wait
        start = self._n_past - wait
        # Each window is a sample with the samples to either side that must be lower.
        around = sliding_window_view(power[start - wait :], 2 * wait + 1)
        middle = around[:, wait]
        is_highest = middle > around[:, :wait].max(axis=1)
        is_highest &= middle >= around[:, wait + 1 :].max(axis=1)
        return start + np.flatnonzero(is_highest)

    def _wave(
        self,
        at: int,
        first: int,
        lead: Floats,
        passed: Floats,
        slope: Floats,
        power: Floats,
        samples: Floats,
    ) -> Wave:
        """Return the wave with the maximum of the moving average at a position."""
        window = slice(at - self._n_window + 1, at + 1)
        heights = np.abs(passed[window])
        middle = window.start + int(heights.argmax()) - round(_DELAY * self._rate)
        reach = round(_REACH * self._rate)
        near = lead[middle - reach : middle + reach + 1]
        near = near - lead[middle - 2 * reach : middle + 2 * reach + 1].mean()
        top = int(np.abs(near).argmax())
        place = (middle - reach + top) * self._step
        raw = samples[max(0, place - self._step) : place + 2 * self._step]
        fine = int((raw * np.sign(near[top])).argmax()) + max(0, place - self._step)
        return Wave(
            time=(first + at) / self._rate,
            known=(first + at + self._n_wait + 1) / self._rate,
            sample=max(0, first * self._step + fine),
            power=float(power[at]),
            height=float(heights.max()),
            slope=float(np.abs(slope[window]).max()),
        )
