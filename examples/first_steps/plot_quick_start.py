"""
Quick start
===========

Balance synthetic beats, train the study's network and plot its confusion matrix.
"""

from imblearn.pipeline import Pipeline
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split

from skecg import CNN1DClassifier, HybridSampler
from skecg.datasets import make_beats
from skecg.plotting import BeatConfusionDisplay

beats = make_beats(3000, weights=[16, 2, 3, 1, 2], random_state=0)
X_train, X_test, y_train, y_test = train_test_split(
    beats.data, beats.target, stratify=beats.target, random_state=0
)

# %%
# Two of three beats are normal. The sampler resamples every class to the mean class
# size, in training only. The classifier keeps its best epoch.

pipeline = Pipeline(
    [
        ("sampler", HybridSampler(random_state=0)),
        ("clf", CNN1DClassifier(max_epochs=4, random_state=0)),
    ]
)
y_pred = pipeline.fit(X_train, y_train).predict(X_test)
print(classification_report(y_test, y_pred, target_names=beats.target_names))

# %%
# Colours show the share of the annotated class, so that rare classes are visible.

BeatConfusionDisplay.from_predictions(y_test, y_pred)
