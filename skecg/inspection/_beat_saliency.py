"""Saliency maps: the evidence of each sample of a beat for a class."""

from __future__ import annotations

from copy import deepcopy
from functools import partial
from importlib.util import find_spec
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.utils.validation import validate_data

from skecg._sklearn import Interval, StrOptions, validate_params
from skecg._torch_defaults import torch_defaults
from skecg.classification.network._find_network import find_network
from skecg.inspection import _methods

_CHUNK_SIZE = 64
"""The number of beats explained at a time, which bounds the memory."""


@validate_params(
    {
        "method": [StrOptions({"integrated_gradients", "grad_cam", "occlusion"})],
        "baseline": [Interval(Real, None, None, closed="neither"), "array-like"],
        "n_steps": [Interval(Integral, 1, None, closed="left")],
        "window": [Interval(Integral, 1, None, closed="left"), None],
        "layer": [str, None],
    },
    prefer_skip_nested_validation=True,
)
@torch_defaults()
def beat_saliency(
    estimator: Any,
    X: ArrayLike,
    *,
    method: str = "integrated_gradients",
    target: Any = None,
    baseline: float | ArrayLike = 0.0,
    n_steps: int = 50,
    window: int | None = None,
    layer: str | None = None,
) -> np.ndarray:
    """Compute the evidence of each sample of a beat for a class.

    The maps explain the logit of the class, the network's output before the softmax. A
    :class:`~skecg.PriorAdjustedClassifier` adds a constant to the logit, which does not
    change the maps. The default `target` is its prediction, after the adjustment.

    Parameters
    ----------
    estimator : estimator
        A fitted network classifier of this package, or one inside a pipeline, a
        :class:`~skecg.PriorAdjustedClassifier` or a search.
    X : array-like of shape (n_beats, n_features)
        The beats, in the form that ``estimator.predict`` takes.
    method : {"integrated_gradients", "grad_cam", "occlusion"}, \
default="integrated_gradients"
        - ``"integrated_gradients"`` distributes the difference between the logits of
          the beat and of the baseline over the samples (Sundararajan et al. 2017).
        - ``"grad_cam"`` shows where the channels of the last block with evidence for
          the class are active (Selvaraju et al. 2017). The map is coarse, never
          negative and the same for all leads.
        - ``"occlusion"`` measures the decrease of the logit when a window of a lead is
          replaced by the baseline (Zeiler and Fergus 2014).
    target : label or array-like of shape (n_beats,), default=None
        The class to explain, for all beats or for each; None explains the prediction
        of `estimator`.
    baseline : float or array-like of shape (n_features,), default=0.0
        A reference beat without information, in the units of X: a value for all
        samples, or a row, such as a mean beat. ``"grad_cam"`` does not use it.
    n_steps : int, default=50
        The number of steps of the integral of ``"integrated_gradients"``.
    window : int or None, default=None
        The number of samples that ``"occlusion"`` replaces at a time; None replaces a
        tenth of a beat.
    layer : str or None, default=None
        The layer of ``"grad_cam"``, by its name in ``named_modules``. None takes the
        last of the network's ``blocks``, or its last convolution if it has no blocks.

    Returns
    -------
    ndarray of shape (n_beats, n_channels * n_samples), float32
        The maps, in the order of the samples that the network reads. These are the
        samples of X, unless a transformer of the pipeline changes them. Auxiliary
        features are kept fixed and have no value.

    Raises
    ------
    ImportError
        If captum is not installed.
    TypeError
        If `estimator` contains no network of this package.
    ValueError
        If `target` is not one of its classes, or another argument does not fit X or
        the network.
    sklearn.exceptions.NotFittedError
        If `estimator` is not fitted.

    References
    ----------
    Sundararajan M, Taly A, Yan Q. Axiomatic attribution for deep networks. ICML 2017.
    arXiv:1703.01365

    Selvaraju RR et al. Grad-CAM: visual explanations from deep networks via
    gradient-based localization. ICCV 2017. arXiv:1610.02391

    Zeiler MD, Fergus R. Visualizing and understanding convolutional networks. ECCV
    2014. arXiv:1311.2901

    Adebayo J et al. Sanity checks for saliency maps. NeurIPS 2018. arXiv:1810.03292.
    Compare a map with one of random weights: if both are alike, the map does not
    explain the network.

    Examples
    --------
    >>> from skecg import CNN1DClassifier
    >>> from skecg.datasets import make_beats
    >>> from skecg.inspection import beat_saliency
    >>> X, y = make_beats(300, weights=[1, 0, 1, 0, 0], return_X_y=True)
    >>> clf = CNN1DClassifier(n_filters=(4, 4), max_epochs=1).fit(X, y)
    >>> beat_saliency(clf, X[:3], target=2).shape
    (3, 187)
    """
    if find_spec("captum") is None:
        raise ImportError(
            "beat_saliency needs captum, which is not installed; pip install captum."
        )
    transformers, clf = find_network(estimator)
    rows = _network_rows(transformers, clf, X)
    codes = _codes(estimator.predict(X) if target is None else target, clf, len(rows))
    net = clf.net_
    reference = _network_rows(transformers, clf, _baseline_row(X, baseline))
    nothing = net.module_inputs(torch.from_numpy(reference).to(net.device))[0]
    n_samples = nothing.shape[2]
    if window is not None and window > n_samples:
        raise ValueError(
            f"window must be at most {n_samples}, the samples of a beat, got {window}."
        )
    explain = {
        "integrated_gradients": partial(
            _methods.integrated_gradients, baseline=nothing, n_steps=n_steps
        ),
        "occlusion": partial(
            _methods.occlusion,
            baseline=nothing,
            window=window or max(1, round(n_samples / 10)),
        ),
        "grad_cam": partial(_methods.grad_cam, layer=layer),
    }[method]
    # Copy the module, because captum's hooks would run in other threads too.
    module = deepcopy(net.module_).eval()
    maps = np.empty((len(rows), nothing[0].numel()), dtype=np.float32)
    for start in range(0, len(rows), _CHUNK_SIZE):
        chunk = slice(start, start + _CHUNK_SIZE)
        beats, *aux = net.module_inputs(torch.from_numpy(rows[chunk]).to(net.device))
        found = explain(module, beats, tuple(aux), codes[chunk].to(net.device))
        maps[chunk] = found.detach().flatten(1).cpu().numpy()
    return maps


def _network_rows(transformers: list[Any], clf: Any, X: Any) -> np.ndarray:
    """Return X as the input of the network, after the transformers."""
    for step in transformers:
        X = step.transform(X)
    rows: np.ndarray = validate_data(
        clf, X, dtype=np.float32, order="C", copy=True, reset=False
    )
    return rows


def _baseline_row(X: Any, baseline: Any) -> Any:
    """Return the baseline as a row of the type of X."""
    n_columns = np.shape(X)[1]
    value = np.asarray(baseline, dtype=np.float64)
    if value.ndim and value.shape != (n_columns,):
        raise ValueError(
            f"baseline must be a number or a row of {n_columns} values, like the rows "
            f"of X; got shape {value.shape}."
        )
    row = np.broadcast_to(value, (1, n_columns))
    return pd.DataFrame(row, columns=X.columns) if hasattr(X, "iloc") else row


def _codes(target: Any, clf: Any, n_beats: int) -> torch.Tensor:
    """Return the output of the network for the target class of each beat."""
    labels = np.asarray(target)
    labels = np.full(n_beats, labels) if labels.ndim == 0 else labels
    if labels.shape != (n_beats,):
        raise ValueError(
            f"target must be one class, or a class for each of the {n_beats} beats, "
            f"got shape {labels.shape}."
        )
    code_of = {label: code for code, label in enumerate(clf.classes_.tolist())}
    unknown = sorted({x for x in labels.tolist() if x not in code_of}, key=str)
    if unknown:
        raise ValueError(
            f"target must name classes of the network, {list(code_of)}; got {unknown}."
        )
    return torch.tensor([code_of[label] for label in labels.tolist()])
