"""What the documentation quotes is what the files say."""

import json
import re
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]


def test_the_studys_page_quotes_its_files():
    page = (ROOT / "docs/study.md").read_text()
    folder = ROOT / "docs/results/study"
    summary = json.loads((folder / "report.json").read_text())
    table = pd.read_csv(folder / "report.csv", index_col="class")
    best = summary["best_epoch"] - 1
    history = summary["history"]
    s, f = table.loc["S"], table.loc["F"]
    for quoted in (
        f"| accuracy | {summary['accuracy']:.2%}".replace("%", " %"),
        f"| macro F1 | {summary['macro_f1']:.3f}",
        f"| S: precision, recall | {s.precision:.2f}, {s.recall:.2f}",
        f"| F: precision, recall | {f.precision:.2f}, {f.recall:.2f}",
        f"epoch {summary['best_epoch']} of 30",
        f"{100 * history['valid_accuracy'][best]:.2f} % and "
        f"{history['valid_score'][best]:.3f} at the epoch",
    ):
        assert quoted in page, quoted
    assert summary["data"]["is_public_test"]
    readme = (ROOT / "README.md").read_text()
    ours = f"{100 * summary['accuracy']:.2f} % and {summary['macro_f1']:.3f}"
    assert f"this package lands at {ours}" in readme


def test_the_studys_target_is_met():
    """By the run whose files are committed, on the whole public test set."""
    summary = json.loads((ROOT / "docs/results/study/report.json").read_text())
    assert sum(map(sum, summary["confusion_matrix"])) == 21_892
    assert summary["accuracy"] >= 0.970
    assert summary["macro_f1"] >= 0.84


def test_links_lead_somewhere():
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", page.read_text()):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
