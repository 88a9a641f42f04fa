"""The verb ``skecg evaluate``: the EC57 report of annotation files or a model."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from skecg.cli._model import (
    add_model_option,
    added_to_card,
    load_model,
    save_model,
)
from skecg.cli._reference_records import add_data_options, reference_records

_DESCRIPTION = """\
Compare annotations with reference annotations, beat by beat as in ANSI/AAMI EC57. The
annotations are files, folders of files, or the output of a model on recordings."""

_EPILOG = """\
examples:
  skecg evaluate mitdb/100.atr found/100.skecg
  skecg evaluate mitdb/ found/
  skecg evaluate --data svdb
  skecg evaluate --model model.skops --data mitdb --save-scores

In folders, each annotation file of REFERENCE is compared with the file of the same
record in TEST, which must exist. The length and the sampling rate are read from the
header beside the reference (NAME.hea)."""


def add_parser(verbs: Any) -> None:
    """Add the verb to the command.

    Parameters
    ----------
    verbs : argparse action
        The command's subparsers.
    """
    parser = verbs.add_parser(
        "evaluate",
        help="compare annotations with the reference (EC57)",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "reference",
        nargs="?",
        metavar="REFERENCE",
        help="annotation file, or folder of files with the suffix --annotations",
    )
    parser.add_argument(
        "test",
        nargs="?",
        metavar="TEST",
        help="annotation file, or folder of files with the suffix --test-annotations",
    )
    add_model_option(parser)
    add_data_options(parser, None)
    parser.add_argument(
        "--test-annotations",
        default="skecg",
        metavar="EXT",
        help="suffix of the annotations in the folder TEST (default: skecg)",
    )
    parser.add_argument(
        "--r-peaks",
        choices=("own", "reference"),
        default="own",
        help="R peaks of a model: detected (own) or from the reference annotations "
        "(default: own)",
    )
    parser.add_argument(
        "--start",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="start of the comparison in seconds; EC57 allows 300 (default: 0)",
    )
    parser.add_argument(
        "--mapping",
        choices=("ec57", "study"),
        default="ec57",
        help="mapping from symbols in annotation files to classes: 'study' counts "
        "escape beats as N (default: ec57; a model uses the mapping of its training)",
    )
    parser.add_argument(
        "--save-scores",
        action="store_true",
        help="add the scores to the card in the model file, so that summaries of "
        "'annotate' state the expected sensitivity",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="number of threads for one recording (default: 1)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print counts and statistics as JSON"
    )
    parser.set_defaults(run=run, stopped="no report was printed.")


def run(arguments: argparse.Namespace) -> None:
    """Compare annotations and print the report.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.
    """
    from skecg.cli._output import json_text, show

    has_files = arguments.reference is not None
    if has_files == (arguments.data is not None):
        raise ValueError("pass either REFERENCE and TEST, or --data.")
    if has_files and (arguments.model is not None or arguments.save_scores):
        raise ValueError("--model and --save-scores need --data, not REFERENCE.")
    report, facts = _of_files(arguments) if has_files else _of_model(arguments)
    if not arguments.json:
        show(repr(report))
        return
    statistics = {"gross": report.gross, "average": report.average}
    records = report.records.T.to_dict()
    pairings = report.pairings.T.to_dict()
    line = {**facts, **statistics, "records": records, "pairings": pairings}
    show(json_text(line))


def _of_files(arguments: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    from skecg.cli._annotation_files import read_annotation_file
    from skecg.datasets._wfdb import read_header
    from skecg.metrics import compare_annotations
    from skecg.recordings._sources import parsing, size_of

    if arguments.test is None:
        raise ValueError("TEST must be given with REFERENCE; see --help.")
    true, called, rates, lengths = {}, {}, {}, {}
    for name, reference, test in _pairs(arguments):
        true[name] = read_annotation_file(reference)
        called[name] = read_annotation_file(test)
        header_file = reference.with_suffix(".hea")
        size_of(header_file)
        with parsing(header_file):
            header = read_header(reference.with_suffix(""))
        rates[name], lengths[name] = float(header.fs), header.sig_len
    report = compare_annotations(
        true,
        called,
        fs=rates,
        sig_len=lengths,
        start=arguments.start,
        mapping=arguments.mapping,
    )
    return report, {"start": arguments.start, "mapping": arguments.mapping}


def _pairs(arguments: argparse.Namespace) -> list[tuple[str, Path, Path]]:
    """Return the name of each record and its two annotation files."""
    reference, test = Path(arguments.reference), Path(arguments.test)
    if reference.is_dir() != test.is_dir():
        raise ValueError(
            "REFERENCE and TEST must both be annotation files or both be folders, got "
            f"{reference} and {test}."
        )
    if not reference.is_dir():
        return [(reference.stem, reference, test)]
    ours = arguments.annotations.lstrip(".")
    theirs = arguments.test_annotations.lstrip(".")
    files = sorted(reference.rglob(f"*.{ours}"))
    if arguments.records:
        files = [reference / f"{x}.{ours}" for x in arguments.records.split(",")]
    if not files:
        raise ValueError(f"REFERENCE must contain .{ours} files, got {reference}.")
    inside = [path.relative_to(reference) for path in files]
    pairs = [
        (
            str(part.with_suffix("")),
            reference / part,
            test / part.with_suffix(f".{theirs}"),
        )
        for part in inside
    ]
    missing = [name for name, _, path in pairs if not path.exists()]
    if missing:
        raise ValueError(
            f"TEST must contain a .{theirs} file for each record of REFERENCE, but "
            f"{test} lacks {len(missing)} of {len(pairs)} ({', '.join(missing[:5])}); "
            "annotate them, or select the others with --records."
        )
    return pairs


def _of_model(arguments: argparse.Namespace) -> tuple[Any, dict[str, Any]]:
    from skecg.annotation._pretrained import PRETRAINED

    name, annotator = load_model(arguments.model)
    if arguments.save_scores and name in PRETRAINED:
        raise ValueError(
            f"--save-scores needs a model file, but {name} comes with the package; "
            "leave it out, or pass --model."
        )
    if arguments.save_scores and name.endswith(".onnx"):
        raise ValueError(
            "--save-scores needs a .skops, .npz or .joblib file, because an ONNX file "
            f"is not changed after its export, got {name}; save the scores to the "
            "model that was exported, and export it again."
        )
    records = reference_records(arguments, "test")
    known = set(annotator.card_.recordings)
    shared = [x.name for x in records.paths if x.name in known]
    if shared:
        print(
            f"skecg: {len(shared)} of {len(records.paths)} recordings have names of "
            f"recordings in the training set ({', '.join(shared[:5])}); scores on "
            "training recordings are too high.",
            file=sys.stderr,
        )
    jobs = annotator.n_jobs
    report = annotator.set_params(n_jobs=arguments.jobs).evaluate(
        records.paths,
        records.annotations,
        peaks=arguments.r_peaks,
        start=arguments.start,
    )
    protocol = f"{records.description}, {arguments.r_peaks} R peaks"
    if arguments.save_scores:
        annotator.set_params(n_jobs=jobs)
        added = added_to_card(annotator, Path(name))
        annotator.card_ = annotator.card_.with_scores(protocol, report)
        save_model(annotator, Path(name), added)
    return report, {"protocol": protocol, "trained_on": shared}
