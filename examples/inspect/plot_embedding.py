"""
The network as a feature extractor
==================================

``transform`` returns the input of the network's output layer. Fit another classifier to
it, or plot it to see which beats are similar to the network.
"""

from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skecg import CNN1DClassifier
from skecg.datasets import make_beats
from skecg.plotting import EmbeddingDisplay

beats = make_beats(2000, weights=[4, 1, 2, 1, 2], random_state=0)
X_train, X_test, y_train, y_test = train_test_split(
    beats.data, beats.target, stratify=beats.target, random_state=0
)
clf = CNN1DClassifier(n_filters=(16, 32), max_epochs=5, random_state=0)
clf.fit(X_train, y_train)
neighbours = make_pipeline(FrozenEstimator(clf), KNeighborsClassifier())
neighbours.fit(X_train, y_train)
print(f"The network:         {clf.score(X_test, y_test):.3f}")
print(f"Its neighbours:      {neighbours.score(X_test, y_test):.3f}")
plain = KNeighborsClassifier().fit(X_train, y_train)
print(f"Neighbours in beats: {plain.score(X_test, y_test):.3f}")
EmbeddingDisplay.from_estimator(clf, X_test, y_test)
