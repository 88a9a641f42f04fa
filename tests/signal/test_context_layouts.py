"""Windows of a beat with the columns of the beats around, against values by hand."""

import numpy as np
import pandas as pd
import pytest
from annotated import mixed_ecg
from plain_ecg import plain_ecg

from skecg import CNN1DClassifier
from skecg.signal import extract_beats, get_layout
from skecg.signal._filtered_leads import filtered_leads

FS = 120
N_BEATS, N_COLUMNS, N_SAMPLES = 15, 19, 63
AROUND = {"context": range(-7, 8), "causal_context": range(-14, 1)}
LAYOUTS = pytest.mark.parametrize("layout", AROUND)


def parts(data, n_leads=2):
    """Return the windows, the columns of the context and the differences of rows."""
    windows, context, differences = np.split(
        data, [n_leads * N_SAMPLES, n_leads * N_SAMPLES + N_BEATS * N_COLUMNS], axis=1
    )
    by_lead = (len(data), n_leads, N_SAMPLES)
    return (
        windows.reshape(by_lead),
        context.reshape(len(data), N_BEATS, N_COLUMNS),
        differences.reshape(by_lead),
    )


def mixed(fs=250, seconds=90, **options):
    return mixed_ecg(pattern="NNANNNVNNNNNVVN", fs=fs, seconds=seconds, **options)


def cut(signal, peaks, position):
    """Return the windows of 126 samples that start 54 before the R peaks, moved."""
    first = peaks + position - 54
    return np.stack([signal[:, start : start + 126] for start in first], axis=1)


def likeness(windows, usual):
    """Return the correlation of QRS complexes with the usual ones, mean of leads."""
    qrs = slice(54 - 12, 54 + 18)
    pairs = zip(windows[..., qrs], usual[..., qrs], strict=True)
    return np.mean(
        [[np.corrcoef(x, one)[0, 1] for x in lead] for lead, one in pairs], axis=0
    )


def test_windows_are_pairs_of_samples_in_units_of_the_usual_qrs():
    signal, peaks = plain_ecg(60, FS, n_leads=2)
    # Every tenth beat is wide. None comes early.
    time = np.arange(len(signal))
    for peak in peaks[5::10]:
        signal += np.outer(np.exp(-(((time - peak) / 8.0) ** 2)), [-2.0, 1.5])
    windows, _, differences = parts(
        extract_beats(signal, FS, peaks, layout="context").data
    )
    leads = filtered_leads(signal, FS, is_causal=False)
    inner = peaks[1:-1]  # whose windows, moved anywhere, are inside the recording
    median = np.median(cut(leads, inner, 0), axis=1)
    shifts = np.arange(-6, 7)
    moved = np.stack([cut(leads, inner, shift) for shift in shifts])
    alike = np.stack([likeness(x, median) for x in moved])
    best = alike.argmax(axis=0)
    own = moved[best, :, np.arange(len(inner))].swapaxes(0, 1)
    is_usual = alike.max(axis=0) >= np.median(alike.max(axis=0)) - 0.1
    assert 3 < (~is_usual).sum() < 10
    usual = np.median(own[:, is_usual], axis=1)
    peak = np.abs(usual[:, 42:72]).max(axis=1)
    by_hand = own.reshape(2, -1, 63, 2).mean(axis=-1) / peak[:, None, None]
    template = usual.reshape(2, 63, 2).mean(axis=-1) / peak[:, None]
    found = windows[1:-1].swapaxes(0, 1)
    # Two beats at the ends are missing from the median here.
    np.testing.assert_allclose(found, by_hand, atol=0.01)
    np.testing.assert_allclose(
        differences[1:-1].swapaxes(0, 1), by_hand - template[:, None], atol=0.01
    )
    # The R peak is at sample 27, and the peak of the usual QRS is 1.
    typical = np.abs(found[:, is_usual])
    assert np.isin(typical.argmax(axis=-1), [26, 27]).all()
    assert 0.7 < typical.max(axis=-1).min() and typical.max(axis=-1).max() < 1.2


@LAYOUTS
def test_columns_of_a_beat_are_its_features(layout):
    signal, peaks, _ = mixed()
    rows = extract_beats(signal, 250, peaks, layout=layout)
    table = pd.DataFrame(rows.data, columns=rows.feature_names)
    suffix = "_causal" if layout == "causal_context" else ""
    other = "causal_features" if suffix else "features"
    features = extract_beats(signal, 250, peaks, layout=other)
    features = pd.DataFrame(features.data, columns=features.feature_names)
    features.columns = [name.removesuffix("_causal") for name in features]

    def assert_column(name, expected):
        np.testing.assert_allclose(
            table[f"{name}_+0{suffix}"],
            np.clip(expected, -4, 4),
            rtol=1e-4,
            atol=1e-4,
            err_msg=name,
        )

    assert_column("is_beat", np.ones(len(peaks)))
    for ratio in (
        "pre_rr_to_sinus",
        "pre_rr_to_local",
        "pre_rr_to_typical",
        "pre_rr_to_previous",
        "post_rr_to_local",
        "post_rr_to_typical",
    ):
        assert_column(f"log_{ratio}", np.log(features[ratio]))
    irregularity = features["rr_irregularity"].clip(0.005, 2)
    assert_column("log_rr_irregularity", np.log(irregularity) / 2 + 1)
    for deviation in ("pre_rr_in_irregularities", "pre_rr_in_deviations"):
        assert_column(deviation, features[deviation] / 10)
    assert_column("family_share", np.log(features["family_share"] + 1e-4) / 3)
    plain = ["p_lost", "qrs_correlation_mean", "qrs_correlation_min"]
    for name in [*plain, "family_pre_rr", "family_post_rr"]:
        assert_column(name, features[name])
    pre = np.diff(peaks) / 250
    first = pre[0] if suffix else np.median(pre)
    assert_column("log_pre_rr", np.log([first, *pre]))


@LAYOUTS
def test_columns_of_the_beats_around_are_those_of_their_own_rows(layout):
    signal, peaks, _ = mixed(seconds=60)
    rows = extract_beats(signal, 250, peaks, layout=layout)
    _, context, _ = parts(rows.data)
    own = context[:, AROUND[layout].index(0)]
    for place, beat in enumerate(AROUND[layout]):
        number = np.arange(len(peaks)) + beat
        is_there = (number >= 0) & (number < len(peaks))
        np.testing.assert_array_equal(
            context[is_there, place], own[number[is_there]], err_msg=f"beat {beat:+d}"
        )
        assert not context[~is_there, place].any()
        suffix = "_causal" if layout == "causal_context" else ""
        column = rows.feature_names.index(f"is_beat_{beat:+d}{suffix}")
        np.testing.assert_array_equal(rows.data[:, column], is_there)
    assert len(np.unique(own[:, 1:], axis=0)) == len(peaks)


def test_causal_columns_have_other_names():
    plain, causal = (get_layout(name).feature_names(["a", "b"]) for name in AROUND)
    assert plain[:126] == causal[:126]
    assert plain[126] == "is_beat_-7" and causal[126] == "is_beat_-14_causal"
    assert not set(plain[126:]) & set(causal[126:])
    assert len(set(plain)) == len(set(causal)) == 537


@LAYOUTS
def test_gain_and_polarity_change_no_column_of_the_context(layout):
    signal, peaks, _ = mixed()
    usual = extract_beats(signal, 250, peaks, layout=layout).data
    quieter = extract_beats(0.8 * signal, 250, peaks, layout=layout).data
    np.testing.assert_allclose(quieter, usual, atol=1e-5)
    turned = extract_beats(signal * [-1, 1], 250, peaks, layout=layout).data
    for found, expected in zip(parts(turned), parts(usual), strict=True):
        if found.shape[1] == N_BEATS:
            np.testing.assert_allclose(found, expected, atol=1e-5)
        else:
            np.testing.assert_allclose(found[:, 0], -expected[:, 0], atol=1e-5)
            np.testing.assert_allclose(found[:, 1], expected[:, 1], atol=1e-5)


@LAYOUTS
def test_leads_that_are_not_there_are_zeros(layout):
    signal, peaks, _ = mixed(n_leads=1)
    frame = pd.DataFrame(signal, columns=["MLII"])
    two = extract_beats(frame, 250, peaks, layout=layout)
    one = extract_beats(frame, 250, peaks, layout=get_layout(layout, n_leads=1))
    assert (two.n_channels, one.n_channels) == (2, 1)
    for found, expected in zip(parts(two.data), parts(one.data, 1), strict=True):
        n_there = expected.shape[1]
        np.testing.assert_array_equal(found[:, :n_there], expected)
        assert not found[:, n_there:].any()
    assert two.layout.read_leads(two.feature_names) == ["MLII", "absent_1"]
    assert two.layout.takes_fewer_leads
    absent = [name.startswith("absent_1_") for name in two.feature_names]
    assert sum(absent) == 2 * N_SAMPLES
    assert not two.data[:, absent].any()


def test_twelve_leads_and_fewer_of_them():
    layout = get_layout("context", n_leads=12)
    signal, peaks, _ = mixed(seconds=40, n_leads=12)
    beats = extract_beats(signal, 250, peaks, layout=layout)
    assert (beats.n_channels, beats.n_aux_features) == (12, 285 + 12 * 63)
    windows, _, differences = parts(beats.data, 12)
    assert windows.any(axis=2).all() and differences.any(axis=2).all()
    three = extract_beats(signal[:, :3], 250, peaks, layout=layout)
    windows, _, differences = parts(three.data, 12)
    assert windows[:, :3].any() and not windows[:, 3:].any()
    assert not differences[:, 3:].any()
    names = [f"lead_{x}" if x < 3 else f"absent_{x}" for x in range(12)]
    assert layout.read_leads(three.feature_names) == names


def test_more_leads_than_a_row_has_are_refused_if_they_are_named():
    signal, peaks, _ = mixed(seconds=40, n_leads=3)
    first = extract_beats(signal, 250, peaks, layout="context").data
    two = extract_beats(signal[:, :2], 250, peaks, layout="context").data
    np.testing.assert_array_equal(first, two)
    with pytest.raises(ValueError, match=r"leads must have length 2 in .* got 3"):
        extract_beats(signal, 250, peaks, layout="context", leads=[0, 1, 2])


@LAYOUTS
def test_artefacts_do_not_leave_the_range(layout):
    signal, peaks, _ = mixed(seconds=40)
    signal[peaks[10] - 5 : peaks[10] + 5] += 500
    beats = extract_beats(signal, 250, peaks, layout=layout, check_quality=False)
    windows, context, differences = parts(beats.data)
    assert np.abs(windows).max() == np.abs(differences).max() == 6
    assert np.abs(context).max() <= 4


@pytest.mark.parametrize("n_leads", [1, 2, 3])
@LAYOUTS
def test_the_names_of_the_columns_identify_the_layout(layout, n_leads):
    """So that a classifier without a layout refuses them."""
    own = get_layout(layout, n_leads=n_leads)
    names = own.feature_names(["MLII", "V1", "absent_2"][:n_leads])
    X = pd.DataFrame(np.zeros((20, len(names)), np.float32), columns=names)
    y = np.arange(20) % 2
    with pytest.raises(ValueError, match="X has the columns of get_layout") as caught:
        CNN1DClassifier().fit(X, y)
    assert repr(own) in str(caught.value)
    assert repr(own).count("n_leads") == (n_leads != 2)
    other = "context" if layout == "causal_context" else "causal_context"
    with pytest.raises(ValueError, match="has the column names of") as caught:
        CNN1DClassifier(layout=get_layout(other, n_leads=n_leads)).fit(X, y)
    assert repr(own) in str(caught.value)
