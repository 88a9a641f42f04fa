"""The verb ``skecg train``: a model file from annotated recordings."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from skecg.cli._model import save_model
from skecg.cli._reference_records import add_data_options, reference_records

_DESCRIPTION = """\
Fit a model that detects and classifies beats to recordings with reference annotations,
and write it to a file. MIT-BIH (98 MB) is downloaded once. Fitting the preset
new_patients to its 22 records DS1 takes about one minute of CPU time; fitting
new_patients_network to both databases takes about ten minutes."""

_EPILOG = """\
examples:
  skecg train --out model.skops --jobs 2
  skecg train --data my-records/ --annotations atr --out model.skops
  skecg train --preset new_patients_network --data mitdb,svdb --out model.npz

The last example reproduces the model that comes with the package, in half precision.
Loading a .skops or .npz file runs no code from it, and a .skops file is refused if a
byte was changed. Files with other suffixes are joblib pickles. Loading a pickle can run
any code, so load pickles only from sources that you trust."""


def add_parser(verbs: Any) -> None:
    """Add the verb to the command.

    Parameters
    ----------
    verbs : argparse action
        The command's subparsers.
    """
    parser = verbs.add_parser(
        "train",
        help="fit a model to annotated recordings",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--preset",
        default="new_patients",
        metavar="P",
        help="preset of the classifier. For patients that are not in the training "
        "data: new_patients (the default) or new_patients_network, each with the "
        "suffix _causal for streams. The other presets of skecg.presets read one "
        "lead. Networks take longer to fit",
    )
    add_data_options(parser, "mitdb")
    parser.add_argument(
        "--out",
        metavar="M",
        required=True,
        help="file to write; use the suffix .skops",
    )
    parser.add_argument("--seed", type=int, default=0, help="random seed (default: 0)")
    parser.add_argument(
        "--jobs",
        type=int,
        default=1,
        metavar="N",
        help="number of threads that read recordings (default: 1)",
    )
    parser.add_argument(
        "--overwrite", action="store_true", help="replace an existing file"
    )
    parser.add_argument(
        "--json", action="store_true", help="print the model's card as JSON"
    )
    parser.set_defaults(run=run, stopped="no model was written.")


def run(arguments: argparse.Namespace) -> None:
    """Fit the model and write it.

    Parameters
    ----------
    arguments : Namespace
        The parsed arguments.
    """
    from skecg._files import expanded_path
    from skecg.annotation import BeatAnnotator
    from skecg.cli._info import card_text
    from skecg.cli._output import json_text, show
    from skecg.presets import PRESETS, make_beat_classifier

    path = expanded_path("out", arguments.out)
    if path.is_dir() or (path.exists() and not arguments.overwrite):
        raise ValueError(
            f"out must be a new file, but {path} exists; pass another, or --overwrite."
        )
    if path.suffix == ".onnx":
        raise ValueError(
            f"out must be a .skops or .npz file, got {path}; write such a file, and "
            "export the model with skecg.export_onnx."
        )
    if arguments.preset not in PRESETS:
        raise ValueError(
            f"preset must be one of {', '.join(PRESETS)}, got {arguments.preset!r}."
        )
    preset = PRESETS[arguments.preset]
    records = reference_records(arguments, "train")
    print(f"Fitting to {len(records.paths)} recordings ...", file=sys.stderr)
    annotator = BeatAnnotator(
        # The annotator creates presets for new patients, for each number of leads.
        None
        if arguments.preset.startswith("new_patients")
        else make_beat_classifier(arguments.preset, random_state=arguments.seed),
        layout=preset.layout.name,
        random_state=arguments.seed,
        n_jobs=arguments.jobs,
    ).fit(
        records.paths,
        records.annotations,
        description=f"{records.description}; preset {arguments.preset}",
    )
    annotator.set_params(n_jobs=None)
    save_model(annotator, path)
    if arguments.json:
        show(json_text({"model": str(path), **card_text(annotator)[1]}))
    else:
        show(card_text(annotator)[0])
        show(f"written to {path}")
