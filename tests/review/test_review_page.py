"""The page of a review in headless Chromium: questions, keys, answers that are kept."""

import json
import os
import signal
from contextlib import suppress

import numpy as np
import psutil
import pytest
from browser import accessibility_faults, find_chromium
from make_believe import make_believe
from review_pages import (
    answer,
    given,
    saved,
    seconds_asked,
    wait_until_kept,
    wait_until_ready,
    write_page,
)

from skecg.review import ReviewSession

HOSTILE = "</script><img src=x onerror=alert(1)>"


def made_up_session(seed=0, **options):
    annotated, _ = make_believe(called={"S": "N"}, seed=seed)
    return ReviewSession(annotated, **options)


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("review")
    return write_page(made_up_session(), folder / "page.html")


@pytest.fixture
def page(path, pages):
    return wait_until_ready(pages.open(path))


@pytest.mark.parametrize("seed", range(4))
def test_the_page_asks_what_the_session_asks(seed, pages, tmp_path):
    rng = np.random.default_rng(seed)
    session = made_up_session(seed, n_questions=9)
    path = write_page(session, tmp_path / "page.html")
    page = wait_until_ready(pages.open(path))
    while (question := session.question) is not None:
        time = question.sample / session.annotated.recording.fs
        assert seconds_asked(page) == pytest.approx(time, abs=0.051)
        labels = [*"NSVFQX?", "split", "split"]
        if page.is_disabled('[data-label="split"]'):
            labels = labels[:-2]
        label = str(rng.choice(labels))
        answer(page, label)
        session.answer(question.node, label)
    assert seconds_asked(page) is None
    content, name = saved(page, tmp_path / "answers.json")
    assert given(content) == list(session.answers)
    assert name == "made up.answers.json"
    # The file of the page is that of the session, with the name and the options.
    assert {key: content[key] for key in session.to_json()} == session.to_json()
    assert content["made_from"] == {"fs": None}
    again = ReviewSession(session.annotated).apply(content)
    assert again.answers == session.answers


def test_undo_and_arrows_lead_back(page, tmp_path):
    first = seconds_asked(page)
    answer(page, "N", "V")
    third = seconds_asked(page)
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    assert seconds_asked(page) == first
    assert "Your answer: Normal" in page.text_content("#question-text")
    assert page.get_attribute('[data-label="N"]', "aria-pressed") == "true"
    # There is nothing before the first question.
    page.keyboard.press("ArrowLeft")
    assert seconds_asked(page) == first
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert seconds_asked(page) == third
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert seconds_asked(page) == first
    assert page.text_content("#progress-text").startswith("0 of 12 questions answered")
    content, _ = saved(page, tmp_path / "answers.json")
    assert content["answers"] == []


def test_undo_brings_a_replaced_answer_back(page, tmp_path):
    answer(page, "N", "V")
    page.keyboard.press("ArrowLeft")
    answer(page, "F")
    labels = [label for _, label in given(saved(page, tmp_path / "1.json")[0])]
    assert labels == ["N", "F"]
    page.keyboard.press("u")
    wait_until_kept(page)
    labels = [label for _, label in given(saved(page, tmp_path / "2.json")[0])]
    assert labels == ["N", "V"]


def test_a_split_counts_as_no_answer(page):
    before = page.text_content("#progress-text")
    answer(page, "split")
    assert page.text_content("#progress-text") == before
    assert page.locator("#answered li").count() == 1


def test_letters_do_nothing_in_fields_or_when_they_are_switched_off(page):
    first = seconds_asked(page)
    page.focus("#open")
    page.keyboard.press("n")
    page.uncheck("#letters")
    page.keyboard.press("n")
    assert seconds_asked(page) == first
    # Ctrl+N, Ctrl+P and so on are the browser's.
    page.check("#letters")
    page.keyboard.press("Control+u")
    assert page.locator("#answered li").count() == 0
    page.keyboard.press("n")
    assert page.locator("#answered li").count() == 1


def test_arrows_move_the_strip_that_has_the_focus(page):
    answer(page, "N")
    second = seconds_asked(page)
    page.focus(".strip-chart")
    before = page.text_content(".strip-text")
    page.keyboard.press("ArrowRight")
    assert seconds_asked(page) == second
    assert page.text_content(".strip-text") != before
    page.keyboard.press("b")
    assert page.text_content(".strip-text") == before


def test_plus_and_minus_zoom_without_the_focus(page):
    before = page.text_content(".strip-text")
    page.keyboard.press("+")
    assert page.text_content(".strip-text") != before
    page.keyboard.press("-")
    assert page.text_content(".strip-text") == before
    page.uncheck("#letters")
    page.keyboard.press("-")
    assert page.text_content(".strip-text") == before


def test_everything_can_be_done_with_tab_and_enter(page):
    reached = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.add(
            page.evaluate(
                "document.activeElement.dataset.label ?? document.activeElement.id"
            )
        )
    assert {"save", "N", "S", "V", "F", "Q", "X", "?", "open", "letters"} <= reached
    page.focus('[data-label="V"]')
    page.keyboard.press("Enter")
    wait_until_kept(page)
    assert "Ventricular" in page.text_content("#answered")


def test_a_screen_reader_gets_each_question(page):
    answer(page, "V")
    said = page.text_content("[aria-live=polite]#spoken")
    assert said.startswith("Answered: Ventricular ectopic. Question 2 of 12: ")
    for part in ("which class", "group of", "The model calls", "Interval before"):
        assert part in said
    # Each picture has words too.
    labels = page.eval_on_selector_all(
        "svg[role=img]", "all => all.map((x) => x.getAttribute('aria-label'))"
    )
    assert labels[0] == "Average shape of this group with its spread"
    assert all("correlation with this group" in label for label in labels[1:])


def test_the_page_states_the_model_s_classes_of_the_group(pages, tmp_path):
    session = made_up_session(n_questions=30)
    path = write_page(session, tmp_path / "page.html")
    page = wait_until_ready(pages.open(path))
    seen = set()
    while (question := session.question) is not None:
        text = page.text_content("#question-text")
        called = [letter for letter, n in question.counts.items() if n]
        if question.n_beats == 1:
            assert text.endswith(
                f"only beat of its group. The model calls it {called[0]}."
            )
        elif len(called) == 1:
            assert text.endswith(f"The model calls all of them {called[0]}.")
        else:
            first = max(question.counts.values())
            assert f"The model calls {first:,} of them " in text
            assert all(f"{question.counts[x]:,} " in text for x in called)
        assert page.is_visible("#question-hint") == (question.n_beats > 1)
        seen.add(min(len(called), 2))
        label = "split" if len(called) > 1 else "N"
        answer(page, label)
        session.answer(question.node, label)
    assert seen == {1, 2}


def test_saving_shows_the_name_of_the_file_until_the_next_answer(page, tmp_path):
    answer(page, "V")
    assert not page.text_content("#saved")
    _, name = saved(page, tmp_path / "1.json")
    assert page.is_visible("#saved")
    assert name in page.text_content("#saved")
    answer(page, "N")
    assert not page.text_content("#saved")


def test_a_page_that_was_closed_continues(path, pages, tmp_path):
    page = wait_until_ready(pages.open(path))
    answer(page, "N", "split", "V")
    content, _ = saved(page, tmp_path / "1.json")
    again = page.context.new_page()
    page.close()
    again.goto(path.as_uri())
    wait_until_ready(again)
    assert "Continued" in again.text_content("#kept")
    assert saved(again, tmp_path / "2.json")[0] == content
    again.keyboard.press("u")
    assert again.locator("#answered li").count() == 2


def test_answers_survive_a_browser_that_is_killed(path, chromium, tmp_path):
    from playwright.sync_api import Error

    profile = tmp_path / "profile"
    options = {
        "executable_path": find_chromium(),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
        "accept_downloads": True,
    }
    for n_before in range(3):
        context = chromium.browser_type.launch_persistent_context(profile, **options)
        page = context.new_page()
        page.goto(path.as_uri())
        wait_until_ready(page)
        assert page.locator("#answered li").count() == n_before
        answer(page, "V")
        # These processes alone have this profile.
        for process in psutil.process_iter(["cmdline"]):
            if any(str(profile) in part for part in process.info["cmdline"] or ()):
                with suppress(psutil.NoSuchProcess):
                    process.send_signal(signal.SIGKILL)
        with suppress(Error):  # It is closed, or notices that it was killed.
            context.close()


@pytest.mark.parametrize(
    "change, sentence",
    [
        (lambda text: text[:100], "not valid JSON"),
        (lambda text: "[]", "contains no answers"),
        (lambda text: "null", "contains no answers"),
        (lambda text: text.replace('"format": 1', '"format": 9'), "another format"),
        (lambda text: text.replace('"recording": "', '"recording": "0'), "made up"),
        (lambda text: text.replace('"model": "', '"model": "0'), "another model"),
        (lambda text: text.replace('"n_beats": ', '"n_beats": 9'), "another model"),
        (lambda text: text.replace('"label": "N"', '"label": "A"'), "another model"),
    ],
)
def test_a_file_of_other_answers_is_refused(change, sentence, page, tmp_path):
    answer(page, "N", "V")
    saved(page, tmp_path / "answers.json")
    text = (tmp_path / "answers.json").read_text()
    (tmp_path / "other.json").write_text(change(text))
    page.set_input_files("#open", tmp_path / "other.json")
    page.wait_for_selector("#problem:not(:empty)")
    assert sentence in page.text_content("#problem")
    assert page.locator("#answered li").count() == 2


def test_a_file_of_answers_continues_elsewhere(path, pages, tmp_path):
    page = wait_until_ready(pages.open(path))
    answer(page, "N", "V", "?")
    content, _ = saved(page, tmp_path / "answers.json")
    other = wait_until_ready(pages.open(path))
    other.set_input_files("#open", tmp_path / "answers.json")
    wait_until_kept(other)
    assert saved(other, tmp_path / "again.json")[0] == content


def test_the_last_answer_leads_to_the_command(pages, tmp_path):
    session = made_up_session(n_questions=2)
    path = write_page(session, tmp_path / "page.html", name="night 1")
    page = wait_until_ready(pages.open(path))
    answer(page, "N", "V")
    assert page.is_hidden("#question")
    assert page.text_content("#command") == "skecg annotate 'night 1'"
    # The focus is never on a part that is hidden.
    page.click("#end-moves [data-move=undo]")
    assert page.is_visible("#question")
    assert page.evaluate("document.activeElement.id") == "question"
    page.click('[data-label="V"]')
    assert page.evaluate("document.activeElement.id") == "end"


def test_a_session_writes_its_page_and_reads_its_answers(pages, tmp_path):
    session = made_up_session(n_questions=3)
    page = wait_until_ready(pages.open(session.to_html(tmp_path / "page.html")))
    answer(page, "N", "V", "S")
    command = "ReviewSession.load('made up.answers.json', annotated)"
    assert page.text_content("#command") == command
    _, name = saved(page, tmp_path / "made up.answers.json")
    loaded = ReviewSession.load(tmp_path / name, session.annotated)
    assert [label for _, label in loaded.answers] == ["N", "V", "S"]


def test_a_recording_without_beats_has_no_question(pages, tmp_path):
    annotated, _ = make_believe()
    annotated = type(annotated)(
        **{**vars(annotated), "table": annotated.table.iloc[:0].reset_index(drop=True)}
    )
    path = write_page(ReviewSession(annotated), tmp_path / "page.html")
    page = wait_until_ready(pages.open(path))
    assert "no questions about" in page.text_content("#end")
    assert accessibility_faults(page) == []


def test_a_hostile_name_stays_text(pages, tmp_path):
    path = write_page(made_up_session(), tmp_path / "page.html", name=HOSTILE)
    page = wait_until_ready(pages.open(path))
    assert page.text_content("h1") == f"Review {HOSTILE}"
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1280])
def test_the_page_is_accessible(width, dark, path, pages):
    page = wait_until_ready(pages.open(path, width=width, dark=dark))
    assert accessibility_faults(page) == []
    answer(page, "N", "V", "split")
    assert accessibility_faults(page) == []
    # No part is wider than the window.
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    while seconds_asked(page) is not None:
        answer(page, "S")
    assert accessibility_faults(page) == []


def test_the_page_is_one_small_file_without_addresses(path):
    text = path.read_text()
    assert len(text) < 3_000_000
    data = json.loads(text.split('id="data">')[1].split("</script>")[0])
    assert data["session"]["n_questions"] == 12
    for part in ("http-equiv", "default-src 'none'"):
        assert part in text
    assert 'src="http' not in text and "@import" not in text
