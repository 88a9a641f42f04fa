"""Annotators of beats with the beats around: one classifier for leads and peaks."""

from functools import partial

import joblib
import numpy as np
import pytest
from annotated import mixed_ecg, mixed_recording, recording_with_artefacts
from sklearn.tree import DecisionTreeClassifier

from skecg import BeatAnnotator, NetworkClassifier, Recording, aami
from skecg.annotation import StreamingAnnotator
from skecg.detection import StreamingRPeakDetector, detect_r_peaks
from skecg.metrics import compare_annotations
from skecg.modules import ContextNetwork
from skecg.signal import extract_beats, get_layout

# In each another rhythm, so that it is no shorter way to the classes.
PATTERNS = ["NNNNNNVNNNANN", "NNANNNNNVN", "NNNVNANNNNN", "NANNNNVVNNN"]
TRAINING = [recording_with_artefacts(*given)[:2] for given in enumerate(PATTERNS)]
LAYOUTS = ["context", "causal_context"]


def fitted(layout="context", classifier=None, **options):
    """Return an annotator with a small network, or another classifier."""
    if classifier is None:
        classifier = NetworkClassifier(
            partial(ContextNetwork, n_filters=16, n_embedding=8, n_hidden=16),
            layout=layout,
            max_epochs=12,
            batch_size=64,
            lr=4e-3,
            lr_schedule="one_cycle",
            class_weight="balanced",
            validation_fraction=None,
            random_state=0,
        )
    annotator = BeatAnnotator(classifier, layout=layout, **options)
    return annotator.fit(*zip(*TRAINING, strict=True))


@pytest.fixture(scope="module")
def annotators():
    return {layout: fitted(layout) for layout in LAYOUTS}


@pytest.fixture(scope="module", params=LAYOUTS)
def annotator(annotators, request):
    return annotators[request.param]


@pytest.fixture(scope="module")
def causal(annotators):
    return annotators["causal_context"]


def scores(recording, annotated, annotations):
    report = compare_annotations(
        annotations,
        annotated.annotations,
        fs=recording.fs,
        sig_len=recording.n_samples,
        start=0,
    )
    return report.gross[["qrs_f1", "veb_f1", "sveb_f1"]]


def near(samples, artefacts):
    """Return which samples are within 0.1 s of an artefact."""
    return np.abs(np.asarray(samples)[:, None] - artefacts).min(axis=1) < 25


@pytest.mark.parametrize("leads", [("II", "V1"), ("II",), ("V5",)])
def test_one_classifier_reads_one_lead_and_two(annotator, leads):
    assert annotator.lead_counts_ == (2, 1)
    assert annotator.models_[2] is annotator.models_[1]
    assert annotator.class_names_ == ["N", "S", "V"]
    recording, annotations = mixed_recording(leads, pattern="NNANNNVNNN", seed=11)
    annotated = annotator.annotate(recording, annotations[0])
    assert annotated.leads == leads
    assert (scores(recording, annotated, annotations) > 0.9).all()
    own = annotator.annotate(recording)
    assert (scores(recording, own, annotations) > 0.9).all()
    probabilities = annotated.table.filter(like="probability")
    assert list(probabilities) == ["probability_N", "probability_S", "probability_V"]
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_surplus_peaks_are_dropped_and_counted(annotator):
    recording, _, artefacts = recording_with_artefacts(9)
    detected = detect_r_peaks(recording)
    annotated = annotator.annotate(recording)
    assert annotator.surplus_models_ == {}
    assert aami.NOT_A_BEAT in annotator.models_[2].classes_
    assert annotator.card_.n_surplus > 20
    assert near(detected, artefacts).sum() > 5
    assert near(annotated.table["sample"], artefacts).sum() <= 1
    assert annotated.n_dropped == len(detected) - len(annotated.table)
    assert annotated.n_dropped <= near(detected, artefacts).sum() + 1
    probabilities = annotated.table.filter(like="probability")
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)


def test_given_peaks_are_never_dropped(annotator):
    recording, (peaks, _), artefacts = recording_with_artefacts(9)
    everything = np.union1d(peaks, artefacts)
    given = annotator.annotate(recording, everything)
    assert given.table["sample"].tolist() == everything.tolist()
    assert given.n_dropped == 0 and set(given.table["class"]) == {"N", "S", "V"}
    np.testing.assert_allclose(given.table.filter(like="probability").sum(axis=1), 1)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_peak_that_is_surely_no_beat_has_classes_of_equal_probability(layout):
    """Trees are sure: their probabilities of all classes may be 0."""
    annotator = fitted(layout, DecisionTreeClassifier(random_state=0))
    recording, (peaks, _), artefacts = recording_with_artefacts(9)
    everything = np.union1d(peaks, artefacts)
    tables = [annotator.annotate(recording, everything).table]
    if layout == "causal_context":
        stream = StreamingAnnotator(annotator, 250, ["II", "V1"])
        tables.append(stream.push(recording.signal, everything))
    for table in tables:
        probabilities = table.filter(like="probability").to_numpy()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        is_equal = np.isclose(probabilities, 1 / 3).all(axis=1)
        assert near(table["sample"][is_equal], artefacts).all()
        assert is_equal.sum() > 5


def test_without_surplus_peaks_to_learn_there_is_no_such_class():
    tree = DecisionTreeClassifier(random_state=0)
    annotator = fitted(classifier=tree, drop_surplus=False)
    assert annotator.models_[1].classes_.tolist() == [0, 1, 2]
    recording, _, artefacts = recording_with_artefacts(9)
    annotated = annotator.annotate(recording)
    assert annotated.n_dropped == 0
    assert near(annotated.table["sample"], artefacts).sum() > 5


def test_beats_that_nobody_could_classify_are_not_learned():
    recording, (peaks, symbols) = mixed_recording(pattern="NNNVNQNNNV")
    tree = DecisionTreeClassifier(random_state=0)
    annotator = BeatAnnotator(tree, layout="context", drop_surplus=False)
    annotator.fit([recording], [(peaks, symbols)])
    assert annotator.class_names_ == ["N", "V"]
    assert annotator.card_.n_beats["Q"] == symbols.count("Q") > 5


@pytest.mark.parametrize("bad", [0, 1])
def test_the_other_lead_decides_where_one_is_bad(annotator, bad):
    signal, peaks, symbols = mixed_ecg(pattern="NNANNNVNNN", seed=4)
    signal[10_000:15_000, bad] = np.random.default_rng(0).normal(0, 1, 5000)
    recording = Recording(signal, 250, leads=["II", "V1"])
    annotated = annotator.annotate(recording, peaks)
    inside = annotated.table[annotated.table["sample"].between(10_300, 14_700)]
    assert set(inside["reason"]) == {f"{recording.leads[bad]} noise"}
    assert set(inside["quality"]) == {"partial"}
    expected = dict(zip(peaks, np.array(symbols), strict=True))
    classes = [{"A": "S"}.get(expected[x], expected[x]) for x in inside["sample"]]
    assert (inside["class"].to_numpy() == classes).mean() > 0.9


def test_beats_without_a_readable_lead_are_q(annotator):
    signal, peaks, _ = mixed_ecg(seed=4)
    signal[10_000:15_000] = np.nan
    annotated = annotator.annotate(Recording(signal, 250, leads=["II", "V1"]))
    given = annotator.annotate(Recording(signal, 250, leads=["II", "V1"]), peaks)
    inside = given.table["sample"].between(10_250, 14_750)
    assert (given.table["class"] == "Q").equals(given.table["reason"] != "")
    assert (given.table.loc[inside, "class"] == "Q").all() and inside.sum() > 15
    readable = annotated.table.loc[annotated.table["reason"] == ""]
    np.testing.assert_allclose(readable.filter(like="probability").sum(axis=1), 1)


@pytest.mark.parametrize("n_peaks", [0, 1, 2])
def test_few_beats(annotator, n_peaks):
    recording, (peaks, _) = mixed_recording(seconds=20)
    annotated = annotator.annotate(recording, peaks[:n_peaks])
    assert annotated.table["sample"].tolist() == peaks[:n_peaks].tolist()


def test_three_leads_if_the_layout_has_as_many():
    pattern = "NNNVNNN"
    pairs = [
        mixed_recording(leads, seed=seed, pattern=pattern)
        for seed, leads in enumerate([("II", "V1", "V5"), ("II", "V1"), ("II",)])
    ]
    layout = get_layout("context", n_leads=3)
    tree = DecisionTreeClassifier(random_state=0)
    annotator = BeatAnnotator(tree, layout=layout, drop_surplus=False)
    annotator.fit(*zip(*pairs, strict=True))
    for leads in (("II", "V1", "V5"), ("II", "V1"), ("II",)):
        recording, annotations = mixed_recording(leads, seed=7, pattern=pattern)
        annotated = annotator.annotate(recording, annotations[0])
        assert len(annotated.leads) == len(leads)
        assert scores(recording, annotated, annotations)["veb_f1"] > 0.9


@pytest.mark.parametrize("layout", ["context", get_layout("context", n_leads=1)])
def test_the_default_is_the_preset_for_the_layout(layout):
    recording, marks = mixed_recording(pattern="NNANNNNVVN", seconds=30)
    annotator = BeatAnnotator(layout=layout, drop_surplus=False)
    annotator.fit([recording], [marks])
    clf = annotator.models_[1].named_steps["clf"]
    assert clf.module is ContextNetwork
    assert get_layout(clf.layout) == get_layout(layout) == annotator.layout_
    annotated = annotator.annotate(recording, marks[0])
    assert len(annotated.leads) == annotator.layout_.n_leads
    assert set(annotated.table["class"]) <= {"N", "S", "V"}


def test_a_stored_annotator_annotates_alike(causal, tmp_path):
    joblib.dump(causal, tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib")
    assert loaded.models_[1] is loaded.models_[2]
    recording, _, _ = recording_with_artefacts(9)
    assert loaded.annotate(recording).table.equals(causal.annotate(recording).table)


def streamed(annotator, signal, peaks=None, size=700):
    """Push a recording in blocks, with R peaks or without."""
    parts = []
    for start in range(0, len(signal), size):
        block = signal[start : start + size]
        new = None
        if peaks is not None:
            new = peaks[(peaks >= start) & (peaks < start + size)]
        parts.append(annotator.push(block, new))
    parts.append(annotator.finish())
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return joined


@pytest.mark.parametrize("leads", [["II", "V1"], ["II"]])
def test_a_stream_is_annotated_as_the_whole_recording(causal, leads):
    recording, (peaks, _) = mixed_recording(leads, pattern="NNNVNNA", seed=9)
    expected = causal.annotate(recording, peaks).table
    found = streamed(StreamingAnnotator(causal, 250, leads), recording.signal, peaks)
    assert found["sample"].tolist() == peaks.tolist()
    assert found["class"].tolist() == expected["class"].tolist()
    assert set(found["class"]) == {"N", "S", "V"}
    for letter in "NSV":
        name = f"probability_{letter}"
        np.testing.assert_allclose(found[name], expected[name], atol=1e-6)


def test_detected_peaks_of_a_stream_that_are_no_beats_are_dropped(causal):
    recording, _, artefacts = recording_with_artefacts(9)
    detector = StreamingRPeakDetector(250)
    lead = recording.signal[:, 0].astype(float)
    peaks = np.concatenate([detector.push(lead), detector.finish()])
    pushed, detected = (
        streamed(StreamingAnnotator(causal, 250, 2), recording.signal, given)
        for given in (peaks, None)
    )
    assert pushed["sample"].tolist() == peaks.tolist()
    assert near(peaks, artefacts).sum() > 5
    assert near(detected["sample"], artefacts).sum() <= 1
    # The others are those that are pushed.
    kept = np.isin(peaks, detected["sample"])
    assert kept.sum() == len(detected["sample"])
    assert (~kept & ~near(peaks, artefacts)).sum() <= 2
    for letter in "NSV":
        name = f"probability_{letter}"
        np.testing.assert_allclose(detected[name], pushed[name][kept], atol=1e-6)


def test_more_leads_than_the_classifier_reads_are_refused(causal):
    for model in (causal, causal.models_[2]):
        with pytest.raises(
            ValueError, match=r"leads must be (2 or 1|at most 2) .* got 3"
        ):
            StreamingAnnotator(model, 250, 3)
    with pytest.raises(ValueError, match=r"this annotator reads rows of .*'context'"):
        tree = DecisionTreeClassifier(random_state=0)
        StreamingAnnotator(fitted(classifier=tree), 250)


def test_each_beat_is_learned_from_both_leads_and_from_one():
    rows = []

    class Watched(DecisionTreeClassifier):
        def fit(self, X, y):
            rows.append(X)
            return super().fit(X, y)

    recording, (peaks, symbols) = mixed_recording()
    annotator = BeatAnnotator(Watched(), layout="context", drop_surplus=False)
    annotator.fit([recording], [(peaks, symbols)])
    second_is_there = rows[0][:, 63:126].any(axis=1)
    both, alone = rows[0][second_is_there], rows[0][~second_is_there]
    assert len(both) == len(alone) == len(peaks)
    # The rows of one lead are those that it would be read by alone.
    for lead, name in enumerate(recording.leads):
        own = extract_beats(
            recording.signal[:, [lead]], 250, peaks, layout="context", leads=[0]
        )
        turn = alone[np.isin(alone[:, :63], own.data[lead::2, :63]).all(axis=1)]
        assert len(turn) == len(own.data[lead::2]), name
        np.testing.assert_array_equal(turn, own.data[lead::2])
