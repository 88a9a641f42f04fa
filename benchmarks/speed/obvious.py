"""The study's network and its training, written as by a user."""

from typing import Any

import numpy as np
import torch
from skorch import NeuralNetClassifier
from torch import Tensor, nn

__all__ = ["ObviousCNN", "hand_written_fit", "plain_skorch"]


class ObviousCNN(nn.Module):
    """CNN1D, written as a sequence of one-dimensional layers."""

    def __init__(self) -> None:
        super().__init__()

        def block(n_in: int, n_out: int) -> nn.Sequential:
            return nn.Sequential(
                nn.Conv1d(n_in, n_out, 5, padding=2),
                nn.BatchNorm1d(n_out),
                nn.ReLU(),
                nn.MaxPool1d(2),
                nn.Dropout(0.2),
            )

        self.block1 = block(1, 32)
        self.block2 = block(32, 64)
        self.block3 = block(64, 128)
        self.block4 = block(128, 256)
        self.skip1 = nn.Conv1d(1, 64, 3, stride=4, padding=1)
        self.skip2 = nn.Conv1d(32, 128, 3, stride=4, padding=1)
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(256 * 11, 128),
            nn.ReLU(),
            nn.Dropout(0.3),
            nn.Linear(128, 5),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return the logits of beats of shape (batch, 187)."""
        x = x.unsqueeze(1)
        first = self.block1(x)
        second = self.block2(first)
        second = second + self.skip1(x)[..., : second.shape[-1]]
        third = self.block3(second)
        third = third + self.skip2(first)[..., : third.shape[-1]]
        return self.head(self.block4(third))


def plain_skorch(**settings: Any) -> NeuralNetClassifier:
    """Return skorch's classifier with the study's settings, otherwise its defaults."""
    return NeuralNetClassifier(
        ObviousCNN,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=1e-3,
        batch_size=32,
        iterator_train__shuffle=True,
        train_split=None,
        verbose=0,
        **settings,
    )


def hand_written_fit(X: np.ndarray, y: np.ndarray, max_epochs: int) -> nn.Module:
    """Train in a loop over tensors, as in the study and in textbooks."""
    beats, labels = torch.from_numpy(X), torch.from_numpy(y)
    network = ObviousCNN().train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    criterion = nn.CrossEntropyLoss()
    for _ in range(max_epochs):
        for rows in torch.randperm(len(beats)).split(32):
            optimizer.zero_grad()
            criterion(network(beats[rows]), labels[rows]).backward()
            optimizer.step()
    return network
