"""The order of questions follows the documented rule, from the exported tree alone."""

import json

import numpy as np
import pytest
from make_believe import make_believe

from skecg.review import ReviewSession


def next_question(tree, answers):
    """Repeat the steps of ReviewSession's notes on values of JSON."""
    nodes = tree["nodes"]
    candidates = []

    def walk(number, in_force, is_seen):
        answer = answers.get(number)
        if answer == "split":
            is_seen = False
        elif answer == "?":
            in_force, is_seen = "model", True
        elif answer is not None:
            in_force, is_seen = answer, True
        elif not is_seen:
            candidates.append((-nodes[number]["priorities"][in_force], number))
            return
        if nodes[number]["children"]:
            first, second = nodes[number]["children"]
            walk(first, in_force, is_seen)
            walk(second, in_force, False)

    walk(0, "model", False)
    n_answered = sum(label != "split" for label in answers.values())
    if n_answered >= tree["n_questions"] or not candidates:
        return None
    return min(candidates)[1]


@pytest.mark.parametrize("seed", range(6))
def test_any_answers_lead_to_the_question_of_the_rule(seed):
    annotated, _ = make_believe(called={"S": "N", "V": "S"}, seconds=60, seed=seed)
    session = ReviewSession(annotated, 15)
    tree = json.loads(json.dumps(session.tree()))
    rng = np.random.default_rng(seed)
    answers = {}
    while (question := session.question) is not None:
        assert question.node == next_question(tree, answers)
        labels = (
            tree["labels"] if tree["nodes"][question.node]["children"] else "NSVFQX?"
        )
        answers[question.node] = str(rng.choice(list(labels)))
        session.answer(question.node, answers[question.node])
    assert next_question(tree, answers) is None


def test_the_tree_is_as_documented():
    annotated, _ = make_believe(seconds=60)
    nodes = ReviewSession(annotated).tree()["nodes"]
    assert nodes[0]["parent"] is None
    assert nodes[0]["n_beats"] == len(annotated.table)
    for number, node in enumerate(nodes):
        assert node["id"] == number
        assert node["n_beats"] == sum(node["counts"].values())
        assert annotated.table["sample"][node["medoid"]] == node["sample"]
        assert set(node["priorities"]) == {"model", *"NSVFQX"}
        assert all(type(x) is int and x >= 0 for x in node["priorities"].values())
        if node["children"]:
            halves = [nodes[child] for child in node["children"]]
            assert [half["parent"] for half in halves] == [number, number]
            assert sum(half["n_beats"] for half in halves) == node["n_beats"]
            assert halves[0]["medoid"] == node["medoid"]


def test_a_group_whose_class_the_model_is_unsure_of_comes_before_a_sure_one():
    annotated, true = make_believe("NNNNVNNNNVNN", sure=0.95)
    table = annotated.table
    is_early = (true == "V") & (table["time"] < 60)
    # The model hesitates about half of the V beats, which look like the others.
    table.loc[is_early, "probability_V"] = 0.5
    table.loc[is_early, "probability_N"] = 0.45
    table.loc[is_early, ["probability_S", "probability_F"]] = 0.025
    session = ReviewSession(annotated)
    session.answer(0, "N")
    assert session.question.guess == "V"
