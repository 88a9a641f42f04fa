"""Data sets of beats: PhysioNet databases, the user's own files, synthetic beats."""

from skecg.datasets._data_home import get_data_home
from skecg.datasets._fetch_mitdb import fetch_mitdb
from skecg.datasets._fetch_mitdb_beats import fetch_mitdb_beats
from skecg.datasets._fetch_svdb import fetch_svdb
from skecg.datasets._fetch_svdb_beats import fetch_svdb_beats
from skecg.datasets._load_kaggle_beats import load_kaggle_beats
from skecg.datasets._load_wfdb_beats import load_wfdb_beats
from skecg.datasets._make_beats import make_beats
from skecg.datasets._match_kaggle import match_kaggle_rows

__all__ = [
    "fetch_mitdb",
    "fetch_mitdb_beats",
    "fetch_svdb",
    "fetch_svdb_beats",
    "get_data_home",
    "load_kaggle_beats",
    "load_wfdb_beats",
    "make_beats",
    "match_kaggle_rows",
]
