"""The card of a fitted annotator: its training data, versions and scores."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from importlib.metadata import version

from skecg.metrics import EC57Report

__all__ = ["ModelCard"]

_PACKAGES = ("numpy", "scipy", "scikit-learn", "skecg")
# The statistics that a user needs to interpret a count of beats.
_STATISTICS = ("veb_se", "veb_pp", "veb_f1", "sveb_se", "sveb_pp", "sveb_f1")


@dataclass(frozen=True)
class ModelCard:
    """The training data and the scores of an annotator.

    Parameters
    ----------
    description : str
        The training data, in the user's words.
    recordings : tuple of str
        The names of the recordings that have a name.
    n_recordings : int
        The number of recordings.
    n_beats : mapping of str to int
        The number of annotated beats of each class.
    n_surplus : int
        The number of detected peaks that are not beats.
    layout : str
        The layout of the rows.
    lead_rule : str
        The rule that chose the leads.
    data_licence : str
        The licence and the source of the training data.
    command : str
        The command that reproduces the fit.
    versions : mapping of str to str
        The versions of Python and of packages.
    created : str
        The date of the fit, in ISO 8601.
    scores : mapping of str to mapping of str to float
        For each protocol, the gross statistics of the evaluation as in
        :class:`skecg.metrics.EC57Report`, between 0 and 1.
    data_sha256 : str
        The SHA-256 of the rows and classes that the classifiers were fitted to, in
        hexadecimal; empty for models of older versions, which did not compute it.

    Examples
    --------
    >>> from skecg.annotation import ModelCard
    >>> ModelCard("two recordings", (), 2, {"N": 900}, 3, "features", "in order").scores
    {}
    """

    description: str
    recordings: tuple[str, ...]
    n_recordings: int
    n_beats: Mapping[str, int]
    n_surplus: int
    layout: str
    lead_rule: str
    data_licence: str = ""
    command: str = ""
    versions: Mapping[str, str] = field(default_factory=lambda: _versions())
    created: str = field(default_factory=lambda: datetime.now(UTC).date().isoformat())
    scores: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    data_sha256: str = ""

    def with_scores(self, protocol: str, report: EC57Report) -> ModelCard:
        """Return a copy of the card with the scores of another evaluation.

        Parameters
        ----------
        protocol : str
            The test set and the method, such as ``"DS2, own R peaks"``.
        report : EC57Report
            The report of the evaluation.

        Returns
        -------
        ModelCard
            The card.
        """
        gross = report.gross
        scores = {name: float(gross[name]) for name in _STATISTICS}
        return replace(self, scores={**self.scores, protocol: scores})


def _versions() -> dict[str, str]:
    packages = {package: version(package) for package in _PACKAGES}
    return {"python": platform.python_version(), **packages}
