"""The card in a model file: a description of the model and its training data."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import asdict, is_dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["card_of", "checked_card"]

_PACKAGES = (
    "imbalanced-learn",
    "numpy",
    "scikit-learn",
    "scipy",
    "skecg",
    "skops",
    "skorch",
    "torch",
)


def card_of(
    model: Any, added: Mapping[str, Any] | None, training_data: Any
) -> dict[str, Any]:
    """Return the card of a model.

    Parameters
    ----------
    model : estimator
        The model.
    added : mapping or None
        The user's entries, which replace entries of the same names.
    training_data : Bunch, tuple (X, y) or None
        The training data.

    Returns
    -------
    dict
        The card, as JSON values.

    Raises
    ------
    ValueError
        If `added` or `training_data` has another type or content.
    """
    card: dict[str, Any] = {
        "model": repr(model),
        "saved": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {
            "python": platform.python_version(),
            **{package: version(package) for package in _PACKAGES},
        },
        "layout": _layout_of(model),
        "classes": _listed(getattr(model, "classes_", None)),
        "n_features": getattr(model, "n_features_in_", None),
        "feature_names": _listed(getattr(model, "feature_names_in_", None)),
    }
    own = getattr(model, "card_", None)
    if is_dataclass(own) and not isinstance(own, type):
        # An annotator's own card contains its layout, training data and scores.
        stated = asdict(own)
        versions = {**card["versions"], **stated.pop("versions", {})}
        card |= {"classes": model.class_names_, **stated, "versions": versions}
    if training_data is not None:
        card["training_data"] = _described(training_data)
    return json.loads(json.dumps({**card, **checked_card(added)}, default=_plain))


def checked_card(added: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a user's entries of a card after checking them.

    Parameters
    ----------
    added : mapping or None
        The entries.

    Returns
    -------
    dict
        The entries.

    Raises
    ------
    ValueError
        If it is not a mapping of names to values that JSON can store.
    """
    if added is None:
        return {}
    try:
        if not all(isinstance(name, str) for name in added.keys()):
            raise TypeError("some of its keys are not text")
        return json.loads(json.dumps(dict(added), default=_plain))
    except (AttributeError, TypeError, ValueError, RecursionError) as error:
        raise ValueError(
            "card must be a dict with text, numbers, lists and dicts of these, got "
            f"{type(added).__name__} ({error}); for example, pass "
            "card={'protocol': 'DS1 to DS2'}."
        ) from error


def _layout_of(model: Any) -> str | None:
    """Return the layout in the parameters of a model or of its parts."""
    for name, value in model.get_params().items():
        if name.split("__")[-1] == "layout" and value is not None:
            return str(value) if isinstance(value, str) else repr(value)
    return None


def _described(training_data: Any) -> dict[str, Any]:
    """Return the size, the classes, a hash and the description of training data."""
    description = None
    if isinstance(training_data, Mapping) and {"data", "target"} <= {*training_data}:
        description = training_data.get("DESCR")
        training_data = training_data["data"], training_data["target"]
    if not isinstance(training_data, (tuple, list)) or len(training_data) != 2:
        raise ValueError(
            "training_data must be a Bunch of beats or a tuple (X, y), got "
            f"{type(training_data).__name__}; pass the training set of the model."
        )
    X, y = (np.asarray(part) for part in training_data)
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise ValueError(
            "training_data must contain one class per row, got arrays of shapes "
            f"{X.shape} and {y.shape}; pass (X, y)."
        )
    labels, counts = np.unique(y, return_counts=True)
    return {
        "n_rows": len(X),
        "n_features": X.shape[1],
        "n_rows_by_class": {
            str(label): int(n) for label, n in zip(labels, counts, strict=True)
        },
        "sha256": _hash_of(X, y),
        "description": description,
    }


def _hash_of(*arrays: npt.NDArray[Any]) -> str:
    """Return the SHA-256 of arrays with their types and shapes."""
    digest = hashlib.sha256()
    for x in arrays:
        x = x.astype(str) if x.dtype == object else x
        x = x.astype(x.dtype.newbyteorder("<"), copy=False)
        digest.update(f"{x.dtype.str} {x.shape}\n".encode())
        digest.update(np.ascontiguousarray(x).view(np.uint8).data)
    return digest.hexdigest()


def _listed(values: Any) -> list[Any] | None:
    return None if values is None else np.asarray(values).tolist()


def _plain(value: Any) -> Any:
    """Convert a value of NumPy or pandas to a JSON value."""
    for method in ("tolist", "to_dict", "isoformat"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise TypeError(f"{type(value).__name__} is neither text nor a number")
