"""Beats for the benchmark's protocols, cut once per session."""

import pytest

from skecg.datasets import fetch_mitdb_beats


@pytest.fixture
def protocols_share_cuts(mitdb, cut_beats, monkeypatch):
    """Let the protocols use the records that the tests have cut already."""

    def fetch(subset, *, layout="study", leads=None, exclude=()):
        if leads is None:
            return fetch_mitdb_beats(subset, layout=layout, exclude=exclude)
        assert subset == "all"
        records = set(mitdb.records) - set(exclude)
        return cut_beats(layout, records, tuple(leads))

    monkeypatch.setattr("benchmarks.protocols.fetch_mitdb_beats", fetch)
