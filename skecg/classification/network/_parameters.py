"""Shared parameters of all network classifiers: constraints and documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial
from numbers import Integral, Real
from os import PathLike
from typing import Any, TypeVar

import torch

from skecg._docstrings import insert_docs
from skecg._sklearn import HasMethods, Interval, StrOptions
from skecg.signal import Layout

__all__ = ["CONSTRAINTS", "OPTIMIZERS", "document_shared"]

T = TypeVar("T")

# Fused optimizers update all weights in one call instead of several per tensor.
OPTIMIZERS: dict[str, Callable[..., Any]] = {
    "adam": partial(torch.optim.Adam, fused=True),
    "adamw": partial(torch.optim.AdamW, fused=True),
    "sgd": partial(torch.optim.SGD, fused=True),
}

CONSTRAINTS: dict[str, list[Any]] = {
    "layout": [str, Layout, None],
    "n_channels": [Interval(Integral, 1, None, closed="left"), None],
    "n_aux_features": [Interval(Integral, 0, None, closed="left"), None],
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
    "checkpoint_dir": [str, PathLike, None],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}
"""The constraints of each shared parameter, for scikit-learn's validation."""

# Name, type and description of each; the decorator adds the default of the class.
_PARAMETERS = {
    "layout": (
        "str, Layout or None",
        """
The layout of the rows, such as ``beats.layout``, or its name; see
:func:`skecg.signal.get_layout`. It determines `n_channels` and `n_aux_features`,
and rows of another layout are refused. None accepts any rows, except columns whose
names belong to a layout with other `n_channels` or `n_aux_features`.
""",
    ),
    "n_channels": (
        "int or None",
        """
Number of leads of a beat; a row of ``X`` contains them one after another. None takes
the number of `layout`, or 1 without a layout.
""",
    ),
    "n_aux_features": (
        "int or None",
        """
Number of columns at the end of a row that are not samples, such as RR intervals. None
takes the number of `layout`, or 0 without a layout.
""",
    ),
    "max_epochs": ("int", "Number of passes over the training rows."),
    "batch_size": ("int", "Number of beats in a training step."),
    "lr": ("float", "Learning rate; with a schedule, its maximum."),
    "optimizer": (
        '{"adam", "adamw", "sgd"} or callable',
        """
The optimizer. A callable takes parameters and ``lr``, like torch's optimizers; set
other arguments with :func:`functools.partial`.
""",
    ),
    "lr_schedule": (
        '{"one_cycle", "step"} or None',
        """
``"one_cycle"`` raises the learning rate to ``lr`` and lowers it to almost zero
over the fit (Smith and Topin 2018, arXiv:1708.07120). Momentum falls from 0.95 to 0.85
and rises again; it is the first beta of Adam, and the momentum of ``"sgd"``, which is 0
without the schedule. ``"step"`` multiplies the learning rate by 0.75 every 10,000
batches (Kachuee et al. 2018, arXiv:1805.00794).
""",
    ),
    "label_smoothing": ("float", "Share of a target that is spread over all classes."),
    "augment": (
        "callable or None",
        """
A function of the beats of a training batch, of shape (batch, n_channels, n_samples),
that returns augmented beats of the same shape, such as
:class:`~skecg.augmentation.BeatAugmentation`. ``random_state`` determines the random
numbers that it draws from torch.
""",
    ),
    "class_weight": (
        'dict, "balanced" or None',
        """
Weight of each class in the loss. ``fit`` does not accept ``sample_weight``: resample
rows with :class:`~skecg.HybridSampler` instead.
""",
    ),
    "validation_fraction": (
        "float or None",
        """
Share of the distinct rows of each class that are held out to choose the best
epoch. With None or 0, nothing is held out and the last epoch is kept. The same
happens, with a warning, if a class would have fewer than five held-out rows.
""",
    ),
    "validation_scoring": (
        "str or callable",
        """
The score that chooses the epoch: the name of a scikit-learn scorer, a scorer, or
``"loss"``.
""",
    ),
    "patience": (
        "int or None",
        """
Stop after this many epochs without a better held-out score. It is ignored without
held-out rows.
""",
    ),
    "callbacks": (
        "list or None",
        """
Further skorch callbacks. A fit runs copies of them, so that attributes that a
callback sets on itself are lost. Record values in ``net.history``, which fills
``history_``, or in an object passed to the callback, which the copies share. Callbacks
can monitor the columns of ``history_``, as in ``Checkpoint(monitor="is_best")``. They
receive classes as positions in ``classes_``; pass a score that needs labels as
``validation_scoring``.
""",
    ),
    "precision": (
        '{"float32", "bfloat16", "auto"}',
        """
Number format of convolutions and matrix products in training; ``"auto"`` takes
bfloat16 if the device supports it natively. Weights and predictions stay float32.
""",
    ),
    "device": (
        "str or torch.device",
        'The device to train on; ``"auto"`` takes a CUDA device if there is one.',
    ),
    "warm_start": (
        "bool",
        """
Whether ``fit`` continues from the weights of the previous fit, with a new optimizer and
a new ``history_``.
""",
    ),
    "pretrained": (
        "FrozenEstimator or None",
        """
A fitted classifier with the same network, in a
:class:`sklearn.frozen.FrozenEstimator`. The fit starts from its weights. If its classes
differ, the output layer starts from random weights. A warm start ignores this
parameter.
""",
    ),
    "freeze": (
        "bool",
        """
Whether only the network's ``head`` (without one, its output layer) is trained. All
layers before it keep their weights and run in evaluation mode, as in the transfer to
myocardial infarction of Kachuee et al. (2018).
""",
    ),
    "checkpoint_dir": (
        "str, path or None",
        """
The folder of checkpoints, which several fits may share. The state of the training is
stored there after each epoch, and removed when the fit is complete. ``fit`` with the
same data, parameters and device continues a fit that was killed or interrupted. On the
same machine with the same number of threads, it gives the weights of an uninterrupted
fit, bit for bit. If ``random_state`` is None, it continues with the seed of the
interrupted fit. See the guide, "Tune".
""",
    ),
    "random_state": (
        "int, RandomState instance or None",
        """
Determines the held-out rows, the initial weights, the batches and dropout. The same
seed and number of threads give the same weights, bit for bit.
""",
    ),
    "verbose": ("int", "Whether to show a progress bar."),
}

_ATTRIBUTES = """
classes_ : ndarray of shape (n_classes,)
    The labels.
class_prior_ : ndarray of shape (n_classes,)
    The share of each class in the training rows, times its weight. This is the class
    prior of the predicted probabilities.
history_ : DataFrame
    One row per epoch: ``epoch``, ``train_loss``, ``train_accuracy``, ``valid_loss``,
    ``valid_accuracy``, ``valid_score``, ``duration`` in seconds, ``is_best``, and the
    values that the callbacks recorded.
best_epoch_ : int
    Number of the epoch whose weights are kept, counted from 1.
n_parameters_ : int
    Number of parameters of the network, including those that ``freeze`` fixes.
net_ : skorch.NeuralNetClassifier
    The skorch net, which predicts positions in ``classes_``.
n_features_in_ : int
    Number of columns of ``X`` in ``fit``.
feature_names_in_ : ndarray of shape (`n_features_in_`,)
    Names of the columns, if ``X`` had string names.
"""


def document_shared(cls: T) -> T:
    """Insert the shared parameters and attributes into a classifier's docstring.

    Parameters
    ----------
    cls : type
        The classifier. Its docstring has the lines ``%(parameters)s`` and
        ``%(attributes)s``.

    Returns
    -------
    type
        The same class.
    """
    signature = inspect.signature(cls.__init__)  # type: ignore[misc]
    lines = []
    for name, (kind, text) in _PARAMETERS.items():
        default = signature.parameters[name].default
        shown = f'"{default}"' if isinstance(default, str) else repr(default)
        lines.append(f"{name} : {kind}, default={shown}")
        lines += [f"    {line}" for line in text.strip().splitlines()]
    return insert_docs(parameters="\n".join(lines), attributes=_ATTRIBUTES)(cls)
