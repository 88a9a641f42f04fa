"""A causal detector of R peaks, with the adaptive thresholds of Pan and Tompkins.

Stages and formulas follow the paper; equation numbers below are the paper's. Filters
are Butterworth filters, because the paper's integer filters are made for 200 Hz.

References
----------
Pan J, Tompkins WJ. A real-time QRS detection algorithm. IEEE Transactions on Biomedical
Engineering 32(3):230-236, 1985. doi:10.1109/TBME.1985.325532
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["pan_tompkins"]

Floats = npt.NDArray[np.float64]
Samples = npt.NDArray[np.int64]


def pan_tompkins(lead: Floats, fs: float) -> Samples:
    """Stub."""
    raise NotImplementedError
