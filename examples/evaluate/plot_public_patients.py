"""
The patients of the public CSV files
====================================

``mitbih_train.csv`` and ``mitbih_test.csv`` do not identify patients.
``match_kaggle_rows`` finds the record of each row; see :doc:`/public_set`. This example
counts the beats of the test file by record from the committed results, without reading
records.
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from skecg import aami
from skecg.plotting import CLASS_COLORS

results = Path("../../docs/results/study")
cell = json.loads((results / "forest-fold0-seed0.json").read_text(encoding="utf-8"))
counts = pd.DataFrame(
    {
        record: [sum(row) for row in matrix]
        for record, matrix in cell["records"].items()
    },
    index=list(aami.CLASSES),
).T
print(f"{len(counts)} records, {counts.to_numpy().sum():,} beats")

# %%
# All 48 records are in both files. Rare classes come from few patients:

shares = counts / counts.sum()
shares.apply(lambda share: share.nlargest(3).round(2).to_dict()).to_frame(
    "three records"
)

# %%
# Each bar is a class, and each segment is a record, the largest first. The number is
# that of the records that contain half of the class:

figure, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
for y, letter in enumerate(aami.CLASSES):
    pieces = shares[letter].sort_values(ascending=False)
    starts = pieces.cumsum() - pieces
    ax.barh(y, pieces, left=starts, color=CLASS_COLORS[letter], edgecolor="white")
    n_records = (pieces.cumsum() < 0.5).sum() + 1
    ax.text(1.02, y, f"{n_records} of {(pieces > 0).sum()}", va="center")
    for record in pieces.index[pieces > 0.1]:
        x = starts[record] + pieces[record] / 2
        ax.text(x, y, record, ha="center", va="center", color="black", weight="bold")
ax.axvline(0.5, color="black", linestyle=":")
ax.set_yticks(range(5), [f"{c} ({counts[c].sum():,})" for c in aami.CLASSES])
ax.set(xlabel="Share of the test file's beats of the class", xlim=(0, 1.15))
ax.invert_yaxis()
