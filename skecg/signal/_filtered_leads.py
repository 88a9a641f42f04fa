"""Band-pass filtered leads at 120 Hz, of a recording or a stream."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.signal import butter, firwin, resample_poly, sosfilt, sosfiltfilt

from skecg.signal._continued_lead import ContinuedLead
from skecg.signal._resampling import resample, sampling_ratio

__all__ = ["SHAPE_FS", "CausalLeads", "filtered_leads"]

SHAPE_FS = 120
"""Sampling rate of the shape features, in hertz."""

_BAND = (0.5, 40.0)  # hertz: keeps P, QRS and T, removes drift and muscle noise
_SECTIONS = butter(2, _BAND, "bandpass", fs=SHAPE_FS, output="sos")
# The length and window of the filter that scipy.signal.resample_poly designs.
_HALF_LENGTH, _SHAPE = 10, ("kaiser", 5.0)

Floats = npt.NDArray[np.float64]


def filtered_leads(signal: npt.NDArray[Any], fs: float, *, is_causal: bool) -> Floats:
    """Resample the leads of a recording to 120 Hz and filter them.

    Missing samples (NaN) are allowed only if `is_causal`; otherwise bridge them first.
    """
    leads = []
    for column in range(signal.shape[1]):
        samples = signal[:, [column]]
        if is_causal:
            stream = CausalLeads(fs, 1)
            parts = [stream.push(samples), stream.finish()]
            leads.append(np.concatenate(parts, axis=1)[0])
        else:
            lead = resample(samples, fs, SHAPE_FS)[:, 0]
            # The padding must be shorter than the signal.
            padding = min(len(lead) - 1, 3 * (2 * len(_SECTIONS) + 1))
            leads.append(sosfiltfilt(_SECTIONS, lead, padlen=padding))
    return np.stack(leads)


class CausalLeads:
    """Resampling to 120 Hz and causal filtering of the leads of a stream.

    Results do not depend on the block sizes: each sample is the same sum of the same
    products in the same order.

    Parameters
    ----------
    fs : float
        The sampling rate of the stream, in hertz.
    n_leads : int
        The number of its leads.

    Attributes
    ----------
    n_filtered : int
        The number of samples at 120 Hz so far.
    """

    def __init__(self, fs: float, n_leads: int) -> None:
        ratio = sampling_ratio(fs, SHAPE_FS)
        self._is_resampled = ratio != 1
        self._up, self._down = ratio.numerator, ratio.denominator
        longest = max(self._up, self._down)
        self._half = _HALF_LENGTH * longest
        if self._is_resampled:
            self._fir = firwin(2 * self._half + 1, 1 / longest, window=_SHAPE)
        self._continued = [ContinuedLead() for _ in range(n_leads)]
        self._held = np.empty((n_leads, 0))
        self._first_held = 0  # always a multiple of `_down`
        self._state = np.zeros((len(_SECTIONS), n_leads, 2))
        self.n_filtered = 0

    def count_needed(self, n_filtered: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Return the number of stream samples for `n_filtered` samples at 120 Hz."""
        if not self._is_resampled:
            return n_filtered
        # Position of the last filter tap of the last output, at the upsampled rate.
        return ((n_filtered - 1) * self._down + self._half) // self._up + 1

    def push(self, block: npt.NDArray[Any]) -> Floats:
        """Process a block, and return the filtered samples that are final.

        Parameters
        ----------
        block : ndarray of shape (n_samples, n_leads)
            The next samples; missing ones are NaN.

        Returns
        -------
        ndarray of shape (n_leads, n_filtered)
            The next samples at 120 Hz.
        """
        pairs = zip(self._continued, block.T, strict=True)
        leads = np.stack([lead.push(samples) for lead, samples in pairs])
        if not self._is_resampled:
            return self._filter(leads)
        self._held = np.concatenate([self._held, leads], axis=1)
        n_samples = self._first_held + self._held.shape[1]
        n_known = (n_samples * self._up - self._half - 1) // self._down + 1
        filtered = self._resample(max(n_known, self.n_filtered))
        # Drop blocks of `down` samples, which are whole numbers of samples at 120 Hz.
        oldest = max(self.n_filtered * self._down - self._half, 0) // self._up
        first = oldest // self._down * self._down
        self._held = self._held[:, first - self._first_held :].copy()
        self._first_held = first
        return filtered

    def finish(self) -> Floats:
        """Return the last filtered samples, as if zeros followed the stream.

        Returns
        -------
        ndarray of shape (n_leads, n_filtered)
            The next samples at 120 Hz.
        """
        if not self._is_resampled:
            return self._filter(self._held)
        n_samples = self._first_held + self._held.shape[1]
        return self._resample(-(-n_samples * self._up // self._down))

    def _resample(self, stop: int) -> Floats:
        """Return the next filtered samples, up to but excluding number `stop`."""
        if stop == self.n_filtered:
            return np.empty((len(self._held), 0))
        offset = self._first_held // self._down * self._up
        part = slice(self.n_filtered - offset, stop - offset)
        leads = resample_poly(
            self._held,
            self._up,
            self._down,
            axis=1,
            window=self._fir,
            padtype="constant",
        )
        return self._filter(leads[:, part])

    def _filter(self, leads: Floats) -> Floats:
        if not leads.shape[1]:
            return leads
        self.n_filtered += leads.shape[1]
        filtered, self._state = sosfilt(_SECTIONS, leads, zi=self._state)
        return np.asarray(filtered)
