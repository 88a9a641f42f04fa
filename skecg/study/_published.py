"""Table I of the study, its results on the public test set."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

__all__ = ["ACCURACY", "N_TEST", "TABLE", "PublishedRow"]


@dataclass(frozen=True)
class PublishedRow:
    """A row of the table, with the two digits that it states.

    Attributes
    ----------
    precision, recall, f1 : float
        The scores of a class, or their averages.
    support : int
        The number of test beats.
    """

    precision: float
    recall: float
    f1: float
    support: int


ACCURACY = 0.9722
N_TEST = 21_892
TABLE: Mapping[str, PublishedRow] = MappingProxyType(
    {
        "N": PublishedRow(0.99, 0.97, 0.98, 18_118),
        "S": PublishedRow(0.69, 0.87, 0.77, 556),
        "V": PublishedRow(0.93, 0.97, 0.95, 1_448),
        "F": PublishedRow(0.46, 0.89, 0.61, 162),
        "Q": PublishedRow(0.98, 0.99, 0.99, 1_608),
        "macro avg": PublishedRow(0.81, 0.94, 0.86, N_TEST),
        "weighted avg": PublishedRow(0.98, 0.97, 0.97, N_TEST),
    }
)
"""The rows by class and average, named as in :class:`StudyResult`'s `report`."""
