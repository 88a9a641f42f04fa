"""Read a model file, or the card in it."""

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

    Loading runs no code of the file. A SHA-256 over the whole file is checked first,
    so that any changed or missing byte is noticed. Then every class and function that
    the file names is compared with those that are trusted: the estimators of
    scikit-learn and of this package, imbalanced-learn's pipelines and common samplers,
    and the optimizers and metrics that their parameters may be.

    Parameters
    ----------
    path : str or path
        The file.
    trusted : sequence of str or None, default=None
        The full names of further classes and functions that the file may use, such as
        ``["my_package.networks.MyNetwork"]``. They are imported and used as the file
        says, so trust the file and the names.

    Returns
    -------
    estimator
        The model, with the parameters and the fit that it had. A network is on the
        device that its parameter ``device`` names, or on the CPU with a warning if
        this machine does not have it.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ImportError
        If a package is not installed that the model needs, such as torch.
    ValueError
        If it is no model file, is damaged, has a newer format, or contains anything
        that is not trusted.

    See Also
    --------
    save_model : Write a model file.
    read_card : Read the card of a model file without its model.

    Notes
    -----
    The names are checked, and so are the sizes of arrays and the indices in boosters'
    trees, but not whether an estimator is any good: a hostile file can hold a model
    with wrong answers. Estimators of compiled code that this package does not use, such
    as ``sklearn.svm.SVC``, may read other memory if their arrays contradict each other.
    scikit-learn warns if it has another version than the one that the model was fitted
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
        The card: the model, its layout and classes, the versions of packages, and what
        :func:`save_model` was given.

    Raises
    ------
    FileNotFoundError
        If the file does not exist.
    ValueError
        If it is no model file, is damaged or has a newer format.

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
            raise ValueError("its card is no card")
        return card

    return _read(path, card_in)


def _first_format(container: Container, trusted: Sequence[str]) -> Any:
    return from_archive(container.archive, container.entries(), trusted)


_FORMATS: dict[int, Callable[[Container, Sequence[str]], Any]] = {1: _first_format}
"""The reader of each format."""


def _read(path: str | os.PathLike[str], reader: Callable[[Container], Any]) -> Any:
    """Return what a reader finds in a model file."""
    shown = str(expanded_path("path", path))
    container = read_container(shown)
    try:
        if container.format not in _FORMATS:
            raise ValueError("its format is unknown; upgrade skecg")
        return reader(container)
    except (ValueError, RecursionError, MemoryError) as error:
        reason = str(error).rstrip(".") or f"it is too large ({type(error).__name__})"
        if "; " not in reason:
            reason += "; do not use it, and ask the person whom it is from"
        raise ValueError(
            f"path must be a model file that save_model has written, and {shown!r} is "
            f"refused: {reason}."
        ) from error


def _checked_names(trusted: Sequence[str] | None) -> list[str]:
    """Return the names that a user trusts."""
    names = [] if trusted is None else trusted
    is_list = isinstance(names, (list, tuple, set, frozenset))
    if not is_list or not all(isinstance(name, str) for name in names):
        raise ValueError(
            f"trusted must be a list of full names of classes, got {trusted!r}; pass "
            "such as ['my_package.MyNetwork']."
        )
    return list(names)
