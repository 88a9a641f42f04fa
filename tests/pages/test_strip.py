"""The strip viewer and its data: what is drawn, keys, buttons, and the envelope."""

import base64
from io import BytesIO

import numpy as np
import pytest
from annotated import mixed_recording
from browser import accessibility_faults
from matplotlib.image import imread

from skecg import Recording
from skecg.pages._envelope import envelope
from skecg.pages._page import build_page
from skecg.pages._strip import joined_spans, strip_data

BODY = '<main><h1>Strip</h1><div id="strip"></div></main>'
SCRIPT = """
globalThis.signal = skecg.signalOf(skecg.data());
globalThis.viewer = skecg.createStrip(document.getElementById("strip"), signal, {
  start: 30, onView: (view) => (globalThis.seen = view),
});
"""


@pytest.fixture(scope="module")
def recording():
    return mixed_recording(seconds=600, pattern="NNNNVNNANN")


@pytest.fixture(scope="module")
def strip_file(recording, tmp_path_factory):
    """A page of a recording that has its first 40 s and two more in full."""
    signal, (peaks, symbols) = recording
    classes = ["S" if symbol == "A" else symbol for symbol in symbols]
    spans = [[0, 10_000], [50_000, 50_500]]
    data = strip_data(signal, signal.leads, (peaks, classes), spans=spans)
    path = tmp_path_factory.mktemp("strip") / "strip.html"
    path.write_text(build_page("Strip", body=BODY, data=data, scripts=[SCRIPT]))
    return path


def decoded(part, n_leads):
    values = np.frombuffer(base64.b64decode(part["values"]), dtype="<i2")
    return values.reshape(n_leads, -1)


@pytest.mark.parametrize("width", [1, 7, 1000, 10_000])
def test_the_envelope_holds_each_bin(width):
    signal = np.random.default_rng(0).normal(size=(5000, 3)).astype(np.float32)
    signal[100:130, 0] = np.nan
    found = envelope(Recording(signal, 250), [2, 0], width)
    assert found.shape == (-(-5000 // width), 2, 2)
    for number, (low, high) in enumerate(found):
        part = signal[number * width : (number + 1) * width][:, [2, 0]]
        there = [lead[~np.isnan(lead)] for lead in part.T]
        assert low.tolist() == pytest.approx(
            [x.min() if len(x) else np.nan for x in there], nan_ok=True
        )
        assert high.tolist() == pytest.approx(
            [x.max() if len(x) else np.nan for x in there], nan_ok=True
        )


def test_the_envelope_is_the_same_over_several_blocks():
    signal = np.random.default_rng(0).normal(size=(600_000, 1)).astype(np.float32)
    found = envelope(Recording(signal, 250), [0], 100)
    parts = signal.reshape(-1, 100)
    assert np.array_equal(found[:, 0, 0], parts.min(axis=1))
    assert np.array_equal(found[:, 1, 0], parts.max(axis=1))


@pytest.mark.parametrize(
    ("spans", "joined"),
    [
        ([], []),
        ([[5, 5], [-9, -1]], []),
        ([[8, 12], [0, 3], [3, 5]], [[0, 5], [8, 10]]),
        ([[0, 9], [1, 2], [4, 6]], [[0, 9]]),
    ],
)
def test_spans_are_joined(spans, joined):
    assert joined_spans(spans, 10).tolist() == joined


def test_samples_are_microvolts_and_missing_ones_marked():
    signal = np.array([[0.0015, -100.0], [np.nan, 50.0], [-1.0, 0.0]])
    recording = Recording(signal, 250, leads=["II", "V1"], units="mV")
    data = strip_data(recording, ["V1", "II"], ([1], "N"))
    assert data["steps"] == [4, 1]
    found = decoded(data["parts"][0], 2)
    assert found.tolist() == [[-25000, 12500, 0], [2, -32768, -1000]]


def test_keys_move_and_zoom(pages, strip_file):
    page = pages.open(strip_file)
    view = lambda: page.evaluate("viewer.view()")  # noqa: E731
    assert view() == {"start": 30, "seconds": 10}
    page.focus(".strip-chart")
    for key, expected in [
        ("ArrowRight", (32, 10)),
        ("PageDown", (42, 10)),
        ("ArrowLeft", (40, 10)),
        ("+", (42.5, 5)),
        ("-", (40, 10)),
        ("End", (590, 10)),
        ("PageDown", (590, 10)),
        ("Home", (0, 10)),
        ("PageUp", (0, 10)),
    ]:
        page.keyboard.press(key)
        assert tuple(view().values()) == pytest.approx(expected), key
    assert page.evaluate("seen") == view()


def test_a_strip_stays_within_its_limits(pages, strip_file):
    page = pages.open(strip_file)
    page.evaluate(
        """globalThis.small = skecg.createStrip(
            document.getElementById("strip"), signal,
            { start: 2, seconds: 4, limits: [20, 26], label: "Question" })"""
    )
    assert page.evaluate("small.view()") == {"start": 20, "seconds": 4}
    page.get_by_role("group", name="Question").focus()
    for key, expected in [("End", (22, 4)), ("ArrowRight", (22, 4)), ("-", (20, 6))]:
        page.keyboard.press(key)
        assert tuple(page.evaluate("small.view()").values()) == expected


def test_classes_can_change(pages, strip_file):
    page = pages.open(strip_file)
    before = page.inner_text(".strip-text")
    page.evaluate("signal.beats.classes[signal.firstBeat(32)] = 'Q'; viewer.redraw()")
    assert "1 Q" in page.inner_text(".strip-text") and "Q" not in before


def test_buttons_and_the_mouse_zoom(pages, strip_file):
    page = pages.open(strip_file)
    page.get_by_role("button", name="Zoom in").click()
    assert page.evaluate("viewer.view()") == {"start": 32.5, "seconds": 5}
    page.get_by_role("button", name="Show all").click()
    assert page.evaluate("viewer.view()") == {"start": 0, "seconds": 600}
    box = page.locator(".u-over").bounding_box()
    y = box["y"] + box["height"] / 2
    page.mouse.move(box["x"] + 0.25 * box["width"], y)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.5 * box["width"], y, steps=3)
    page.mouse.up()
    view = page.evaluate("viewer.view()")
    assert view["start"] == pytest.approx(150, abs=2)
    assert view["seconds"] == pytest.approx(150, abs=3)


def test_the_text_counts_beats_and_says_where_samples_lack(
    pages, strip_file, recording
):
    _, (peaks, symbols) = recording
    page = pages.open(strip_file)
    shown = [s for p, s in zip(peaks, symbols, strict=True) if 7500 <= p < 10_000]
    text = page.inner_text(".strip-text")
    assert text.startswith(f"0:00:30.0 to 0:00:40.0: {len(shown)} beats (")
    assert f"{shown.count('N')} N" in text and f"{shown.count('V')} V" in text
    assert "Grey" not in text
    page.focus(".strip-chart")
    page.keyboard.press("PageDown")
    assert "Grey: only the minimum and maximum" in page.inner_text(".strip-text")


def test_samples_and_envelope_are_drawn_where_they_are(pages, strip_file, recording):
    signal = recording[0].signal
    page = pages.open(strip_file)
    found = page.evaluate("signal.draw(35, 45, 1000)")
    assert found["coarse"] == [[40, pytest.approx(45, abs=0.01)]]
    x = np.array(found["x"])
    assert (np.diff(x) >= 0).all()
    full = x < 40
    lead = np.array(found["leads"][1], dtype=float)
    assert x[full] == pytest.approx(np.arange(8750, 10_000) / 250)
    assert lead[full] == pytest.approx(signal[8750:10_000, 1], abs=0.0005)
    later = lead[x > 40.3]
    assert np.nanmax(later) <= signal[10_000:11_400, 1].max() + 0.001
    assert np.nanmax(later) > 0.5
    # Far out, all is the envelope, with bounded work.
    found = page.evaluate("signal.draw(0, 600, 300)")
    assert len(found["x"]) <= 4 * 301
    high = np.array(found["leads"][0], dtype=float).max()
    assert high == pytest.approx(signal[:, 0].max(), abs=0.001)


def test_the_strip_is_accessible(pages, strip_file):
    assert accessibility_faults(pages.open(strip_file)) == []


def test_the_strip_follows_the_theme(pages, strip_file):
    page = pages.open(strip_file)

    def extremes():
        """Return the darkest and the brightest point, which is a lead's line."""
        picture = page.locator(".strip-chart .u-over").screenshot()
        levels = imread(BytesIO(picture))[..., :3].mean(axis=2)
        return levels.min(), levels.max()

    darkest, _ = extremes()
    page.emulate_media(color_scheme="dark")
    _, brightest = extremes()
    assert darkest < 0.3 and brightest > 0.7


def test_a_narrow_window_fits(pages, strip_file):
    page = pages.open(strip_file, width=390, height=800)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
