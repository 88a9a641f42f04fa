"""Messages of the library with the names of options instead of arguments."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["with_option_names"]

# Where an argument is meant, and not a word or a part of a file's name.
_MENTION = re.compile(
    r"^(?P<subject>[a-z_]+)(?= must )"
    r"|(?<=\b(?:pass|with) )(?P<object>[a-z_]+)(?=[,;]|\.?$)"
    r"|(?<=\bleave )(?P<left_out>[a-z_]+)(?= out\b)"
    r"|(?<![^\s(])(?P<keyword>[a-z_]+)=(?=['\"\[\d])"
)
# The detector is that of the model, which no option changes.
_METHOD = re.compile(r", or pass method=[^;]*(?=\.$)")


def with_option_names(text: str, options: Collection[str]) -> str:
    """Return a message that names options where it names arguments of functions.

    Parameters
    ----------
    text : str
        The message, such as ``"fs must be given; pass such as fs=250."``
    options : collection of str
        The names of the options that have the same meaning, without hyphens.

    Returns
    -------
    str
        The message, such as ``"--fs must be given; pass such as --fs 250."``
    """

    def option(found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if found[kind] not in options:
            return found[0]
        name = f"--{found[kind].replace('_', '-')}"
        return f"{name} " if kind == "keyword" else name

    return _METHOD.sub("", _MENTION.sub(option, text))
