"""Two annotators' marks, made short, and what the comparison makes of them.

Examples run at 100 Hz, so that the window of 0.15 s is 15 samples, on a record of
1,000 samples, from its start. The numbers expected are worked out beside them.
"""

from skecg.metrics import compare_annotations

NO_SIGNAL = 0x30


def compare(reference, test, **changed):
    settings = {"fs": 100, "sig_len": 1000, "start": 0, **changed}
    return compare_annotations(reference, test, **settings)


def pairings(reference, test, **changed):
    """Return the pairings that occurred, of the first record."""
    row = compare(reference, test, **changed).pairings.iloc[0]
    return row[row > 0].to_dict()


def normal(*times):
    return list(times), "N" * len(times)
