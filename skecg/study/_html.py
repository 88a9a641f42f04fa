"""The study's report as one page that needs nothing beside it."""

import base64
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from skecg._files import write_text
from skecg.study import _published
from skecg.study._figures import CAPTIONS

__all__ = ["write_html"]

_STYLE = """
:root { color-scheme: light dark; --ink: #222; --paper: #fff; --line: #ddd;
  --soft: #666; --accent: #0072b2; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181c;
  --line: #3a3f47; --soft: #a4a9b1; --accent: #56b4e9; } }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink);
  background: var(--paper); max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; }
.figures { display: flex; flex-wrap: wrap; gap: 2.5rem; margin: 1.5rem 0; }
.figures b { display: block; font-size: 2rem; color: var(--accent); }
table { border-collapse: collapse; } .scroll { overflow-x: auto; }
th, td { padding: .35rem .8rem; text-align: right; border-bottom: 1px solid
  var(--line); } th:first-child, td:first-child { text-align: left; }
figure { margin: 2rem 0; } figcaption { color: var(--soft); }
figure img { max-width: 100%; height: auto; background: #fff; border-radius: 6px; }
.soft { color: var(--soft); } pre { overflow-x: auto; }
"""


def write_html(folder: Path, report: pd.DataFrame, summary: dict[str, Any]) -> None:
    """Write ``report.html`` beside the figures that it shows.

    Parameters
    ----------
    folder : Path
        The folder with the figures.
    report : DataFrame
        A row a class and average: precision, recall, F1 and support.
    summary : dict
        What ``report.json`` holds.
    """
    figures = "\n".join(_figure(folder, *item) for item in CAPTIONS.items())
    page = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>skecg study</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>Heartbeat classification study</h1>
<p>{escape(summary["data"]["description"])}</p>
<div class="figures">
<div><b>{summary["accuracy"]:.2%}</b>accuracy on {summary["data"]["n_test"]:,} beats
</div>
<div><b>{summary["macro_f1"]:.3f}</b>macro F1</div>
<div><b>{summary["best_epoch"]}</b>epoch kept, of {summary["n_epochs"]}</div>
</div>
<h2>By class</h2>
{_table(report, summary)}
<h2>Figures</h2>
{figures}
<h2>How it was made</h2>
<pre>{escape(summary["pipeline"])}</pre>
<p class="soft">Seed {summary["seed"]}, {summary["threads"]} threads, fitted in
{summary["fit_seconds"]:.0f} s. Data {summary["data"]["sha256"][:12]}.
{escape(_versions(summary["versions"]))}</p>
<p class="soft">Research software, not a medical device.</p>
</body>
</html>
"""
    write_text(folder / "report.html", page)


def _table(report: pd.DataFrame, summary: dict[str, Any]) -> str:
    """Put the figures beside the study's own, as far as they are at hand."""
    rows = [
        _row(
            name,
            f"{line['precision']:.3f}",
            f"{line['recall']:.3f}",
            f"{line['f1-score']:.3f}",
            f"{line['support']:,.0f}",
            _two_digits(_published.PRECISION.get(name)),
            _two_digits(_published.RECALL.get(name)),
            "&ndash;",
        )
        for name, line in report.loc[summary["classes"]].iterrows()
    ]
    n_test = f"{summary['data']['n_test']:,}"
    macro, accuracy = f"{summary['macro_f1']:.3f}", f"{summary['accuracy']:.4f}"
    theirs = f"{_published.MACRO_F1:.2f}", f"{_published.ACCURACY:.4f}"
    rows.append(_row("Macro F1", "", "", macro, n_test, "", "", theirs[0]))
    rows.append(_row("Accuracy", "", "", accuracy, n_test, "", "", theirs[1]))
    same = (
        "The same 21,892 test beats as the study's."
        if summary["data"]["is_public_test"]
        else "These are other beats than the study's 21,892: its figures stand here "
        "for orientation only."
    )
    return f"""<div class="scroll"><table>
<thead>
<tr><th></th><th colspan="4">This run</th><th colspan="3">The study, Table I</th></tr>
<tr><th>Class</th><th>Precision</th><th>Recall</th><th>F1</th><th>Beats</th>
<th>Precision</th><th>Recall</th><th>F1</th></tr>
</thead>
<tbody>
{"".join(rows)}</tbody>
</table></div>
<p class="soft">{same} A dash marks what is not at hand of its table.</p>"""


def _row(*cells: Any) -> str:
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _two_digits(value: float | None) -> str:
    return "&ndash;" if value is None else f"{value:.2f}"


def _figure(folder: Path, name: str, caption: str) -> str:
    image = base64.b64encode((folder / f"{name}.svg").read_bytes()).decode("ascii")
    return (
        f'<figure><img alt="{caption}" src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
