"""Load a model file, or read the card in it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from skecg._files import expanded_path
from skecg.persistence._archive import from_archive
from skecg.persistence._container import Container, read_container

__all__ = ["load_model", "read_card"]


def load_model(
    path: str | os.PathLike[str], *, trusted: Sequence[str] | None = None
) -> Any:
    """Load a model that :func:`save_model` has written.

    Loading runs no code from the file. First, a SHA-256 of the whole file is checked,
    which detects any changed or missing byte. Then every class and function named in
    the file must be trusted. Trusted are the estimators of scikit-learn and of this
    package, imbalanced-learn's pipelines and common samplers, and the optimizers and
    metrics that their parameters accept.

    Parameters
    ----------
    path : str or path
        The file.
    trusted : sequence of str or None, default=None
        The full names of further classes and functions that the file may use, such as
        ``["my_package.networks.MyNetwork"]``. They are imported and used as the file
        specifies, so pass them only if you trust the file and the names.

    Returns
    -------
    estimator
        The model, with its parameters and fitted attributes. A network is on the device
        of its parameter ``device``, or on the CPU, with a warning, if this machine does
        not have that device.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ImportError
        If a package is not installed that the model needs, such as torch.
    ValueError
        If it is not a model file, is damaged, has a newer format, or contains anything
        that is not trusted.

    See Also
    --------
    save_model : Write a model file.
    read_card : Read the card of a model file without its model.

    Notes
    -----
    Names, sizes of arrays and indices in the trees of boosters are checked. The quality
    of a model is not: a hostile file can contain a model with wrong predictions.
    Estimators with compiled code that this package does not use, such as
    ``sklearn.svm.SVC``, may read other memory if their arrays are inconsistent.
    scikit-learn warns if its version differs from the one that the model was fitted
    with.

    Examples
    --------
    >>> import os, tempfile
    >>> from skecg import HybridSampler, load_model, save_model
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "sampler.skops")
    ...     save_model(HybridSampler(random_state=0), path)
    ...     load_model(path)
    HybridSampler(random_state=0)
    """
    names = _checked_names(trusted)

    def model_in(container: Container) -> Any:
        return _FORMATS[container.format](container, names)

    return _read(path, model_in)


def read_card(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read the card of a model file, without loading the model.

    Parameters
    ----------
    path : str or path
        The file.

    Returns
    -------
    dict
        The card: the model, its layout and classes, the versions of packages, and the
        entries passed to :func:`save_model`.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is not a model file, is damaged or has a newer format.

    Examples
    --------
    >>> import os, tempfile
    >>> from skecg import HybridSampler, save_model
    >>> from skecg.persistence import read_card
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = os.path.join(folder, "sampler.skops")
    ...     save_model(HybridSampler(), path, card={"author": "A. Reader"})
    ...     read_card(path)["author"]
    'A. Reader'
    """

    def card_in(container: Container) -> dict[str, Any]:
        card = json.loads(container.entries()["card.json"])
        if not isinstance(card, dict):
            raise ValueError("its card is not a dict")
        return card

    return _read(path, card_in)


def _first_format(container: Container, trusted: Sequence[str]) -> Any:
    return from_archive(container.archive, container.entries(), trusted)


_FORMATS: dict[int, Callable[[Container, Sequence[str]], Any]] = {1: _first_format}
"""The reader of each format."""


def _read(path: str | os.PathLike[str], reader: Callable[[Container], Any]) -> Any:
    """Return the result of a reader for a model file."""
    shown = str(expanded_path("path", path))
    container = read_container(shown)
    try:
        if container.format not in _FORMATS:
            raise ValueError("its format is unknown; upgrade skecg")
        return reader(container)
    except (ValueError, RecursionError, MemoryError) as error:
        reason = str(error).rstrip(".") or f"it is too large ({type(error).__name__})"
        if "; " not in reason:
            reason += "; do not use the file, and ask its author for a new one"
        raise ValueError(
            f"path must be a model file that save_model has written, but {shown!r} is "
            f"refused: {reason}."
        ) from error


def _checked_names(trusted: Sequence[str] | None) -> list[str]:
    """Return the names that a user trusts."""
    names = [] if trusted is None else trusted
    is_list = isinstance(names, (list, tuple, set, frozenset))
    if not is_list or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"trusted must be a list of full names of classes, got {trusted!r}; for "
            "example, pass ['my_package.MyNetwork']."
        )
    return list(names)
