"""The names of the audit's checks, a clean split, and the levels of findings."""

import numpy as np

CHECKS = [
    "shared rows",
    "shared subjects",
    "records 201 and 202",
    "shared records",
    "exact copies",
    "near copies",
    "copies within a part",
    "equal class sizes",
    "class order",
    "scaling",
    "missing classes",
]
N_TRAIN = 800
TRAIN, TEST = np.arange(N_TRAIN), np.arange(N_TRAIN, 1000)


def levels(audit):
    return {finding.name: finding.level for finding in audit.findings}


def assert_only(audit, name, level):
    assert levels(audit) == dict.fromkeys(CHECKS, "clear") | {name: level}
