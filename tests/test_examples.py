"""Every example runs to its end."""

import runpy
from pathlib import Path

import pytest

EXAMPLES = sorted(Path(__file__).parents[1].glob("examples/*.py"))


@pytest.mark.filterwarnings("ignore:Nothing is held out:UserWarning")
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example_runs(path):
    import matplotlib.pyplot as plt

    runpy.run_path(str(path))
    assert plt.get_fignums()
    plt.close("all")
