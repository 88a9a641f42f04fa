"""Where data sets are kept."""

import os
from pathlib import Path

import pooch

from skecg._files import expanded_path
from skecg._sklearn import validate_params

__all__ = ["get_data_home"]


@validate_params(
    {"data_home": [str, os.PathLike, None]}, prefer_skip_nested_validation=True
)
def get_data_home(data_home: str | os.PathLike[str] | None = None) -> Path:
    """Return the folder in which the fetchers keep their files.

    The folder need not exist; a fetcher makes it when it has something to put
    there.

    Parameters
    ----------
    data_home : str, path or None, default=None
        The folder; None stands for the environment variable ``SKECG_DATA`` or,
        where that is not set, for the user's cache folder.

    Returns
    -------
    Path
        The folder.

    Examples
    --------
    >>> from skecg.datasets import get_data_home
    >>> get_data_home("ecg").name
    'ecg'
    """
    # A variable that is set to nothing counts as not set.
    chosen = data_home or os.environ.get("SKECG_DATA") or pooch.os_cache("skecg")
    return expanded_path("data_home", chosen)
