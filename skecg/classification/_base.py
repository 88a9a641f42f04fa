"""The scikit-learn face of a network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import get_scorer
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import validate_data
from skorch.helper import predefined_split

from skecg._sklearn import HasMethods, Interval, StrOptions, fit_context
from skecg.classification._build import (
    OPTIMIZERS,
    build_callbacks,
    build_net,
    rebuild_net,
)
from skecg.classification._checks import (
    check_columns,
    checked_rows,
    checked_weights,
    warn_if_diverged,
)
from skecg.classification._pickling import device_or_cpu, from_arrays, to_arrays
from skecg.classification._representation import BeatRepresentation
from skecg.classification._start import set_start
from skecg.classification._validation_rows import checked_validation, hold_out
from skecg.training import BeatNet
from skecg.training._batches import BeatDataset
from skecg.training._best_epoch import BestEpoch
from skecg.training._device import available_device
from skecg.training._history import stopped_early, tidy_history
from skecg.training._inference import probabilities
from skecg.training._seed import seeded


class BaseBeatClassifier(BeatRepresentation, ClassifierMixin, BaseEstimator):
    """A network with the interface of a scikit-learn classifier.

    The estimator builds a skorch net inside ``fit`` and keeps it as ``net_``;
    it does not inherit from it. A subclass names its network's class in
    ``_module_class`` and its network's parameters in ``_module_params``.
    """

    _module_class: ClassVar[Any]
    _module_params: ClassVar[tuple[str, ...]] = ()

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "n_channels": [Interval(Integral, 1, None, closed="left")],
        "n_aux_features": [Interval(Integral, 0, None, closed="left")],
        "max_epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "lr": [Interval(Real, 0, None, closed="neither")],
        "optimizer": [StrOptions(set(OPTIMIZERS)), callable],
        "lr_schedule": [StrOptions({"one_cycle", "step"}), None],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
        "augment": [callable, None],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "validation_fraction": [Interval(Real, 0, 1, closed="left"), None],
        "validation_scoring": [str, callable],
        "patience": [Interval(Integral, 1, None, closed="left"), None],
        "callbacks": [list, tuple, None],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
        "device": [str, torch.device],
        "warm_start": ["boolean"],
        "pretrained": [HasMethods("fit"), None],
        "freeze": ["boolean"],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    def __init__(
        self,
        *,
        n_channels: int = 1,
        n_aux_features: int = 0,
        max_epochs: int = 30,
        batch_size: int = 32,
        lr: float = 1e-3,
        optimizer: str | Callable[..., Any] = "adam",
        lr_schedule: str | None = None,
        label_smoothing: float = 0.0,
        augment: Callable[..., Any] | None = None,
        class_weight: Mapping[Any, float] | str | None = None,
        validation_fraction: float | None = 0.1,
        validation_scoring: str | Callable[..., float] = "f1_macro",
        patience: int | None = None,
        callbacks: Sequence[Any] | None = None,
        precision: str = "float32",
        device: Any = "auto",
        warm_start: bool = False,
        pretrained: Any = None,
        freeze: bool = False,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.n_channels = n_channels
        self.n_aux_features = n_aux_features
        self.max_epochs = max_epochs
        self.batch_size = batch_size
        self.lr = lr
        self.optimizer = optimizer
        self.lr_schedule = lr_schedule
        self.label_smoothing = label_smoothing
        self.augment = augment
        self.class_weight = class_weight
        self.validation_fraction = validation_fraction
        self.validation_scoring = validation_scoring
        self.patience = patience
        self.callbacks = callbacks
        self.precision = precision
        self.device = device
        self.warm_start = warm_start
        self.pretrained = pretrained
        self.freeze = freeze
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
    ) -> BaseBeatClassifier:
        """Train the network and keep the weights of its best epoch.

        The best epoch is chosen on held-out rows: ``X_val`` if given, else
        ``validation_fraction`` of the *distinct* rows of ``X``, so that a beat
        that a random oversampler copied never stands on both sides. Samplers
        that interpolate, such as SMOTE, make near-copies, which this cannot
        see: behind them the held-out score flatters.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats: ``n_channels`` leads of equal length one after another,
            then ``n_aux_features`` columns.
        y : array-like of shape (n_beats,)
            Their classes.
        X_val : array-like of shape (n_val, n_features), optional
            Beats that choose the best epoch and are not trained on, such as
            those of other patients. They belong neither in a search, which
            would choose with them twice, nor behind a transformer, which a
            pipeline does not apply to them.
        y_val : array-like of shape (n_val,), optional
            Their classes, all of which ``y`` must hold.

        Returns
        -------
        BaseBeatClassifier
            The fitted classifier itself.

        Raises
        ------
        ValueError
            If the data or a parameter does not fit the others.
        KeyboardInterrupt
            If the user stops the fit; the best epoch so far is kept first.

        Warns
        -----
        UserWarning
            If a class has too few distinct rows to hold any out.
        """
        previous = self._previous_net()
        if previous is None:
            # A fit that fails must not leave the last one's net with new labels.
            self._restore({})
        beats, labels = validate_data(
            self, X, y, dtype=np.float32, order="C", reset=previous is None
        )
        check_classification_targets(labels)
        classes, codes = np.unique(labels, return_inverse=True)
        if len(classes) < 2:
            raise ValueError(
                "y must hold at least two classes; got one class, "
                f"{classes.tolist()[0]!r}. Classification needs beats of another."
            )
        if previous is not None and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"warm_start goes on with the classes {self.classes_.tolist()}, but y "
                f"holds {classes.tolist()}; fit a new classifier for other classes."
            )
        check_columns(beats.shape[1], self.n_channels, self.n_aux_features)
        device = available_device(self.device)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        if X_val is None and y_val is None:
            train, held_out = hold_out(beats, codes, self.validation_fraction, seed)
            validation = beats[held_out], classes[codes[held_out]]
        else:
            train = np.arange(len(beats))
            validation = checked_validation(self, X_val, y_val, classes)

        self.classes_: np.ndarray = classes
        with seeded(seed, device):
            self._train(beats, codes, train, validation, device, previous)
        return self

    def predict_proba(self, X: ArrayLike) -> np.ndarray:
        """Return the probability of each class.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats, n_classes), float32
            The probabilities, in the order of ``classes_``.
        """
        rows = checked_rows(self, X)
        return probabilities(self.net_, rows)

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the most probable class.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats,)
            Labels as in ``classes_``.
        """
        proba = self.predict_proba(X)
        return self.classes_[proba.argmax(axis=1)]

    def _train(
        self,
        X: np.ndarray,
        codes: np.ndarray,
        train: np.ndarray,
        validation: tuple[np.ndarray, np.ndarray],
        device: torch.device,
        previous: dict[str, Any] | None,
    ) -> None:
        weights, prior = checked_weights(self.class_weight, self.classes_, codes[train])
        best = BestEpoch(*validation, self.classes_, self._scorer(), self.predict_proba)
        n_batches = self.max_epochs * -(-len(train) // self.batch_size)
        callbacks = build_callbacks(self, best, n_batches)
        net = build_net(self, device, weights, callbacks)
        dataset = BeatDataset(X, codes, train)
        if len(validation[0]):
            val_codes = np.searchsorted(self.classes_, validation[1])
            valid = BeatDataset(validation[0], val_codes, np.arange(len(val_codes)))
            net.set_params(train_split=predefined_split(valid))
        net.initialize()
        set_start(self, net.module_, previous)
        last = self._learned()
        # The scorer asks the classifier as it stands after an epoch.
        self.net_, self.class_prior_ = net, prior
        interrupt = None
        try:
            try:
                net.notify("on_train_begin", X=dataset, y=None)
                net.fit_loop(dataset)
            except KeyboardInterrupt as stop:
                if not stopped_early(net):
                    interrupt = stop
            finally:
                net.notify("on_train_end", X=dataset, y=None)
        except BaseException:
            self._restore(last)
            raise
        self._keep(best, net, last, interrupt)

    def _learned(self) -> dict[str, Any]:
        """Return the net and the prior of its training, if there are any."""
        names = ("net_", "class_prior_")
        return {name: self.__dict__[name] for name in names if name in self.__dict__}

    def _restore(self, last: dict[str, Any]) -> None:
        """Be as before a training that came to nothing: half of one is no fit."""
        for name in self._learned():
            del self.__dict__[name]
        self.__dict__.update(last)

    def _keep(
        self,
        best: BestEpoch,
        net: BeatNet,
        last: dict[str, Any],
        interrupt: KeyboardInterrupt | None,
    ) -> None:
        """Keep the best epoch and nothing else of the training."""
        if not best.best_epoch_:
            self._restore(last)
        else:
            net.module_.load_state_dict(best.best_weights_)
            self.best_epoch_ = best.best_epoch_
            self.history_ = tidy_history(net.history)
            self.n_parameters_ = sum(p.numel() for p in net.module_.parameters())
            self.net_ = rebuild_net(self, net.module_.state_dict(), net.device)
            warn_if_diverged(self.history_, best.best_epoch_)
        if interrupt is not None:
            raise interrupt

    def _scorer(self) -> Callable[..., float] | None:
        if callable(self.validation_scoring):
            return self.validation_scoring
        if self.validation_scoring == "loss":
            return None
        return get_scorer(self.validation_scoring)

    def _previous_net(self) -> dict[str, Any] | None:
        """Return the weights that a warm start goes on with, if there are any."""
        if self.warm_start and hasattr(self, "net_"):
            return self.net_.module_.state_dict()
        return None

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")

    def __getstate__(self) -> dict[str, Any]:
        return to_arrays(super().__getstate__())

    def __setstate__(self, state: dict[str, Any]) -> None:
        state, weights, history = from_arrays(state)
        # What was saved before a parameter was there had what is its default now.
        defaults = type(self)().get_params(deep=False)
        super().__setstate__({**defaults, **state})
        if weights is not None:
            self.net_ = rebuild_net(self, weights, device_or_cpu(self.device))
            self.history_ = history
