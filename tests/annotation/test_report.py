"""AnnotatedRecording.to_html: what the page says, and how it behaves in a browser."""

import re
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from browser import accessibility_faults

from skecg import Recording
from skecg.annotation import AnnotatedRecording, ModelCard

CARD = ModelCard("made-up <patients>", (), 3, {"N": 900, "V": 90}, 3, "x", "in order")


def made_up(letters, intervals=0.8, *, fs=128, seconds=None, name="made-up", **options):
    """Return an annotated recording with beats of given classes."""
    times = 1 + np.cumsum(np.broadcast_to(intervals, len(letters)))
    seconds = int(seconds or (times[-1] if len(letters) else 0) + 2)
    samples = np.round(times * fs).astype(np.int64)
    signal = np.zeros((seconds * fs, 2), dtype=np.float32)
    signal[::7] = 0.02
    signal[samples] = [1.0, -0.5]
    recording = Recording(signal, fs, leads=["II", "V1"], name=name, **options)
    table = pd.DataFrame({"sample": samples, "time": samples / fs})
    table["class"] = np.array(list(letters), dtype=object)
    for letter in "NSVF":
        table[f"probability_{letter}"] = np.where(table["class"] == letter, 0.9, 0.03)
    table["rr"] = table["time"].diff()
    table["quality"] = pd.Categorical.from_codes(
        np.zeros(len(table), dtype=int), categories=["good", "partial", "unreadable"]
    )
    table["reason"] = np.array([""] * len(table), dtype=object)
    return AnnotatedRecording(
        table=table,
        recording=recording,
        leads=("II", "V1"),
        lead_reason="all leads",
        unreadable=np.zeros(seconds, dtype=np.int8),
        peaks="detected",
        n_dropped=0,
        card=CARD,
    )


@pytest.fixture(scope="module")
def mixed_page(annotated, tmp_path_factory):
    """The report of a recording of two minutes."""
    return annotated.to_html(tmp_path_factory.mktemp("report") / "mixed.html")


@pytest.fixture(scope="module")
def long_page(tmp_path_factory):
    """The report of 12 h, in which every second beat is V, with 27,000 V."""
    letters = ("NV" * 26_990) + "NVVVVN"
    annotated = made_up(letters, fs=128)
    return annotated.to_html(tmp_path_factory.mktemp("report") / "long.html")


def rows_of(page):
    """Return the cells of the rows that the table shows."""
    return page.evaluate(
        """[...document.querySelectorAll("#event-table tbody tr")]
        .filter((row) => !row.hidden)
        .map((row) => [...row.cells].map((cell) => cell.textContent))"""
    )


def test_events_are_listed_with_their_details(pages, tmp_path):
    intervals = np.full(26, 0.8)
    intervals[24] = 2.5
    letters = "NNVVVNNVVNNSSSNFNSNVNQNNNN"
    page = pages.open(made_up(letters, intervals).to_html(tmp_path / "x.html"))
    assert [row[1:4] for row in rows_of(page)] == [
        ["Run", "V", "3 beats at 75 a minute"],
        ["Couplet", "V", "2 beats"],
        ["Run", "S", "3 beats at 75 a minute"],
        ["Beat", "F", "probability 0.90"],
        ["Beat", "S", "probability 0.90"],
        ["Beat", "V", "probability 0.90"],
        ["Beat", "Q", ""],
        ["Pause", "", "2.5 s"],
    ]
    assert rows_of(page)[0][0] == "0:00:03.4"
    assert "All 8 events are listed" in page.inner_text("main")


def test_the_numbers_are_those_of_the_summary(pages, mixed_page, annotated):
    page = pages.open(mixed_page)
    summary = annotated.summary()
    tiles = page.inner_text(".tiles")
    assert f"{summary.n_beats:,}" in tiles
    for letter in "VS":
        count, percent, _ = summary.burden.loc[letter]
        assert f"{count:.0f}" in tiles and f"{percent:.1f} % of beats" in tiles
    page.get_by_text("The same as a table").click()
    cells = page.locator("section:has(#hours) tbody td").all_inner_texts()
    hour = summary.hours.iloc[0]
    assert cells[:3] == [f"{hour[name]:.0f}" for name in ("beats", "V", "S")]
    shapes = page.locator("#shapes figcaption").all_inner_texts()
    assert len(shapes) == sum(n > 0 for n in summary.counts.values())


def test_a_row_moves_the_strip_by_mouse_and_keyboard(pages, mixed_page):
    page = pages.open(mixed_page)
    rows = rows_of(page)
    page.locator("#event-table tbody tr").nth(1).click()
    text = page.inner_text(".strip-text")
    assert text.split()[0] <= rows[1][0] <= text.split()[2]
    assert page.locator("tr[aria-current]").count() == 1
    buttons = page.locator("#event-table tbody button")
    buttons.nth(1).focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    assert page.evaluate("document.activeElement.textContent") == rows[3][0]
    text = page.inner_text(".strip-text")
    assert text.split()[0] <= rows[3][0] <= text.split()[2]


def test_filters_hide_rows(pages, mixed_page):
    page = pages.open(mixed_page)
    rows = rows_of(page)
    page.select_option("#class-filter", "S")
    of_s = [row for row in rows if row[2] == "S"]
    assert rows_of(page) == of_s and 0 < len(of_s) < len(rows)
    assert page.inner_text("#shown-rows") == f"{len(of_s)} of {len(rows)} rows shown"
    page.select_option("#kind-filter", "Beat")
    assert rows_of(page) == [row for row in of_s if row[1] == "Beat"]
    page.select_option("#class-filter", "")
    page.select_option("#kind-filter", "")
    assert rows_of(page) == rows


def test_the_keyboard_reaches_everything_in_order(pages, mixed_page):
    page = pages.open(mixed_page)
    order = []
    for _ in range(40):
        page.keyboard.press("Tab")
        order.append(
            page.evaluate(
                "document.activeElement.id || document.activeElement.className || "
                "document.activeElement.ariaLabel || document.activeElement.tagName"
            )
        )
        if order[-1] == "event-scroll":
            break
    expected = ["skip", "A", "Back by one strip", "Zoom in", "Zoom out", "Show all"]
    expected += ["strip-chart", "SUMMARY", "class-filter", "kind-filter"]
    found = [name for name in order if name in expected]
    assert found == expected and order[-1] == "event-scroll"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#event-table') !== null")


def test_charts_move_the_strip(pages, mixed_page):
    page = pages.open(mixed_page)
    over = page.locator(".tachogram .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 20)
    assert page.inner_text(".strip-text").startswith("0:01:2")
    page.locator("#quality svg").click(position={"x": 60, "y": 30})
    assert page.inner_text(".strip-text").startswith("0:00:00")
    page.locator("#hours svg g").first.click()
    assert page.inner_text(".strip-text").startswith("0:00:00 to 0:02:00")


def test_a_drag_zooms_into_the_tachogram(pages, mixed_page):
    page = pages.open(mixed_page)
    over = page.locator(".tachogram .u-over")
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    before = over.screenshot()
    page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 50)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + 50, steps=3)
    page.mouse.up()
    assert over.screenshot() != before
    # A click in the middle is a quarter of the recording from the start now.
    over.scroll_into_view_if_needed()
    box = over.bounding_box()
    page.mouse.click(box["x"] + 0.5 * box["width"], box["y"] + 50)
    assert page.inner_text(".strip-text").startswith("0:00:2")


def test_the_page_is_accessible(pages, mixed_page):
    page = pages.open(mixed_page)
    for details in page.locator("details summary").all():
        details.click()
    assert accessibility_faults(page) == []


def test_the_dark_page_has_contrast(pages, mixed_page):
    page = pages.open(mixed_page, dark=True)
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) != pages.open(mixed_page).evaluate(ground)
    assert accessibility_faults(page, "color-contrast") == []


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_is_wider_than_the_window(pages, mixed_page, width):
    page = pages.open(mixed_page, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_long_recording_stays_small_and_says_what_it_leaves_out(pages, long_page):
    assert long_page.stat().st_size < 15e6
    page = pages.open(long_page)
    text = page.inner_text("section:has(#events) > p")
    shown, n = re.search(r"([\d,]+) of ([\d,]+) events are listed", text).groups()
    # The run, and an episode of bigeminy; single V are spread over the recording.
    assert n == "26,992"
    rows = rows_of(page)
    assert len(rows) == int(shown.replace(",", "")) == 152
    assert [row[1] for row in rows].count("Beat") == 150
    n_full = sum(row[4] == "full" for row in rows)
    assert f"in full resolution for {n_full} of them" in text
    assert "for one strip in each of 12 hours" in text
    hours = {int(row[0].split(":")[0]) for row in rows}
    assert hours == set(range(12))
    assert page.evaluate("skecg.signalOf(skecg.data().strip).isFull(5397, 5403)")
    page.get_by_role("button", name="Show all").click()
    assert "53,986 beats" in page.inner_text(".strip-text")
    assert "Grey: minimum and maximum" in page.inner_text(".strip-text")


def test_the_time_of_day_is_shown_if_the_start_is_known(pages, tmp_path):
    start = datetime(2026, 1, 5, 23, 59, 57)
    annotated = made_up("NNNNVNNN", start=start)
    page = pages.open(annotated.to_html(tmp_path / "x.html"))
    assert "from 2026-01-05 23:59:57" in page.inner_text("header")
    # The V is at 5 s.
    assert rows_of(page)[0][:2] == ["0:00:05.0", "00:00:02"]


def test_hostile_names_are_text(pages, tmp_path):
    name = '"><img src=x onerror="document.title=1">'
    annotated = made_up("NNNVNN", name=name)
    leads = ("</script><b>x</b>", "V<1")
    recording = Recording(annotated.recording.signal, 128, leads=leads, name=name)
    annotated = replace(annotated, recording=recording, leads=leads)
    page = pages.open(annotated.to_html(tmp_path / "x.html"))
    assert page.inner_text("h1") == f"ECG report: {name}"
    assert page.locator("img, b").count() == 0
    assert leads[0] in page.inner_text("#shapes")
    assert "made-up <patients>" in page.inner_text("dl")


@pytest.mark.parametrize("letters", ["", "N", "QQQ"])
def test_recordings_with_little_in_them_have_a_page(pages, tmp_path, letters):
    annotated = made_up(letters, seconds=20)
    page = pages.open(annotated.to_html(tmp_path / "x.html"))
    assert f"{len(letters)}\n" in page.inner_text(".tiles")
    assert len(rows_of(page)) == letters.count("Q")


def test_missing_samples_are_gaps(pages, tmp_path):
    annotated = made_up("NNNNNNNNNN")
    signal = annotated.recording.signal.copy()
    signal[200:400, 0] = np.nan
    recording = Recording(signal, 128, leads=["II", "V1"], name="x")
    annotated = replace(annotated, recording=recording)
    page = pages.open(annotated.to_html(tmp_path / "x.html"))
    lead = page.evaluate("skecg.signalOf(skecg.data().strip).draw(1, 4, 500).leads[0]")
    assert [value is None for value in lead] == np.isnan(signal[128:512, 0]).tolist()


def test_scores_are_shown_or_said_to_lack(annotated, tmp_path):
    def text_of(card):
        path = replace(annotated, card=card).to_html(tmp_path / "x.html")
        return path.read_text(encoding="utf-8")

    scores = {"DS2, <own> peaks": {"veb_se": 0.914, "sveb_f1": np.nan}}
    page = text_of(replace(CARD, scores=scores))
    assert "DS2, &lt;own&gt; peaks" in page and "91 %" in page
    page = text_of(replace(CARD, scores={}))
    assert "has no scores" in page and "has not been measured" in page


def test_a_path_that_is_no_file_is_refused(annotated, tmp_path):
    (tmp_path / "file").touch()
    for path, error, message in [
        (tmp_path, ValueError, "path must be a file to write, and .* is a folder"),
        ("", ValueError, "path must be a file to write"),
        (5, ValueError, "path must be a path, got 5"),
        (tmp_path / "file" / "x.html", OSError, "path must be a file that can be"),
        (tmp_path / ("x" * 300), OSError, "path must be a file that can be written"),
    ]:
        with pytest.raises(error, match=message):
            annotated.to_html(path)
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_failure_leaves_the_earlier_page(annotated, tmp_path):
    path = tmp_path / "x.html"
    path.write_text("earlier")
    broken = replace(annotated, card=None)
    with pytest.raises(AttributeError):
        broken.to_html(path)
    assert path.read_text() == "earlier"
    assert annotated.to_html(path) == path
    assert [file.name for file in tmp_path.iterdir()] == ["x.html"]
