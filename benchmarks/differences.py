"""Paired differences between a user's model and the preset of a protocol."""

import warnings

import numpy as np
import pandas as pd

from benchmarks.models import MODELS
from benchmarks.protocols import PROTOCOLS
from benchmarks.tables import beats_of
from skecg import mitdb
from skecg.metrics import DecisiveGroupWarning, compare_classifiers

__all__ = ["paired_differences"]

_METRICS = ("accuracy", "macro_f1", "veb_f1", "sveb_f1")


def paired_differences(cells: pd.DataFrame, protocol: str, own: str) -> str:
    """Return a Markdown section with differences from a protocol's first model.

    Parameters
    ----------
    cells : DataFrame
        The cells of all models with all folds, one per row.
    protocol : str
        The name of the protocol.
    own : str
        The name of the user's model.

    Returns
    -------
    str
        The section; empty if the two models have no seed in common, or were tested on
        different beats.
    """
    preset = MODELS[PROTOCOLS[protocol].models[0]].variants[-1]
    parts = [cells[cells.model == name] for name in (preset, own)]
    seeds = set(parts[0].seed) & set(parts[1].seed)
    if not seeds:
        return ""
    (y_true, theirs, records), (true_of_own, ours, records_of_own) = (
        beats_of(
            part[part.seed.isin(seeds)].sort_values(["seed", "fold"]).to_dict("records")
        )
        for part in parts
    )
    # Beats from confusion matrices are sorted by class within each record.
    is_same = np.array_equal(y_true, true_of_own)
    if not is_same or not np.array_equal(records, records_of_own):
        return ""
    title, own_title = MODELS[PROTOCOLS[protocol].models[0]].title, MODELS[own].title
    with warnings.catch_warnings():
        # The notes below the table contain the warning.
        warnings.simplefilter("ignore", DecisiveGroupWarning)
        comparison = compare_classifiers(
            y_true,
            {title: theirs, own_title: ours},
            [mitdb.SUBJECTS[record] for record in records],
            metrics=_METRICS,
            random_state=0,
        )
    shown = ", ".join(map(str, sorted(seeds)))
    return (
        f"## Differences from {title}\n\nPaired, resampled by subject; seeds {shown}."
        f"\n\n{comparison.to_markdown()}\n"
    )
