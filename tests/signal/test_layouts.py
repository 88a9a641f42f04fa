"""Layouts: what they state holds for the rows that they cut."""

import pickle
from dataclasses import FrozenInstanceError, dataclass

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from skecg import CNN1DClassifier
from skecg.datasets import make_beats
from skecg.signal import Layout, extract_beats, get_layout, list_layouts

VARIANTS = [
    *(get_layout(name) for name in list_layouts()),
    get_layout("centered", rr="causal"),
    get_layout("centered", rr=None),
]
N_COLUMNS = {  # one lead, two leads
    "study": (187, None),
    "centered": (102, 198),
    "features": (30, 42),
    "causal_features": (30, 42),
    "context": (None, 537),
    "causal_context": (None, 537),
}


@pytest.fixture(scope="module")
def recording():
    """Ten seconds of two leads at 360 Hz with a beat a second."""
    time = np.arange(3600) / 360
    lead = np.exp(-(((time % 1) - 0.5) ** 2) / 2e-4) + 0.1 * np.sin(time)
    return pd.DataFrame({"MLII": lead, "V1": -lead}), np.arange(180, 3600, 360)


@pytest.mark.parametrize("layout", VARIANTS, ids=repr)
def test_layout_describes_its_rows(recording, layout):
    signal, r_peaks = recording
    for n_leads in (1, 2):
        if layout.n_leads == 1 and n_leads == 2:
            continue
        leads = list(signal)[:n_leads]
        beats = extract_beats(signal[leads], 360, r_peaks, layout=layout)
        if layout.takes_fewer_leads:
            leads += [f"absent_{lead}" for lead in range(n_leads, layout.n_leads)]
        n_columns = beats.data.shape[1]
        assert beats.layout == layout
        assert beats.feature_names == layout.feature_names(leads)
        assert len(beats.feature_names) == n_columns
        assert layout.count_leads(n_columns) == len(leads)
        n_channels, n_aux = layout.count_columns(n_columns)
        assert (beats.n_channels, beats.n_aux_features) == (n_channels, n_aux)
        assert n_channels * layout.n_samples + n_aux == n_columns
        assert tuple(beats.feature_names[n_columns - n_aux :]) == layout.aux_names(
            leads
        )


@pytest.mark.parametrize("name", list_layouts())
def test_number_of_columns_by_hand(name):
    layout = get_layout(name)
    for n_leads, n_columns in enumerate(N_COLUMNS[name], start=1):
        if n_columns is not None:
            assert layout.count_leads(n_columns) == n_leads
            with pytest.raises(ValueError, match=f"got {n_columns + 1};"):
                layout.count_leads(n_columns + 1)
    with pytest.raises(ValueError, match=r"Rows of .* have .*, got 1;"):
        layout.count_leads(1)


def test_r_peak_is_at_n_before():
    signal = np.zeros(1200)
    signal[600] = 1.0
    for layout in (get_layout("centered", rr=None), get_layout("study")):
        beats = extract_beats(
            signal, 120, [600, 800, 1000], layout=layout, check_quality=False
        )
        assert beats.data[0].argmax() == layout.n_before
    assert layout.fs == 120


@pytest.mark.parametrize("fs", [100, 100.65, 104, 119, 120, 360])
@pytest.mark.parametrize("layout", VARIANTS, ids=repr)
def test_causal_rows_do_not_depend_on_what_follows(recording, layout, fs):
    signal, r_peaks = recording
    signal = signal[["MLII"]]
    if not layout.is_causal:
        assert layout.n_peaks_after is layout.seconds_after is None
        return
    whole = extract_beats(signal, fs, r_peaks, layout=layout)
    for beat in range(2, 7):
        last_peak = r_peaks[beat + layout.n_peaks_after]
        end = max(last_peak, r_peaks[beat] + int(fs * layout.seconds_after)) + 1
        known = r_peaks[r_peaks < end]
        cut = extract_beats(signal[:end], fs, known, layout=layout)
        np.testing.assert_allclose(cut.data[beat], whole.data[beat], atol=1e-6)


@pytest.mark.parametrize("layout", VARIANTS, ids=repr)
def test_names_of_columns_tell_the_leads(layout):
    leads = ["MLII", "V1"][: layout.n_leads]
    names = layout.feature_names(leads)
    # The names of the study's layout do not contain a lead's.
    assert layout.read_leads(names) == (["lead_0"] if layout.n_leads == 1 else leads)
    for other in VARIANTS:
        if other != layout:
            assert other.read_leads(names) is None


def test_layouts_are_values():
    layout = get_layout("centered", rr="causal", n_leads=2)
    assert layout == get_layout("centered", n_leads=2, rr="causal")
    assert len({layout, pickle.loads(pickle.dumps(layout))}) == 1
    assert get_layout(layout) is layout
    assert repr(layout) == "get_layout('centered', rr='causal', n_leads=2)"
    assert get_layout("features", is_causal=True) == get_layout("causal_features")
    with pytest.raises(FrozenInstanceError):
        layout.rr = "full"


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("round", {}, r"one of \['study', .*\], got 'round'"),
        (3, {}, "got 3"),
        ("features", {"rr": "causal"}, "'features' has no option rr; it has is_caus"),
        ("study", {"n_leads": 2}, "'study' has no option n_leads; it has none"),
        ("centered", {"rr": "half"}, r"rr must be one of .* or None, got 'half'"),
        ("centered", {"n_leads": 0}, "n_leads must be a whole number .*, got 0"),
        ("features", {"n_leads": True}, "n_leads must be .*, got True"),
        ("context", {"n_leads": 0}, "n_leads must be a whole number .*, got 0"),
        ("context", {"n_leads": None}, "a number in the layout 'context', got None;"),
        ("context", {"rr": None}, "has no option rr; it has is_causal, n_leads"),
        (get_layout("study"), {"rr": None}, "with rr; pass its name"),
    ],
)
def test_unknown_layouts_and_options_are_named(name, options, message):
    with pytest.raises(ValueError, match=message):
        get_layout(name, **options)


def test_a_layout_with_a_fixed_number_of_leads_refuses_others(recording):
    signal, r_peaks = recording
    layout = get_layout("centered", n_leads=2)
    assert extract_beats(signal, 360, r_peaks, layout=layout).n_channels == 2
    with pytest.raises(ValueError, match=r"leads must have length 2 in .* got 1"):
        extract_beats(signal[["V1"]], 360, r_peaks, layout=layout)
    with pytest.raises(ValueError, match="n_leads must be 2 in"):
        make_beats(20, layout=layout, n_leads=1)


@pytest.mark.parametrize("name", list_layouts())
def test_bunches_carry_their_layout(name):
    beats = make_beats(60, layout=name, n_subjects=2, random_state=0, as_frame=True)
    assert beats.layout == get_layout(name)
    leads = [f"lead_{lead}" for lead in range(beats.layout.n_leads or 1)]
    assert beats.layout.read_leads(beats.data.columns) == leads
    divided = beats.layout.count_columns(beats.data.shape[1])
    assert (beats.n_channels, beats.n_aux_features) == divided


SMALL = {"n_filters": (4,), "max_epochs": 1, "validation_fraction": None}


def test_a_classifier_takes_a_layout_in_place_of_numbers_of_columns():
    beats = make_beats(90, layout="centered", n_leads=2, random_state=0)
    by_layout = CNN1DClassifier(layout=beats.layout, random_state=0, **SMALL)
    by_numbers = CNN1DClassifier(
        n_channels=2, n_aux_features=6, random_state=0, **SMALL
    )
    X, y = beats.data, beats.target
    proba = clone(by_layout).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(proba, by_numbers.fit(X, y).predict_proba(X))
    again = pickle.loads(pickle.dumps(by_layout.fit(X, y)))
    np.testing.assert_array_equal(again.predict_proba(X), proba)


@pytest.mark.parametrize(
    ("params", "n_columns", "message"),
    [
        ({"layout": "study"}, 102, "Rows of .*'study'.* have 187 columns, got 102"),
        (
            {"layout": "centered"},
            187,
            "102 columns and 96 for each further .*, got 187",
        ),
        ({"layout": "features"}, 42, "layout must have samples"),
        ({"layout": "centered", "n_channels": 1}, 198, "n_channels must be 2"),
        ({"layout": "study", "n_aux_features": 2}, 187, "n_aux_features must be 0"),
        ({"layout": "round"}, 187, "one of .*, got 'round'"),
        ({"n_channels": 2}, 187, "cannot divide into leads of equal length"),
    ],
)
def test_a_classifier_refuses_columns_that_its_layout_cannot_have(
    params, n_columns, message
):
    X = np.zeros((20, n_columns), dtype=np.float32)
    with pytest.raises(ValueError, match=message):
        CNN1DClassifier(**params, **SMALL).fit(X, np.arange(20) % 2)


def test_column_names_of_another_layout_are_refused_without_a_layout_too():
    frame = {
        name: make_beats(40, layout=name, random_state=0, as_frame=True).data
        for name in ("study", "centered", "features")
    }
    y = np.arange(40) % 2
    bare = CNN1DClassifier(**SMALL)
    assert bare.fit(frame["study"], y).predict(frame["study"]).shape == (40,)
    for name in ("centered", "features"):
        with pytest.raises(ValueError, match=f"X has the columns of .*{name}"):
            bare.fit(frame[name], y)
    told = CNN1DClassifier(n_aux_features=6, **SMALL).fit(frame["centered"], y)
    assert told.predict(frame["centered"]).shape == (40,)
    # Fitted on rows without names, it is asked about those of another layout.
    bare.fit(frame["centered"].to_numpy(), y)
    with (
        pytest.warns(UserWarning, match="fitted without feature names"),
        pytest.raises(ValueError, match=r"set layout=get_layout\('centered'\)"),
    ):
        bare.predict(frame["centered"])
    # Names that belong to no layout are the user's own.
    own = frame["study"].set_axis([f"t{i}" for i in range(187)], axis=1)
    assert bare.fit(own, y).predict(own).shape == (40,)
    assert CNN1DClassifier(layout="study", **SMALL).fit(own, y).n_features_in_ == 187


def test_columns_of_the_layout_in_another_order_are_refused():
    """A preset and a network read columns by position."""
    beats = make_beats(60, layout="centered", random_state=0, as_frame=True)
    X, y = beats.data, np.arange(60) % 2
    clf = CNN1DClassifier(layout=beats.layout, **SMALL).fit(X, y)
    rhythm_first = X[[*X.columns[96:], *X.columns[:96]]]
    for wrong in (rhythm_first, X.rename(columns={"pre_rr": "banana"})):
        with pytest.raises(ValueError, match=r"columns of .* in their order, but has"):
            clone(clf).fit(wrong, y)
    clf.fit(X.to_numpy(), y)
    with (
        pytest.warns(UserWarning, match="fitted without feature names"),
        pytest.raises(ValueError, match="in their order"),
    ):
        clf.predict(rhythm_first)


def test_leads_without_rhythm_are_recognised_by_name():
    layout = get_layout("centered", rr=None)
    beats = make_beats(40, layout=layout, n_leads=2, random_state=0, as_frame=True)
    with pytest.raises(ValueError, match=r"2 leads .* set layout=.*rr=None"):
        CNN1DClassifier(**SMALL).fit(beats.data, np.arange(40) % 2)


def test_a_layout_set_after_the_fit_does_not_change_predictions():
    beats = make_beats(60, layout="centered", random_state=0, as_frame=True)
    clf = CNN1DClassifier(layout=beats.layout, **SMALL)
    clf.fit(beats.data, np.arange(60) % 2)
    proba = clf.predict_proba(beats.data)
    clf.set_params(layout="study")
    np.testing.assert_array_equal(clf.predict_proba(beats.data), proba)
    again = pickle.loads(pickle.dumps(clf))
    np.testing.assert_array_equal(again.predict_proba(beats.data), proba)


@dataclass(frozen=True)
class Peaks(Layout):
    """A user's own layout: the sample at each R peak but the first."""

    name = "peaks"
    fs = 360
    n_before = 0
    n_after = 1
    n_leads = None
    is_causal = True
    n_peaks_after = 0
    seconds_after = 0.0
    takes_marks = False

    def aux_names(self, leads):
        return ("number",)

    def cut(self, signal, fs, r_peaks, marks):
        rows = signal[r_peaks[1:]].astype(np.float32)
        numbers = np.arange(1, len(r_peaks), dtype=np.float32)
        return np.column_stack([rows, numbers]), np.arange(1, len(r_peaks))


def test_a_layout_of_ones_own_works_everywhere(recording):
    signal, r_peaks = recording
    layout = Peaks()
    assert repr(layout) == "Peaks()"
    beats = extract_beats(signal, 360, r_peaks, layout=layout)
    assert beats.feature_names == ["MLII_sample_0", "V1_sample_0", "number"]
    assert (beats.n_channels, beats.n_aux_features) == (2, 1)
    np.testing.assert_array_equal(beats.indices, np.arange(1, len(r_peaks)))
    np.testing.assert_allclose(beats.data[:, 0], signal["MLII"][r_peaks[1:]], rtol=1e-6)
    # The layout leaves out the first beat of each of four recordings.
    made = make_beats(200, layout=layout, n_subjects=4, random_state=0)
    whole = make_beats(200, layout="centered", n_subjects=4, random_state=0)
    assert len(made.data) == len(made.target) == 196
    for name in ("target", "records", "r_peaks", "symbols"):
        for record in np.unique(whole.records):
            expected = whole[name][whole.records == record][1:]
            np.testing.assert_array_equal(made[name][made.records == record], expected)


def test_a_fixed_number_of_leads_is_that_of_the_names():
    with pytest.raises(
        ValueError, match=r"leads must have length 1 in .* got 2: \['a', 'b'\]"
    ):
        get_layout("study").feature_names(["a", "b"])
    assert make_beats(20, layout=get_layout("features", n_leads=2)).data.shape[1] == 42
