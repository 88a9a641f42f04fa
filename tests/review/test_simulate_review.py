"""Answers from reference annotations."""

import numpy as np
import pytest
from make_believe import make_believe

from skecg.review import simulate_review


def reference_of(annotated, true):
    symbols = np.where(true == "S", "A", true).tolist()
    return annotated.table["sample"].to_numpy(), symbols


def test_answers_are_the_classes_of_the_beats_that_are_shown():
    annotated, true = make_believe(called={"S": "N"})
    (session,) = simulate_review([annotated], [reference_of(annotated, true)], 8)
    assert len(session.answers) == 8
    for node, label in session.answers:
        assert label == true[session.question_about(node).beat]
    assert (session.result().table["class"] == true).mean() > 0.99


def test_peaks_match_the_reference_within_its_window_and_others_are_no_beats():
    annotated, true = make_believe("NNNNVNNNNNNN")
    samples, symbols = reference_of(annotated, true)
    # Marks lie 40 ms beside the peaks, and V peaks are not in the reference.
    kept = true != "V"
    marks = (
        samples[kept] + 10,
        [x for x, keep in zip(symbols, kept, strict=True) if keep],
    )
    (session,) = simulate_review([annotated], [marks])
    assert {label for _, label in session.answers} == {"N", "X"}
    assert len(session.result().table) == kept.sum()


def test_some_answers_are_wrong_at_an_error_rate():
    annotated, true = make_believe(called={"S": "N"})
    marks = reference_of(annotated, true)

    def wrong(rate, seed):
        (session,) = simulate_review(
            [annotated], [marks], error_rate=rate, random_state=seed
        )
        return [x != true[session.beat_of(node)] for node, x in session.answers]

    assert not any(wrong(0.0, 0))
    assert all(wrong(1.0, 0))
    assert 0 < np.mean([wrong(0.3, seed) for seed in range(10)]) < 0.6
    assert wrong(0.3, 5) == wrong(0.3, 5)


def test_recordings_are_annotated_with_the_model(annotator):
    annotated, true = make_believe()
    marks = reference_of(annotated, true)
    (session,) = simulate_review([annotated.recording], [marks], 2, model=annotator)
    assert session.annotated.card == annotator.card_


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"error_rate": 1.5}, "error_rate must be"),
        ({"error_rate": "1"}, "error_rate must be"),
        ({"mapping": "own"}, "mapping must be"),
        ({"annotations": []}, "annotations must be one for each"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    annotated, true = make_believe(seconds=20)
    given = {"annotations": [reference_of(annotated, true)], **options}
    with pytest.raises(ValueError, match=message):
        simulate_review([annotated], **given)
