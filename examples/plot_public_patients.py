"""
Who is behind the public CSV files
==================================

``mitbih_train.csv`` and ``mitbih_test.csv`` name no patients. ``match_kaggle_rows``
finds them for the rows of anybody's file, from PhysioNet's records; see
:doc:`/public_set`. Here are the test file's beats by record, as the committed results
count them: no record is read.
"""

import json
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from skecg import aami
from skecg.plotting import ClassDistributionDisplay

results = Path("../docs/results/study")
cell = json.loads((results / "forest-fold0-seed0.json").read_text())
counts = pd.DataFrame(
    {
        record: [sum(row) for row in matrix]
        for record, matrix in cell["records"].items()
    },
    index=list(aami.CLASSES),
).T
print(f"{len(counts)} records, {counts.to_numpy().sum():,} beats")

# %%
# All 48 records are in the test file, as they are in the training file. A class is a
# few people's:

shares = counts / counts.sum()
shares.apply(lambda share: share.nlargest(3).round(2).to_dict()).to_frame(
    "three records"
)

# %%
# How many records it takes to have half of a class's beats:

half = shares.apply(lambda share: share.sort_values(ascending=False).to_numpy())
needed = (half.cumsum() < 0.5).sum() + 1
display = ClassDistributionDisplay(counts.sum().to_numpy(), list(counts))
figure, ax = plt.subplots(figsize=(6.4, 4), layout="constrained")
display.plot(ax=ax, title="The public test file")
for x, n_records in enumerate(needed):
    ax.annotate(
        f"half of them from\n{n_records} records",
        (x, 0),
        xytext=(0, 60),
        textcoords="offset points",
        ha="center",
        fontsize="small",
    )
