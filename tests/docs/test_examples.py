"""The script of the recordings and the first Python block of the README run.

The build of the site runs the examples of the gallery.
"""

import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt

from skecg.recordings import read_recording

ROOT = Path(__file__).parents[2]


def test_made_up_recordings_are_read(tmp_path):
    script = ROOT / "examples/make_recordings.py"
    subprocess.run([sys.executable, script, tmp_path], check=True)
    rates = {"one_lead.csv": 250, "twelve_leads.hea": 500, "two_leads.edf": 256}
    found = {x: read_recording(tmp_path / x, fs=fs) for x, fs in rates.items()}
    assert [x.n_leads for x in found.values()] == [1, 12, 2]
    assert {x.duration for x in found.values()} == {300}
    assert found["two_leads.edf"].leads == ("II", "V1")
    assert (tmp_path / "twelve_leads.atr").exists()


def test_readme_begins_with_code_that_runs():
    first = re.search("```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    names = {}
    exec(first.group(1), names)
    assert names["pipeline"].score(names["X_test"], names["y_test"]) > 0.6
    plt.close("all")
