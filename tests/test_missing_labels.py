"""Missing labels and names: one message for all functions."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from skecg import (
    CascadeClassifier,
    CNN1DClassifier,
    HybridSampler,
    PriorAdjustedClassifier,
)
from skecg.metrics import influence, veb_se
from skecg.model_selection import (
    LeaveOneSubjectOut,
    StratifiedBeatSplit,
    SubjectKFold,
    audit_split,
    split_validation,
)
from skecg.plotting import (
    BeatOverlayDisplay,
    ClassDistributionDisplay,
    ReliabilityDisplay,
)

LABELS = ["N", "V"] * 10
X = np.random.default_rng(0).normal(size=(20, 24))
GROUPS = np.repeat(list("abcd"), 5)
HOLES = {
    "None": np.array([*LABELS[:-1], None], dtype=object),
    "NaN": [*LABELS[:-1], np.nan],
    "pandas.NA": pd.Series([*LABELS[:-1], pd.NA], dtype="string"),
    "Categorical": pd.Categorical([*LABELS[:-1], None]),
    "masked": np.ma.masked_array(LABELS, np.arange(20) == 19),
}
USERS = {
    "network": lambda y: CNN1DClassifier().fit(X, y),
    "y_val": lambda y: CNN1DClassifier().fit(X, LABELS, X_val=X, y_val=y),
    "cascade": lambda y: CascadeClassifier(
        [("V", LogisticRegression())], remainder="N"
    ).fit(X, y),
    "prior": lambda y: PriorAdjustedClassifier(LogisticRegression()).fit(X, y),
    "sampler": lambda y: HybridSampler().fit_resample(X, y),
    "beat split": lambda y: next(StratifiedBeatSplit().split(X, y)),
    "subject folds": lambda y: next(SubjectKFold(2).split(X, y, GROUPS)),
    "distribution": ClassDistributionDisplay.from_targets,
    "overlay": lambda y: BeatOverlayDisplay.from_beats(X, y),
    "reliability": lambda y: ReliabilityDisplay.from_predictions(
        y, np.full((20, 2), 0.5)
    ),
}


@pytest.mark.parametrize("use", USERS.values(), ids=USERS)
@pytest.mark.parametrize("y", HOLES.values(), ids=HOLES)
def test_a_missing_label_is_named(use, y):
    with pytest.raises(ValueError, match=r"None or NaN in 1 rows, the first.* row 19 "):
        use(y)


@pytest.mark.parametrize("y", HOLES.values(), ids=HOLES)
def test_a_missing_label_of_a_used_row_is_named(y):
    for use in (
        lambda: audit_split(X, y, range(10), range(10, 20)),
        lambda: split_validation(y, range(20), groups=GROUPS),
    ):
        with pytest.raises(ValueError, match="y holds no class for 1 rows"):
            use()
    audit_split(X, y, range(10), range(10, 19))


@pytest.mark.parametrize("names", HOLES.values(), ids=HOLES)
def test_a_missing_name_is_named(names):
    for use in (
        lambda: audit_split(X, LABELS, range(10), range(10, 20), groups=names),
        lambda: LeaveOneSubjectOut().get_n_splits(groups=names),
        lambda: influence(LABELS, LABELS, names, veb_se),
    ):
        with pytest.raises(ValueError, match="holds no name for 1 rows"):
            use()
