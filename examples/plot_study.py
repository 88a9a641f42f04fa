"""
The study, reproduced in small
==============================

``skecg study`` goes from beats to a report with one command. Here it is as a function,
on a small file of made-up beats and with ``quick=True``, so that its figures are worth
little: those of the real records are measured in :doc:`/study`.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from skecg.datasets import make_beats
from skecg.plotting import TrainingHistoryDisplay
from skecg.study import run_study

with TemporaryDirectory() as folder:
    # As in the public files: a beat a row, and its class in the last column.
    beats = make_beats(3000, random_state=0)
    file = Path(folder, "beats.csv")
    np.savetxt(file, np.c_[beats.data, beats.target], delimiter=",", fmt="%.4f")
    result = run_study(file, f"{folder}/report", quick=True)
    files = sorted(path.name for path in result.folder.iterdir())

result.report.round(3)

# %%
# The folder has the report, the figures and the fitted pipeline.

print("\n".join(files))

# %%
# A tenth of the training beats was held out before the sampler, and chose the epoch.

TrainingHistoryDisplay.from_estimator(result.pipeline)
