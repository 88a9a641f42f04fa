"""A review of real records in Chromium, from the first question to applied answers."""

import numpy as np
import pandas as pd
import pytest
from review_pages import answer, given, saved, seconds_asked, wait_until_ready

import skecg
from skecg import aami
from skecg.cli import main
from skecg.datasets._wfdb import read_annotations
from skecg.review import simulate_review

pytestmark = pytest.mark.real

FS = 360


@pytest.mark.parametrize("record", ["207", "223"])
def test_a_review_with_the_keyboard(record, mitdb, pages, tmp_path):
    """The answers are the reference classes at the times that the page asks about."""
    path = str(mitdb.path / record)
    page_path, answers = tmp_path / "page.html", tmp_path / "answers.json"
    options = ["--r-peaks", "atr"]
    assert main(["review", path, "--html", str(page_path), *options]) == 0
    samples, symbols = read_annotations(path)[:2]
    is_beat = np.isin(symbols, list(aami.STUDY_MAPPING))
    samples, symbols = np.array(samples)[is_beat], np.array(symbols)[is_beat]
    true = np.array([aami.CLASSES[aami.STUDY_MAPPING[x]] for x in symbols])

    page = wait_until_ready(pages.open(page_path))
    for number in range(1, 13):
        assert f"Question {number} of 12" in page.text_content("#title")
        beat = np.abs(samples / FS - seconds_asked(page)).argmin()
        answer(page, true[beat])
    assert seconds_asked(page) is None
    content, name = saved(page, answers)
    assert name == f"{record}.answers.json"

    out = ["--out", str(tmp_path / "out")]
    assert main(["annotate", path, "--answers", str(answers), *out, *options]) == 0
    table = pd.read_csv(tmp_path / "out" / f"{record}.csv")
    # The library asks and decides alike.
    annotated = skecg.annotate(path, r_peaks=samples)
    (session,) = simulate_review([annotated], [(samples, symbols)])
    assert given(content) == list(session.answers)
    expected = session.result().table
    for column in ("sample", "class", "decided_by"):
        assert table[column].tolist() == expected[column].tolist()
    decided = table.set_index("sample")
    for node, label in session.answers:
        sample = annotated.table["sample"].iloc[session.beat_of(node)]
        assert decided.loc[sample, "class"] == label
        assert decided.loc[sample, "decided_by"] in ("answer", "both")
