"""An annotator for the patient's next recording."""

import numpy as np
import pytest
from annotated import mixed_recording
from make_believe import make_believe
from sklearn.base import clone

from skecg import export_onnx, load_model, save_model
from skecg.review import ReviewSession, simulate_review


def swapped(marks):
    """Return the marks of a patient whose early beats and wide beats trade names."""
    peaks, symbols = marks
    return peaks, [{"V": "A", "A": "V"}.get(symbol, symbol) for symbol in symbols]


def errors(annotator, recording, marks):
    peaks, symbols = marks
    called = annotator.annotate(recording, peaks).table["class"].to_numpy()
    return (called != np.where(np.array(symbols) == "A", "S", symbols)).sum()


def test_the_next_recording_profits_from_the_answers(annotator):
    first, marks = mixed_recording(pattern="NNNNVNNANN", seed=7)
    annotated = annotator.annotate(first, marks[0])
    (session,) = simulate_review([annotated], [swapped(marks)], 12)
    adapted = session.refit(annotator)
    recording, others = mixed_recording(pattern="NNNNVNNANN", seed=8)
    before = errors(annotator, recording, swapped(others))
    assert errors(adapted, recording, swapped(others)) < before / 2
    assert before > 20


def test_the_annotator_itself_stays_as_it_is(annotator):
    recording, marks = mixed_recording(pattern="NNNNVNNANN", seed=7)
    annotated = annotator.annotate(recording, marks[0])
    (session,) = simulate_review([annotated], [swapped(marks)], 12)
    adapted = session.refit(annotator)
    again = annotator.annotate(recording, marks[0])
    assert again.table.equals(annotated.table)
    assert "12 answers" in adapted.card_.description
    assert "answers" not in annotator.card_.description


@pytest.mark.parametrize("n_beats", [1, 2, 5, 6])
def test_a_review_of_few_beats_is_enough(annotator, n_beats):
    recording, marks = mixed_recording(pattern="NNNNVNNANN", seed=7)
    annotated = annotator.annotate(recording, marks[0][:n_beats])
    session = ReviewSession(annotated)
    while session.next_node is not None:
        session.answer(session.next_node, "V")
    found = session.refit(annotator).annotate(recording, marks[0]).table
    columns = [name for name in found if name.startswith("probability_")]
    np.testing.assert_allclose(found[columns].sum(axis=1), 1, rtol=1e-5)


def test_a_model_file_holds_the_adapted_annotator(annotator, tmp_path):
    recording, marks = mixed_recording(pattern="NNNNVNNANN", seed=7)
    annotated = annotator.annotate(recording, marks[0])
    (session,) = simulate_review([annotated], [swapped(marks)], 12)
    adapted = session.refit(annotator)
    save_model(adapted, tmp_path / "adapted.skops")
    again = load_model(tmp_path / "adapted.skops")
    found, expected = (x.annotate(recording, marks[0]) for x in (again, adapted))
    assert found.table.equals(expected.table)


def test_an_adapted_annotator_is_not_exported(annotator, tmp_path):
    recording, marks = mixed_recording(pattern="NNNNVNNANN", seed=7)
    adapted = ReviewSession(annotator.annotate(recording, marks[0])).refit(annotator)
    with pytest.raises(
        ValueError, match=r"model must consist of .* contains PatientClassifier"
    ):
        export_onnx(adapted, tmp_path / "adapted.onnx", recording)


def test_another_annotator_is_refused(annotator):
    annotated, _ = make_believe()
    with pytest.raises(ValueError, match="annotator must be the one"):
        ReviewSession(annotated).refit(annotator)
    with pytest.raises(ValueError, match="annotator must be a fitted BeatAnnotator"):
        ReviewSession(annotated).refit("model.skops")
    with pytest.raises(ValueError, match="not fitted"):
        ReviewSession(annotated).refit(clone(annotator))
