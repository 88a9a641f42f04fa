"""Review pages in a browser, operated by keyboard like a user."""

import json
import re
import shlex

from skecg.review._review_page import review_page

KEYS = {"split": "p", "?": "t", **{letter: letter.lower() for letter in "NSVFQX"}}


def write_page(session, path, name="made up"):
    """Write the page of a session, and return its path."""
    command = shlex.join(["skecg", "annotate", name])
    path.write_text(
        review_page(session, name=name, made_from={"fs": None}, command=command),
        encoding="utf-8",
    )
    return path


def wait_until_ready(page):
    page.wait_for_selector("main[aria-busy=false]")
    return page


def answer(page, *labels):
    """Answer by keyboard, and wait until the browser has stored the answers."""
    for label in labels:
        page.keyboard.press(KEYS[label])
    wait_until_kept(page)


def wait_until_kept(page):
    page.wait_for_function(
        """() => {
            const n = document.querySelectorAll("#answered li").length;
            const said = document.querySelector("#kept").textContent;
            return said.startsWith(`Stored in this browser: ${n} answer`);
        }"""
    )


def saved(page, path):
    """Save the answers by keyboard; return the content and the name of the file."""
    with page.expect_download() as download:
        page.keyboard.press("Control+s")
    download.value.save_as(path)
    return json.loads(path.read_text("utf-8")), download.value.suggested_filename


def given(content):
    """Return the nodes and labels in a file of answers."""
    return [(entry["node"], entry["label"]) for entry in content["answers"]]


def seconds_asked(page):
    """Return the time of the beat in the question; None after the last question."""
    title = page.text_content("#title") if page.is_visible("#question") else ""
    found = re.search(r"beat at (\d+):(\d\d):(\d\d\.\d)\?$", title)
    if found is None:
        return None
    hours, minutes, seconds = found.groups()
    return 3600 * int(hours) + 60 * int(minutes) + float(seconds)
