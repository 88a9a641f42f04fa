"""The checks of an audit, each a function from a split to a finding.

The notes of :func:`audit_split` explain the thresholds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.metrics import pairwise_distances_argmin_min

from skecg._group_names import Names
from skecg._validation import Rows, listed
from skecg.mitdb import RECORDS
from skecg.model_selection._audit_report import AuditFinding
from skecg.model_selection._audit_scaling import scaled_columns

__all__ = ["CHECKS", "Split"]

_NEAR = 0.1
_NEAR_SHARE = 0.02
_NEAR_COLUMNS = 90
_NEAR_ROWS = 1_000

_SORTED_SHARE = 0.02
_SORTED_EXPECTED = 20

_EQUAL_SHARE = 0.02
_EQUAL_ROWS = 100

_RECORDS = frozenset(RECORDS)
_IN_RANGE = frozenset(str(number) for number in range(100, 235))


@dataclass(frozen=True)
class Split:
    """A split to audit, with validated arguments.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows.
    codes : ndarray of shape (n_rows,)
        The class of each row, as a position in `classes`.
    classes : list of str
        The names of the classes.
    train, test : ndarray of int
        The rows of each set.
    subjects : tuple of ndarray of shape (n_rows,), str
        The subject of each row, once for each argument that identifies it.
    records : ndarray of shape (n_rows,), str, or None
        The record of each row.
    """

    X: npt.NDArray[Any]
    codes: npt.NDArray[np.intp]
    classes: list[str]
    train: Rows
    test: Rows
    subjects: tuple[Names, ...]
    records: Names | None

    @cached_property
    def content(self) -> npt.NDArray[np.intp]:
        """A number for each row; equal rows have the same number."""
        # Adding 0 turns -0.0 into 0.0, because equal rows must have equal bytes.
        rows = np.ascontiguousarray(self.X + 0)
        as_bytes = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1])))
        return np.unique(as_bytes.ravel(), return_inverse=True)[1]

    @cached_property
    def new_test(self) -> Rows:
        """The test rows that are not training rows."""
        return self.test[~np.isin(self.test, self.train)]

    def parts(self) -> Iterator[tuple[str, Rows]]:
        """Yield both sets with their names."""
        yield "training set", self.train
        yield "test set", self.test


def shared_rows(split: Split) -> AuditFinding:
    """Look for row numbers in both sets."""
    name = "shared rows"
    n_shared = len(np.intersect1d(split.train, split.test))
    if not n_shared:
        return AuditFinding(name, "clear", "No row is in both sets.", 0)
    text = f"Rows in both sets: {n_shared:,}. The score includes training rows."
    return AuditFinding(name, "verdict", text, n_shared)


def shared_subjects(split: Split) -> AuditFinding:
    """Look for subjects with beats in both sets, by groups and by records."""
    name = "shared subjects"
    if not split.subjects:
        text = "The subject of each row is not known; pass groups or records."
        return AuditFinding(name, "unchecked", text)
    shared: list[str] = []
    is_shared = np.zeros(len(split.test), dtype=bool)
    for subjects in split.subjects:
        hit = np.isin(subjects[split.test], subjects[split.train])
        # Skip rows that are already reported by groups.
        shared += np.unique(subjects[split.test][hit & ~is_shared]).tolist()
        is_shared |= hit
    if not shared:
        return AuditFinding(name, "clear", "No subject is in both sets.", 0)
    text = (
        f"Subjects with beats in both sets: {len(shared)} ({listed(shared)}). They "
        f"have {is_shared.mean():.1%} of the test rows. On these rows the score "
        "measures performance on known patients, not on new ones."
    )
    return AuditFinding(name, "verdict", text, len(shared))


def records_201_and_202(split: Split) -> AuditFinding:
    """Look for record 201 of MIT-BIH in one set and 202 in the other."""
    name = "records 201 and 202"
    if not split.subjects:
        text = "Neither groups nor records were passed."
        return AuditFinding(name, "unchecked", text)
    is_hit = np.zeros(len(split.test), dtype=bool)
    is_shared = np.zeros(len(split.test), dtype=bool)
    for subjects in split.subjects:
        trained, tested = subjects[split.train], subjects[split.test]
        is_shared |= np.isin(tested, trained)
        if _like_mitdb(np.union1d(trained, tested)):
            for one, other in (("201", "202"), ("202", "201")):
                is_hit |= (tested == one) & (other in trained)
    n_hits = int((is_hit & ~is_shared).sum())
    if not n_hits:
        text = "These records of one MIT-BIH patient are not in different sets."
        return AuditFinding(name, "clear", text, 0)
    text = (
        f"The names 201 and 202 are in different sets ({n_hits:,} test rows). In "
        "MIT-BIH these records are of one patient: pass subjects=mitdb.SUBJECTS with "
        "records, or subjects as groups. Ignore this if the names are of other data."
    )
    return AuditFinding(name, "sign", text, n_hits)


def shared_records(split: Split) -> AuditFinding:
    """Look for records with beats in both sets."""
    name = "shared records"
    if split.records is None:
        return AuditFinding(name, "unchecked", "No records were passed.")
    both = np.intersect1d(split.records[split.train], split.records[split.test])
    if not len(both):
        return AuditFinding(name, "clear", "No record is in both sets.", 0)
    text = (
        f"Records with beats in both sets: {len(both)} ({listed(both.tolist())}). "
        "Beats of one record share electrodes, noise and disease."
    )
    return AuditFinding(name, "verdict", text, len(both))


def exact_copies(split: Split) -> AuditFinding:
    """Look for test rows that equal a different row in the training set."""
    name = "exact copies"
    content = split.content
    n_copies = int(np.isin(content[split.new_test], content[split.train]).sum())
    if not n_copies:
        return AuditFinding(name, "clear", "No test row equals a training row.", 0)
    text = (
        f"Test rows that equal a training row in every column: {n_copies:,} "
        f"({n_copies / len(split.test):.1%}). Rows of many samples are not equal by "
        "chance: they were resampled before the split, or are in the data twice."
    )
    return AuditFinding(name, "verdict", text, n_copies)


def near_copies(split: Split) -> AuditFinding:
    """Compute the share of test rows that are very near to a training row."""
    name = "near copies"
    trained = split.X[split.train]
    varies = np.ptp(trained, axis=0) > 0
    if varies.sum() < _NEAR_COLUMNS or not len(split.new_test):
        text = (
            f"The distance of near copies is known for at least {_NEAR_COLUMNS} "
            f"columns that vary; there are {varies.sum()}, and {len(split.new_test):,} "
            "test rows to compare."
        )
        return AuditFinding(name, "unchecked", text)
    rows = split.new_test
    if len(rows) > _NEAR_ROWS:
        rows = np.random.default_rng(0).choice(rows, _NEAR_ROWS, replace=False)
    distance = _nearest(split.X[rows][:, varies], trained[:, varies])
    share = float((distance <= _NEAR).mean())
    text = (
        f"Of {len(rows):,} test rows, {share:.1%} have a training row within a tenth "
        "of a standard deviation."
    )
    if share <= _NEAR_SHARE:
        return AuditFinding(name, "clear", text, share)
    text += (
        " This is frequent for beats of one subject and rare for beats of different "
        "subjects: check for shared subjects and for synthetic or smoothed rows."
    )
    return AuditFinding(name, "sign", text, share)


def copies_within(split: Split) -> AuditFinding:
    """Look for equal rows within a set."""
    name = "copies within a part"
    found = {
        part: len(rows) - len(np.unique(split.content[rows]))
        for part, rows in split.parts()
    }
    if not any(found.values()):
        return AuditFinding(name, "clear", "All rows of a set differ.", 0)
    where = ", ".join(f"{n:,} in the {part}" for part, n in found.items() if n)
    text = (
        f"Rows that equal an earlier row of their set: {where}. Random oversampling "
        "produces such copies. It is harmless in the training set after the split, "
        "distorts the class distribution in the test set, and leaks before the split."
    )
    return AuditFinding(name, "sign", text, sum(found.values()))


def equal_class_sizes(split: Split) -> AuditFinding:
    """Look for classes of equal size."""
    name = "equal class sizes"
    both = np.union1d(split.train, split.test)
    places = [*split.parts(), ("union of both sets", both)]
    found = [part for part, rows in places if _equal_sizes(split.codes[rows])]
    if not found:
        return AuditFinding(name, "clear", "The classes differ in size.", 0)
    text = (
        f"Classes are of equal size in the {' and the '.join(found)}. Natural "
        "recordings are not balanced; the rows were probably resampled. This is usual "
        "in the training set after the split. Resampling before the split leaks, and "
        "scores on a balanced test set do not apply to natural recordings."
    )
    return AuditFinding(name, "sign", text, len(found))


def class_order(split: Split) -> AuditFinding:
    """Look for rows that are sorted by class."""
    name = "class order"
    shares = {part: _change_share(split.codes[rows]) for part, rows in split.parts()}
    known = {part: share for part, share in shares.items() if share is not None}
    if not known:
        text = "There are too few rows of a second class to determine the order."
        return AuditFinding(name, "unchecked", text)
    lowest = min(known.values())
    found = [part for part, share in known.items() if share <= _SORTED_SHARE]
    if not found:
        return AuditFinding(name, "clear", "Rows are not sorted by class.", lowest)
    text = (
        f"Rows of the {' and the '.join(found)} are sorted by class. This is harmless "
        "if beats are classified one by one and shuffled for training. A sequence "
        "model can infer the class from the order; its score is then invalid."
    )
    return AuditFinding(name, "sign", text, lowest)


def scaling(split: Split) -> AuditFinding:
    """Look for columns scaled on both sets together."""
    name = "scaling"
    n_scaled, how = scaled_columns(split.X, split.train, split.test)
    if not n_scaled:
        text = "No column looks scaled on both sets together."
        return AuditFinding(name, "clear", text, 0)
    text = (
        f"Columns with {how} over all rows but not over the training set: {n_scaled}. "
        "A scaler was probably fitted on the test rows, too; fit it inside a pipeline."
    )
    return AuditFinding(name, "sign", text, n_scaled)


def missing_classes(split: Split) -> AuditFinding:
    """Look for classes that are in one set only."""
    name = "missing classes"
    train, test = (np.unique(split.codes[rows]) for _, rows in split.parts())
    untrained = [split.classes[code] for code in np.setdiff1d(test, train)]
    untested = [split.classes[code] for code in np.setdiff1d(train, test)]
    if not untrained and not untested:
        text = "Both sets have the same classes."
        return AuditFinding(name, "clear", text, 0)
    text = ""
    if untrained:
        text += f"Not in the training set, so always wrong: {listed(untrained)}. "
    if untested:
        text += f"Not in the test set, so not in the score: {listed(untested)}. "
    text += "Averages over classes are not comparable with those of other splits."
    return AuditFinding(name, "sign", text, len(untrained) + len(untested))


CHECKS: tuple[Callable[[Split], AuditFinding], ...] = (
    shared_rows,
    shared_subjects,
    records_201_and_202,
    shared_records,
    exact_copies,
    near_copies,
    copies_within,
    equal_class_sizes,
    class_order,
    scaling,
    missing_classes,
)
"""All checks, in the order of the report."""


def _like_mitdb(names: Names) -> bool:
    """Return whether at least half of the names from 100 to 234 are MIT-BIH records."""
    # Subjects numbered from 1 also include 201 and 202, but 64 % of the numbers from
    # 100 to 234 are not records of MIT-BIH.
    in_range = set(names.tolist()) & _IN_RANGE
    return len(in_range & _RECORDS) >= max(1, len(in_range) / 2)


def _nearest(
    rows: npt.NDArray[Any], trained: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Return the distance to the nearest training row, in standard deviations."""
    middle = trained.mean(axis=0, dtype=np.float64).astype(trained.dtype)
    spread = trained.std(axis=0, dtype=np.float64).astype(trained.dtype)
    # Single precision suffices for the threshold of 0.1 and halves the time.
    sides = [((x - middle) / spread).astype(np.float32) for x in (rows, trained)]
    _, distance = pairwise_distances_argmin_min(*sides)
    return distance / np.sqrt(rows.shape[1])


def _equal_sizes(codes: npt.NDArray[np.intp]) -> bool:
    sizes = np.sort(np.bincount(codes))
    sizes = sizes[sizes > 0]
    if len(sizes) < 2:
        return False
    # After a stratified split, equal classes differ by at most one row; after a random
    # split, they differ by chance.
    pairs = (np.diff(sizes) <= 1) & (sizes[:-1] >= _EQUAL_ROWS)
    all_alike = sizes[0] >= max(_EQUAL_ROWS, (1 - _EQUAL_SHARE) * sizes[-1])
    return bool(pairs.any() or all_alike)


def _change_share(codes: npt.NDArray[np.intp]) -> float | None:
    """Return the number of class changes as a share of that in random order."""
    sizes = np.bincount(codes)
    n_rows = len(codes)
    expected = (n_rows**2 - (sizes**2).sum()) / n_rows
    if expected < _SORTED_EXPECTED:
        return None
    n_changes = np.count_nonzero(np.diff(codes))
    # Completely sorted rows count as sorted in sets of any size.
    is_sorted = n_changes < np.count_nonzero(sizes)
    return 0.0 if is_sorted else float(n_changes / expected)
