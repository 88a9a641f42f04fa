"""Questions, answers and results of a session."""

import json
from dataclasses import replace

import numpy as np
import pytest
from make_believe import answer_truly, make_believe

from skecg.review import ReviewSession


@pytest.fixture(scope="module")
def missed():
    """Return a recording whose model calls all S beats N, and the true classes."""
    return make_believe(called={"S": "N"})


def test_answers_correct_the_beats_like_those_that_were_shown(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    answer_truly(session, true)
    assert (annotated.table["class"] != true).sum() == (true == "S").sum() > 5
    assert (session.result().table["class"] == true).mean() > 0.99


def test_a_beat_is_decided_by_the_model_by_an_answer_or_by_both(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    assert set(session.result().table["decided_by"]) == {"model"}
    answer_truly(session, true)
    table = session.result().table
    is_new = table["class"] != annotated.table["class"]
    assert set(table["decided_by"][is_new]) == {"answer"}
    assert "both" in set(table["decided_by"][~is_new])


def test_the_annotated_recording_stays_as_it_is(missed):
    annotated, true = missed
    before = annotated.table.copy()
    session = ReviewSession(annotated)
    answer_truly(session, true)
    session.result()
    assert annotated.table.equals(before)


def test_a_question_shows_the_beat_that_stands_for_its_group(missed):
    annotated, _ = missed
    question = ReviewSession(annotated).question
    assert question.n_beats == sum(question.counts.values())
    assert question.guess == max(question.counts, key=question.counts.get)
    assert question.sample == annotated.table["sample"][question.beat]
    strip = annotated.recording.signal[question.strip_start :][: len(question.strip)]
    assert np.array_equal(question.strip, strip)
    assert len(strip) <= 6 * 250
    peak = question.average[0].argmax()
    assert abs(question.average_times[peak]) <= 0.02
    assert f"{question.n_beats:,} beats" in repr(question)


def test_there_are_as_many_questions_as_asked_for(missed):
    annotated, true = missed
    for n_questions in (0, 3):
        session = ReviewSession(annotated, n_questions)
        assert len(answer_truly(session, true)) == n_questions
        assert session.question is None


def test_the_questions_are_the_same_each_time(missed):
    annotated, true = missed
    asked = [answer_truly(ReviewSession(annotated), true) for _ in range(2)]
    assert asked[0] == asked[1]
    assert len(set(asked[0])) == len(asked[0])


def test_answers_in_one_call_amount_to_answers_one_by_one(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    answer_truly(session, true)
    other = ReviewSession(annotated).apply(session.answers)
    assert other.answers == session.answers
    assert other.result().table.equals(session.result().table)


def test_undo_takes_back_the_last_answer(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    answer_truly(session, true, 3)
    before = session.question.node, session.result().table
    session.answer(session.question.node, "V")
    session.undo()
    assert session.question.node == before[0]
    assert session.result().table.equals(before[1])
    with pytest.raises(ValueError, match="no answer to undo"):
        ReviewSession(annotated).undo()


def test_an_answer_can_be_replaced(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    asked = answer_truly(session, true, 2)
    session.answer(asked[0], "V")
    assert dict(session.answers)[asked[0]] == "V"
    assert len(session.answers) == 2


def test_a_split_group_is_asked_about_in_parts_and_counts_as_no_question(missed):
    annotated, true = missed
    session = ReviewSession(annotated, 3)
    root = session.tree()["nodes"][0]
    session.answer(0, "split")
    assert session.question.node in root["children"]
    assert len(answer_truly(session, true)) == 3


def test_cannot_tell_leaves_the_beats_to_the_model(missed):
    annotated, _ = missed
    session = ReviewSession(annotated, 4)
    while (question := session.question) is not None:
        session.answer(question.node, "?")
    table = session.result().table
    assert set(table["decided_by"]) == {"model"}
    assert (table["class"] == annotated.table["class"]).all()


def test_beats_answered_x_are_left_out():
    annotated, true = make_believe("NNNNVNNNNNNN")
    session = ReviewSession(annotated)
    answer_truly(session, np.where(true == "V", "X", true))
    result = session.result()
    n_left_out = len(true) - len(result.table)
    assert n_left_out == (true == "V").sum()
    assert result.n_dropped == n_left_out
    assert "V" not in set(result.table["class"])
    times = result.table["time"].to_numpy()
    assert np.allclose(result.table["rr"][1:], np.diff(times))


def test_beats_without_probabilities_stay_as_they_are():
    annotated, true = make_believe()
    names = [x for x in annotated.table if x.startswith("probability_")]
    annotated.table.loc[3:5, names] = np.nan
    annotated.table.loc[3:5, "class"] = "Q"
    session = ReviewSession(annotated)
    assert session.tree()["nodes"][0]["n_beats"] == len(true) - 3
    answer_truly(session, true)
    assert session.result().table["class"][3:6].tolist() == ["Q"] * 3


def test_a_recording_without_beats_has_no_questions():
    annotated, _ = make_believe()
    session = ReviewSession(replace(annotated, table=annotated.table.iloc[:0]))
    assert session.question is None
    assert session.tree()["nodes"] == []
    assert len(session.result().table) == 0


def test_a_long_recording_is_grouped_by_a_sample_of_its_beats():
    annotated, true = make_believe(seconds=3000, called={"S": "N"})
    assert len(true) > 3000
    session = ReviewSession(annotated)
    assert session.tree()["nodes"][0]["n_beats"] == len(true)
    answer_truly(session, true)
    assert (session.result().table["class"] == true).mean() > 0.99


@pytest.mark.parametrize(
    ("node", "label", "message"),
    [
        (-1, "N", "node must be one of"),
        ("0", "N", "node must be one of"),
        (True, "N", "node must be one of"),
        (0, "A", "label must be one of"),
    ],
)
def test_wrong_answers_are_refused(missed, node, label, message):
    session = ReviewSession(missed[0])
    with pytest.raises(ValueError, match=message):
        session.answer(node, label)
    with pytest.raises(ValueError, match=message):
        session.apply([(1, "N"), (node, label)])
    assert session.answers == ()


def test_a_group_without_parts_cannot_be_split(missed):
    session = ReviewSession(missed[0])
    leaf = next(x["id"] for x in session.tree()["nodes"] if not x["children"])
    with pytest.raises(ValueError, match="cannot be split"):
        session.answer(leaf, "split")


@pytest.mark.parametrize("n_questions", [-1, 2.5, "12", True])
def test_the_number_of_questions_is_a_whole_number(missed, n_questions):
    with pytest.raises(ValueError, match="n_questions must be"):
        ReviewSession(missed[0], n_questions)


def test_only_an_annotated_recording_is_reviewed(missed):
    with pytest.raises(ValueError, match="annotated must be"):
        ReviewSession(missed[0].recording)


def test_a_result_is_not_reviewed_again(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    answer_truly(session, true)
    with pytest.raises(ValueError, match="were reviewed before"):
        ReviewSession(session.result())


def test_a_session_is_saved_and_resumed(missed, tmp_path):
    annotated, true = missed
    session = ReviewSession(annotated, 5)
    answer_truly(session, true, 3)
    path = session.save(tmp_path / "session.json")
    resumed = ReviewSession.load(path, annotated)
    assert resumed.answers == session.answers
    assert resumed.n_questions == 5
    assert resumed.question.node == session.question.node
    assert [x.name for x in tmp_path.iterdir()] == ["session.json"]


def test_a_session_of_another_recording_or_model_is_refused(missed, tmp_path):
    annotated, true = missed
    session = ReviewSession(annotated)
    answer_truly(session, true)
    path = session.save(tmp_path / "session.json")
    other, _ = make_believe(called={"S": "N"}, seed=1)
    with pytest.raises(ValueError, match="of this recording"):
        ReviewSession.load(path, other)
    other, _ = make_believe()
    with pytest.raises(ValueError, match="of this model"):
        ReviewSession.load(path, other)


def test_answers_about_other_groups_are_refused(missed):
    annotated, true = missed
    session = ReviewSession(annotated)
    answer_truly(session, true)
    stored = session.to_json()
    stored["answers"][1]["n_beats"] += 1
    with pytest.raises(ValueError, match="another group here"):
        ReviewSession(annotated).apply(stored)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"format": 9, "n_questions": 2}', '{"n_questions": 2}']
)
def test_a_file_that_is_no_session_is_refused(missed, tmp_path, text):
    path = tmp_path / "session.json"
    path.write_text(text)
    with pytest.raises(ValueError, match="must be"):
        ReviewSession.load(path, missed[0])


@pytest.mark.parametrize(
    "content", ["[" * 100_000, '{"a":' * 100_000], ids=["lists", "dicts"]
)
def test_a_file_of_endless_brackets_is_refused(missed, tmp_path, content):
    path = tmp_path / "session.json"
    path.write_text(content)
    with pytest.raises(
        ValueError, match=r"path must be .* is not valid JSON .*too deep"
    ):
        ReviewSession.load(path, missed[0])


def test_a_path_without_a_file_is_named(missed, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"path must be .*none.* is no file"):
        ReviewSession.load(tmp_path / "none.json", missed[0])
    with pytest.raises(ValueError, match=r"path must be .* is no file"):
        ReviewSession.load(tmp_path, missed[0])
    for use in (
        lambda: ReviewSession.load(5, missed[0]),
        lambda: ReviewSession(missed[0]).save(None),
        lambda: ReviewSession(missed[0]).to_html("a\0b"),
    ):
        with pytest.raises(ValueError, match="path must be a path, got"):
            use()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_file_that_an_editor_has_saved_is_read(missed, tmp_path, encoding):
    session = ReviewSession(missed[0]).answer(0, "V")
    path = session.save(tmp_path / "session.json")
    path.write_text(path.read_text("utf-8"), encoding)
    assert ReviewSession.load(path, missed[0]).answers == ((0, "V"),)


@pytest.mark.parametrize("answers", [5, None, [5], [(0,)], "NN", [(0, "N", 1)]])
def test_answers_that_are_no_pairs_are_refused(missed, answers):
    session = ReviewSession(missed[0]).answer(0, "V")
    with pytest.raises(ValueError, match=r"answers must be a session .*, or pairs"):
        session.apply(answers)
    assert session.answers == ((0, "V"),)


def test_a_huge_number_makes_no_huge_message(missed):
    stored = ReviewSession(missed[0]).answer(0, "V").to_json()
    stored["answers"][0]["node"] = 10**3000
    with pytest.raises(ValueError, match="another group here") as caught:
        ReviewSession(missed[0]).apply(stored)
    assert len(str(caught.value)) < 300


def test_the_session_is_plain_json(missed):
    session = ReviewSession(missed[0])
    session.answer(np.int64(0), "N")
    for content in (session.tree(), session.to_json()):
        assert json.loads(json.dumps(content)) == content
