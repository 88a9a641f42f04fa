"""Fit a copy of an estimator, and publish the fitted attributes in one assignment.

Until a fit is complete, and if it fails, the estimator predicts with the previous fit,
also in other threads.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TypeVar

__all__ = ["draft_of", "publish", "snapshot_of"]

E = TypeVar("E")


def snapshot_of(estimator: E) -> E:
    """Return a shallow copy that a refit in another thread does not change.

    Parameters
    ----------
    estimator : estimator
        The estimator.

    Returns
    -------
    estimator
        The copy, made without the estimator's own methods for copying and pickling.
    """
    snapshot = object.__new__(type(estimator))
    vars(snapshot).update(vars(estimator))
    return snapshot


def draft_of(estimator: E, learned: Set[str]) -> E:
    """Return a shallow copy to fit, without the attributes of the previous fit.

    Parameters
    ----------
    estimator : estimator
        The estimator.
    learned : set of str
        The attributes that a fit sets.

    Returns
    -------
    estimator
        The copy.
    """
    draft = snapshot_of(estimator)
    for name in learned & vars(draft).keys():
        delattr(draft, name)
    return draft


def publish(estimator: E, draft: E, learned: Set[str]) -> None:
    """Replace the fitted attributes in one assignment.

    Parameters
    ----------
    estimator : estimator
        The estimator.
    draft : estimator
        The copy that was fitted.
    learned : set of str
        The attributes that a fit sets.
    """
    others = {k: v for k, v in vars(estimator).items() if k not in learned}
    new = {k: v for k, v in vars(draft).items() if k in learned}
    estimator.__dict__ = others | new
