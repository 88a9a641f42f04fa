"""Short annotations of two annotators, and their comparison.

The examples use a sampling rate of 100 Hz (the window of 0.15 s has 15 samples) and
a record of 1,000 samples from its start. Comments derive the expected numbers.
"""

from skecg.metrics import compare_annotations

NO_SIGNAL = 0x30


def compare(reference, test, **changed):
    settings = {"fs": 100, "sig_len": 1000, "start": 0, **changed}
    return compare_annotations(reference, test, **settings)


def pairings(reference, test, **changed):
    """Return the pairings that occurred in the first record."""
    row = compare(reference, test, **changed).pairings.iloc[0]
    return row[row > 0].to_dict()


def normal(*times):
    return list(times), "N" * len(times)
