"""HybridSampler against imbalanced-learn's two samplers, one after the other."""

import tracemalloc
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from scipy import sparse
from sklearn.utils import get_tags

from skecg import HybridSampler


@pytest.fixture
def beats():
    y = np.repeat(["F", "N", "S", "V"], [5, 60, 15, 20])
    y = y[np.random.default_rng(0).permutation(100)]
    return np.arange(200.0).reshape(100, 2), y


@pytest.mark.parametrize(
    ("strategy", "expected"),
    [
        ("auto", {"F": 25, "N": 25, "S": 25, "V": 25}),
        ("mean", {"F": 25, "N": 25, "S": 25, "V": 25}),
        ("median", {"F": 17, "N": 17, "S": 17, "V": 17}),
        (12, {"F": 12, "N": 12, "S": 12, "V": 12}),
        ({"N": 10, "F": 8}, {"F": 8, "N": 10, "S": 15, "V": 20}),
        (lambda y: {"N": 30}, {"F": 5, "N": 30, "S": 15, "V": 20}),
        (lambda y: {"N": int((y == "V").sum())}, {"F": 5, "N": 20, "S": 15, "V": 20}),
    ],
)
def test_class_sizes(beats, strategy, expected):
    X, y = beats
    sampler = HybridSampler(strategy, random_state=0)
    X_new, y_new = sampler.fit_resample(X, y)
    assert dict(sorted(Counter(y_new.tolist()).items())) == expected
    np.testing.assert_array_equal(X_new, X[sampler.sample_indices_])
    np.testing.assert_array_equal(y_new, y[sampler.sample_indices_])
    assert all(expected[c] == n for c, n in sampler.sampling_strategy_.items())
    assert HybridSampler(strategy).fit(X, y).sampling_strategy_ == (
        sampler.sampling_strategy_
    )


def test_the_least_sizes():
    # Two classes, of which one comes down to a single beat.
    X, y = np.arange(5.0).reshape(5, 1), np.array(list("NNNVV"))
    _, y_new = HybridSampler({"N": 1}, random_state=0).fit_resample(X, y)
    assert Counter(y_new.tolist()) == {"N": 1, "V": 2}
    with pytest.raises(ValueError, match=r"^The target 'y' needs .* Got 1 class"):
        HybridSampler().fit_resample(X, np.repeat("N", 5))


def test_undersampling_repeats_no_beat_unless_told(beats):
    X, y = beats
    sampler = HybridSampler(5, random_state=0)
    sampler.fit_resample(X, y)
    # All classes come down to 5, the size of the smallest.
    assert len(set(sampler.sample_indices_.tolist())) == 20


@pytest.mark.parametrize("replacement", [False, True])
def test_a_class_of_its_target_size_keeps_its_beats(replacement):
    # The mean of 20, 12 and 4 is 12.
    y = np.repeat(["N", "S", "V"], [20, 12, 4])
    sampler = HybridSampler(replacement=replacement, random_state=0)
    sampler.fit_resample(np.zeros((36, 1)), y)
    kept = sampler.sample_indices_[y[sampler.sample_indices_] == "S"]
    assert kept.tolist() == list(range(20, 32))


def test_auto_is_the_studys_on_the_studys_counts():
    y = np.repeat(np.arange(5), [72471, 2223, 5788, 641, 6431])
    sampler = HybridSampler(random_state=0)
    sampler.fit_resample(np.zeros((len(y), 1)), y)
    assert sampler.sampling_strategy_ == dict.fromkeys(range(5), 10_000)


@pytest.mark.parametrize("replacement", [False, True])
def test_equals_the_two_samplers_in_a_row(beats, replacement):
    X, y = beats
    rng = np.random.RandomState(3)
    under = RandomUnderSampler(
        sampling_strategy={"N": 25}, replacement=replacement, random_state=rng
    )
    over = RandomOverSampler(
        sampling_strategy=dict.fromkeys(["F", "S", "V"], 25), random_state=rng
    )
    X_expected, y_expected = over.fit_resample(*under.fit_resample(X, y))
    ours = HybridSampler(replacement=replacement, random_state=3)
    X_new, y_new = ours.fit_resample(X, y)
    np.testing.assert_array_equal(X_new, X_expected)
    np.testing.assert_array_equal(y_new, y_expected)


def test_containers_and_dtypes_stay(beats):
    X, y = beats
    frame = pd.DataFrame({"a": X[:, 0].astype("float32"), "b": y})
    X_new, y_new = HybridSampler(random_state=0).fit_resample(frame, pd.Series(y))
    assert X_new.dtypes.tolist() == frame.dtypes.tolist()
    assert isinstance(y_new, pd.Series)
    assert (X_new["b"].to_numpy() == y_new.to_numpy()).all()
    for layout in ("csr", "csc"):
        matrix = sparse.csr_matrix(X).asformat(layout)
        X_new, _ = HybridSampler(random_state=0).fit_resample(matrix, y)
        assert sparse.issparse(X_new)
        assert X_new.format == layout
    # Without names of columns, a data frame is one all the same.
    numbered = pd.DataFrame(X)
    sampler = HybridSampler(random_state=0)
    X_new, _ = sampler.fit_resample(numbered, y)
    pd.testing.assert_frame_equal(X_new, numbered.iloc[sampler.sample_indices_])


def test_strings_and_missing_values_are_drawn_as_they_are():
    y = ["N"] * 3 + ["V"]
    for X in ([["a"], ["b"], ["c"], ["d"]], [[1.0], [np.nan], [2.0], [np.inf]]):
        sampler = HybridSampler(random_state=0)
        X_new, _ = sampler.fit_resample(X, y)
        expected = np.array(X)[sampler.sample_indices_]
        np.testing.assert_array_equal(np.array(X_new), expected)


def test_tags_state_what_the_sampler_takes_and_keeps():
    tags = get_tags(HybridSampler())
    assert tags.input_tags.allow_nan is True
    assert tags.input_tags.string is True
    assert tags.sampler_tags.sample_indices is True


def test_bad_strategies_are_named(beats):
    X, y = beats
    with pytest.raises(ValueError, match=r"must name classes in y, got \['Z'\]"):
        HybridSampler({"Z": 3}).fit_resample(X, y)
    with pytest.raises(ValueError, match="at least 1, got 0 for class 'N'"):
        HybridSampler({"N": 0}).fit_resample(X, y)
    for strange in ("mean", 3, None):
        with pytest.raises(ValueError, match=r"^sampling_strategy must return a dict"):
            HybridSampler(lambda y, strange=strange: strange).fit_resample(X, y)
    for rows in (X[:-1], np.vstack([X, X])):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            HybridSampler().fit_resample(rows, y)
    with pytest.raises(ValueError, match="sampling_strategy"):
        HybridSampler("most").fit_resample(X, y)


def peak_of(resample):
    tracemalloc.start()
    result = resample()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result, peak


def test_costs_no_more_memory_than_the_two_samplers_in_a_row():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(20_000, 100)).astype(np.float32)
    y = np.repeat([0, 1, 2], [18_000, 1_500, 500])
    under = RandomUnderSampler(sampling_strategy={0: 6_666}, random_state=0)
    over = RandomOverSampler(sampling_strategy={1: 6_666, 2: 6_666}, random_state=0)

    (X_new, _), ours = peak_of(lambda: HybridSampler(random_state=0).fit_resample(X, y))
    _, theirs = peak_of(lambda: over.fit_resample(*under.fit_resample(X, y)))
    assert ours <= theirs
    # One copy of the data, and little beside it.
    assert ours < 1.3 * X_new.nbytes


def test_metadata_of_rows_is_refused(beats):
    X, y = beats
    values = np.ones(len(y))
    with pytest.raises(TypeError, match=r"sample_weight, age; .* by sample"):
        HybridSampler().fit_resample(X, y, sample_weight=values, age=values)


@pytest.mark.parametrize("missing", [None, np.nan])
def test_a_missing_label_is_named(missing):
    y = np.array(["N", "V", missing, "N"], dtype=object)
    for call in (HybridSampler().fit, HybridSampler().fit_resample):
        with pytest.raises(ValueError, match=r"None or NaN in 1 rows, .* row 2"):
            call(np.zeros((4, 2)), y)


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_other_frames_keep_their_names(beats, package):
    frames = pytest.importorskip(package)
    X, y = np.asarray(beats[0]), np.asarray(beats[1])
    names = [f"c{k}" for k in range(X.shape[1])]
    columns = dict(zip(names, X.T, strict=True))
    frame = frames.DataFrame(columns) if package == "polars" else frames.table(columns)
    sampler = HybridSampler(random_state=0)
    drawn, drawn_y = sampler.fit_resample(frame, y)
    expected, expected_y = HybridSampler(random_state=0).fit_resample(X, y)
    assert type(drawn) is type(frame)
    np.testing.assert_array_equal(np.asarray(drawn), expected)
    np.testing.assert_array_equal(drawn_y, expected_y)
    assert sampler.feature_names_in_.tolist() == names
    assert HybridSampler().fit(frame, y).feature_names_in_.tolist() == names
    for labels in (y[:-1], np.repeat(y, 2)):
        with pytest.raises(ValueError, match="inconsistent numbers of samples"):
            HybridSampler().fit_resample(frame, labels)
    with pytest.raises(ValueError, match="Expected array-like"):
        HybridSampler().fit_resample(frame, None)


@pytest.mark.parametrize("package", ["polars", "pyarrow"])
def test_other_frames_may_hold_strings_and_missing_values(package):
    frames = pytest.importorskip(package)
    columns = {"name": ["a", "b", "c", "d"], "value": [1.0, None, 3.0, 4.0]}
    frame = frames.DataFrame(columns) if package == "polars" else frames.table(columns)
    sampler = HybridSampler(random_state=0)
    drawn, _ = sampler.fit_resample(frame, list("NNNV"))
    assert type(drawn) is type(frame)
    take = frame.take if package == "pyarrow" else frame.__getitem__
    assert drawn.equals(take(sampler.sample_indices_))
