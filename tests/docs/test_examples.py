"""Every example runs, and so does the first Python block of the README."""

import re
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted(ROOT.glob("examples/*.py"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path, monkeypatch):
    # The gallery runs each example in its folder.
    monkeypatch.chdir(path.parent)
    runpy.run_path(str(path))
    assert plt.get_fignums()
    plt.close("all")


def test_readme_begins_with_code_that_runs():
    first = re.search("```python\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    names = {}
    exec(first.group(1), names)
    assert names["pipeline"].score(names["X_test"], names["y_test"]) > 0.6
    plt.close("all")
