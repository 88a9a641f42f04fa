"""
The real records, one by one
============================

What the benchmarks measured between patients, on the 22 records of DS2. The benchmarks
keep a confusion matrix for each record, and nothing else: every figure follows from
these. No record is read here.
"""

import json
from pathlib import Path

import numpy as np

from skecg.plotting import EC57HeatmapDisplay

results = Path("../docs/results/inter-patient")
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
# few. Record 232 holds most of the latter, so that the gross figures for SVEB
# are mostly one patient's: their intervals say as much.

EC57HeatmapDisplay.from_predictions(y_true, y_pred, records, random_state=0)
