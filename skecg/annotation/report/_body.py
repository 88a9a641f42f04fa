"""The HTML of the report: headings, facts and tables that work without scripts."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np

from skecg.annotation._model_card import ModelCard
from skecg.annotation._rhythm_summary import RhythmSummary

__all__ = ["report_body"]

_BODY = """<a class="skip" href="#events">Skip to runs and rare beats</a>
<header>
<h1>{title}</h1>
<p class="muted">{facts}</p>
<p class="notice"><strong>Not a medical device.</strong> This page is the output of
research software. Do not use it for diagnosis or treatment. A model has classified the
beats, and no person has checked them. <a href="#model">How accurate is it?</a></p>
</header>
<main>
<section aria-labelledby="summary"><h2 id="summary">Summary</h2>
<div class="tiles">{tiles}</div>
{unmeasured}
</section>
<section aria-labelledby="strip-title"><h2 id="strip-title">Strip</h2>
<div id="strip"></div>
<details><summary>Keyboard and mouse</summary><p>With the focus on the strip: the left
and right arrow keys move the strip, Page Up and Page Down move it by its width, plus
and minus zoom, Home and End go to the ends. With the mouse: drag to zoom in,
double-click to zoom out. In the table below: the up and down arrow keys select a row,
and Enter shows it.</p></details>
</section>
<section aria-labelledby="events"><h2 id="events" tabindex="-1">Runs and rare beats</h2>
<p>{listed}</p>
<p class="filters"><label>Class <select id="class-filter"></select></label>
<label>Kind <select id="kind-filter"></select></label>
<span id="shown-rows" role="status"></span></p>
<div class="scroll" id="event-scroll" tabindex="0" role="region"
aria-label="Table of runs and rare beats"><table id="event-table">
<caption class="hidden-text">Runs, pauses and rare beats, in the order of time</caption>
<thead><tr><th scope="col">Time</th>{day_head}<th scope="col">Kind</th>
<th scope="col">Class</th><th scope="col">Details</th><th scope="col">Signal</th></tr>
</thead><tbody></tbody></table></div>
</section>
<section aria-labelledby="whole"><h2 id="whole">The whole recording</h2>
<h3 id="rr-title">RR intervals</h3>
<div id="tachogram"></div>
<h3 id="quality-title">Quality of the signal</h3>
<div id="quality"></div>
<p>{quality}</p>
</section>
<section aria-labelledby="hours-title"><h2 id="hours-title">Ectopic beats by hour</h2>
<div id="hours"></div>
<details><summary>The same as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Table of the hours">
<table><caption class="hidden-text">Beats by hour</caption><thead><tr>
<th scope="col">Hour</th><th scope="col" class="number">Beats</th>
<th scope="col" class="number">V</th><th scope="col" class="number">S</th>
<th scope="col" class="number">Rate a minute</th>
<th scope="col" class="number">Unreadable minutes</th></tr></thead>
<tbody>{hours}</tbody></table></div></details>
</section>
<section aria-labelledby="shapes-title"><h2 id="shapes-title">Average shape of each
class</h2>
<p>The line is the mean of up to 400 beats, and the band contains 80 % of them at each
time. The dashed line is the mean of N.</p>
<div id="shapes"></div>
</section>
<section aria-labelledby="model"><h2 id="model" tabindex="-1">The model and its
accuracy</h2>
{scores}
<ul>{cautions}</ul>
<h3>Model card</h3>
<dl>{card}</dl>
</section>
</main>
<footer><p class="muted">Written by skecg {version}. This page contains uPlot 1.6.32,
copyright 2022 Leon Sorokin, MIT licence.</p></footer>
"""


def report_body(
    annotated: Any, summary: RhythmSummary, *, title: str, listed: str, version: str
) -> str:
    """Return the HTML of the body.

    Parameters
    ----------
    annotated : AnnotatedRecording
        The recording.
    summary : RhythmSummary
        Its summary.
    title : str
        The heading, as plain text.
    listed : str
        The text on how many events are listed, and how many in full resolution.
    version : str
        The version of skecg.

    Returns
    -------
    str
        The HTML. All texts of the recording and the model are escaped.
    """
    return _BODY.format(
        title=escape(title),
        facts=escape(_facts(annotated)),
        tiles=_tiles(summary),
        unmeasured=""
        if any(summary.expected.values())
        else "<p>The sensitivity of this model has not been measured.</p>",
        listed=escape(listed),
        day_head="" if annotated.start is None else '<th scope="col">Time of day</th>',
        quality=escape(_quality(annotated, summary)),
        hours=_hours(summary),
        scores=_scores(annotated.card),
        cautions=_cautions(annotated),
        card=_card(annotated.card),
        version=escape(version),
    )


def _facts(annotated: Any) -> str:
    recording = annotated.recording
    minutes, seconds = divmod(round(recording.duration), 60)
    length = f"{minutes // 60} h {minutes % 60} min {seconds} s"
    facts = [f"{length} at {recording.fs:g} Hz"]
    if annotated.start is not None:
        facts.append(f"from {annotated.start.isoformat(sep=' ', timespec='seconds')}")
    facts.append(f"leads {', '.join(annotated.leads)} ({annotated.lead_reason})")
    given = annotated.peaks == "given"
    facts.append("R peaks given" if given else "R peaks detected")
    return "; ".join(facts) + "."


def _tiles(summary: RhythmSummary) -> str:
    tiles = [
        ("Beats", f"{summary.n_beats:,}", f"{_fixed(summary.mean_rate, 0)} a minute"),
    ]
    for letter, name in (("V", "ventricular"), ("S", "supraventricular")):
        count, percent, per_hour = summary.burden.loc[letter]
        note = f"{_fixed(percent, 1)} % of beats, {_fixed(per_hour, 1)} an hour"
        tiles.append((f"{letter} ({name})", f"{count:,.0f}", note))
    runs, pauses = summary.runs, summary.pauses
    longest = f"longest {runs['length'].max():,} beats" if len(runs) else "none"
    tiles.append(("Runs of V", f"{len(runs):,}", longest))
    longest = f"longest {pauses['seconds'].max():.1f} s" if len(pauses) else "none"
    tiles.append(("Pauses over 2 s", f"{len(pauses):,}", longest))
    minutes = sum(summary.unreadable.values())
    share = 100 * 60 * minutes / summary.duration
    tiles.append(("Unreadable", f"{minutes:.1f} min", f"{share:.1f} % of the time"))
    return "".join(
        f'<div class="tile"><p class="muted">{escape(name)}</p><p class="figure">'
        f'{escape(value)}</p><p class="muted">{escape(note)}</p></div>'
        for name, value, note in tiles
    )


def _quality(annotated: Any, summary: RhythmSummary) -> str:
    minutes = sum(summary.unreadable.values())
    reasons = "".join(f"; {why} {m:.1f} min" for why, m in summary.unreadable.items())
    partial = int((annotated.table["quality"] == "partial").sum())
    return (
        f"No lead is readable in {minutes:.1f} of {summary.duration / 60:,.1f} "
        f"min{reasons}. {partial:,} beats were read in some of the leads only."
    )


def _hours(summary: RhythmSummary) -> str:
    return "".join(
        f'<tr><th scope="row">{hour}</th><td class="number">{row["beats"]:,.0f}</td>'
        f'<td class="number">{row["V"]:,.0f}</td><td class="number">{row["S"]:,.0f}'
        f'</td><td class="number">{_fixed(row["rate"], 0)}</td>'
        f'<td class="number">{row["unreadable_minutes"]:.1f}</td></tr>'
        for hour, row in summary.hours.iterrows()
    )


def _scores(card: ModelCard) -> str:
    """Return the table of the card's scores."""
    if not card.scores:
        return (
            "<p>The card of this model has no scores: its accuracy on other patients "
            "has not been measured.</p>"
        )
    names = ("veb_se", "veb_pp", "veb_f1", "sveb_se", "sveb_pp", "sveb_f1")
    rows = "".join(
        f'<tr><th scope="row">{escape(protocol)}</th>'
        + "".join(
            f'<td class="number">{_percent(scores.get(name, np.nan))}</td>'
            for name in names
        )
        + "</tr>"
        for protocol, scores in card.scores.items()
    )
    head = "".join(
        f'<th scope="col" class="number">{letter}: {name}</th>'
        for letter in "VS"
        for name in ("found", "right", "F1")
    )
    return (
        '<p>Tests of the model on other recordings. "Found" is the sensitivity: the '
        'share of the true V or S beats that the model finds. "Right" is the positive '
        "predictive value: the share of the beats classified as V or S that are "
        "correct. F1 is their harmonic mean. All figures pool the beats of all "
        "patients.</p>"
        '<div class="scroll" tabindex="0" role="region" aria-label="Scores of the '
        'model"><table><caption class="hidden-text">Scores of the model</caption>'
        f'<thead><tr><th scope="col">Test</th>{head}</tr></thead><tbody>{rows}'
        "</tbody></table></div>"
    )


def _cautions(annotated: Any) -> str:
    cautions = [
        "For a single patient, the accuracy can be far lower than in these tests, "
        "above all for S: check the beats in the strip before you use a count.",
        "There are no scores for F (fusion) and Q. Q marks beats that are unreadable, "
        "or that belong to no other class.",
        "The probability of a beat is an estimate by the model.",
    ]
    if annotated.peaks == "detected":
        cautions.append(
            "R peaks were detected. Missed or surplus peaks change intervals, runs "
            f"and pauses. {annotated.n_dropped:,} detected peaks were dropped because "
            "the model classified them as no beat."
        )
    return "".join(f"<li>{escape(text)}</li>" for text in cautions)


def _card(card: ModelCard) -> str:
    beats = ", ".join(f"{n:,} {letter}" for letter, n in card.n_beats.items())
    versions = ", ".join(f"{name} {value}" for name, value in card.versions.items())
    facts = [
        ("Training data", card.description),
        ("Recordings", f"{card.n_recordings:,}"),
        ("Beats", beats),
        ("Licence of the training data", card.data_licence),
        ("Layout of the rows", card.layout),
        ("Leads", card.lead_rule),
        ("Fitted with", card.command),
        ("Fitted on", card.created),
        ("Versions", versions),
    ]
    return "".join(
        f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in facts if value
    )


def _fixed(value: float, digits: int) -> str:
    return "-" if np.isnan(value) else f"{value:.{digits}f}"


def _percent(value: float) -> str:
    return "-" if np.isnan(value) else f"{100 * value:.0f} %"
