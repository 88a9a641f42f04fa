"""
Your own network in the same estimator
======================================

``NetworkClassifier`` takes any class that builds a ``torch.nn.Module``. It is called
with those of ``n_channels``, ``n_samples``, ``n_classes`` and ``n_aux_features`` that
its signature names, so the data determine the shapes. Training, choice of the epoch and
pickling are the same as in the other classifiers.
"""

import torch
from sklearn.model_selection import train_test_split

from skecg import NetworkClassifier
from skecg.datasets import make_beats
from skecg.plotting import ArchitectureDisplay


class ConvGRU(torch.nn.Module):
    """A convolution that shortens the beat, and a recurrent layer that reads it."""

    def __init__(self, n_channels, n_classes):
        super().__init__()
        self.conv = torch.nn.Conv1d(n_channels, 16, kernel_size=9, stride=4)
        self.gru = torch.nn.GRU(16, 32, batch_first=True)
        self.head = torch.nn.Linear(32, n_classes)

    def forward(self, beats):  # (batch, n_channels, n_samples)
        steps, _ = self.gru(self.conv(beats).relu().transpose(1, 2))
        return self.head(steps.mean(dim=1))


beats = make_beats(2000, weights=[1, 1, 1, 1, 1], random_state=0)
X_train, X_test, y_train, y_test = train_test_split(
    beats.data, beats.target, stratify=beats.target, random_state=0
)
clf = NetworkClassifier(ConvGRU, max_epochs=6, lr=1e-2, random_state=0)
clf.fit(X_train, y_train)
print(f"accuracy {clf.score(X_test, y_test):.2f}")

# %%
# The display draws the fitted network.

ArchitectureDisplay.from_estimator(clf)
