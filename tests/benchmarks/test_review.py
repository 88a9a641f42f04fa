"""The protocol in which a simulated person reviews the test recordings."""

import json

import numpy as np
import pytest
from make_believe import make_believe

from benchmarks.review import cells, page
from benchmarks.review.strategies import ERRORS, QUESTIONS, REVIEW, STRATEGIES, reviewed


@pytest.fixture(scope="module")
def results():
    """Return the classes by strategy and number of answers, and the true ones."""
    annotated, true = make_believe(called={"S": "N"})
    found = {}
    for strategy, n_answers, result in reviewed(annotated, true):
        found.setdefault((strategy, n_answers), []).append(
            result.table["class"].to_numpy(object)
        )
    return found, true


def test_every_strategy_is_measured_with_all_numbers_of_answers(results):
    found, _ = results
    for name in STRATEGIES:
        assert {n for strategy, n in found if strategy == name} == {*QUESTIONS[1:]}
    assert {n for strategy, n in found if strategy == REVIEW} == {*QUESTIONS}
    assert {n for strategy, n in found if strategy == ERRORS} == {12}


def test_answers_about_single_beats_correct_these_alone(results):
    found, true = results
    model = found[REVIEW, 0][0]
    for name in ("the first beats", "random beats", "the least certain beats"):
        changed = found[name, 24][0] != model
        assert changed.sum() <= 24
        assert (found[name, 24][0][changed] == true[changed]).all()


def test_groups_correct_more_than_single_beats(results):
    found, true = results
    wrong = {
        key: np.mean([(x != true).sum() for x in each]) for key, each in found.items()
    }
    assert wrong[REVIEW, 12] < wrong["random beats", 12]
    assert wrong[REVIEW, 12] <= wrong[ERRORS, 12]


def test_the_page_has_the_figures_and_says_that_a_person_looked(tmp_path):
    counts = {"Nn": 900, "Ss": 30, "Sn": 10, "Vv": 50, "Nv": 2}
    pairings = {
        name: {str(n): counts for n in QUESTIONS}
        for name in (REVIEW, ERRORS, *STRATEGIES)
    }
    records = dict.fromkeys(("100", "232"), pairings)
    folder = tmp_path / cells.PROTOCOL
    folder.mkdir()
    (folder / "DS2.json").write_text(json.dumps({"records": records}))
    text = page.write_page(tmp_path).read_text()
    assert "a person looked at the test recordings" in text
    assert "## DS2 without 232" in text
    assert "0.857 (0.86 to 0.86)" in text  # SVEB F1: 2 * 30 / (2 * 30 + 10)
    assert "20 of its records were not measured yet" in text
    assert {x.name for x in folder.iterdir()} == {
        "DS2.json",
        "README.md",
        "curve.png",
        "curve-dark.png",
    }


def test_without_results_there_is_no_page(tmp_path):
    with pytest.raises(SystemExit, match="no finished part"):
        page.write_page(tmp_path)
