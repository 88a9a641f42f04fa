"""The checks of an audit, each a function from a split to a finding.

Why the thresholds are what they are stands in the notes of :func:`audit_split`.
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
    """A split to audit, its arguments checked.

    Attributes
    ----------
    X : ndarray of shape (n_rows, n_features)
        The rows.
    codes : ndarray of shape (n_rows,)
        The class of each, as a position in `classes`.
    classes : list of str
        The names of the classes.
    train, test : ndarray of int
        The rows of each part.
    subjects : tuple of ndarray of shape (n_rows,), str
        The subject of each row, by each of the arguments that identify it.
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
        """A number for each row that equal rows share."""
        # Adding zero makes -0.0 and 0.0, which are equal, the same bytes.
        rows = np.ascontiguousarray(self.X + 0)
        as_bytes = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1])))
        return np.unique(as_bytes.ravel(), return_inverse=True)[1]

    @cached_property
    def new_test(self) -> Rows:
        """The test rows that are no training rows themselves."""
        return self.test[~np.isin(self.test, self.train)]

    def parts(self) -> Iterator[tuple[str, Rows]]:
        """Yield both parts with their names."""
        yield "training part", self.train
        yield "test part", self.test


def shared_rows(split: Split) -> AuditFinding:
    """Look for row numbers in both parts."""
    name = "shared rows"
    n_shared = len(np.intersect1d(split.train, split.test))
    if not n_shared:
        return AuditFinding(name, "clear", "No row is in both parts.", 0)
    text = f"Rows in both parts: {n_shared:,}. The score counts what was learned."
    return AuditFinding(name, "verdict", text, n_shared)


def shared_subjects(split: Split) -> AuditFinding:
    """Look for subjects with beats in both parts, by groups and by records."""
    name = "shared subjects"
    if not split.subjects:
        text = "Neither groups nor records say whose the rows are; pass either."
        return AuditFinding(name, "unchecked", text)
    shared: list[str] = []
    is_shared = np.zeros(len(split.test), dtype=bool)
    for subjects in split.subjects:
        hit = np.isin(subjects[split.test], subjects[split.train])
        # A subject that the groups have named already is not named again.
        shared += np.unique(subjects[split.test][hit & ~is_shared]).tolist()
        is_shared |= hit
    if not shared:
        return AuditFinding(name, "clear", "No subject is in both parts.", 0)
    text = (
        f"Subjects with beats in both parts: {len(shared)} ({listed(shared)}). They "
        f"have {is_shared.mean():.1%} of the test rows. There the score says how the "
        "classifier does on known patients, not on the next one."
    )
    return AuditFinding(name, "verdict", text, len(shared))


def records_201_and_202(split: Split) -> AuditFinding:
    """Look for test rows of 201 or 202 of MIT-BIH, trained under the other name."""
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
        text = "These records of MIT-BIH's one man are not in different parts."
        return AuditFinding(name, "clear", text, 0)
    text = (
        f"The names 201 and 202 are in different parts ({n_hits:,} test rows). These "
        "records of MIT-BIH are one man: pass subjects=mitdb.SUBJECTS with records, or "
        "the subjects as groups. It is harmless if the names are of another data set."
    )
    return AuditFinding(name, "sign", text, n_hits)


def shared_records(split: Split) -> AuditFinding:
    """Look for recordings with beats in both parts."""
    name = "shared records"
    if split.records is None:
        return AuditFinding(name, "unchecked", "No records were passed.")
    both = np.intersect1d(split.records[split.train], split.records[split.test])
    if not len(both):
        return AuditFinding(name, "clear", "No recording is in both parts.", 0)
    text = (
        f"Recordings with beats in both parts: {len(both)} "
        f"({listed(both.tolist())}). Beats of one recording share electrodes, noise "
        "and disease."
    )
    return AuditFinding(name, "verdict", text, len(both))


def exact_copies(split: Split) -> AuditFinding:
    """Look for test rows that equal a training row of another number."""
    name = "exact copies"
    content = split.content
    n_copies = int(np.isin(content[split.new_test], content[split.train]).sum())
    if not n_copies:
        return AuditFinding(name, "clear", "No test row equals a training row.", 0)
    text = (
        f"Test rows that equal a training row in every column: {n_copies:,} "
        f"({n_copies / len(split.test):.1%}). In rows of many samples two beats "
        "never do: they were resampled before the split, or stand in the data twice."
    )
    return AuditFinding(name, "verdict", text, n_copies)


def near_copies(split: Split) -> AuditFinding:
    """Find the share of test rows with a training row nearer than two people's."""
    name = "near copies"
    trained = split.X[split.train]
    varies = np.ptp(trained, axis=0) > 0
    if varies.sum() < _NEAR_COLUMNS or not len(split.new_test):
        text = (
            f"The distance below which beats are copies is known for {_NEAR_COLUMNS} "
            f"columns or more that vary; here are {varies.sum()}, and rows to look "
            f"at {len(split.new_test):,}."
        )
        return AuditFinding(name, "unchecked", text)
    rows = split.new_test
    if len(rows) > _NEAR_ROWS:
        rows = np.random.default_rng(0).choice(rows, _NEAR_ROWS, replace=False)
    distance = _nearest(split.X[rows][:, varies], trained[:, varies])
    share = float((distance <= _NEAR).mean())
    text = (
        f"Of {len(rows):,} test rows {share:.1%} have a training row within a tenth "
        "of a standard deviation."
    )
    if share <= _NEAR_SHARE:
        return AuditFinding(name, "clear", text, share)
    text += (
        " Beats of one subject often lie that near, beats of two hardly ever: look "
        "for shared subjects and for synthetic or smoothed rows."
    )
    return AuditFinding(name, "sign", text, share)


def copies_within(split: Split) -> AuditFinding:
    """Look for equal rows inside a part."""
    name = "copies within a part"
    found = {
        part: len(rows) - len(np.unique(split.content[rows]))
        for part, rows in split.parts()
    }
    if not any(found.values()):
        return AuditFinding(name, "clear", "All rows of a part differ.", 0)
    where = ", ".join(f"{n:,} in the {part}" for part, n in found.items() if n)
    text = (
        f"Rows that equal an earlier one of their part: {where}. Random oversampling "
        "makes such copies: harmless in the training part after the split, a false "
        "distribution of classes in the test part, a leak before the split."
    )
    return AuditFinding(name, "sign", text, sum(found.values()))


def equal_class_sizes(split: Split) -> AuditFinding:
    """Look for classes of one size."""
    name = "equal class sizes"
    both = np.union1d(split.train, split.test)
    places = [*split.parts(), ("two parts together", both)]
    found = [part for part, rows in places if _equal_sizes(split.codes[rows])]
    if not found:
        return AuditFinding(name, "clear", "The classes differ in size.", 0)
    text = (
        f"Classes are of one size in the {' and the '.join(found)}. No heart beats "
        "so: rows were resampled. In the training part after the split that is usual; "
        "a balanced test part gives figures that no patient's beats will show, and "
        "resampling before the split leaks."
    )
    return AuditFinding(name, "sign", text, len(found))


def class_order(split: Split) -> AuditFinding:
    """Look for rows that are sorted by class."""
    name = "class order"
    shares = {part: _change_share(split.codes[rows]) for part, rows in split.parts()}
    known = {part: share for part, share in shares.items() if share is not None}
    if not known:
        text = "Too few rows of a second class to tell their order."
        return AuditFinding(name, "unchecked", text)
    lowest = min(known.values())
    found = [part for part, share in known.items() if share <= _SORTED_SHARE]
    if not found:
        return AuditFinding(name, "clear", "Rows are not sorted by class.", lowest)
    text = (
        f"Rows of the {' and the '.join(found)} are sorted by class. That is harmless "
        "where beats are classified one by one and shuffled to train. A model of "
        "sequences can read the class off the order; its score means nothing then."
    )
    return AuditFinding(name, "sign", text, lowest)


def scaling(split: Split) -> AuditFinding:
    """Look for columns scaled on both parts together."""
    name = "scaling"
    n_scaled, how = scaled_columns(split.X, split.train, split.test)
    if not n_scaled:
        text = "No column looks scaled on both parts together."
        return AuditFinding(name, "clear", text, 0)
    text = (
        f"Columns with {how} over all rows and not over the training part: "
        f"{n_scaled}. A scaler has seen the test rows; fit it inside a pipeline."
    )
    return AuditFinding(name, "sign", text, n_scaled)


def missing_classes(split: Split) -> AuditFinding:
    """Look for classes that one part has and the other lacks."""
    name = "missing classes"
    train, test = (np.unique(split.codes[rows]) for _, rows in split.parts())
    untrained = [split.classes[code] for code in np.setdiff1d(test, train)]
    untested = [split.classes[code] for code in np.setdiff1d(train, test)]
    if not untrained and not untested:
        text = "Both parts have the same classes."
        return AuditFinding(name, "clear", text, 0)
    text = ""
    if untrained:
        text += f"Never trained, so never right: {listed(untrained)}. "
    if untested:
        text += f"Never tested, so the score is silent on: {listed(untested)}. "
    text += "Averages over classes are not comparable with other splits'."
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
    """Return whether names in the range of MIT-BIH's are mostly its records."""
    # Subjects numbered from 1 also include 201 and 202, but 64 % of the numbers from
    # 100 to 234 are no records. Names outside this range do not matter.
    in_range = set(names.tolist()) & _IN_RANGE
    return len(in_range & _RECORDS) >= max(1, len(in_range) / 2)


def _nearest(
    rows: npt.NDArray[Any], trained: npt.NDArray[Any]
) -> npt.NDArray[np.float64]:
    """Return how far the nearest training row is, in standard deviations."""
    middle = trained.mean(axis=0, dtype=np.float64).astype(trained.dtype)
    spread = trained.std(axis=0, dtype=np.float64).astype(trained.dtype)
    # Single precision is plenty for a tenth, and halves the time.
    sides = [((x - middle) / spread).astype(np.float32) for x in (rows, trained)]
    _, distance = pairwise_distances_argmin_min(*sides)
    return distance / np.sqrt(rows.shape[1])


def _equal_sizes(codes: npt.NDArray[np.intp]) -> bool:
    sizes = np.sort(np.bincount(codes))
    sizes = sizes[sizes > 0]
    if len(sizes) < 2:
        return False
    # A stratified split leaves equal classes equal to within a row, a random one of
    # all classes to within its chance.
    pairs = (np.diff(sizes) <= 1) & (sizes[:-1] >= _EQUAL_ROWS)
    all_alike = sizes[0] >= max(_EQUAL_ROWS, (1 - _EQUAL_SHARE) * sizes[-1])
    return bool(pairs.any() or all_alike)


def _change_share(codes: npt.NDArray[np.intp]) -> float | None:
    """Return the class changes from row to row as a share of a random order's."""
    sizes = np.bincount(codes)
    n_rows = len(codes)
    expected = (n_rows**2 - (sizes**2).sum()) / n_rows
    if expected < _SORTED_EXPECTED:
        return None
    n_changes = np.count_nonzero(np.diff(codes))
    # As few changes as there are classes is sorted, in however short a part.
    fewest = n_changes < np.count_nonzero(sizes)
    return 0.0 if fewest else float(n_changes / expected)
