"""Real records: beats that are found and classified, and files that wfdb reads."""

import pytest

from skecg import BeatAnnotator
from skecg.datasets._wfdb import read_annotations

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def fitted(mitdb):
    records = ("106", "114", "119", "209", "223")
    paths = [mitdb.path / record for record in records]
    references = [read_annotations(path)[:2] for path in paths]
    return BeatAnnotator().fit(paths, references)


@pytest.mark.parametrize("record, least", [("116", 0.9), ("124", 0.6)])
def test_own_peaks_are_nearly_as_good_as_those_of_experts(record, least, fitted, mitdb):
    path = mitdb.path / record
    reference = read_annotations(path)[:2]
    scores = [
        fitted.evaluate([path], [reference], peaks=peaks).gross["veb_f1"]
        for peaks in ("reference", "own")
    ]
    assert min(scores) > least
    assert scores[1] > scores[0] - 0.05


def test_leads_in_another_order_are_read_alike(fitted, mitdb):
    # 114 has V5 before MLII.
    annotated = fitted.annotate(mitdb.path / "114")
    assert annotated.leads == ("MLII", "V5")


def test_wfdb_reads_the_annotations(fitted, mitdb, wfdb, tmp_path):
    annotated = fitted.annotate(mitdb.path / "124")
    annotated.to_wfdb(tmp_path / "124")
    read = wfdb.rdann(str(tmp_path / "124"), "skecg")
    assert read.sample.tolist() == annotated.table["sample"].tolist()
    assert read.symbol == annotated.table["class"].tolist()
