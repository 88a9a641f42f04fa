"""A beat classifier with any PyTorch network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from os import PathLike
from typing import Any, ClassVar, Self

import numpy as np
import torch
from numpy.typing import ArrayLike
from sklearn.base import (
    BaseEstimator,
    ClassifierMixin,
    ClassNamePrefixFeaturesOutMixin,
    TransformerMixin,
)
from sklearn.metrics import get_scorer
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data

from skecg._sklearn import feature_names, fit_context
from skecg._torch_defaults import torch_defaults
from skecg._validation import refuse_missing_labels
from skecg.classification._float32_rows import NUMBERS
from skecg.classification._transaction import draft_of, publish, snapshot_of
from skecg.classification.network._checkpoint import claimed_checkpoint
from skecg.classification.network._device import (
    autocast_dtype,
    available_device,
    device_or_cpu,
)
from skecg.classification.network._fit_identity import fit_identity
from skecg.classification.network._held_out import checked_validation, hold_out
from skecg.classification.network._parameters import (
    CONSTRAINTS,
    OPTIMIZERS,
    document_shared,
)
from skecg.classification.network._prediction import (
    prediction_net,
    probabilities,
    representation,
)
from skecg.classification.network._seed import seeded
from skecg.classification.network._settings import Architecture, TrainingSettings
from skecg.classification.network._stored_state import (
    check_weights,
    from_arrays,
    to_arrays,
)
from skecg.classification.network._targets import class_codes, class_weights
from skecg.classification.network._train import train
from skecg.modules._head import output_layer
from skecg.signal import Layout, get_layout
from skecg.signal._columns import divide_columns

_FEW_BEATS = 64
"""For more beats, the time of scikit-learn's validation is negligible."""

_LEARNED = frozenset(
    {
        "_architecture",
        "best_epoch_",
        "class_prior_",
        "classes_",
        "feature_names_in_",
        "history_",
        "n_features_in_",
        "n_parameters_",
        "net_",
    }
)
"""The attributes that a fit replaces."""


@document_shared
class NetworkClassifier(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClassifierMixin, BaseEstimator
):
    """Classify heartbeats with a PyTorch network of your own.

    ``fit`` builds a skorch net and keeps it as ``net_``. The classifier has the
    interface of scikit-learn's classifiers. :class:`~skecg.CNN1DClassifier` and
    :class:`~skecg.ResidualCNNClassifier` are subclasses with the networks of this
    package.

    Parameters
    ----------
    module : class or callable
        A callable that returns the network, a ``torch.nn.Module``. It is called with
        those of ``n_channels``, ``n_samples``, ``n_classes`` and ``n_aux_features``
        that its signature contains; set other arguments with
        :func:`functools.partial`. The network maps beats of shape (batch, n_channels,
        n_samples), and auxiliary features of shape (batch, n_aux_features) if there are
        any, to logits of shape (batch, n_classes).
    %(parameters)s

    Attributes
    ----------
    %(attributes)s

    See Also
    --------
    CNN1DClassifier : The study's network.
    ResidualCNNClassifier : The network of Kachuee et al. (2018).

    Notes
    -----
    Fits in several threads of a process run one at a time, because torch has one random
    generator per process. Fits in several processes (``n_jobs``) run in parallel.

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> from skecg import NetworkClassifier
    >>> class Small(nn.Sequential):
    ...     def __init__(self, n_samples, n_classes):
    ...         super().__init__(nn.Flatten(), nn.Linear(n_samples, n_classes))
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["N", "V"], 60)
    >>> X = rng.normal(size=(120, 20)) + (y == "V")[:, None]
    >>> clf = NetworkClassifier(Small, lr=0.01, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "module": [callable],
        **CONSTRAINTS,
    }

    def __init__(
        self,
        module: Callable[..., Any],
        *,
        layout: str | Layout | None = None,
        n_channels: int | None = None,
        n_aux_features: int | None = None,
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
        checkpoint_dir: str | PathLike[str] | None = None,
        random_state: int | np.random.RandomState | None = None,
        verbose: int = 0,
    ) -> None:
        self.module = module
        self.layout = layout
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
        self.checkpoint_dir = checkpoint_dir
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    @torch_defaults()
    def fit(
        self,
        X: ArrayLike,
        y: ArrayLike,
        X_val: ArrayLike | None = None,
        y_val: ArrayLike | None = None,
    ) -> Self:
        """Train the network and keep the weights of its best epoch.

        The best epoch is chosen on held-out rows: ``X_val`` if given, else
        ``validation_fraction`` of the *distinct* rows of ``X``. Copies of a beat from a
        random oversampler are therefore all on one side of the split. Samplers that
        interpolate, such as SMOTE, make near copies, which are not detected, so that
        the held-out score is too high after them.

        A complete fit replaces the previous fit in one step. Until then, and if the fit
        fails, the classifier predicts with the previous fit.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats: ``n_channels`` leads of equal length one after another,
            then ``n_aux_features`` columns.
        y : array-like of shape (n_beats,)
            Their classes.
        X_val : array-like of shape (n_val, n_features), optional
            Held-out beats that choose the best epoch, such as those of other patients.
            Do not pass them in a search, because they would then choose both the epoch
            and the parameters. Do not pass them after a transformer, because a pipeline
            does not transform them.
        y_val : array-like of shape (n_val,), optional
            Their classes, all of which ``y`` must contain.

        Returns
        -------
        NetworkClassifier
            The fitted classifier itself.

        Raises
        ------
        ValueError
            If the data or the parameters are invalid or inconsistent, or the training
            diverged.
        TypeError
            If ``pretrained`` is not a network classifier in a FrozenEstimator.
        KeyboardInterrupt
            If the user stops the fit. The best epoch so far is kept before it is
            raised.

        Warns
        -----
        UserWarning
            If a class has too few distinct rows to hold any out.
        """
        refuse_missing_labels(y)
        continues = self.warm_start and hasattr(self, "net_")
        draft = snapshot_of(self) if continues else draft_of(self, _LEARNED)
        beats, labels = validate_data(
            draft, X, y, dtype=np.float32, order="C", reset=not continues
        )
        classes, codes = class_codes(labels, getattr(draft, "classes_", None))
        architecture = self._architecture_for(draft, len(classes))
        device = available_device(self.device)
        seed = check_random_state(self.random_state).randint(2**31 - 1)
        validation = None
        if X_val is not None or y_val is not None:
            validation = checked_validation(draft, X_val, y_val, classes)
        previous = draft.net_.module_.state_dict() if continues else None
        with ExitStack() as stack:
            checkpoint = None
            if self.checkpoint_dir is not None:
                identity = fit_identity(
                    self,
                    beats,
                    (classes, codes),
                    validation,
                    seed=seed,
                    device=device,
                    previous_weights=previous,
                )
                checkpoint = stack.enter_context(
                    claimed_checkpoint(self.checkpoint_dir, identity, seed)
                )
                seed = checkpoint.seed
            rows = np.arange(len(beats))
            if validation is None:
                rows, held_out = hold_out(beats, codes, self.validation_fraction, seed)
                validation = beats[held_out], classes[codes[held_out]]
            weights, prior = class_weights(self.class_weight, classes, codes[rows])
            settings = self._training_settings(classes, weights, device, previous)
            with seeded(seed, device):
                trained, interrupt = train(
                    architecture, settings, beats, codes, rows, validation, checkpoint
                )
            if trained is not None:
                draft.classes_, draft.class_prior_ = classes, prior
                draft.history_ = trained.history
                draft.best_epoch_ = trained.best_epoch
                draft.net_ = prediction_net(architecture, trained.weights, device)
                parameters = draft.net_.module_.parameters()
                draft.n_parameters_ = sum(p.numel() for p in parameters)
                draft._architecture = architecture
                publish(self, draft, _LEARNED)
            if checkpoint is not None and interrupt is None:
                checkpoint.remove()
        if interrupt is not None:
            raise interrupt
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
        return self._predict(X)[1]

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
        classes, proba = self._predict(X)
        return classes[proba.argmax(axis=1)]

    @torch_defaults()
    def transform(self, X: ArrayLike) -> np.ndarray:
        """Return the input of the network's output layer.

        That is the input of the last ``torch.nn.Linear`` that a forward pass calls. A
        pipeline can pass it to any other estimator.

        Parameters
        ----------
        X : array-like of shape (n_beats, n_features)
            The beats.

        Returns
        -------
        ndarray of shape (n_beats, n_units), float32
            The representation; its columns are named by
            ``get_feature_names_out``.

        Raises
        ------
        ValueError
            If the network does not end in such a layer.
        """
        fitted = snapshot_of(self)
        rows = fitted._checked_rows(X)
        return representation(fitted.net_, rows)

    def _architecture_for(self, fitted: Any, n_classes: int) -> Architecture:
        """Return the architecture for the columns of the training set."""
        n_features = fitted.n_features_in_
        n_channels, n_aux_features = divide_columns(
            self.layout,
            self.n_channels,
            self.n_aux_features,
            n_features,
            getattr(fitted, "feature_names_in_", None),
        )
        return Architecture(
            module=self.module,
            arguments=self._module_arguments(),
            n_channels=n_channels,
            n_samples=(n_features - n_aux_features) // n_channels,
            n_aux_features=n_aux_features,
            n_classes=n_classes,
            layout=None if self.layout is None else get_layout(self.layout),
        )

    def _module_arguments(self) -> dict[str, Any]:
        """Return the parameters of the classifier to pass to its network."""
        return {}

    def _training_settings(
        self,
        classes: np.ndarray,
        class_weights: np.ndarray,
        device: torch.device,
        previous_weights: Mapping[str, torch.Tensor] | None,
    ) -> TrainingSettings:
        optimizer: Any = self.optimizer
        scorer: Any = self.validation_scoring
        if isinstance(optimizer, str):
            optimizer = OPTIMIZERS[optimizer]
        if isinstance(scorer, str):
            scorer = None if scorer == "loss" else get_scorer(scorer)
        return TrainingSettings(
            classes=classes,
            class_weights=class_weights,
            max_epochs=self.max_epochs,
            batch_size=self.batch_size,
            lr=self.lr,
            optimizer=optimizer,
            lr_schedule=self.lr_schedule,
            label_smoothing=self.label_smoothing,
            augment=self.augment,
            scorer=scorer,
            patience=self.patience,
            callbacks=tuple(self.callbacks or ()),
            autocast=autocast_dtype(self.precision, device),
            device=device,
            previous_weights=previous_weights,
            pretrained=self.pretrained,
            freeze=self.freeze,
            verbose=self.verbose,
        )

    @torch_defaults()
    def _predict(self, X: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """Return the classes and the probabilities of the same fit."""
        fitted = snapshot_of(self)
        rows = fitted._checked_rows(X)
        return fitted.classes_, probabilities(fitted.net_, rows)

    def _checked_rows(self, X: ArrayLike) -> np.ndarray:
        """Return validated rows, of a type that NumPy converts to float32."""
        check_is_fitted(self)
        if isinstance(X, np.ndarray) and self._needs_no_change(X):
            return X
        # Types other than float32 are converted later, in batches.
        rows: np.ndarray = validate_data(self, X, dtype=NUMBERS, reset=False)
        names = feature_names(X)
        if names is not None:
            fitted = self._architecture
            divided = fitted.n_channels, fitted.n_aux_features
            divide_columns(fitted.layout, *divided, rows.shape[1], names)
        return rows

    def _needs_no_change(self, X: np.ndarray) -> bool:
        """Return whether X is a small valid array, to skip scikit-learn's validation.

        For such an array, validation would take a fifth of the prediction time.
        """
        return (
            type(X) is np.ndarray
            and X.dtype == np.float32
            and X.ndim == 2
            and 0 < len(X) <= _FEW_BEATS
            and X.shape[1] == self.n_features_in_
            and not hasattr(self, "feature_names_in_")
            and bool(np.isfinite(X).all())
        )

    @property
    @torch_defaults()
    def _n_features_out(self) -> int:
        # A copy, so that hooks do not run for the rows of other threads.
        module = deepcopy(self.net_.module_)
        inputs = self._architecture.example_inputs(self.net_.device)
        return output_layer(module, inputs)[1].in_features

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "net_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    @torch_defaults()
    def __getstate__(self) -> dict[str, Any]:
        return to_arrays(super().__getstate__())

    @torch_defaults()
    def __setstate__(self, state: dict[str, Any]) -> None:
        state, weights = from_arrays(type(self), state)
        super().__setstate__(state)
        if weights is not None:
            if not hasattr(self, "_architecture"):
                self._architecture = self._architecture_for(self, len(self.classes_))
            check_weights(self._architecture, weights)
            self.net_ = prediction_net(
                self._architecture, weights, device_or_cpu(self.device)
            )
