"""Check what the commands of the README's "Annotate a recording" have written.

python check_annotations.py FOLDER, which they ran in.
"""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import wfdb

MITDB = ("100", "207", "232")
MADE_UP = ("one_lead", "twelve_leads", "two_leads")

folder = Path(sys.argv[1])


def evaluate(reference, *options):
    """Return the gross figures of the annotations in found/."""
    command = ["skecg", "evaluate", reference, "found", *options, "--json"]
    return json.loads(subprocess.check_output(command, cwd=folder))["gross"]


def check(is_met, what):
    """Stop with a sentence if something is not as it must be."""
    if not is_met:
        sys.exit(f"check_annotations: {what}")


for name in MITDB + MADE_UP:
    table = pd.read_csv(folder / "found" / f"{name}.csv")
    beats = wfdb.rdann(str(folder / "found" / name), "skecg")
    is_same = beats.sample.tolist() == table["sample"].tolist()
    is_same = is_same and beats.symbol == table["class"].tolist()
    check(is_same and len(table) > 300, f"found/{name}.skecg is not found/{name}.csv")
    # The reference has no V in 232.
    check((table["class"] == "V").any() or name == "232", f"{name} has no V")

for found in (
    evaluate("data/mitdb/1.0.0", "--records", ",".join(MITDB)),
    evaluate("recordings", "--records", "twelve_leads"),
):
    for figure, least in (
        ("qrs_se", 0.98),
        ("qrs_pp", 0.98),
        ("veb_se", 0.8),
        ("veb_pp", 0.8),
    ):
        check(found[figure] >= least, f"{figure} is {found[figure]}")
