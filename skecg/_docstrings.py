"""Insert shared text into docstrings."""

from __future__ import annotations

import re
from collections.abc import Callable
from textwrap import dedent, indent
from typing import TypeVar

__all__ = ["insert_docs"]

T = TypeVar("T")

_MARKER = re.compile(r"^( *)%\((\w+)\)s$", re.MULTILINE)


def insert_docs(**sections: str) -> Callable[[T], T]:
    """Return a decorator that inserts text into a docstring.

    Each line of the docstring that consists of ``%(name)s`` is replaced by the section
    of that name, with the indentation of that line.

    Parameters
    ----------
    **sections : str
        The text of each name. Its common indentation and blank lines at both ends are
        removed.

    Returns
    -------
    callable
        The decorator, for a function or a class. It changes ``__doc__`` in place and
        returns the object. An object without a docstring (``python -OO`` removes all
        of them) is returned unchanged.

    Raises
    ------
    ValueError
        By the decorator, if the docstring has a marker without a section, or a section
        has no marker.

    Examples
    --------
    >>> from skecg._docstrings import insert_docs
    >>> @insert_docs(x="x : float, a length in mm.")
    ... def area(x):
    ...     '''Return the area.
    ...
    ...     %(x)s
    ...     '''
    >>> import inspect
    >>> print(inspect.getdoc(area))
    Return the area.
    <BLANKLINE>
    x : float, a length in mm.
    """
    texts = {name: dedent(text).strip("\n") for name, text in sections.items()}

    def insert(thing: T) -> T:
        doc = thing.__doc__
        if doc is None:
            return thing
        markers = {name for _, name in _MARKER.findall(doc)}
        if markers != set(texts):
            raise ValueError(
                f"the docstring of {getattr(thing, '__qualname__', thing)} must have a "
                f"line '%(name)s' for each section, got markers {sorted(markers)} and "
                f"sections {sorted(texts)}; correct the names."
            )
        thing.__doc__ = _MARKER.sub(lambda m: indent(texts[m[2]], m[1]), doc)
        return thing

    return insert
