"""The colours of the classes, in figures and on pages."""

from types import MappingProxyType

__all__ = ["CLASS_COLORS"]

# Okabe and Ito's palette, which colour-blind readers tell apart
# (https://jfly.uni-koeln.de/color/).
CLASS_COLORS = MappingProxyType(
    {"N": "#0072B2", "S": "#E69F00", "V": "#D55E00", "F": "#CC79A7", "Q": "#009E73"}
)
