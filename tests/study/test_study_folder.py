"""The report's folder appears when it is complete, and failures keep the old one."""

import subprocess
import sys

import pytest

from skecg.study._folder import finished_folder


def test_a_failure_while_writing_keeps_the_old_report(study_csv, tmp_path):
    """Limit files to 1 MB, which is less than the model needs, as on a full disk."""
    out = tmp_path / "report"
    out.mkdir()
    (out / "report.json").write_text("{}")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6))"
    code = f"{limit}; import sys; from skecg.cli import main; sys.exit(main())"
    arguments = ["study", "--data", study_csv, "--out", out, "--quick", "--overwrite"]
    command = [sys.executable, "-c", code, *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True)
    assert finished.returncode == 2
    assert "File too large" in finished.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert [path.name for path in out.iterdir()] == ["report.json"]


def test_a_failure_while_replacing_keeps_the_old_report(tmp_path):
    target = tmp_path / "report"
    target.mkdir()
    (target / "report.json").write_text("{}")
    with pytest.raises(FileNotFoundError), finished_folder(target) as part:
        part.rmdir()
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert (target / "report.json").is_file()
