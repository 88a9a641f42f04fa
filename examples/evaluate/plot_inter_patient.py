"""
New patients, with confidence intervals
=======================================

Folds by patient test each beat with a classifier that was not fitted to this patient.
The interval resamples patients, not beats, because new data would come from other
patients.
"""

import numpy as np
from imblearn.pipeline import Pipeline
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict

from skecg import HybridSampler
from skecg.datasets import make_beats
from skecg.metrics import bootstrap_interval, influence, veb_f1
from skecg.model_selection import SubjectKFold
from skecg.plotting import EC57HeatmapDisplay

beats = make_beats(3000, layout="centered", n_subjects=12, noise=0.1, random_state=0)
X, y, groups = beats.data, beats.target, beats.groups
clf = Pipeline(
    [
        ("sampler", HybridSampler(random_state=0)),
        ("clf", HistGradientBoostingClassifier(max_iter=20, random_state=0)),
    ]
)
y_pred = cross_val_predict(clf, X, y, groups=groups, cv=SubjectKFold(4))

# %%
# Any classifier can be used; boosting keeps this example fast. The VEB F1 of all beats:

print(bootstrap_interval(y, y_pred, groups, veb_f1, random_state=0))
print(bootstrap_interval(y, y_pred, np.arange(len(y)) % 300, veb_f1, random_state=0))

# %%
# The second line resamples 300 arbitrary groups of beats as if they were patients. Its
# interval is too narrow.
#
# ``influence`` leaves one patient out at a time:

influence(y, y_pred, groups, veb_f1)[["without", "change"]].round(3)

# %%
# EC57's figures of each record, and of all together with their intervals:

EC57HeatmapDisplay.from_predictions(y, y_pred, beats.records, random_state=0)
