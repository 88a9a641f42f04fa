"""Makes the pictures of the guide page *Review a recording*, in Chromium.

Run it with ``tox run -e dev -- python docs/review_pictures.py``. It reviews a record of
MIT-BIH with answers from its reference annotations.
"""

import sys
import tempfile
from contextlib import chdir
from pathlib import Path

import numpy as np
from PIL import Image

from skecg import aami, mitdb
from skecg.cli import main
from skecg.datasets import fetch_mitdb
from skecg.datasets._wfdb import read_annotations

ROOT = Path(__file__).parents[1]
RECORD = "232"
FS = mitdb.FS
WINDOW = 0.15  # seconds, as in EC57
# Colours, width, height, and the question that is shown.
WINDOWS = (("light", 1280, 1180, 4), ("dark", 390, 1180, 1))
COLORS = 128  # of a picture, which keeps its file small

sys.path.append(str(ROOT / "tests" / "helpers"))


def make_pictures(folder: Path) -> None:
    """Review the record, and write the pictures to a folder."""
    from browser import running_chromium
    from review_pages import answer, saved, seconds_asked, wait_until_ready

    path = fetch_mitdb([RECORD]).path / RECORD
    samples, symbols = map(np.array, read_annotations(path)[:2])
    is_beat = np.isin(symbols, list(aami.STUDY_MAPPING))
    times, symbols = samples[is_beat] / FS, symbols[is_beat]
    with tempfile.TemporaryDirectory() as name, running_chromium() as chromium:
        work = Path(name)
        html, answers = work / "page.html", work / "answers.json"
        # The page shows the path of the record as it is given here.
        with chdir(path.parent):
            main(["annotate", f"{RECORD}.dat", "--out", str(work / "before")])
            main(["review", f"{RECORD}.dat", "--html", str(html)])
        for scheme, width, height, shown in WINDOWS:
            context = chromium.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme
            )
            page = context.new_page()
            page.goto(html.as_uri())
            wait_until_ready(page)
            number = 1
            while (seconds := seconds_asked(page)) is not None:
                if number == shown:
                    take(page, folder / f"review-{scheme}.png")
                nearest = np.abs(times - seconds).argmin()
                code = aami.STUDY_MAPPING[symbols[nearest]]
                is_near = abs(times[nearest] - seconds) < WINDOW
                answer(page, aami.CLASSES[code] if is_near else "X")
                number += 1
            if scheme == "light":
                take(page, folder / "review-end.png")
                saved(page, answers)
            context.close()
        options = ["--answers", str(answers), "--out", str(work / "after")]
        main(["annotate", str(path), *options])


def take(page, path: Path) -> None:
    """Write a picture of what the window shows."""
    page.screenshot(path=path)
    Image.open(path).convert("RGB").quantize(COLORS).save(path, optimize=True)


if __name__ == "__main__":
    make_pictures(ROOT / "docs" / "guide")
