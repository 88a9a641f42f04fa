"""
Calibrate probabilities
=======================

After balanced training, the probabilities of rare classes are too high. Prior
adjustment corrects most of this, and scikit-learn's calibration can be added.
"""

import matplotlib.pyplot as plt
from imblearn.pipeline import Pipeline
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split

from skecg import CNN1DClassifier, HybridSampler, PriorAdjustedClassifier
from skecg.datasets import make_beats
from skecg.plotting import ReliabilityDisplay

X, y = make_beats(
    5000, weights=[80, 5, 8, 3, 4], noise=0.1, random_state=0, return_X_y=True
)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, stratify=y, test_size=0.6, random_state=0
)
balanced = Pipeline(
    [
        ("sampler", HybridSampler(random_state=0)),
        ("clf", CNN1DClassifier(n_filters=(16, 32), max_epochs=4, random_state=0)),
    ]
).fit(X_train, y_train)
adjusted = PriorAdjustedClassifier(
    FrozenEstimator(balanced), trained_prior=balanced["clf"].class_prior_
).fit(X_train, y_train)

# %%
# On the dotted line, 30 of 100 beats with a probability of 30 % for a class belong to
# this class.

figure, axes = plt.subplots(1, 2, figsize=(10, 4.5), layout="constrained")
for ax, clf, title in (
    (axes[0], balanced, "As trained"),
    (axes[1], adjusted, "Prior undone"),
):
    ReliabilityDisplay.from_estimator(clf, X_test, y_test, n_bins=5, ax=ax)
    loss = log_loss(y_test, clf.predict_proba(X_test))
    ax.set_title(f"{title}: log loss {loss:.2f}")
axes[0].get_legend().remove()
