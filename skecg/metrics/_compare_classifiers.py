"""Paired bootstrap comparison of classifiers, resampling patients."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.metrics._cells import Cells, Metric, count_cells
from skecg.metrics._classifier_comparison import ClassifierComparison
from skecg.metrics._named_metrics import checked_metrics
from skecg.metrics._resampling import check_settings, draws, percentiles

__all__ = ["DecisiveGroupWarning", "compare_classifiers"]

Values = npt.NDArray[np.float64]


class DecisiveGroupWarning(UserWarning):
    """Warning that one group decides the difference between two classifiers.

    :func:`compare_classifiers` issues it if leaving out one group changes the sign of
    a difference, or changes whether its interval excludes 0.

    See Also
    --------
    compare_classifiers : The function that issues the warning.
    influence : A metric without each of the groups.

    Examples
    --------
    >>> import warnings
    >>> from skecg.metrics import DecisiveGroupWarning
    >>> warnings.simplefilter("error", DecisiveGroupWarning)
    """


def compare_classifiers(
    y_true: npt.ArrayLike,
    predictions: Mapping[str, npt.ArrayLike],
    groups: npt.ArrayLike,
    *,
    metrics: str | Metric | Sequence[str | Metric] | Mapping[str, str | Metric] = (
        "veb_f1",
        "sveb_f1",
    ),
    baseline: str | None = None,
    n_resamples: int = 2000,
    confidence_level: float = 0.95,
    random_state: int | np.random.RandomState | None = None,
) -> ClassifierComparison:
    """Compare classifiers on the same beats by a paired bootstrap over patients.

    Each resample draws whole groups with replacement, as :func:`bootstrap_interval`
    does, and is the same for all classifiers. Variation that affects all classifiers
    equally cancels out in their difference. The interval of a difference is therefore
    often narrower than the intervals of the values suggest. The function warns if a
    difference depends on a single group.

    Parameters
    ----------
    y_true : array-like of shape (n_beats,)
        The annotated classes, of any kind that the metrics accept.
    predictions : mapping of str to array-like of shape (n_beats,)
        The predicted classes of at least two classifiers, by name.
    groups : array-like of shape (n_beats,)
        The subject or the record of each beat; at least two different ones.
    metrics : str, callable, sequence or mapping, default=("veb_f1", "sveb_f1")
        Names of metrics: ``"veb_se"``, ``"veb_pp"``, ``"veb_fpr"``, ``"veb_f1"``,
        ``"sveb_se"``, ``"sveb_pp"``, ``"sveb_f1"``, ``"accuracy"`` and ``"macro_f1"``,
        the mean F1 of the annotated classes; or functions ``metric(y_true, y_pred,
        sample_weight=...)``, as in :func:`bootstrap_interval`. A mapping gives them
        other names. Named metrics and the functions of this module are the fastest,
        because they are computed for all resamples at once.
    baseline : str or None, default=None
        The classifier that the others are compared with; None selects the first one.
    n_resamples : int, default=2000
        The number of resamples.
    confidence_level : float, default=0.95
        The level of the intervals, between 0 and 1.
    random_state : int, RandomState instance or None, default=None
        Seed or generator of the draws. The intervals of the values are those of
        :func:`bootstrap_interval` with the same seed.

    Returns
    -------
    ClassifierComparison
        The values and the differences with their intervals, and the groups on which a
        difference depends.

    Raises
    ------
    ValueError
        If an argument is invalid.

    Warns
    -----
    DecisiveGroupWarning
        If leaving out one group changes the sign of a difference, or changes whether
        its interval excludes 0.

    See Also
    --------
    bootstrap_interval : The interval of one classifier.
    influence : A metric without each of the groups.
    skecg.plotting.MetricIntervalDisplay : Draws values or differences.

    Notes
    -----
    All intervals are percentile intervals. The interval of a difference without a group
    is computed from the resamples that do not contain the group (Efron's
    jackknife-after-bootstrap). With many groups, these are 37 % of all resamples. If an
    end of an interval is close to 0, more resamples make the warning more reliable.

    Intervals of few groups are too narrow; see :func:`bootstrap_interval`. They are not
    corrected for multiple comparisons and do not include the variation between training
    runs.

    References
    ----------
    Efron B. Jackknife-after-bootstrap standard errors and influence functions. Journal
    of the Royal Statistical Society B 54(1):83-127, 1992.
    doi:10.1111/j.2517-6161.1992.tb01866.x

    Field CA, Welsh AH. Bootstrapping clustered data. Journal of the Royal Statistical
    Society B 69(3):369-390, 2007. doi:10.1111/j.1467-9868.2007.00593.x

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.metrics import compare_classifiers
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat(np.arange(20), 100)
    >>> y_true = rng.choice(["N", "S", "V"], size=2000, p=[0.8, 0.1, 0.1])
    >>> often = np.where(rng.random(2000) < 0.9, y_true, "N")
    >>> rarely = np.where(rng.random(2000) < 0.6, y_true, "N")
    >>> compare_classifiers(
    ...     y_true, {"often": often, "rarely": rarely}, groups, random_state=0
    ... )
    Comparison of 2 classifiers, 2,000 paired resamples of 20 groups
    Metric   Classifier  Value (95 % interval)   Difference from often
    VEB F1   often       0.969 (0.941 to 0.991)  -
             rarely      0.724 (0.664 to 0.775)  -0.245 (-0.309 to -0.190)
    SVEB F1  often       0.956 (0.929 to 0.979)  -
             rarely      0.732 (0.703 to 0.763)  -0.224 (-0.261 to -0.186)
    """
    check_settings(n_resamples, confidence_level)
    names = _checked_names(predictions)
    baseline = _checked_baseline(baseline, names)
    chosen = checked_metrics(metrics)
    cells = {name: _cells(y_true, predictions[name], groups, name) for name in names}
    found = cells[baseline].groups
    times = np.array([*draws(len(found), n_resamples, random_state)], dtype=np.float64)
    table, differences, decisive = [], [], []
    for metric, compute in chosen.items():
        values = {
            name: compute(part, _sets(part, times), _argument(name))
            for name, part in cells.items()
        }
        for name in names:
            row = {"metric": metric, "classifier": name}
            value = _Figure(values[name], times, confidence_level)
            table.append({**row, "value": value.estimate, **value.ends()})
            if name == baseline:
                continue
            figure = _Figure(values[name] - values[baseline], times, confidence_level)
            differences.append({**row, "difference": figure.estimate, **figure.ends()})
            decisive += [
                {**row, "group": found[group], "difference": estimate, **ends}
                for group, estimate, ends in figure.decisive_groups()
            ]
    columns = ["metric", "classifier", "group", "difference", "low", "high"]
    comparison = ClassifierComparison(
        pd.DataFrame(table),
        pd.DataFrame(differences),
        pd.DataFrame(decisive)[columns] if decisive else pd.DataFrame(columns=columns),
        baseline,
        float(confidence_level),
        len(found),
        int(n_resamples),
    )
    for note in comparison.decisive_notes:
        warnings.warn(note, DecisiveGroupWarning, stacklevel=2)
    return comparison


class _Figure:
    """A metric or a difference on all groups, without each group and per resample."""

    def __init__(self, values: Values, times: Values, confidence_level: float) -> None:
        n_groups = times.shape[1]
        self.estimate = float(values[0])
        self._without = values[1 : 1 + n_groups]
        self._resampled = values[1 + n_groups :]
        self._times = times
        self._level = confidence_level

    def ends(self, without: int | None = None) -> dict[str, float]:
        """Return the interval; only over the resamples without a group, if given."""
        values = self._resampled
        if without is not None:
            values = values[self._times[:, without] == 0]
        low, high = percentiles(values, self._level)
        return {"low": low, "high": high, "n_undefined": int(np.isnan(values).sum())}

    def decisive_groups(self) -> list[tuple[int, float, dict[str, float]]]:
        """Return the groups without which the conclusion changes, largest effect first.

        Returns
        -------
        list of (int, float, dict)
            The number of the group, and the difference and its interval without it.
        """
        if np.isnan(self.estimate):
            return []
        excludes = _excludes_0(self.ends())
        found = []
        for group, estimate in enumerate(self._without.tolist()):
            ends = self.ends(without=group)
            # An undefined difference (NaN) counts as a changed sign.
            has_other_sign = not _sign(estimate) == _sign(self.estimate)
            is_known = not np.isnan(ends["low"])
            if has_other_sign or (is_known and _excludes_0(ends) != excludes):
                found.append((group, estimate, ends))
        return sorted(found, key=lambda row: self._effect(row[1]), reverse=True)

    def _effect(self, without: float) -> float:
        return np.inf if np.isnan(without) else abs(without - self.estimate)


def _sign(difference: float) -> float:
    # Rounded, because equal metrics may differ in the last bit.
    return float(np.sign(np.round(difference, 12)))


def _excludes_0(ends: Mapping[str, float]) -> bool:
    return ends["low"] > 0 or ends["high"] < 0


def _sets(cells: Cells, times: Values) -> Values:
    """Return the counts of all groups, without each group, and of each resample."""
    total = cells.counts.sum(axis=0)
    return np.vstack([total, total - cells.counts, times @ cells.counts])


def _argument(name: str) -> str:
    return f"predictions[{name!r}]"


def _cells(y_true: Any, y_pred: Any, groups: Any, name: str) -> Cells:
    cells = count_cells(y_true, y_pred, groups, pred_name=_argument(name))
    true, pred = (
        "strings" if labels.dtype.kind == "U" else "numbers"
        for labels in (cells.y_true, cells.y_pred)
    )
    if true != pred:
        raise ValueError(
            f"{_argument(name)} must be {true}, as y_true is, got {pred}; convert one "
            "of them."
        )
    return cells


def _checked_names(predictions: Any) -> list[str]:
    if not isinstance(predictions, Mapping):
        raise ValueError(
            "predictions must be a mapping from the name of each classifier to its "
            f"predicted classes, got {type(predictions).__name__}; pass "
            "{'a': pred_a, 'b': pred_b}."
        )
    names = list(predictions)
    if len(names) < 2:
        raise ValueError(
            f"predictions must contain at least two classifiers, got {names}; use "
            "bootstrap_interval for one."
        )
    odd = [name for name in names if not isinstance(name, str) or not name.strip()]
    if odd:
        raise ValueError(
            f"predictions must have names of classifiers as keys, got {odd[0]!r}; "
            "pass a string."
        )
    return names


def _checked_baseline(baseline: Any, names: list[str]) -> str:
    if baseline is None:
        return names[0]
    if baseline not in names:
        raise ValueError(f"baseline must be one of {names}, got {baseline!r}.")
    return baseline
