"""The table of the speed benchmarks, written from the files of the rows."""

import json
from pathlib import Path

import numpy as np

from benchmarks.speed.rounds import spread
from benchmarks.speed.rows import ROWS
from skecg._files import write_text

__all__ = ["write_report"]

_CURVE = """## Score against fit time

On a tenth of the study's training beats, set aside before any fit; each fitted once.
The study's 30 epochs above are three that were timed, times ten. The fast preset in
two formats of numbers is fitted for three epochs, one after the other.

| contestant | fit s | accuracy | macro F1 |
|---|---|---|---|
"""

_HEAD = """# Speed: ratios to the alternatives

Written by `tox run -e bench -- speed`. Every ratio is one of measurements taken in turn
in one run, the median of the rounds with the smallest and largest; the machine and the
versions stand in the rows' files.

| what | ours | theirs | ratio | target | met |
|---|---|---|---|---|---|
"""


def write_report(results: Path) -> Path:
    """Write the page of the measured rows, and return its path."""
    lines, short = [], []
    for name, row in ROWS.items():
        path = results / "speed" / f"{name}.json"
        if not path.is_file():
            continue
        values = json.loads(path.read_text(encoding="utf-8"))["values"]
        for ratio in row.ratios:
            # A quick run measures fewer sizes.
            if ratio.ours not in values or ratio.theirs not in values:
                continue
            met = {True: "yes", False: "**no**", None: ""}[ratio.is_met(values)]
            ours, theirs = (
                f"{contestant}: {spread(values[contestant])}"
                for contestant in (ratio.ours, ratio.theirs)
            )
            cells = [f"{row.title}, {row.unit}", ours, theirs]
            cells += [spread(ratio.measured(values)), ratio.target, met]
            lines.append(f"| {' | '.join(cells)} |")
            if met == "**no**":
                middle = float(np.median(ratio.measured(values)))
                short.append(
                    f"- {row.title}: {ratio.ours} / {ratio.theirs} is {middle:.2f}, "
                    f"and should be {ratio.target}."
                )
    page = results / "speed" / "README.md"
    falls_short = "\n".join(short) or "Nothing that was measured."
    table = "\n".join(lines)
    write_text(
        page,
        f"{_HEAD}{table}\n\n## What falls short\n\n{falls_short}\n"
        f"{_curve(results / 'speed')}",
    )
    return page


def _curve(folder: Path) -> str:
    """Return the table of scores and fit times, the fastest fit first."""
    values: dict[str, list[float]] = {}
    for name in ("quality", "precision"):
        path = folder / f"{name}.json"
        if path.is_file():
            values |= json.loads(path.read_text(encoding="utf-8"))["values"]
    if not values:
        return ""
    names = [name.removesuffix(": accuracy") for name in values if "accuracy" in name]
    rows = [
        (
            values.get(name, [np.nan])[0],
            name,
            values[f"{name}: accuracy"][0],
            values[f"{name}: macro F1"][0],
        )
        for name in names
    ]
    lines = [
        f"| {name} | {'' if np.isnan(fit) else f'{fit:.0f}'} | {accuracy:.4f} "
        f"| {f1:.4f} |"
        for fit, name, accuracy, f1 in sorted(rows)
    ]
    return f"\n{_CURVE}" + "\n".join(lines) + "\n"
