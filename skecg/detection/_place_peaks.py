"""The sample of each beat's R wave."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from skecg.detection._candidates import THINNING, Candidates, Envelopes

__all__ = ["place_peaks"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]

# Seconds around a candidate in which the lead peaks at the low rate. A wide complex may
# peak as far from the middle of its envelope; a larger reach would take T waves.
_SEARCH = 0.08
# Seconds around that peak in which the lead peaks at its own rate.
_REFINE = 0.03


def place_peaks(
    candidates: Candidates, envelopes: Envelopes, leads: Sequence[Floats]
) -> Samples:
    """Return the sample of the R wave at each candidate.

    It is the largest deflection, upwards or downwards, of the first lead that is not
    much worse than the others there.

    Parameters
    ----------
    candidates : Candidates
        The candidates.
    envelopes : Envelopes
        The envelopes in which they were found.
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
        # The middle of the samples that were averaged to one.
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
    """Return the positions of the largest value, or the smallest where sign is -1."""
    where = at[:, None] + np.arange(-round(reach), round(reach) + 1)
    where = np.clip(where, 0, len(lead) - 1)
    return where[np.arange(len(at)), (lead[where] * sign[:, None]).argmax(axis=1)]
