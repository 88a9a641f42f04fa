"""Score every epoch on the held-out rows and keep the weights of the best."""

import math
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import torch
from sklearn.base import BaseEstimator, ClassifierMixin
from skorch.callbacks import Callback

from skecg.classification.network._validation_scorer import scorer_of_classes

__all__ = ["BestEpoch", "tidy_history"]


class _EpochClassifier(ClassifierMixin, BaseEstimator):
    """The classifier after an epoch, which is passed to a scorer.

    It returns stored probabilities for the held-out rows, from the pass that measured
    the loss, and predicts other rows.
    """

    def __init__(self, X: Any, proba: Any, classes: Any, predict_proba: Any) -> None:
        self.X = X
        self.proba = proba
        self.classes = classes
        self.predict_others = predict_proba
        self.classes_ = classes
        self.n_features_in_ = X.shape[1]

    def predict_proba(self, X: Any) -> np.ndarray:
        return self.proba if X is self.X else self.predict_others(X)

    def predict(self, X: Any) -> np.ndarray:
        return self.classes_[self.predict_proba(X).argmax(axis=1)]


class KeptEpoch(NamedTuple):
    """The best of the complete epochs.

    Attributes
    ----------
    epoch : int
        Its number, from 1.
    weights : dict of str to Tensor
        The state dict of the network after it.
    figures : tuple of float
        Score and negative loss; epochs are compared by them.
    flags : tuple of bool
        For each complete epoch, whether it was the best so far.
    """

    epoch: int
    weights: dict[str, torch.Tensor]
    figures: tuple[float, float]
    flags: tuple[bool, ...]


class BestEpoch(Callback):
    """Record each epoch's figures and keep the weights of the best.

    Of epochs with equal scores, the one with the lower held-out loss is kept. Without
    held-out rows the last complete epoch is kept.

    Parameters
    ----------
    X_val, y_val : ndarray
        The held-out rows and their labels; may be empty.
    classes : ndarray of shape (n_classes,)
        The labels in the order of the network's outputs.
    scorer : callable or None
        ``scorer(estimator, X, y)``, greater is better; None takes the loss.
    predict_proba : callable
        Takes the net and rows, for a scorer that predicts other rows.

    Attributes
    ----------
    kept_ : KeptEpoch or None
        The best of the complete epochs; None before the first is complete.
    """

    def __init__(
        self,
        X_val: np.ndarray,
        y_val: np.ndarray,
        classes: np.ndarray,
        scorer: Callable[..., float] | None,
        predict_proba: Callable[[Any, np.ndarray], np.ndarray],
    ) -> None:
        self.X_val = X_val
        self.y_val = y_val
        self.classes = classes
        self.predict_proba = predict_proba
        self.scorer: Callable[..., float] | None = scorer_of_classes(
            scorer, partial(self._classifier, None), y_val, classes
        )

    def initialize(self) -> "BestEpoch":
        """Reset the best epoch."""
        self.kept_: KeptEpoch | None = None
        return self

    def state_dict(self) -> dict[str, Any]:
        """Return the best epoch, for a checkpoint.

        Returns
        -------
        dict of str to object
            The fields of `kept_`; empty before the first epoch is complete.
        """
        return self.kept_._asdict() if self.kept_ else {}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore the best epoch of another training.

        Parameters
        ----------
        state : dict of str to object
            The result of its `state_dict`.
        """
        self.kept_ = KeptEpoch(**state) if state else None

    def on_epoch_begin(self, net: Any, **kwargs: Any) -> None:
        """Start the clock and the counts."""
        # Delete batch records to bound memory. Keep the last one, because skorch's
        # Checkpoint reads it.
        for epoch in net.history[-2:-1]:
            del epoch["batches"][:-1]
        self.started_ = time.perf_counter()
        self.logits_: list[torch.Tensor] = []
        self.sums_: dict[str, Any] = dict.fromkeys(
            ("train_loss", "valid_loss", "hits", "n_train"), 0
        )

    def on_batch_end(
        self,
        net: Any,
        batch: Any = None,
        training: bool = False,
        loss: Any = None,
        y_pred: Any = None,
        **kwargs: Any,
    ) -> None:
        """Count a batch's loss and hits."""
        _, y = batch
        loss_name = "train_loss" if training else "valid_loss"
        # skorch has already read the loss, so item() does not wait for the device.
        # Python sums in double precision, which not every device has.
        self.sums_[loss_name] += loss.item() * len(y)
        if training:
            # Hits stay on the device, so that no batch waits for a transfer.
            hits = y_pred.detach().argmax(dim=1) == y.to(y_pred.device)
            self.sums_["hits"] += hits.sum()
            self.sums_["n_train"] += len(y)
        else:
            self.logits_.append(y_pred.detach().cpu())

    def on_epoch_end(self, net: Any, **kwargs: Any) -> None:
        """Score the epoch; keep its weights if it is the best so far."""
        history = net.history
        sums = {name: float(value) for name, value in self.sums_.items()}
        history.record("train_loss", sums["train_loss"] / sums["n_train"])
        history.record("train_accuracy", sums["hits"] / sums["n_train"])
        # Without held-out rows every epoch replaces the one before it.
        figures = self._figures(net, sums) if len(self.X_val) else None
        history.record("duration", time.perf_counter() - self.started_)
        kept = self.kept_
        is_best = kept is None or figures is None or figures > kept.figures
        history.record("is_best", is_best)
        flags = (*(kept.flags if kept else ()), is_best)
        if kept is None or is_best:
            weights = {
                name: value.detach().clone()
                for name, value in net.module_.state_dict().items()
            }
            figures = figures or (-np.inf, -np.inf)
            kept = KeptEpoch(history[-1]["epoch"], weights, figures, flags)
        # One assignment, so that Ctrl-C never leaves half of an epoch.
        self.kept_ = kept._replace(flags=flags)

    def _classifier(self, net: Any, proba: np.ndarray) -> _EpochClassifier:
        """Return the classifier to pass to a scorer."""
        others = partial(self.predict_proba, net)
        return _EpochClassifier(self.X_val, proba, self.classes, others)

    def _figures(self, net: Any, sums: dict[str, float]) -> tuple[float, float]:
        """Record the held-out figures; return the score and the negative loss."""
        proba = torch.cat(self.logits_).softmax(dim=1).numpy()
        self.logits_ = []
        epoch = self._classifier(net, proba)
        loss = sums["valid_loss"] / len(self.y_val)
        score = -loss
        if self.scorer is not None:
            score = float(self.scorer(epoch, self.X_val, self.y_val))
        accuracy = float(np.mean(epoch.predict(self.X_val) == self.y_val))
        net.history.record("valid_loss", loss)
        net.history.record("valid_accuracy", accuracy)
        net.history.record("valid_score", score)
        # NaN scores rank below all others.
        return (-math.inf if math.isnan(score) else score), -loss


def tidy_history(history: Any, flags: tuple[bool, ...]) -> pd.DataFrame:
    """Return a table of scalars with one row per complete epoch under `BestEpoch`.

    Held-out figures are NaN without held-out rows.

    Parameters
    ----------
    history : skorch.history.History
        The history of the net.
    flags : tuple of bool
        The flags of the kept epoch.

    Returns
    -------
    DataFrame
        The table.
    """
    rows = [
        {k: v for k, v in row.items() if np.isscalar(v) and not k.endswith("_count")}
        for row in history[: len(flags)]
    ]
    table = pd.DataFrame(rows).assign(is_best=list(flags))
    figures = ["valid_loss", "valid_accuracy", "valid_score"]
    return table.reindex(columns=list(dict.fromkeys([*table.columns, *figures])))
