"""The protocol over databases: folds, figures from cells made by hand, and a cell."""

import json
import shutil
import subprocess
import sys
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from annotated import mixed_recording
from sklearn.base import BaseEstimator, ClassifierMixin

from benchmarks.databases import contestants
from benchmarks.databases.cells import run_missing
from benchmarks.databases.figures import figures_of, resamples, rule, tallies_of
from benchmarks.databases.folds import DATABASES, N_FOLDS, folds_of
from benchmarks.databases.page import write_page
from benchmarks.databases.stability import changes_of, stability_section
from skecg import BeatAnnotator, mitdb

RESULTS = Path(__file__).parents[2] / "docs/results"
ALL_RECORDS = sorted(chain(*DATABASES.values()))

ROOT = Path(__file__).parents[2]

# In DS1, the three records have 10, 2 and 0 V beats, and 10, 10 and 9 S beats.
BY_HAND = {
    "101": {"Vv": 8, "Vn": 2, "Nv": 2, "Ss": 6, "Sn": 4, "Ns": 2, "Nn": 90},
    "106": {"Vv": 1, "Vo": 1, "Ss": 10, "Fs": 5},
    "108": {"Sn": 9},
    "800": {"Vv": 30, "Ss": 10},
    "868": {"Vv": 10, "Vn": 90},
}
ALL_RIGHT = {
    "101": {"Vv": 10, "Ss": 10, "Nn": 94},
    "106": {"Vv": 2, "Ss": 10, "Fn": 5},
    "108": {"Ss": 9},
    "800": {"Vv": 30, "Ss": 10},
    "868": {"Vv": 100},
}


def cells_of(model, found, draw=0, own=None):
    """Return the cells of all folds, in which other records have no beats."""
    return [
        {
            "model": model,
            "seed": draw,
            "fold": fold,
            "fit_seconds": 10.0,
            "records": {
                record: {
                    "reference": found.get(record, {}),
                    "own": (own or found).get(record, {}),
                }
                for records in parts.values()
                for record in records
            },
        }
        for fold, parts in enumerate(folds_of(draw))
    ]


def store(folder, cells):
    folder.mkdir(exist_ok=True)
    for cell in cells:
        name = f"{cell['model']}-fold{cell['fold']}-seed{cell['seed']}.json"
        (folder / name).write_text(json.dumps(cell))


def shown(tally):
    return figures_of(tally, np.ones((1, tally.f1["V"].shape[1])))[0]


def test_folds_hold_each_record_once_and_both_databases():
    for draw in range(3):
        folds = folds_of(draw)
        assert len(folds) == N_FOLDS
        for database, records in DATABASES.items():
            parts = [fold[database] for fold in folds]
            assert sorted(chain(*parts)) == sorted(records)
            assert max(map(len, parts)) - min(map(len, parts)) <= 1
    assert folds_of(0) == folds_of(0) != folds_of(1)


def test_records_of_the_folds_are_of_as_many_subjects():
    subjects = [mitdb.SUBJECTS[record] for record in DATABASES["DS1"]]
    assert len(set(subjects)) == len(subjects)
    assert not set(DATABASES["DS1"]) & set(mitdb.DS2)


def test_figures_are_those_computed_by_hand():
    tallies = tallies_of(cells_of("new_patients", BY_HAND))
    # V: TP 9, FP 2, FN 3. S: TP 16, FP 2 (F called S does not count in gross), FN 13.
    # V/rec: 101 alone has ten V. S/rec: 101 has 2/3, and 106 has 20/25 with its F.
    expected = [18 / 23, 32 / 47, 0.8, (2 / 3 + 0.8) / 2]
    np.testing.assert_allclose(shown(tallies["DS1", "reference"]), expected)
    # SVDB: TP 40, FN 90; by record 1 and 20/110.
    expected = [80 / 170, 1, (1 + 20 / 110) / 2, 1]
    np.testing.assert_allclose(shown(tallies["SVDB", "own"]), expected)


def test_figures_of_draws_are_averaged():
    cells = [*cells_of("a", BY_HAND), *cells_of("a", ALL_RIGHT, draw=1)]
    figures = shown(tallies_of(cells)["DS1", "reference"])
    expected = [18 / 23, 32 / 47, 0.8, (2 / 3 + 0.8) / 2]
    np.testing.assert_allclose(figures, (np.array(expected) + 1) / 2)


def test_the_rule_is_the_mean_over_databases_and_peaks():
    tallies = tallies_of(cells_of("a", BY_HAND, own=ALL_RIGHT))
    value = rule([shown(tally) for tally in tallies.values()])
    reference = 18 / 23 + (2 / 3 + 0.8) / 2, 80 / 170 + 1
    assert value == pytest.approx((sum(reference) + 2 + 2) / 4)


def test_a_record_counts_as_often_as_it_is_drawn():
    tally = tallies_of(cells_of("a", BY_HAND))["DS1", "reference"]
    times = np.zeros((2, len(DATABASES["DS1"])))
    times[0, 0] = 3  # 101 alone
    times[1, 2] = 1  # 108 alone, which has nine S beats, all missed, and no V
    one, other = figures_of(tally, times)
    np.testing.assert_allclose(one, [0.8, 2 / 3, 0.8, 2 / 3])
    np.testing.assert_allclose(other, [np.nan, 0, np.nan, np.nan])
    assert resamples("DS1").sum(axis=1).tolist() == [22] * 2000


def test_the_page_shows_figures_differences_and_records(tmp_path):
    folder = tmp_path / "databases"
    store(folder, cells_of("new_patients", BY_HAND))
    store(folder, cells_of("new_patients_network", ALL_RIGHT))
    store(folder, cells_of("new_patients_network_causal", ALL_RIGHT)[:-1])
    page = write_page(tmp_path).read_text()
    reference, own = page.split("\n## Tests with detected R peaks")
    for text in (reference, own):
        assert "| preset new_patients: boosters over features | 0.783 (" in text
        assert "| preset new_patients_network | 1.000 (1.00 to 1.00) |" in text
        assert "| preset new_patients_network | +0.217 (" in text
        # Without 868, all V of SVDB are right.
        assert "over features | 1.000 | 1.000 | 1.000 | 1.000 |" in text
        assert "| DS1 101 | 8/2/2 | 10/0/0 | -4 | 6/2/4 | 10/0/0 | -6 |" in text
        assert "| DS1 109 |" not in text  # It has no beats here.
        assert text.index("| SVDB 868 |") < text.index("| DS1 108 |")
    assert "causal" not in page  # It has a fold to come.
    assert "| preset new_patients_network | 2.000 (2.00 to 2.00) |  | +" in page


def test_models_are_compared_on_the_draws_that_both_have(tmp_path):
    folder = tmp_path / "databases"
    store(folder, cells_of("new_patients", BY_HAND, draw=0))
    store(folder, cells_of("new_patients", ALL_RIGHT, draw=1))
    store(folder, cells_of("new_patients_network", ALL_RIGHT, draw=1))
    page = write_page(tmp_path).read_text()
    row = next(x for x in page.split("\n") if x.startswith("| preset new_patients_ne"))
    assert "| +0.000 (+0.00 to +0.00) | 1 |" in row


def test_finished_cells_are_not_run_again(tmp_path, capfd):
    folder = tmp_path / "databases"
    store(folder, cells_of("new_patients", BY_HAND))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    run_missing(tmp_path, ["new_patients"], [0], jobs=2, quick=False)
    assert capfd.readouterr().out.count("there already") == N_FOLDS
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_own_results_are_shown_beside_stored_ones(tmp_path):
    store(tmp_path / "databases", cells_of("new_patients", BY_HAND))
    own = tmp_path / "own"
    own.mkdir()
    store(own / "databases", cells_of("new_patients_network", ALL_RIGHT))
    page = write_page(own, beside=tmp_path).read_text()
    assert "| preset new_patients_network | +0.217 (" in page
    assert not (tmp_path / "databases/README.md").exists()


@pytest.fixture
def my_models(tmp_path, monkeypatch):
    """A module with factories, forgotten after the test as are its contestants."""
    module = "from skecg import BeatAnnotator\n" + "\n".join(
        f"def {name}({given}): return {made}"
        for name, given, made in [
            ("seeded", "random_state", "BeatAnnotator(random_state, layout='context')"),
            ("fixed", "", "BeatAnnotator(leads=['II'])"),
            ("wrong", "", "object()"),
        ]
    )
    (tmp_path / "my_annotators.py").write_text(module)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("benchmarks.databases.contestants.CONTESTANTS", {})
    yield
    sys.modules.pop("my_annotators", None)


def test_an_own_annotator_is_a_contestant(my_models):
    name = contestants.add_own_annotator("my_annotators:seeded")
    own = contestants.CONTESTANTS[name]
    assert own.build(3, True).classifier == 3
    assert own.variants(name) == (name, "my_annotators.seeded-one-lead")
    # One that reads a given lead is not tested on the first.
    fixed = contestants.add_own_annotator("my_annotators:fixed")
    assert list(contestants.titles())[2:] == [fixed]


def test_an_own_estimator_that_is_no_annotator_is_refused(my_models):
    with pytest.raises(SystemExit, match="must return a BeatAnnotator"):
        contestants.add_own_annotator("my_annotators:wrong")


def test_a_folder_without_all_folds_is_refused(tmp_path):
    with pytest.raises(SystemExit, match="no finished cell"):
        write_page(tmp_path)
    store(tmp_path / "databases", cells_of("new_patients", BY_HAND)[1:])
    with pytest.raises(SystemExit, match="no model with all folds"):
        write_page(tmp_path)


def test_stability_is_the_share_of_changed_beats(tmp_path):
    assert stability_section(tmp_path) == ""
    records = {
        "101": {"beats": 100, "gain 0.8": 6},
        "106": {"beats": 300, "gain 0.8": 0},
        "800": {"beats": 50, "gain 0.8": 1},
    }
    facts = {"model": "a model", "records": records}
    (tmp_path / "stability.json").write_text(json.dumps(facts))
    section = stability_section(tmp_path)
    assert "| DS1 | gain 0.8 | 400 | 6 (1.50 %) | 1 | 101: 6.0 % |" in section
    assert "| SVDB | gain 0.8 | 50 | 1 (2.00 %) | 0 | 800: 2.0 % |" in section


class CallsTallBeatsV(ClassifierMixin, BaseEstimator):
    """Calls a beat V if a sample of its window is above 1.35 mV, else N."""

    def fit(self, X, y):
        self.classes_ = np.array([0, 2])
        return self

    def predict_proba(self, X):
        is_tall = X[:, :96].max(axis=1) > 1.35
        return np.stack([~is_tall, is_tall], axis=1).astype(float)


def test_changed_beats_are_counted_for_each_change():
    recording, marks = mixed_recording(["II"], pattern="NNNV")
    annotator = BeatAnnotator(
        CallsTallBeatsV(), layout="centered", leads=["II"], drop_surplus=False
    )
    annotator.fit([recording], [marks])
    n_v, n_n = (marks[1].count(symbol) for symbol in "VN")
    # The R waves have 1.5 mV in V and 1.2 mV in N; V goes down to -0.6 mV.
    assert changes_of(annotator, recording, marks) == {
        "beats": n_v + n_n,
        "R peaks by up to 10 ms": 0,
        "gain 0.8": n_v,
        "gain 1.25": n_n,
        "opposite polarity": n_v,
    }


@pytest.mark.real
def test_a_cell_holds_the_pairings_of_the_records_that_test(tmp_path):
    command = [sys.executable, "-m", "benchmarks", "cell", "databases", "new_patients"]
    options = ["2", "1", "--quick", "--results", str(tmp_path)]
    finished = subprocess.run(
        [*command, *options], cwd=ROOT, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    (path,) = (tmp_path / "databases").iterdir()
    assert path.name == "new_patients-fold2-seed1.json"
    cell = json.loads(path.read_text())
    fold = folds_of(1)[2]
    assert list(cell["records"]) == [fold["DS1"][0], fold["SVDB"][0]]
    assert not set(cell["trained_on"]) & {*fold["DS1"], *fold["SVDB"]}
    for pairings in cell["records"].values():
        assert not [name for name in pairings["reference"] if name[0] in "OX"]
        totals = [
            sum(n for name, n in pairings[peaks].items() if name[0] not in "OX")
            for peaks in ("reference", "own")
        ]
        assert totals[0] == totals[1] > 1_000


def test_stored_cells_were_tested_on_the_records_that_did_not_train():
    paths = [*(RESULTS / "databases").glob("*-fold*-seed*.json")]
    assert paths
    for path in paths:
        cell = json.loads(path.read_text())
        parts = folds_of(cell["seed"])
        tested = sorted(chain(*parts[cell["fold"]].values()))
        assert not cell["quick"]
        assert sorted(cell["records"]) == tested, path.name
        assert sorted(cell["trained_on"] + tested) == ALL_RECORDS, path.name


def test_the_stored_page_follows_from_its_cells(tmp_path):
    folder = tmp_path / "databases"
    shutil.copytree(RESULTS / "databases", folder)
    stored = (folder / "README.md").read_text()
    assert write_page(tmp_path).read_text() == stored
