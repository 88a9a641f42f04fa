"""What a training leaves to read: how it stopped, and a table of its epochs."""

from typing import Any

import numpy as np
import pandas as pd
from skorch.callbacks import EarlyStopping


def stopped_early(net: Any) -> bool:
    """Tell skorch's early stopping, which raises KeyboardInterrupt, from Ctrl-C.

    Parameters
    ----------
    net : skorch.NeuralNet
        The net whose training KeyboardInterrupt ended.

    Returns
    -------
    bool
        Whether an ``EarlyStopping`` callback ran out of patience.
    """
    return any(
        isinstance(callback, EarlyStopping)
        and getattr(callback, "misses_", 0) >= callback.patience
        for _, callback in net.callbacks_
    )


def tidy_history(history: Any) -> pd.DataFrame:
    """Return a table with one row a complete epoch.

    Parameters
    ----------
    history : skorch.history.History
        The history of a training under :class:`~skecg.training.BestEpoch`.

    Returns
    -------
    DataFrame
        The scalars of each epoch; held-out figures are NaN where there are none.
    """
    rows = [
        {k: v for k, v in row.items() if np.isscalar(v) and not k.endswith("_count")}
        for row in history
        if "is_best" in row
    ]
    table = pd.DataFrame(rows)
    figures = ["valid_loss", "valid_accuracy", "valid_score"]
    return table.reindex(columns=list(dict.fromkeys([*table.columns, *figures])))
