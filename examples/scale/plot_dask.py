"""
A search and an archive on Dask
===============================

joblib sends the fits of a search to a Dask cluster, and Dask predicts an archive of
beats block by block, one recording each, so that it need not fit into memory. On real
machines, pass the scheduler's address to the client; here one process runs everything.
"""

from tempfile import TemporaryDirectory

import dask.array as da
import joblib
import matplotlib.pyplot as plt
import numpy as np
from distributed import Client
from imblearn.pipeline import Pipeline
from sklearn.model_selection import GridSearchCV

from skecg import CNN1DClassifier, HybridSampler, aami
from skecg.datasets import make_beats

X, y = make_beats(1500, weights=[8, 2, 3, 2, 2], random_state=0, return_X_y=True)
clf = CNN1DClassifier(n_filters=(16, 32), max_epochs=5, random_state=0)
pipeline = Pipeline([("sampler", HybridSampler(random_state=0)), ("clf", clf)])
search = GridSearchCV(pipeline, {"clf__lr": [1e-3, 3e-3]}, scoring="f1_macro", cv=2)
client = Client(
    processes=False, n_workers=2, threads_per_worker=1, dashboard_address=":0"
)
with joblib.parallel_config(backend="dask"):
    search.fit(X, y)
print(search.best_params_, f"{search.best_score_:.2f}")

# %%
# The archive: eight recordings in eight files, on a disk that all workers can read.
# Predictions are written as they arrive, one file per recording.

recordings = [
    make_beats(200, n_subjects=1, weights=[10, 1, k, 0, 0], random_state=k).data
    for k in range(1, 9)
]
with TemporaryDirectory() as folder:
    archive = da.concatenate([da.from_array(r, chunks=r.shape) for r in recordings])
    da.to_npy_stack(f"{folder}/beats", archive)

    beats = da.from_npy_stack(f"{folder}/beats")
    classes = beats.map_blocks(search.predict, drop_axis=1, dtype=np.int64)
    da.to_npy_stack(f"{folder}/classes", classes)

    found = da.from_npy_stack(f"{folder}/classes")
    is_ventricular = found == aami.CLASSES.index("V")
    burden = [block.mean().compute() for block in is_ventricular.blocks]
client.close()

figure, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
ax.bar(range(1, 9), np.multiply(100, burden), color="#D55E00")
ax.set(xlabel="Recording", ylabel="Ventricular beats (%)")
ax.spines[["top", "right"]].set_visible(False)
