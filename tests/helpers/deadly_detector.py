"""An R-peak detector that kills its process on some recordings."""

import os
import signal

import numpy as np

from skecg.detection import detect_r_peaks

# In millivolts; no other recording has such values.
DEADLY = 40


def deadly_detector(lead, fs):
    if np.nanmax(lead) >= DEADLY:
        os.kill(os.getpid(), signal.SIGKILL)
    return detect_r_peaks(lead, fs, method="pan_tompkins")
