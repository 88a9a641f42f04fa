"""Features of a beat relative to its recording, against rhythms made by hand."""

import numpy as np
import pandas as pd
import pytest
from plain_ecg import plain_ecg

from skecg.signal import extract_beats, get_layout
from skecg.signal._rhythm_features import sinus_intervals

FS = 120
RELATIVE = {  # to the number of columns of one lead
    "features": 30,
    "causal_features": 30,
    "context": 537,
    "causal_context": 537,
}


def recording(intervals, shapes=None, fs=FS, gain=1.0, n_leads=1):
    """Lay bumps at these intervals in seconds; a shape is (height, width in s)."""
    peaks = np.round(fs * (1 + np.cumsum([0.0, *intervals]))).astype(int)
    shapes = shapes or [(1.0, 0.02)] * len(peaks)
    time = np.arange(peaks[-1] + 2 * fs) / fs
    lead = sum(
        height * np.exp(-(((time - peak / fs) / width) ** 2))
        for peak, (height, width) in zip(peaks, shapes, strict=True)
    )
    gains = gain * np.linspace(1, 2, n_leads)
    return lead[:, np.newaxis] * gains, peaks


def features(*args, **kwargs):
    fs = kwargs.get("fs", FS)
    signal, peaks = recording(*args, **kwargs)
    beats = extract_beats(signal, fs, peaks, layout="features")
    return pd.DataFrame(beats.data, columns=beats.feature_names)


def test_a_regular_rhythm_of_equal_beats_has_nothing_to_tell():
    table = features([0.8] * 60)
    for name in table.filter(like="pre_rr_to"):
        np.testing.assert_allclose(table[name], 1, atol=0.02)
    np.testing.assert_allclose(table["rr_irregularity"], 0, atol=0.01)
    middle = table.iloc[5:-5]
    assert (middle["lead_0_qrs_correlation"] > 0.999).all()
    assert (middle["lead_0_qrs_difference"] < 0.01).all()
    np.testing.assert_allclose(table["family_share"], 1)


def test_a_premature_beat_is_early_by_every_measure():
    rhythm = [0.8] * 30 + [0.5, 1.0] + [0.8] * 30
    beat = features(rhythm).iloc[31]
    assert beat["pre_rr_to_sinus"] == pytest.approx(0.5 / 0.8, abs=0.01)
    assert beat["post_rr_to_sinus"] == pytest.approx(1.0 / 0.8, abs=0.01)
    assert beat["pre_rr_to_local"] == pytest.approx(0.5 / 0.8, abs=0.01)
    assert beat["pre_rr_to_previous"] == pytest.approx(0.5 / 0.8, abs=0.01)
    assert beat["pre_rr_in_irregularities"] < -20
    assert beat["pre_rr_in_deviations"] < -20


def test_a_long_run_of_premature_beats_is_early_in_its_middle():
    """The local median has long followed the run; the sinus interval has not."""
    table = features([0.9] * 200 + [0.5] * 100 + [0.9] * 50)
    assert table["pre_rr_to_local"].iloc[250] == pytest.approx(1, abs=0.01)
    assert table["pre_rr_to_sinus"].iloc[250] == pytest.approx(0.5 / 0.9, abs=0.01)


def test_the_sinus_interval_is_the_slow_one_even_where_it_is_rare():
    rng = np.random.default_rng(0)
    fast, slow = rng.normal(0.6, 0.02, 750), rng.normal(1.0, 0.03, 250)
    ((sinus, _),) = sinus_intervals(np.concatenate([fast, slow])[np.newaxis])
    assert sinus == pytest.approx(1.0, abs=0.01)
    # One group, wide as it may be, has its median.
    for one in (rng.normal(0.8, 0.05, 1000), rng.uniform(0.5, 1.0, 1000)):
        assert (sinus_intervals(one[np.newaxis]) == np.median(one)).all()


def test_fibrillation_is_irregular_and_bigeminy_is_not():
    rng = np.random.default_rng(0)
    fibrillation = features(rng.uniform(0.5, 1.1, 200))["rr_irregularity"]
    bigeminy = features([0.5, 1.0] * 100)["rr_irregularity"]
    assert fibrillation.min() > 0.03
    assert bigeminy.iloc[5:].max() < 0.01


def test_a_wide_beat_is_unlike_the_others():
    usual, wide = (1.0, 0.02), (-1.5, 0.07)
    shapes = [wide if i in (20, 40) else usual for i in range(61)]
    table = features([0.8] * 60, shapes)
    others = table.drop([20, 40])
    for beat in (20, 40):
        assert table.loc[beat, "qrs_correlation_mean"] < 0
        assert table.loc[beat, "family_share"] == pytest.approx(2 / 61, abs=1e-6)
        for name in ("difference", "size", "duration", "duration_excess", "breadth"):
            column = f"lead_0_qrs_{name}"
            assert table.loc[beat, column] > others[column].max()


@pytest.mark.parametrize(
    ("layout", "shares"),
    [
        ("features", {10: 2 / 2011, 20: 3 / 2021, 2016: 2 / 4001, 4190: 1 / 2010}),
        ("causal_features", {10: 1 / 11, 20: 2 / 21, 2016: 2 / 2001, 4190: 1 / 2001}),
    ],
)
def test_a_family_is_of_two_thousand_beats_to_either_side(layout, shares):
    """Beats 10, 20, 2016 and 4190 of 4,200 are wide."""
    time = np.arange(-48, 48) / FS
    beats = np.tile(np.exp(-((time / 0.02) ** 2)), (4200, 1))
    beats[list(shares)] = -1.5 * np.exp(-((time / 0.07) ** 2))
    peaks = 48 + 96 * np.arange(4200)
    rows = extract_beats(beats.ravel(), FS, peaks, layout=layout)
    column = next(i for i, x in enumerate(rows.feature_names) if "family_share" in x)
    found = {beat: rows.data[beat, column] for beat in shares}
    assert found == pytest.approx(shares, rel=1e-6)


def test_neither_gain_nor_offset_nor_rate_changes_a_feature():
    rng = np.random.default_rng(0)
    rhythm = rng.normal(0.8, 0.03, 80)
    signal, peaks = recording(rhythm, fs=360)
    plain = extract_beats(signal, 360, peaks, layout="features").data
    # Between the beats the sum is rounded to 3, which is flat.
    louder = extract_beats(
        7 * signal + 3, 360, peaks, layout="features", check_quality=False
    ).data
    np.testing.assert_allclose(louder[5:-5], plain[5:-5], rtol=1e-3, atol=1e-3)
    faster = recording(rhythm, fs=720)
    other = extract_beats(faster[0], 720, faster[1], layout="features").data
    n_rhythm = 8  # later columns divide by irregularities as small as the rounding
    np.testing.assert_allclose(
        other[5:-5, : n_rhythm - 1], plain[5:-5, : n_rhythm - 1], atol=0.02
    )


def test_leads_have_columns_of_their_own():
    signal, peaks = recording([0.8] * 20, n_leads=2)
    frame = pd.DataFrame(signal, columns=["MLII", "V1"])
    beats = extract_beats(frame, FS, peaks, layout="features")
    assert (beats.n_channels, beats.n_aux_features) == (0, beats.data.shape[1])
    table = pd.DataFrame(beats.data, columns=beats.feature_names)
    assert table.columns.is_unique
    np.testing.assert_allclose(
        table.filter(regex="^MLII_"), table.filter(regex="^V1_"), atol=1e-6
    )
    assert table.dtypes.eq(np.float32).all()


def test_causal_columns_have_other_names():
    leads = ["MLII", "V1"]
    plain = get_layout("features").feature_names(leads)
    causal = get_layout("causal_features").feature_names(leads)
    assert causal == [f"{name}_causal" for name in plain]
    with pytest.raises(ValueError, match=r"got 'MLII'; pass \['MLII'\]"):
        get_layout("features").feature_names("MLII")


def rhythm_of_all_kinds(n_beats=260):
    """Early, late, wide and irregular beats of two leads, in noise."""
    rng = np.random.default_rng(0)
    is_early = rng.random(n_beats) < 0.1
    rhythm = np.where(is_early, 0.5, rng.normal(0.8, 0.04, n_beats))
    rhythm[200:] = rng.uniform(0.4, 1.2, n_beats - 200)
    shapes = [(-1.5, 0.07) if k % 13 == 0 else (1.0, 0.02) for k in range(n_beats + 1)]
    return rhythm, shapes, rng


@pytest.mark.parametrize("layout", ["causal_features", "causal_context"])
@pytest.mark.parametrize("fs", [120, 250, 360])
def test_causal_features_hang_on_nothing_that_comes_later(fs, layout):
    rhythm, shapes, rng = rhythm_of_all_kinds()
    signal, peaks = recording(rhythm, shapes, fs=fs, n_leads=2)
    signal += rng.normal(0.5, 0.05, signal.shape)
    whole = extract_beats(signal, fs, peaks, layout=layout).data
    for beat in [*range(20), 59, 101, 199, 200, 201, 230, 259]:
        end = max(peaks[beat + 1], peaks[beat] + int(0.75 * fs)) + 1
        known = peaks[: beat + 2]
        rows = extract_beats(signal[:end], fs, known, layout=layout).data
        np.testing.assert_array_equal(rows[: beat + 1], whole[: beat + 1])


def test_a_gap_changes_no_causal_feature_before_it_and_adds_no_step_after_it():
    rhythm, shapes, rng = rhythm_of_all_kinds()
    signal, peaks = recording(rhythm[:100], shapes[:101], n_leads=2)
    signal += rng.normal(0, 0.005, signal.shape)
    whole = extract_beats(signal, FS, peaks, layout="causal_features")
    start, stop = peaks[60] + 40, peaks[63] + 50
    gappy = signal.copy()
    gappy[start:stop, 0] = np.nan
    # The lead comes back at another level, which a line would lead to.
    gappy[stop:, 0] += 20
    beats = extract_beats(gappy, FS, peaks, layout="causal_features")
    unreadable = beats.unreadable.index
    assert unreadable.tolist() == [60, 61, 62, 63, 64]
    np.testing.assert_array_equal(beats.data[:60], whole.data[:60])
    np.testing.assert_allclose(beats.data[70:, 0], whole.data[75:, 0], rtol=0.05)
    names = [x for x in beats.feature_names if "lead_0_qrs_correlation" in x]
    column = beats.feature_names.index(names[0])
    is_usual = whole.data[65:, column] > 0.99
    assert is_usual.sum() > 25
    assert (beats.data[60:, column][is_usual] > 0.98).all()


def test_causal_features_come_to_say_what_the_others_say():
    rhythm, shapes, _ = rhythm_of_all_kinds()
    signal, peaks = recording(rhythm[:200], shapes[:201])
    names = get_layout("features").feature_names(["lead_0"])
    full, causal = (
        pd.DataFrame(
            extract_beats(signal, FS, peaks, layout=layout).data, columns=names
        )
        for layout in ("features", "causal_features")
    )
    later = slice(100, -1)
    for name in ("pre_rr_to_sinus", "qrs_correlation_mean", "family_share"):
        assert np.corrcoef(full[name][later], causal[name][later])[0, 1] > 0.95, name


def test_a_beat_without_the_usual_p_wave_has_lost_it():
    signal, peaks = recording([0.8] * 60)
    time = np.arange(len(signal)) / FS
    for beat, peak in enumerate(peaks):
        if beat not in (20, 40):
            center = peak / FS - 0.16
            signal[:, 0] += 0.15 * np.exp(-(((time - center) / 0.025) ** 2))
    for layout in ("features", "causal_features"):
        beats = extract_beats(signal, FS, peaks, layout=layout)
        names = get_layout("features").feature_names(["lead_0"])
        table = pd.DataFrame(beats.data, columns=names).iloc[5:]
        assert (table["p_constancy"] > 0.95).all()
        assert (table.loc[[20, 40], "p_lost"] > 0.5).all()
        assert (table.drop([20, 40])["p_lost"] < 0.05).all()


def test_nobody_loses_a_p_wave_where_there_is_none():
    signal, peaks = recording([0.8] * 60)
    signal = signal + np.random.default_rng(0).normal(0, 0.05, signal.shape)
    beats = extract_beats(signal, FS, peaks, layout="features")
    table = pd.DataFrame(beats.data, columns=beats.feature_names)
    assert table["p_lost"].max() < 0.5


@pytest.mark.parametrize("layout", RELATIVE)
@pytest.mark.parametrize("n_beats", [0, 1, 2, 3, 12])
def test_few_beats_and_a_flat_lead_have_finite_features(n_beats, layout):
    peaks = 100 * np.arange(1, n_beats + 1)
    beats = extract_beats(np.zeros(1500), FS, peaks, layout=layout, check_quality=False)
    assert beats.data.shape == (n_beats, RELATIVE[layout])
    assert np.isfinite(beats.data).all()


@pytest.mark.parametrize("layout", RELATIVE)
def test_the_unit_of_the_signal_does_not_matter(layout):
    signal, peaks = plain_ecg(40, 250, n_leads=2)
    usual = extract_beats(signal, 250, peaks, layout=layout).data
    # Low leads in volts, and digital units.
    for unit in (1e-5, 1e3):
        beats = extract_beats(signal * unit, 250, peaks, layout=layout)
        np.testing.assert_allclose(beats.data, usual, atol=1e-5)
