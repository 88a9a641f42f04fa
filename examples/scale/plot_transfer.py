"""
Transfer from many beats to few
===============================

A network that was fitted to many beats of some classes is the start of a fit to few
beats of another task: its body stays frozen and a new head is trained, as Kachuee et
al. (2018, arXiv:1805.00794) do for myocardial infarction.
"""

import pandas as pd
from sklearn.frozen import FrozenEstimator

from skecg import ResidualCNNClassifier
from skecg.datasets import make_beats

# Normal, supraventricular, fusion and unknown beats, no ventricular ones.
X, y = make_beats(1500, weights=[3, 1, 0, 1, 1], random_state=0, return_X_y=True)
settings = {"n_blocks": 3, "n_filters": 16, "random_state": 0}
source = ResidualCNNClassifier(batch_size=32, max_epochs=5, **settings).fit(X, y)

# The new task: tell ventricular beats from normal ones.
task = {"weights": [1, 0, 1, 0, 0], "return_X_y": True}
X_test, y_test = make_beats(1000, random_state=1, **task)
few = {
    "batch_size": 10,
    "lr": 3e-3,
    "max_epochs": 15,
    "validation_fraction": None,
    **settings,
}
starts = {
    "from chance": {},
    "pretrained": {"pretrained": FrozenEstimator(source)},
    "pretrained, frozen": {"pretrained": FrozenEstimator(source), "freeze": True},
}
scores = pd.DataFrame(index=[10, 20, 40, 80], columns=list(starts), dtype=float)
for n_beats in scores.index:
    X_few, y_few = make_beats(n_beats, random_state=2, **task)
    for name, start in starts.items():
        clf = ResidualCNNClassifier(**few, **start).fit(X_few, y_few)
        scores.loc[n_beats, name] = clf.score(X_test, y_test)
print(scores)
scores.plot(marker="o", xlabel="Beats of the new task", ylabel="Accuracy", logx=True)
