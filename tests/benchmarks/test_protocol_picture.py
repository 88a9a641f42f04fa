"""The picture of all protocols, drawn from the committed tables."""

import shutil
from pathlib import Path

import matplotlib.image as mpimg

from benchmarks.picture import write_picture

RESULTS = Path(__file__).parents[2] / "docs/results"
TABLES = (
    "study/summary.csv",
    "public-by-patient/summary.csv",
    "inter-patient/summary.csv",
    "annotate/results.json",
)


def test_picture_waits_for_all_tables_and_suits_light_and_dark_pages(tmp_path):
    for table in TABLES:
        assert write_picture(tmp_path) == []
        (tmp_path / table).parent.mkdir()
        shutil.copy(RESULTS / table, tmp_path / table)
    light, dark = (mpimg.imread(path) for path in write_picture(tmp_path))
    assert light.shape == dark.shape
    assert light[0, 0].tolist() == [1, 1, 1, 1]
    assert dark[0, 0, 3] == 0


def test_picture_follows_from_the_figures(tmp_path):
    for table in TABLES:
        (tmp_path / table).parent.mkdir()
        shutil.copy(RESULTS / table, tmp_path / table)
    before, _ = (mpimg.imread(path) for path in write_picture(tmp_path))
    table = tmp_path / "study/summary.csv"
    lines = table.read_text().splitlines()
    row = next(i for i, x in enumerate(lines) if x.startswith("preset known_patients,"))
    cells = lines[row].split(",")
    cells[lines[0].split(",").index("SVEB F1")] = "0.5000"
    lines[row] = ",".join(cells)
    table.write_text("\n".join(lines))
    after, _ = (mpimg.imread(path) for path in write_picture(tmp_path))
    assert (before != after).any()
