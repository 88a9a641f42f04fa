"""Text and JSON on standard output."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

__all__ = ["json_text", "plain", "show"]


def show(text: str) -> None:
    """Print text, with escapes for characters that the terminal cannot encode.

    Parameters
    ----------
    text : str
        The text.
    """
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def json_text(value: Any) -> str:
    """Return a value as one line of JSON.

    Parameters
    ----------
    value : object
        The value; see :func:`plain`.

    Returns
    -------
    str
        The line, in ASCII.
    """
    return json.dumps(plain(value), allow_nan=False)


def plain(value: Any) -> Any:
    """Convert a value to the types of JSON.

    Parameters
    ----------
    value : object
        Numbers, strings, tables, and mappings and sequences of these.

    Returns
    -------
    object
        The value. A table becomes a list with one object per row, and a number that is
        not finite becomes None.
    """
    if isinstance(value, pd.DataFrame):
        return plain(value.to_dict("records"))
    if isinstance(value, pd.Series):
        return plain(value.to_dict())
    if isinstance(value, Mapping):
        return {str(key): plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(part) for part in value]
    if isinstance(value, np.generic):
        return plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        return value.isoformat()
    return value
