"""Formatting of tables as plain text, Markdown and LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["latex", "markdown", "plain"]

Row = Sequence[str]

_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
_LATEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    **{character: f"\\{character}" for character in "&%$#_{}"},
}
# A minus sign before a number, which LaTeX would print as a hyphen.
_MINUS = re.compile(r"(?<![\w.)])-(?=\d)")


def plain(header: Row, sections: Sequence[Sequence[Row]]) -> str:
    """Return a table with aligned columns.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    sections : sequence of sequences of rows
        The rows, in groups that belong together.

    Returns
    -------
    str
        The lines, without trailing blanks.
    """
    rows = [header, *(row for section in sections for row in section)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(
            text.ljust(width) for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    )


def markdown(
    header: Row, sections: Sequence[Sequence[Row]], notes: Sequence[str] = ()
) -> str:
    """Return a table in GitHub's Markdown, with special characters escaped.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    sections : sequence of sequences of rows
        The rows, in groups that belong together.
    notes : sequence of str, default=()
        Sentences to print below the table.

    Returns
    -------
    str
        The table and a paragraph for each note.
    """
    rows = [row for section in sections for row in section]
    lines = [_markdown_line(header), "|" + " --- |" * len(header)]
    lines += [_markdown_line(row) for row in rows]
    return "\n\n".join(["\n".join(lines), *map(_in_markdown, notes)])


def latex(
    header: Row,
    sections: Sequence[Sequence[Row]],
    notes: Sequence[str] = (),
    *,
    n_names: int = 1,
    caption: str | None = None,
    label: str | None = None,
) -> str:
    r"""Return a LaTeX table, which needs the package booktabs.

    Parameters
    ----------
    header : sequence of str
        The names of the columns.
    sections : sequence of sequences of rows
        The rows, in groups that rules separate.
    notes : sequence of str, default=()
        Sentences to print below the table; comments if there is no table environment.
    n_names : int, default=1
        The number of left-aligned columns of names; the others are right-aligned.
    caption : str or None, default=None
        The caption, of plain text.
    label : str or None, default=None
        The name for ``\ref``.

    Returns
    -------
    str
        A tabular environment, within a table environment if there is a caption or a
        label.
    """
    blocks = [[header], *sections]
    rules = [r"\toprule", *[r"\midrule"] * (len(blocks) - 1)]
    columns = "l" * n_names + "r" * (len(header) - n_names)
    lines = [rf"\begin{{tabular}}{{{columns}}}"]
    for rule, block in zip(rules, blocks, strict=True):
        lines += [rule, *map(_latex_line, block)]
    lines += [r"\bottomrule", r"\end{tabular}"]
    if caption is None and label is None:
        return "\n".join([*lines, *(f"% {_one_line(note)}" for note in notes)])
    head = [r"\begin{table}", r"\centering"]
    if caption is not None:
        head.append(rf"\caption{{{_in_latex(caption)}}}")
    if label is not None:
        head.append(rf"\label{{{label}}}")
    below = [rf"\par\footnotesize {_in_latex(note)}" for note in notes]
    return "\n".join([*head, *lines, *below, r"\end{table}"])


def _markdown_line(row: Row) -> str:
    return f"| {' | '.join(map(_in_markdown, row))} |"


def _in_markdown(text: str) -> str:
    return _MARKDOWN_SPECIAL.sub(r"\\\1", _one_line(text))


def _latex_line(row: Row) -> str:
    line = " & ".join(map(_in_latex, row))
    # After the \\ of the previous line, LaTeX reads a star or a bracket as an option.
    return ("{}" if line[:1] in ("*", "[") else "") + line + r" \\"


def _in_latex(text: str) -> str:
    escaped = "".join(_LATEX_SPECIAL.get(c, c) for c in _one_line(text))
    return _MINUS.sub("$-$", escaped)


def _one_line(text: str) -> str:
    return " ".join(text.split())
