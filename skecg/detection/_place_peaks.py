"""Location of the R wave of each candidate."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skecg.detection._candidates import THINNING, Candidates, Envelopes

__all__ = ["place_peaks"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# Seconds around a candidate in which the peak at the low rate is searched. The peak of
# a wide complex may be this far from the middle of its envelope; a larger range would
# include T waves.
_SEARCH = 0.08
# Seconds around that peak in which the peak at the full rate is searched.
_REFINE = 0.03


def place_peaks(
    candidates: Candidates, envelopes: Envelopes, leads: Sequence[Floats]
) -> Samples:
    """Return the sample of the R wave at each candidate.

    It is the largest deflection, upwards or downwards, in the first lead with at least
    half of the largest weight.

    Parameters
    ----------
    candidates : Candidates
        The candidates.
    envelopes : Envelopes
        The envelopes of the leads.
    leads : sequence of ndarray of shape (n_samples,)
        The leads, without missing samples.

    Returns
    -------
    ndarray of shape (n_candidates,), int64
        The samples.
    """
    weights = candidates.weights
    chosen = np.argmax(weights >= 0.5 * weights.max(axis=0), axis=0)
    samples = np.empty(len(chosen), dtype=np.int64)
    step, rate = envelopes.step // THINNING, envelopes.rate * THINNING
    for k, lead in enumerate(leads):
        mine = np.flatnonzero(chosen == k)
        low, tall = _largest(
            envelopes.deflections[k],
            candidates.indices[mine] * THINNING,
            _SEARCH * rate,
        )
        # The middle of the samples that were averaged to one sample.
        middle = low * step + step // 2
        reach = _REFINE * rate * step
        samples[mine] = _extreme(lead, middle, reach, np.sign(tall))
    return samples


def _largest(
    values: npt.NDArray[np.float32], at: Samples, reach: float
) -> tuple[Samples, Floats]:
    """Return the positions of the largest absolute values nearby, and the values."""
    where = at[:, None] + np.arange(-round(reach), round(reach) + 1)
    where = np.clip(where, 0, len(values) - 1)
    best = where[np.arange(len(at)), np.abs(values[where]).argmax(axis=1)]
    return best, values[best]


def _extreme(lead: Floats, at: Samples, reach: float, sign: Floats) -> Samples:
    """Return the positions of the largest or, if the sign is -1, smallest values."""
    where = at[:, None] + np.arange(-round(reach), round(reach) + 1)
    where = np.clip(where, 0, len(lead) - 1)
    return where[np.arange(len(at)), (lead[where] * sign[:, None]).argmax(axis=1)]
