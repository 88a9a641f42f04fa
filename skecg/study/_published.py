"""What the study that this package began from reports on the public test set."""

from types import MappingProxyType

ACCURACY = 0.9722
MACRO_F1 = 0.86

PRECISION = MappingProxyType({"S": 0.69, "F": 0.46})
RECALL = MappingProxyType({"S": 0.87, "F": 0.89})
"""The cells of its Table I that are at hand, to two digits."""
