"""Detection of unreadable seconds in each lead, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.ndimage import percentile_filter

from skecg._sklearn import Interval, validate_params
from skecg.recordings import Recording
from skecg.signal._resampling import MAX_FS
from skecg.signal._samples import as_table_with_rate, bridge_gaps, read_samples
from skecg.signal._window_quality import (
    REASONS,
    Noise,
    as_codes,
    find_missing,
    find_stuck,
    measure_noise,
)

__all__ = ["SignalQuality", "signal_quality"]

_BLOCK = 1024  # seconds read at a time
# A pause of up to half this length is not judged as noise: at 30 beats per minute, a
# quarter of the seconds still contain a QRS complex, which the percentile reflects.
_CONTEXT = 31  # seconds
_PERCENTILE = 75


@dataclass(frozen=True, eq=False)
class SignalQuality:
    """Quality of each second of each lead, with the reason if it is unreadable.

    Parameters
    ----------
    codes : ndarray of shape (n_seconds, n_leads), int8
        0 if the second is readable, otherwise the position of the reason in `reasons`.
        The last second may be incomplete.
    leads : list of str
        The names of the leads.
    """

    codes: npt.NDArray[np.int8]
    leads: list[str]

    reasons: ClassVar[tuple[str, ...]] = REASONS
    """The reason of each code: "", "missing", "saturated", "flat" and "noise"."""

    @property
    def is_readable(self) -> npt.NDArray[np.bool_]:
        """Whether a second is readable, ndarray of bool, (n_seconds, n_leads)."""
        return np.asarray(self.codes == 0)

    def count_seconds(self) -> pd.DataFrame:
        """Count the unreadable seconds of each lead.

        Returns
        -------
        DataFrame of shape (4, n_leads)
            The number of seconds by reason and lead.
        """
        counts = [(self.codes == code).sum(axis=0) for code in range(1, len(REASONS))]
        return pd.DataFrame(counts, index=list(REASONS[1:]), columns=self.leads)


@validate_params(
    {
        "signal": ["array-like", Recording],
        "fs": [Interval(Real, 1, MAX_FS, closed="both"), None],
    },
    prefer_skip_nested_validation=True,
)
def signal_quality(
    signal: npt.ArrayLike | pd.DataFrame | Recording, fs: float | None = None
) -> SignalQuality:
    """Find the unreadable seconds of each lead.

    A second is

    - ``"missing"`` if one of its samples is NaN, null, masked or the lowest value of a
      signed integer type, which marks missing samples in WFDB's formats 16 and 32 and
      in some devices;
    - ``"saturated"`` if the lead stays at the highest or lowest value of the second
      for 0.1 s, away from its median. A QRS complex that is clipped for a shorter
      time is readable. If most of the second is saturated, the limit is also the
      median, and the second is flat;
    - ``"flat"`` if the lead does not change for 0.5 s;
    - ``"noise"`` if the lead is rough in more than half of the second. Roughness is
      measured relative to the steepest rise within 40 ms: that of this second or, if
      larger, the usual one of the 31 seconds around it. The unit of the signal thus has
      no effect. Mains hum is noise if it is larger than the QRS complexes. Noise is
      detected at sampling rates of at least 80 Hz.

    A detached electrode has no reason of its own, because it cannot be recognised from
    the samples: the lead is saturated, flat or noise, depending on the amplifier.

    Parameters
    ----------
    signal : Recording, array-like of shape (n_samples,) or (n_samples, n_leads), or \
DataFrame
        The unfiltered recording. A memory-mapped array is read in blocks.
    fs : float or None, default=None
        The sampling rate, in hertz, from 1 to 100,000. None uses that of a Recording.

    Returns
    -------
    SignalQuality
        The reason for each second and lead.

    Raises
    ------
    ValueError
        If the signal contains infinite values or other values than numbers, has another
        shape or fewer than two samples, or `fs` is missing or out of range.

    See Also
    --------
    extract_beats : Leaves out unreadable beats, by the same rules.

    References
    ----------
    The criteria follow Jekova I, Krasteva V, Christov I, Abächerli R. Threshold-based
    system for noise detection in multilead ECG recordings. Physiological Measurement
    33(9):1463-1477, 2012, doi:10.1088/0967-3334/33/9/1463. The thresholds are skecg's
    own. They were chosen on white noise and on the MIT-BIH records, in which 0.1 % of
    the seconds are unreadable.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.signal import signal_quality
    >>> time = np.arange(10 * 250) / 250
    >>> lead = np.exp(-(((time % 1 - 0.5) / 0.02) ** 2)) + 0.1 * np.sin(time)
    >>> lead[500:1000] = np.nan
    >>> lead[1500:2000] = np.random.default_rng(0).normal(size=500)
    >>> quality = signal_quality(lead, fs=250)
    >>> [quality.reasons[code] for code in quality.codes[:, 0]]
    ['', '', 'missing', 'missing', '', '', 'noise', 'noise', '', '']
    >>> quality.count_seconds()
               lead_0
    missing         2
    saturated       0
    flat            0
    noise           2
    """
    table, fs = as_table_with_rate(signal, fs)
    n_seconds = int(np.ceil(len(table) / fs))
    starts = np.minimum(np.round(np.arange(n_seconds) * fs), len(table) - 1)
    stops = np.minimum(np.round(np.arange(1, n_seconds + 1) * fs), len(table))
    # For an incomplete last second, the last full second is judged.
    starts[-1] = max(0, min(starts[-1], len(table) - round(fs)))
    starts, stops = starts.astype(np.int64), stops.astype(np.int64)
    codes = np.zeros((n_seconds, table.shape[1]), dtype=np.int8)
    noise = np.zeros((3, n_seconds, table.shape[1]))
    for first in range(0, n_seconds, _BLOCK):
        seconds = slice(first, first + _BLOCK)
        start, stop = starts[seconds][0], stops[seconds][-1]
        samples = read_samples(table.iloc[start:stop])
        bridged = bridge_gaps(samples)
        spans = starts[seconds] - start, stops[seconds] - start
        for lead in range(table.shape[1]):
            column = np.ascontiguousarray(bridged[:, lead])
            measured = measure_noise(column, fs, *spans)
            is_missing = find_missing(samples[:, lead], *spans)
            is_saturated, is_flat = find_stuck(column, fs, *spans)
            found = as_codes(is_saturated, is_flat, np.zeros_like(is_flat))
            codes[seconds, lead] = np.where(is_missing, 1, found)
            noise[:, seconds, lead] = (
                measured.roughness,
                measured.hum,
                np.where(is_missing, 0.0, measured.rise),
            )
    usual = percentile_filter(noise[2], _PERCENTILE, (_CONTEXT, 1), mode="nearest")
    is_noise = Noise(*noise).exceeds(np.maximum(noise[2], usual))
    codes[(codes == 0) & is_noise] = REASONS.index("noise")
    names = [x if isinstance(x, str) else f"lead_{x}" for x in table.columns]
    return SignalQuality(codes, names)
