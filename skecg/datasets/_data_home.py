"""The folder that contains the fetched data sets."""

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
    """Return the folder in which the fetchers store their files.

    The folder need not exist. A fetcher creates it when it stores the first file.

    Parameters
    ----------
    data_home : str, path or None, default=None
        The folder. None selects the folder in the environment variable
        ``SKECG_DATA`` or, if it is not set, the user's cache folder.

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
    # An empty variable counts as not set.
    chosen = data_home or os.environ.get("SKECG_DATA") or pooch.os_cache("skecg")
    return expanded_path("data_home", chosen)
