"""The page of the results."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from benchmarks.review.cells import PROTOCOL
from benchmarks.review.figures import (
    FIGURES,
    GROUPS,
    figures,
    missing_of,
    records_of_results,
)
from benchmarks.review.picture import write_review_picture
from benchmarks.review.strategies import ERRORS, N_DRAWS, QUESTIONS, REVIEW, STRATEGIES
from skecg._files import write_text

__all__ = ["write_page"]

_INTRODUCTION = """# Corrections by a person: F1 against the number of answers

**A category of its own: a person looked at the test recordings.** After a model has
annotated a recording, answers about a few of its beats correct it. These figures must
not be compared with those of models that work alone, such as the other tables here.

![F1 against the number of answers](curve.png)

Written by `tox run -e bench -- accuracy --protocol review`. The answers are simulated:
each is the reference class of the beat that is shown, and is always right, unless
stated. R peaks are the reference's. Recordings last half an hour. `compare_annotations`
compares whole records (`start=0`, `mapping="study"`). Figures are gross, with 95 %
intervals resampled by record in brackets. The files beside this page contain the
pairings of each record.

- **DS2**: annotated by the pretrained `new_patients`, which was not fitted to DS2.
- **SVDB** (the 40 records with even numbers) and **DS1**: annotated by
  `new_patients_network`, fitted to the other four folds of draw 1 of the protocol
  [databases](../databases/README.md).
- **0 answers**: the model alone.
- **k-means**: MiniBatchKMeans over the columns of the layout `"features"` and the
  probabilities, one answer for each cluster.
- **the first, random and least certain beats**: each answer counts for its beat alone.
"""

_SETTINGS = Path(__file__).with_name("settings.md")


def write_page(results: Path) -> Path:
    """Write the page and the figure from the stored parts."""
    records = records_of_results(results)
    if not records:
        raise SystemExit(f"{results / PROTOCOL} holds no finished part yet.")
    write_review_picture(results, records)
    sections = [_INTRODUCTION, *(_section(records, group) for group in GROUPS)]
    sections += [_errors(records), _SETTINGS.read_text("utf-8")]
    page = results / PROTOCOL / "README.md"
    write_text(page, "\n".join(filter(None, sections)).rstrip() + "\n")
    return page


def _section(records: dict[str, Any], group: str) -> str:
    if figures(records, group, REVIEW, 0) is None:
        return ""
    parts = [f"## {group}\n"]
    missing = missing_of(group, records)
    if missing:
        parts.append(f"{missing} of its records were not measured yet.\n")
    if group == "DS1":
        parts.append("The settings were chosen on these records.\n")
    for name in FIGURES:
        head = [name, *(f"{n} answers" for n in QUESTIONS)]
        rows = [
            [strategy, *(_cell(records, group, strategy, n, name) for n in QUESTIONS)]
            for strategy in (REVIEW, *STRATEGIES)
        ]
        parts += [_table([head, *rows]), ""]
    return "\n".join(parts)


def _cell(
    records: dict[str, Any], group: str, strategy: str, n_questions: int, name: str
) -> str:
    found = figures(records, group, strategy, n_questions)
    return "" if found is None else str(found[name])


def _errors(records: dict[str, Any]) -> str:
    rows = [
        ["12 answers", *(f"{x}, {y}" for x in FIGURES for y in ("right", "5 % wrong"))]
    ]
    for group in GROUPS:
        pair = [figures(records, group, name, 12) for name in (REVIEW, ERRORS)]
        if pair[0] is not None:
            rows.append([group, *(str(x[name]) for name in FIGURES for x in pair if x)])
    return (
        "## Wrong answers\n\nEach answer is wrong with a probability of 5 %: another "
        f"one of N, S and V at random. The sum of {N_DRAWS} draws.\n\n{_table(rows)}\n"
    )


def _table(rows: Iterable[list[str]]) -> str:
    head, *body = rows
    lines = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
