"""The report of the study as one self-contained HTML page."""

import base64
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from skecg._files import write_text
from skecg.study import _published
from skecg.study._figures import CAPTIONS

__all__ = ["write_html"]

_DASH = "&ndash;"
_TITLES = {"macro avg": "Macro average", "weighted avg": "Weighted average"}

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
    """Write ``report.html``, which embeds the figures of the same folder.

    Parameters
    ----------
    folder : Path
        The folder with the figures.
    report : DataFrame
        One row per class and average: precision, recall, F1 and support.
    summary : dict
        The content of ``report.json``.
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
<div><b>{summary["best_epoch"]}</b>selected epoch, of {summary["n_epochs"]}</div>
</div>
<h2>Results by class</h2>
{_table(report, summary)}
<h2>Figures</h2>
{figures}
<h2>Settings</h2>
<pre>{escape(summary["pipeline"])}</pre>
<p class="soft">Seed {summary["seed"]}, {summary["threads"]} threads, fitted in
{summary["fit_seconds"]:.0f} s. SHA-256 of the data: {summary["data"]["sha256"][:12]}.
{escape(_versions(summary["versions"]))}</p>
<p class="soft">Research software, not a medical device.</p>
</body>
</html>
"""
    write_text(folder / "report.html", page)


def _table(report: pd.DataFrame, summary: dict[str, Any]) -> str:
    """Return a table of the results beside those of the study."""
    rows = "".join(_row(name, line) for name, line in report.iterrows())
    data = summary["data"]
    rows += (
        f"<tr><td>Accuracy</td>{'<td></td>' * 4}<td>{summary['accuracy']:.4f}</td>"
        f"<td>{_published.ACCURACY:.4f}</td><td>{data['n_test']:,}</td>"
        f"<td>{_published.N_TEST:,}</td></tr>\n"
    )
    note = (
        "Both columns refer to the same 21,892 test beats."
        if data["is_public_test"]
        else "The study was evaluated on 21,892 other test beats, so the columns are "
        "not directly comparable."
    )
    metrics = ("Precision", "Recall", "F1", "Beats")
    pairs = "<th>This run</th><th>Study</th>" * len(metrics)
    return f"""<div class="scroll"><table>
<thead>
<tr><th></th>{"".join(f'<th colspan="2">{metric}</th>' for metric in metrics)}</tr>
<tr><th>Class</th>{pairs}</tr>
</thead>
<tbody>
{rows}</tbody>
</table></div>
<p class="soft">Study: Table I of the study, which states two digits. {note}</p>"""


def _row(name: str, line: Any) -> str:
    """Return the row of a class or average; a dash marks a class not in the study."""
    theirs = _published.TABLE.get(name)
    cells = [_TITLES.get(name, escape(name))]
    for ours, published in (
        ("precision", theirs and theirs.precision),
        ("recall", theirs and theirs.recall),
        ("f1-score", theirs and theirs.f1),
    ):
        cells += [f"{line[ours]:.3f}", f"{published:.2f}" if published else _DASH]
    cells += [f"{line['support']:,.0f}", f"{theirs.support:,}" if theirs else _DASH]
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>\n"


def _figure(folder: Path, name: str, caption: str) -> str:
    image = base64.b64encode((folder / f"{name}.svg").read_bytes()).decode("ascii")
    return (
        f'<figure><img alt="{caption}" src="data:image/svg+xml;base64,{image}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _versions(versions: dict[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in versions.items()) + "."
