"""What a training leaves to read: how it stopped, and a table of its epochs."""

from typing import Any

import numpy as np
import pandas as pd
from skorch.callbacks import EarlyStopping

__all__ = ["stopped_early", "tidy_history"]


def stopped_early(net: Any) -> bool:
    """Tell skorch's early stopping, which raises KeyboardInterrupt, from Ctrl-C."""
    return any(
        isinstance(callback, EarlyStopping)
        and getattr(callback, "misses_", 0) >= callback.patience
        for _, callback in net.callbacks_
    )


def tidy_history(history: Any) -> pd.DataFrame:
    """Return a table of scalars with one row a complete epoch under `BestEpoch`.

    Held-out figures are NaN where there are none.
    """
    rows = [
        {k: v for k, v in row.items() if np.isscalar(v) and not k.endswith("_count")}
        for row in history
        if "is_best" in row
    ]
    table = pd.DataFrame(rows)
    figures = ["valid_loss", "valid_accuracy", "valid_score"]
    return table.reindex(columns=list(dict.fromkeys([*table.columns, *figures])))
