"""A page in one file: safe data, a strict policy, and packaged assets."""

import json
import re

import numpy as np
import pytest
from browser import accessibility_faults

from skecg._class_colors import CLASS_COLORS
from skecg.pages._page import CLASS_INKS, asset, build_page
from skecg.plotting._style import luminance

HOSTILE = "</script><img src=x onerror=alert(1)><!-- & \" ' \u2028"


def data_of(page):
    text = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]
    return json.loads(text)


def test_hostile_text_stays_text(pages, tmp_path):
    script = """
        document.querySelector("h1").textContent = skecg.data().name;
        document.title += document.querySelectorAll("img").length;
    """
    path = tmp_path / "page.html"
    body = "<main><h1></h1></main>"
    path.write_text(
        build_page(HOSTILE, body=body, data={"name": HOSTILE}, scripts=[script])
    )
    page = pages.open(path)
    assert page.text_content("h1") == HOSTILE
    assert page.title() == HOSTILE + "0"


def test_numbers_that_json_lacks_are_null():
    data = {"a": np.array([1.5, np.nan]), "b": (np.inf, np.int64(3)), "c": [None]}
    page = build_page("x", body="", data=data)
    assert data_of(page) == {"a": [1.5, None], "b": [None, 3], "c": [None]}


@pytest.mark.parametrize("text", ["x = '</script>'", "/* <!-- */", "a {} </STYLE>"])
def test_scripts_that_would_end_their_element_are_refused(text):
    with pytest.raises(ValueError, match="in two parts"):
        build_page("x", body="", data={}, scripts=[text])


def test_the_policy_permits_no_other_script_and_no_request(chromium, tmp_path):
    """What a flaw elsewhere would put into the page does not run."""
    body = (
        '<main><h1>x</h1><p id="p">before</p></main>'
        "<script>document.getElementById('p').textContent = 'ran'</script>"
    )
    script = """
        fetch("http://127.0.0.1:9/").catch(() => {
          document.getElementById("p").textContent += ", fetch refused";
        });
    """
    path = tmp_path / "page.html"
    path.write_text(build_page("x", body=body, data={}, scripts=[script]))
    page = chromium.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(path.as_uri())
    page.get_by_text("fetch refused").wait_for()
    assert page.text_content("p") == "before, fetch refused"
    policy = "Content Security Policy"
    assert any("inline script" in text and policy in text for text in said)
    assert any("127.0.0.1" in text and policy in text for text in said)
    page.close()


def test_uplot_comes_with_its_licence_and_version():
    assert "Leon Sorokin" in asset("uPlot-LICENSE.txt")
    assert "uPlot (v1.6.32)" in asset("uPlot-1.6.32.iife.min.js")


@pytest.mark.parametrize("letter", CLASS_COLORS)
def test_class_letters_contrast_with_their_colour(letter):
    """WCAG 2.2 asks for 4.5 (level AA)."""
    levels = sorted([luminance(CLASS_COLORS[letter]), luminance(CLASS_INKS[letter])])
    assert (levels[1] + 0.05) / (levels[0] + 0.05) >= 4.5


@pytest.mark.parametrize("dark", [False, True])
def test_the_look_has_enough_contrast(pages, tmp_path, dark):
    letters = "".join(f'<span class="badge badge-{x}">{x}</span>' for x in "NSVFQ")
    body = (
        f'<main><h1>Title</h1><p class="muted">Muted</p><p class="notice">Notice '
        f'<a href="#x">link</a></p><p id="x">{letters}</p>'
        "<button>Button</button></main>"
    )
    path = tmp_path / "page.html"
    path.write_text(build_page("Title", body=body, data={}))
    page = pages.open(path, dark=dark)
    assert accessibility_faults(page, "color-contrast") == []
