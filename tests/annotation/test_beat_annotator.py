"""The annotator: leads, quality, peaks that are no beats, and what it refuses."""

import joblib
import numpy as np
import pytest
from annotated import (
    fitted_annotator,
    mixed_ecg,
    mixed_recording,
    recording_with_artefacts,
)
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.exceptions import NotFittedError

from skecg import BeatAnnotator, Recording
from skecg.metrics import compare_annotations
from skecg.signal import get_layout

TWELVE = ("I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6")


def f1(recording, annotated, annotations):
    report = compare_annotations(
        annotations,
        annotated.annotations,
        fs=recording.fs,
        sig_len=recording.n_samples,
        start=0,
    )
    return report.gross[["qrs_f1", "veb_f1"]]


def test_beats_are_found_and_classified(annotator):
    recording, annotations = mixed_recording(pattern="NNNNVNNNVN", seed=5)
    annotated = annotator.annotate(recording)
    scores = f1(recording, annotated, annotations)
    assert scores["qrs_f1"] == 1 and scores["veb_f1"] > 0.8
    table = annotated.table
    assert list(table)[:3] == ["sample", "time", "class"]
    assert np.allclose(table.filter(like="probability").sum(axis=1), 1)
    assert np.allclose(table["rr"][1:], np.diff(table["sample"]) / 250)
    assert set(table["quality"]) == {"good"} and set(table["reason"]) == {""}


@pytest.mark.parametrize(
    "given, read",
    [
        (("II",), ("II",)),
        (("V1", "II"), ("II", "V1")),
        (("V5", "MLII"), ("MLII", "V5")),
        (("ECG1", "ECG2"), ("ECG1", "ECG2")),
        (("lead_0", "lead_1", "lead_2"), ("lead_0", "lead_1")),
        (TWELVE, ("II", "V1")),
        (("X", "Y", "MCL1"), ("X", "MCL1")),
        (("V2", "DII"), ("DII", "V2")),
    ],
)
def test_the_rule_chooses_the_leads(annotator, given, read):
    recording, annotations = mixed_recording(leads=given, seed=3)
    annotated = annotator.annotate(recording)
    assert annotated.leads == read
    assert (f1(recording, annotated, annotations) > 0.97).all()


def test_leads_that_are_mostly_unreadable_are_passed_over(annotator):
    signal, peaks, symbols = mixed_ecg(n_leads=3)
    signal[5000:, 0] = np.nan
    recording = Recording(signal, 250, leads=["II", "V1", "V5"])
    annotated = annotator.annotate(recording)
    assert annotated.leads == ("V5", "V1")
    assert "II unreadable" in annotated.lead_reason
    assert (f1(recording, annotated, (peaks, symbols)) > 0.97).all()


def test_the_user_chooses_leads(annotator):
    recording, _ = mixed_recording(leads=TWELVE)
    chosen = fitted_annotator(leads=["II"]).annotate(recording)
    assert chosen.leads == ("II",)
    with pytest.raises(ValueError, match=r"leads must be some of .* got 'II'"):
        fitted_annotator(leads=["II"]).annotate(mixed_recording(leads=("V1",))[0])


def test_the_other_lead_decides_where_one_is_bad(annotator):
    signal, peaks, symbols = mixed_ecg(seed=4)
    signal[10_000:15_000, 1] = np.random.default_rng(0).normal(0, 1, 5000)
    recording = Recording(signal, 250, leads=["II", "V1"])
    annotated = annotator.annotate(recording, peaks)
    inside = annotated.table[annotated.table["sample"].between(10_300, 14_700)]
    assert set(inside["reason"]) == {"V1 noise"}
    assert set(inside["quality"]) == {"partial"}
    expected = [s for p, s in zip(peaks, symbols, strict=True) if 10_300 < p < 14_700]
    assert inside["class"].tolist() == expected
    assert annotated.summary().unreadable == {}


def test_beats_without_a_readable_lead_are_q(annotator):
    signal, peaks, _ = mixed_ecg(seed=4)
    signal[10_000:15_000] = np.nan
    signal[20_000:22_500] = 0.5
    recording = Recording(signal, 250, leads=["II", "V1"])
    annotated = annotator.annotate(recording, peaks)
    table = annotated.table.set_index("sample")
    assert set(table.loc[10_250:14_750, "class"]) == {"Q"}
    assert set(table.loc[10_250:14_750, "reason"]) == {"II missing, V1 missing"}
    assert set(table.loc[20_250:22_250, "reason"]) == {"II flat, V1 flat"}
    assert table.loc[10_250:14_750].filter(like="probability").isna().all(axis=None)
    unreadable = annotated.summary().unreadable
    assert unreadable["missing"] == pytest.approx(20 / 60, abs=1 / 60)
    assert unreadable["flat"] == pytest.approx(10 / 60, abs=2 / 60)


def test_a_recording_that_is_unreadable_has_no_classes(annotator):
    signal = np.tile([0.1, 0.2], (5000, 1))
    annotated = annotator.annotate(Recording(signal, 250, leads=["II", "V1"]))
    assert set(annotated.table["class"]) <= {"Q"}
    assert annotated.summary().unreadable["flat"] == pytest.approx(20 / 60)


@pytest.mark.parametrize("n_peaks", [0, 1, 2])
def test_few_beats(annotator, n_peaks):
    recording, (peaks, _) = mixed_recording()
    annotated = annotator.annotate(recording, peaks[:n_peaks])
    assert len(annotated.table) == n_peaks == annotated.summary().n_beats
    assert "beats" in repr(annotated.summary())


def test_a_day_is_read_in_blocks_without_a_seam(annotator):
    hour, peaks, symbols = mixed_ecg(seconds=600)
    signal = np.tile(hour, (17, 1))
    shifts = np.arange(17)[:, None] * len(hour)
    all_peaks = (peaks + shifts).ravel()
    recording = Recording(signal, 250, leads=["II", "V1"])
    annotated = annotator.annotate(recording, all_peaks)
    assert annotated.table["sample"].tolist() == all_peaks.tolist()
    wrong = annotated.table["class"].to_numpy() != np.tile(symbols, 17)
    assert wrong.mean() < 0.01


def test_surplus_peaks_are_dropped_and_counted():
    recordings, annotations, _ = zip(
        *(recording_with_artefacts(seed) for seed in range(4)), strict=True
    )
    annotator = BeatAnnotator().fit(recordings, annotations)
    recording, _, artefacts = recording_with_artefacts(9)
    kept = clone(annotator).set_params(drop_surplus=False)
    kept = kept.fit(recordings, annotations).annotate(recording)
    annotated = annotator.annotate(recording)

    def surplus(found):
        samples = found.table["sample"].to_numpy()
        return sum(np.abs(samples - artefact).min() < 25 for artefact in artefacts)

    assert annotator.card_.n_surplus > 20
    assert surplus(kept) > 5 and kept.n_dropped == 0
    assert surplus(annotated) <= 1
    assert annotated.n_dropped == len(kept.table) - len(annotated.table)
    assert f"{annotated.n_dropped} peaks dropped" in repr(annotated)
    # Given peaks are never dropped.
    given = annotator.annotate(recording, artefacts)
    assert len(given.table) == len(artefacts) and given.n_dropped == 0


def test_peaks_in_fibrillation_are_not_learned_as_surplus():
    recording, (peaks, symbols) = mixed_recording()
    kept = (peaks < 10_000) | (peaks > 15_000)
    beats = [(p, s) for p, s, k in zip(peaks, symbols, kept, strict=True) if k]
    period = [(10_050, "["), (14_950, "]")]
    n_surplus = []
    for marks in (beats, sorted(beats + period)):
        samples, letters = zip(*marks, strict=True)
        annotations = (np.array(samples), list(letters))
        annotator = BeatAnnotator(classifier=HistGradientBoostingClassifier())
        n_surplus.append(annotator.fit([recording], [annotations]).card_.n_surplus)
    assert n_surplus == [(~kept).sum(), 0]


def test_a_classifier_and_layout_of_the_user():
    classifier = HistGradientBoostingClassifier(max_iter=20, random_state=0)
    annotator = fitted_annotator(classifier=classifier, layout="study")
    recording, annotations = mixed_recording(seed=9)
    annotated = annotator.annotate(recording)
    assert annotated.leads == ("II",)
    assert f1(recording, annotated, annotations)["veb_f1"] > 0.9
    # The study's layout has no row for the last beat.
    assert annotated.table["class"].iloc[-1] == "Q"
    assert annotated.table["reason"].iloc[-1] == "no row in this layout"


def test_it_follows_scikit_learn(annotator):
    copy = clone(annotator)
    assert copy.get_params() == annotator.get_params()
    assert not hasattr(copy, "models_")
    with pytest.raises(NotFittedError):
        copy.annotate(mixed_recording()[0])


def test_a_stored_annotator_annotates_alike(annotator, annotated, tmp_path):
    joblib.dump(annotator, tmp_path / "model.joblib")
    loaded = joblib.load(tmp_path / "model.joblib")
    again = loaded.annotate(annotated.recording)
    assert again.table.equals(annotated.table)


def test_the_card_states_the_training_data(annotator):
    card = annotator.card_
    assert card.description == "made-up beats" and card.n_recordings == 3
    assert card.n_beats["V"] > 30 and card.n_beats["F"] == 0
    assert "II" in card.lead_rule and "features" in card.layout


def test_scores_are_shown_beside_the_burden(annotator):
    recording, annotations = mixed_recording(seed=8, pattern="NNNANNNVNN")
    report = annotator.evaluate([recording], [annotations], peaks="reference")
    scored = clone(annotator).fit([recording], [annotations])
    scored.card_ = scored.card_.with_scores("made-up test", report)
    text = repr(scored.annotate(recording).summary())
    assert f"{100 * report.gross['sveb_se']:.0f} % on made-up test" in text
    assert "not measured" in repr(annotator.annotate(recording).summary())


@pytest.mark.parametrize(
    "peaks, message",
    [
        ([100, 30_001], "r_peaks must lie within the 30,000 samples"),
        ([100, 90], "r_peaks must be in strictly ascending order"),
        ([0.5], "r_peaks must be whole numbers"),
    ],
)
def test_r_peaks_of_another_recording_are_refused(annotator, peaks, message):
    with pytest.raises(ValueError, match=message):
        annotator.annotate(mixed_recording()[0], peaks)


def test_training_data_that_do_not_fit_are_refused():
    recording, annotations = mixed_recording()
    annotator = BeatAnnotator()
    with pytest.raises(ValueError, match="must have the same length"):
        annotator.fit([recording], [annotations, annotations])
    with pytest.raises(ValueError, match="at least one recording"):
        annotator.fit([], [])
    with pytest.raises(ValueError, match="must be a list of recordings"):
        annotator.fit(recording, annotations)
    with pytest.raises(ValueError, match="annotations must lie within"):
        annotator.fit([recording], [([100, 40_000], ["N", "V"])])
    with pytest.raises(ValueError, match="classifier must be given"):
        clone(annotator).set_params(layout="centered").fit([recording], [annotations])
    with pytest.raises(ValueError, match="mapping must be one of"):
        clone(annotator).set_params(mapping="x").fit([recording], [annotations])


def test_a_model_of_one_lead_reads_one_of_two():
    pairs = [mixed_recording(leads=("V1",), seed=s, pattern="NNANVNN") for s in (0, 1)]
    annotator = BeatAnnotator().fit(*zip(*pairs, strict=True))
    assert annotator.annotate(mixed_recording()[0]).leads == ("II",)


def test_a_model_of_two_leads_refuses_one():
    layout = get_layout("features", n_leads=2)
    annotator = fitted_annotator(layout=layout)
    with pytest.raises(ValueError, match=r"recording must have 2 leads .* got 1 .II."):
        annotator.annotate(mixed_recording(leads=("II",))[0])
