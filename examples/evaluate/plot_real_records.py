"""
EC57 figures of each record of DS2
==================================

The results of the benchmark for new patients: 22 records of DS2. The benchmark stores a
confusion matrix for each record, from which every figure follows. This example reads no
records.
"""

import json
from pathlib import Path

import numpy as np

from skecg.plotting import EC57HeatmapDisplay

results = Path("../../docs/results/inter-patient")
cell = json.loads((results / "boosting-fold0-seed0.json").read_text(encoding="utf-8"))
y_true, y_pred, records = [], [], []
for record, matrix in cell["records"].items():
    for (true, predicted), n_beats in np.ndenumerate(matrix):
        y_true += [true] * n_beats
        y_pred += [predicted] * n_beats
        records += [record] * n_beats
print(f"{len(y_true):,} beats of {len(cell['records'])} records")

# %%
# Ventricular beats (VEB) are found in most patients, supraventricular ones (SVEB) in
# few. Record 232 contains most of the latter, so the gross SVEB figures depend mostly
# on one patient, as their intervals show.

EC57HeatmapDisplay.from_predictions(y_true, y_pred, records, random_state=0)
