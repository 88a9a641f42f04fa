"""
Detect leakage
==============

The same classifier on the same beats with three splits. Two of the scores do not apply
to new patients, and ``audit_split`` reports this before any fit.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.metrics import f1_score

from skecg import HybridSampler
from skecg.datasets import make_beats
from skecg.model_selection import StratifiedBeatSplit, SubjectKFold, audit_split

beats = make_beats(2500, n_subjects=12, noise=0.1, random_state=0)
X, y, groups = beats.data, beats.target, beats.groups

# %%
# Oversampling before the split puts copies of one beat into both parts.

sampler = HybridSampler(random_state=0)
X_copies, y_copies = sampler.fit_resample(X, y)
groups_copies = groups[sampler.sample_indices_]
by_beat = StratifiedBeatSplit(random_state=0)
copies = next(by_beat.split(X_copies, y_copies))
print(audit_split(X_copies, y_copies, *copies, groups=groups_copies))

# %%
# A split by beat leaves every patient in both parts.

beatwise = next(by_beat.split(X, y))
print(audit_split(X, y, *beatwise, groups=groups))

# %%
# A split by patient passes.

patientwise = next(SubjectKFold(3).split(X, y, groups))
print(audit_split(X, y, *patientwise, groups=groups))

# %%
# The score with each split:

splits = {
    "Copies on both sides": (X_copies, y_copies, copies),
    "Patients on both sides": (X, y, beatwise),
    "By patient": (X, y, patientwise),
}
scores = {}
for name, (data, target, (train, test)) in splits.items():
    clf = ExtraTreesClassifier(50, random_state=0).fit(data[train], target[train])
    labels = np.unique(target[test])
    scores[name] = f1_score(
        target[test], clf.predict(data[test]), average="macro", labels=labels
    )
figure, ax = plt.subplots(figsize=(6.4, 3), layout="constrained")
bars = ax.barh(
    list(scores), list(scores.values()), color=["#D55E00", "#E69F00", "#0072B2"]
)
ax.bar_label(bars, fmt="%.2f", padding=3)
ax.set(xlabel="Macro F1", xlim=(0, 1.1))
ax.invert_yaxis()
