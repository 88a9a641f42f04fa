"""Conversion of library messages, which name arguments, to names of options."""

from __future__ import annotations

import re
from collections.abc import Collection

__all__ = ["with_option_names"]

# Match names of arguments, but not the same words in text or in file names.
_MENTION = re.compile(
    r"^(?P<subject>[a-z_]+)(?= must )"
    r"|(?<=\b(?:pass|with) )(?P<object>[a-z_]+)(?=[,;]|\.?$)"
    r"|(?<=\bleave )(?P<left_out>[a-z_]+)(?= out\b)"
    r"|(?<![^\s(])(?P<keyword>[a-z_]+)=(?=['\"\[\d])"
)
# Remove advice about the detector, because no option changes it.
_METHOD = re.compile(r", or pass method=[^;]*(?=\.$)")


def with_option_names(text: str, options: Collection[str]) -> str:
    """Replace the names of function arguments in a message by names of options.

    Parameters
    ----------
    text : str
        The message, such as ``"fs must be given; for example, pass fs=250."``
    options : collection of str
        The names of the options that have the same meaning, without hyphens.

    Returns
    -------
    str
        The message, such as ``"--fs must be given; for example, pass --fs 250."``
    """

    def option(found: re.Match[str]) -> str:
        kind = str(found.lastgroup)
        if found[kind] not in options:
            return found[0]
        name = f"--{found[kind].replace('_', '-')}"
        return f"{name} " if kind == "keyword" else name

    return _METHOD.sub("", _MENTION.sub(option, text))
