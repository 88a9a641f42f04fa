"""skecg annotate --dask: the recordings on the workers of a scheduler."""

import json

import pytest
from distributed import LocalCluster

from skecg.cli import main


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with LocalCluster(
        n_workers=1,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",
        dashboard_address=None,
        local_directory=str(tmp_path_factory.mktemp("dask")),
    ) as cluster:
        yield cluster.scheduler_address


def test_results_are_those_of_one_process(
    address, annotated_folder, model_file, tmp_path, capsys
):
    (tmp_path / "bad.csv").write_text("time,II\n0,text\n1,2\n")
    words = [str(annotated_folder), str(tmp_path / "bad.csv"), "--model"]
    words.append(str(model_file))
    statuses, tables = [], []
    for name, options in (("here", []), ("there", ["--dask", address])):
        out = tmp_path / name
        statuses.append(main(["annotate", *words, "--out", str(out), *options]))
        tables.append({x.name: x.read_text() for x in out.rglob("*.csv")})
        assert json.loads((out / "a.json").read_text())["counts"]["V"] > 5
    assert statuses == [1, 1]
    assert tables[0] == tables[1]
    assert "bad" in tables[1]["failures.csv"]
    capsys.readouterr()


def test_jobs_and_dask_exclude_each_other(capsys):
    with pytest.raises(SystemExit) as stop:
        main(["annotate", "a", "--out", "o", "--jobs", "2", "--dask", "tcp://h:1"])
    assert stop.value.code == 2
    assert "not allowed with" in capsys.readouterr().err
