"""
Adjust the prior after balanced training
========================================

After training on equal class counts, a classifier predicts too many F and S beats.
``PriorAdjustedClassifier`` corrects the probabilities for the natural class
distribution. The network is fitted once.
"""

import matplotlib.pyplot as plt
from imblearn.pipeline import Pipeline
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split

from skecg import CNN1DClassifier, HybridSampler, PriorAdjustedClassifier
from skecg.datasets import make_beats
from skecg.plotting import BeatConfusionDisplay

X, y = make_beats(
    4000, weights=[80, 5, 8, 3, 4], noise=0.05, random_state=0, return_X_y=True
)
X_train, X_test, y_train, y_test = train_test_split(
    X, y, stratify=y, test_size=0.5, random_state=0
)
balanced = Pipeline(
    [
        ("sampler", HybridSampler(random_state=0)),
        ("clf", CNN1DClassifier(n_filters=(16, 32), max_epochs=6, random_state=0)),
    ]
).fit(X_train, y_train)
adjusted = PriorAdjustedClassifier(
    FrozenEstimator(balanced), trained_prior=balanced["clf"].class_prior_
).fit(X_train, y_train)

# %%
# Rows are the annotated classes. With the adjustment, fewer normal beats are
# misclassified, and more rare beats are missed. ``strength`` sets the trade-off.

figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for ax, clf, title in (
    (axes[0], balanced, "As trained"),
    (axes[1], adjusted, "Prior undone"),
):
    y_pred = clf.predict(X_test)
    BeatConfusionDisplay.from_predictions(y_test, y_pred, ax=ax, colorbar=False)
    accuracy = accuracy_score(y_test, y_pred)
    macro_f1 = f1_score(y_test, y_pred, average="macro")
    ax.set_title(f"{title}: accuracy {accuracy:.2f}, macro F1 {macro_f1:.2f}")
