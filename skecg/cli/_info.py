"""The verb ``skecg info``: the card of a model."""

from __future__ import annotations

import argparse
from typing import Any

from skecg.cli._model import load_model


def add_parser(verbs: Any) -> None:
    """Add the verb to the command.

    Parameters
    ----------
    verbs : argparse action
        The command's subparsers.
    """
    parser = verbs.add_parser(
        "info",
        help="show the card of a model",
        description="Show the training data, the package versions and the scores of a "
        "model. Loading a model file other than .skops, .npz and .onnx can run any "
        "code: load such files only from sources that you trust.",
    )
    parser.add_argument(
        "model",
        nargs="?",
        default="new_patients",
        metavar="MODEL",
        help="new_patients (the default) or new_patients_causal, which come with the "
        "package, or a file that 'skecg train' has written",
    )
    parser.add_argument("--json", action="store_true", help="print the card as JSON")
    parser.set_defaults(run=run, stopped="nothing was changed.")


def run(arguments: argparse.Namespace) -> None:
    """Print the card.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.
    """
    from skecg.cli._output import json_text, show

    path, annotator = load_model(arguments.model)
    text, facts = card_text(annotator)
    show(json_text({"model": str(path), **facts}) if arguments.json else text)


def card_text(annotator: Any) -> tuple[str, dict[str, Any]]:
    """Return the card of a model as text and as a dict.

    Parameters
    ----------
    annotator : BeatAnnotator
        The fitted model.

    Returns
    -------
    text : str
        One line per fact.
    facts : dict
        The same facts, for JSON.
    """
    from dataclasses import asdict

    facts = {**asdict(annotator.card_), "classes": annotator.class_names_}
    names = ", ".join(facts["recordings"])
    beats = ", ".join(f"{n:,} {letter}" for letter, n in facts["n_beats"].items() if n)
    lines = {
        "training data": facts["description"] or "not described",
        "recordings": f"{facts['n_recordings']}" + (f": {names}" if names else ""),
        "beats": f"{beats}; {facts['n_surplus']:,} detected peaks that are not beats",
        "classes": ", ".join(facts["classes"]),
        "layout": facts["layout"],
        "leads": facts["lead_rule"],
        "SHA-256 of the data": facts["data_sha256"] or "not stated",
        "licence of the data": facts["data_licence"] or "not stated",
        "made by": facts["command"] or "not stated",
        "created": facts["created"],
        "versions": ", ".join(f"{k} {v}" for k, v in facts["versions"].items()),
    }
    for protocol, scores in facts["scores"].items():
        lines[f"scores on {protocol}"] = ", ".join(
            f"{name} {value:.3f}" for name, value in scores.items()
        )
    if not facts["scores"]:
        lines["scores"] = "not measured; see 'skecg evaluate --help'"
    return "\n".join(f"{name}: {text}" for name, text in lines.items()), facts
