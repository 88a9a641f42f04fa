"""The study's classifier."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np

from skecg._sklearn import Interval
from skecg.classification._base import BaseBeatClassifier
from skecg.modules import CNN1D


class CNN1DClassifier(BaseBeatClassifier):
    """Classify heartbeats with a 1-D convolutional network with two skips.

    Parameters
    ----------
    n_channels : int, default=1
        Leads of a beat, one after another in a row of ``X``.
    n_aux_features : int, default=0
        Columns at the end of a row that are no samples, such as RR intervals.
    n_filters : tuple of int, default=(32, 64, 128, 256)
        Filters of each convolutional block.
    kernel_size : int, default=5
        Width of the convolutions; odd.
    dropout : float, default=0.2
        Share of features dropped after each block.
    n_hidden : int, default=128
        Units of the hidden layer of the head.
    head_dropout : float, default=0.3
        Share of hidden units dropped.
    module : class or callable or None, default=None
        Your own network in place of :class:`~skecg.modules.CNN1D`: called with
        those of ``n_channels``, ``n_samples``, ``n_classes``,
        ``n_aux_features`` and the network's parameters above that its signature
        names, it returns a ``torch.nn.Module`` that maps beats of shape
        (batch, n_channels, n_samples), and auxiliary features of shape (batch,
        n_aux_features) if there are any, to logits.
    max_epochs : int, default=30
        Passes over the training rows.
    batch_size : int, default=32
        Beats in a training step.
    lr : float, default=1e-3
        Learning rate; with a schedule, its highest.
    optimizer : {"adam", "adamw", "sgd"} or callable, default="adam"
        A callable takes parameters and ``lr``, as torch's optimisers do; fix
        other arguments with :func:`functools.partial`.
    lr_schedule : {"one_cycle", "step"} or None, default=None
        ``"one_cycle"`` rises to ``lr`` and falls to almost nothing over the fit
        (Smith and Topin 2018, arXiv:1708.07120), while momentum falls from 0.95 to
        0.85 and rises again: Adam's first beta, and that of ``"sgd"``, which has none
        without it. ``"step"`` falls to 0.75 of itself every 10,000 batches (Kachuee
        et al. 2018, arXiv:1805.00794).
    label_smoothing : float, default=0.0
        Share of a target spread over all classes.
    augment : callable or None, default=None
        Takes the beats of a training batch (batch, n_channels, n_samples) and
        returns their stand-ins; its draws from torch obey ``random_state``.
    class_weight : dict, "balanced" or None, default=None
        Weight of each class in the loss. Rows have none of their own, and ``fit``
        takes no ``sample_weight``: draw them with :class:`~skecg.HybridSampler`.
    validation_fraction : float or None, default=0.1
        Share of the distinct rows of each class held out to choose the best
        epoch. None or 0 holds nothing out, and the last epoch is kept; so it is,
        with a warning, where a class would have fewer than five.
    validation_scoring : str or callable, default="f1_macro"
        What chooses: the name of a scikit-learn scorer, a scorer, or
        ``"loss"``.
    patience : int or None, default=None
        Stop after this many epochs without a better score. Without held-out rows
        there is no score, and no stop.
    callbacks : list or None, default=None
        Callbacks of skorch's to run besides. A fit runs copies and leaves these as they
        are, so that one of your own tells you nothing by its attributes: let it record
        in ``net.history``, and so in ``history_``, or fill an object that it was made
        with, which copies share. They monitor the columns of ``history_``, as does
        ``Checkpoint(monitor="is_best")``, and see classes as positions in
        ``classes_``: a score that knows labels is ``validation_scoring``'s to give.
    precision : {"float32", "bfloat16", "auto"}, default="float32"
        What convolutions and products train in; ``"auto"`` takes bfloat16 where
        the device computes in it. Weights and predictions stay float32.
    device : str or torch.device, default="auto"
        Where to train; ``"auto"`` takes a CUDA device if there is one.
    warm_start : bool, default=False
        Whether ``fit`` goes on from the weights of the last fit, with a fresh
        optimiser and a ``history_`` of its own.
    pretrained : FrozenEstimator or None, default=None
        A fitted classifier of the same network, in a
        :class:`sklearn.frozen.FrozenEstimator`, whose weights the fit starts from.
        Where it knows other classes, the output layer starts anew. A warm start
        goes on from its own last fit instead.
    freeze : bool, default=False
        Whether only the network's ``head`` (without one, its output layer) is
        trained, and everything in front of it stays as it is and runs as in
        prediction, as Kachuee et al. (2018) transfer to myocardial infarction.
    random_state : int, RandomState instance or None, default=None
        Decides the held-out rows, the initial weights, batches and dropout. The
        same seed and number of threads give the same weights, bit for bit.
    verbose : int, default=0
        Whether to show a progress bar.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The labels.
    class_prior_ : ndarray of shape (n_classes,)
        The share of each class in the rows trained on, times its weight: the
        prior that the probabilities hold under.
    history_ : DataFrame
        A row an epoch: ``epoch``, ``train_loss``, ``train_accuracy``,
        ``valid_loss``, ``valid_accuracy``, ``valid_score``, ``duration`` in
        seconds, ``is_best``, and what the callbacks recorded.
    best_epoch_ : int
        Number of the epoch whose weights are kept, from 1.
    n_parameters_ : int
        Parameters of the network, those that ``freeze`` keeps as they are among them.
    net_ : skecg.training.BeatNet
        The skorch net.
    n_features_in_ : int
        Number of columns of ``X`` in ``fit``.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if ``X`` had string names.

    See Also
    --------
    skecg.HybridSampler : Balances the classes before training.

    Notes
    -----
    Threads that fit at the same time take turns, since torch has one random
    generator a process; processes (``n_jobs``) do not wait for each other.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg import CNN1DClassifier
    >>> rng = np.random.default_rng(0)
    >>> y = np.repeat(["N", "V"], 60)
    >>> X = rng.normal(size=(120, 20)) + (y == "V")[:, None]
    >>> clf = CNN1DClassifier(n_filters=(8, 8), max_epochs=8, random_state=0)
    >>> clf.fit(X, y).score(X, y) > 0.9
    True
    """

    _module_class = CNN1D
    _module_params = ("n_filters", "kernel_size", "dropout", "n_hidden", "head_dropout")

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseBeatClassifier._parameter_constraints,
        "n_filters": [tuple, list],
        "kernel_size": [Interval(Integral, 1, None, closed="left")],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "n_hidden": [Interval(Integral, 1, None, closed="left")],
        "head_dropout": [Interval(Real, 0, 1, closed="left")],
        "module": [callable, None],
    }

    def __init__(
        self,
        *,
        n_channels: int = 1,
        n_aux_features: int = 0,
        n_filters: Sequence[int] = (32, 64, 128, 256),
        kernel_size: int = 5,
        dropout: float = 0.2,
        n_hidden: int = 128,
        head_dropout: float = 0.3,
        module: Callable[..., Any] | None = None,
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
        super().__init__(
            n_channels=n_channels,
            n_aux_features=n_aux_features,
            max_epochs=max_epochs,
            batch_size=batch_size,
            lr=lr,
            optimizer=optimizer,
            lr_schedule=lr_schedule,
            label_smoothing=label_smoothing,
            augment=augment,
            class_weight=class_weight,
            validation_fraction=validation_fraction,
            validation_scoring=validation_scoring,
            patience=patience,
            callbacks=callbacks,
            precision=precision,
            device=device,
            warm_start=warm_start,
            pretrained=pretrained,
            freeze=freeze,
            random_state=random_state,
            verbose=verbose,
        )
        self.n_filters = n_filters
        self.kernel_size = kernel_size
        self.dropout = dropout
        self.n_hidden = n_hidden
        self.head_dropout = head_dropout
        self.module = module
