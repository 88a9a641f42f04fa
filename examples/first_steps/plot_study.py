"""
The study on a small file
=========================

``skecg study`` fits the study's pipeline and writes a report. This example calls it as
a function, on a small file of synthetic beats and with ``quick=True``, so its figures
are not meaningful; :doc:`/study` has those of the real records.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from skecg.datasets import make_beats
from skecg.plotting import TrainingHistoryDisplay
from skecg.study import run_study

with TemporaryDirectory() as folder:
    # As in the public files: one beat per row, with its class in the last column.
    beats = make_beats(3000, random_state=0)
    file = Path(folder, "beats.csv")
    np.savetxt(file, np.c_[beats.data, beats.target], delimiter=",", fmt="%.4f")
    result = run_study(file, f"{folder}/report", quick=True)
    files = sorted(path.name for path in result.folder.iterdir())

result.report.round(3)

# %%
# The folder contains the report, the figures and the fitted pipeline.

print("\n".join(files))

# %%
# A tenth of the training beats was held out before the sampler to choose the epoch.

TrainingHistoryDisplay.from_estimator(result.pipeline)
