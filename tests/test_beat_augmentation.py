"""BeatAugmentation: each change alone, against what it should do."""

import numpy as np
import pytest
import torch
from sklearn.base import clone

from skecg import CNN1DClassifier
from skecg.augmentation import BeatAugmentation

NOTHING = {"stretch": 0.0, "gain": 0.0, "noise": 0.0}


@pytest.fixture
def beats():
    torch.manual_seed(0)
    return torch.rand(500, 2, 40)


def test_nothing_asked_for_changes_nothing(beats):
    assert torch.equal(BeatAugmentation(**NOTHING)(beats), beats)


def test_stretching_reads_a_line_at_other_times():
    torch.manual_seed(0)
    ramp = torch.arange(40.0).expand(300, 1, 40)
    stretched = BeatAugmentation(**{**NOTHING, "stretch": 0.1}, center=10)(ramp)
    assert torch.equal(stretched[:, 0, 10], torch.full((300,), 10.0))
    # One slope a beat, up to where the line ends and its last value is repeated.
    slopes = (stretched[:, 0, 20] - 10) / 10
    assert 0.9 <= slopes.min() < 0.92 and 1.08 < slopes.max() <= 1.1
    expected = (10 + slopes[:, None] * (torch.arange(40) - 10)).clamp(0, 39)
    torch.testing.assert_close(stretched[:, 0], expected)


def test_the_r_peak_of_a_layout_stays_in_its_place():
    fixed = BeatAugmentation(**{**NOTHING, "stretch": 0.1}, layout="centered")
    ramp = torch.arange(96.0).expand(50, 1, 96)
    assert torch.equal(fixed(ramp)[:, 0, 36], torch.full((50,), 36.0))
    with pytest.raises(ValueError, match="layout must be a Layout or one of"):
        BeatAugmentation(layout="round")
    for center in (3, -1, "x", 1.5):
        with pytest.raises(ValueError, match="center must be the number of a sample"):
            BeatAugmentation(center=center, layout="study")
    with pytest.raises(ValueError, match="layout must have samples"):
        BeatAugmentation(layout="features")
    with pytest.raises(ValueError, match=r"the 187 samples of .*, got 96"):
        BeatAugmentation(layout="study")(ramp)


def test_gain_is_one_factor_a_beat(beats):
    torch.manual_seed(0)
    factors = BeatAugmentation(**{**NOTHING, "gain": 0.2})(beats) / beats
    torch.testing.assert_close(factors, factors[:, :1, :1].expand(beats.shape))
    assert 0.8 <= factors.min() < 0.82 and 1.18 < factors.max() <= 1.2


def test_noise_has_the_deviation_asked_for(beats):
    torch.manual_seed(0)
    noise = BeatAugmentation(**{**NOTHING, "noise": 0.3})(beats) - beats
    # A uniform share u of 0.3 has a mean square of 0.3 squared over 3.
    assert noise.square().mean().sqrt().item() == pytest.approx(
        0.3 / np.sqrt(3), rel=0.05
    )


def test_a_fit_with_it_is_repeatable_and_survives_clone():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    X = rng.normal(size=(120, 30)) + 2 * y[:, None]
    clf = CNN1DClassifier(
        n_filters=(4, 4), max_epochs=2, augment=BeatAugmentation(), random_state=0
    )
    one, other = clone(clf).fit(X, y), clone(clf).fit(X, y)
    np.testing.assert_array_equal(one.predict_proba(X), other.predict_proba(X))
    plain = clone(clf).set_params(augment=None).fit(X, y)
    assert not np.array_equal(one.predict_proba(X), plain.predict_proba(X))


def test_a_single_sample_can_be_augmented():
    assert BeatAugmentation()(torch.ones(3, 1, 1)).shape == (3, 1, 1)


@pytest.mark.parametrize(
    ("augment", "came"),
    [
        (lambda beats: beats[:, :, :-1], r"got \(\d+, 1, 19\)"),
        (lambda beats: beats[:1], "return the same number of beats"),
        (lambda beats: None, "got NoneType"),
    ],
)
def test_what_is_no_stand_in_is_named(augment, came):
    X, y = np.zeros((40, 20)), np.arange(40) % 2
    clf = CNN1DClassifier(
        n_filters=(4, 4), max_epochs=1, augment=augment, validation_fraction=None
    )
    with pytest.raises(ValueError, match=f"augment must return .*{came}"):
        clf.fit(X, y)


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("value", [-0.1, np.nan, np.inf, "a", None])
def test_what_no_beat_can_have_is_refused(name, value):
    with pytest.raises(ValueError, match=f"{name} must be .*; got {value!r}"):
        BeatAugmentation(**{name: value})


@pytest.mark.parametrize("name", ["stretch", "gain"])
def test_a_beat_is_neither_played_backwards_nor_turned_over(name):
    with pytest.raises(ValueError, match=f"{name} must be a share .*; got 1"):
        BeatAugmentation(**{name: 1.0})
