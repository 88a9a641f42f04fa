"""A page in one file with body, styles, scripts and data, without network access."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from typing import Any

import numpy as np

from skecg._class_colors import CLASS_COLORS

__all__ = ["CLASS_INKS", "asset", "build_page"]

UPLOT = "uPlot-1.6.32"
CLASS_INKS = {
    letter: "#FFFFFF" if letter == "N" else "#000000" for letter in CLASS_COLORS
}
"""The text colour on the colour of each class, with a contrast of at least 4.5."""

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{title}</title>
<link rel="icon" href="data:,">
<!-- This page contains uPlot, under this licence:
{licence}
-->
{styles}
</head>
<body>
{body}
<script type="application/json" id="data">{data}</script>
{scripts}
</body>
</html>
"""


def asset(name: str) -> str:
    """Return the text of a file in ``skecg/pages/assets``.

    Parameters
    ----------
    name : str
        The name of the file.

    Returns
    -------
    str
        Its text.
    """
    return (files("skecg.pages") / "assets" / name).read_text(encoding="utf-8")


def build_page(
    title: str,
    *,
    body: str,
    data: Any,
    styles: Sequence[str] = (),
    scripts: Sequence[str] = (),
) -> str:
    """Return a page in one file that loads and sends nothing.

    The page has the styles ``page.css`` and uPlot's, and the scripts of uPlot,
    ``base.js``, ``signal.js`` and ``strip.js``, before those that are passed. Its
    Content-Security-Policy permits exactly these scripts and styles, by their hashes,
    and no connection, frame, form or picture other than ``data:``. Hence the body must
    not have ``style`` or event attributes.

    Parameters
    ----------
    title : str
        The title, as plain text.
    body : str
        The HTML of the body. Escape names of records and leads with `html.escape`.
    data : object
        The data that the scripts read with ``skecg.data()``: dictionaries, sequences,
        strings, numbers and arrays. NaN and infinity become null. Scripts show strings
        only with ``textContent``.
    styles : sequence of str, default=()
        Further CSS.
    scripts : sequence of str, default=()
        Further JavaScript, one script for each text.

    Returns
    -------
    str
        The page.

    Raises
    ------
    ValueError
        If a style or script would end its element or start an HTML comment.

    Examples
    --------
    >>> from skecg.pages._page import build_page
    >>> page = build_page("A < B", body="<main></main>", data={"x": float("nan")})
    >>> "<title>A &lt; B</title>" in page, '{"x":null}' in page
    (True, True)
    """
    all_styles = [
        asset(f"{UPLOT}.min.css"),
        _class_style(),
        asset("page.css"),
        *styles,
    ]
    own = ("base.js", "signal.js", "strip.js")
    all_scripts = [asset(f"{UPLOT}.iife.min.js"), *map(asset, own), *scripts]
    for text in (*all_styles, *all_scripts):
        if any(part in text.lower() for part in ("</script", "</style", "<!--")):
            raise ValueError(
                "styles and scripts must not contain '</script', '</style' or '<!--', "
                f"got {text[:40]!r}...; write such text in two parts."
            )
    policy = (
        f"default-src 'none'; script-src {_hashes(all_scripts)}; "
        f"style-src {_hashes(all_styles)}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )
    return _PAGE.format(
        policy=policy,
        title=escape(title),
        licence=asset("uPlot-LICENSE.txt").strip(),
        styles="\n".join(f"<style>{text}</style>" for text in all_styles),
        body=body,
        data=_json(data),
        scripts="\n".join(f"<script>{text}</script>" for text in all_scripts),
    )


def _class_style() -> str:
    """Return the colours of the classes as CSS variables."""
    colors = "".join(
        f"--class-{letter}:{color};--on-{letter}:{CLASS_INKS[letter]};"
        for letter, color in CLASS_COLORS.items()
    )
    badges = "".join(
        f".badge-{letter}{{background:var(--class-{letter});color:var(--on-{letter})}}"
        for letter in CLASS_COLORS
    )
    return f":root{{{colors}}}{badges}"


def _hashes(texts: Sequence[str]) -> str:
    digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in texts)
    return " ".join(
        f"'sha256-{base64.b64encode(digest).decode('ascii')}'" for digest in digests
    )


def _json(data: Any) -> str:
    """Return JSON that is safe inside a script element."""
    text = json.dumps(_plain(data), allow_nan=False, separators=(",", ":"))
    # Without "<", no text can end the element or start a comment.
    return text.replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    """Convert a value to JSON values, with null for NaN and infinity."""
    if isinstance(value, dict):
        return {str(key): _plain(x) for key, x in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
