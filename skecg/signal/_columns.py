"""How the columns of X divide into leads and auxiliary features."""

from __future__ import annotations

from typing import Any

from skecg.signal._layout import Layout
from skecg.signal._layouts import find_layout, get_layout

__all__ = ["check_layout", "divide_columns"]


def divide_columns(
    layout: str | Layout | None,
    n_channels: int | None,
    n_aux_features: int | None,
    n_features: int,
    names: Any = None,
) -> tuple[int, int]:
    """Return how the rows of a network classifier divide.

    Parameters
    ----------
    layout : str, Layout or None
        The layout of the rows, if the classifier knows it.
    n_channels, n_aux_features : int or None
        The classifier's parameters.
    n_features : int
        Columns of X.
    names : sequence of str or None, default=None
        Their names, if X has any.

    Returns
    -------
    n_channels, n_aux_features : int
        The leads and the auxiliary columns of a row.

    Raises
    ------
    ValueError
        If the columns cannot be divided so, or their names are those of another
        layout.
    """
    if layout is None:
        divided = n_channels or 1, n_aux_features or 0
        _check_division(n_features, *divided)
        found = None if names is None else find_layout(list(names))
        if found is not None and found.count_columns(n_features) != divided:
            leads, features = found.count_columns(n_features)
            advice = f"set layout={found!r}" if leads else "choose another layout"
            raise ValueError(
                f"X has the columns of {found!r}, {leads} leads and {features} "
                f"auxiliary columns, but n_channels is {divided[0]} and "
                f"n_aux_features {divided[1]}; {advice}."
            )
        return divided
    check_layout(layout, n_features, names)
    layout = get_layout(layout)
    divided = layout.count_columns(n_features)
    if not divided[0]:
        raise ValueError(
            f"layout must have samples, which a network reads, and {layout!r} has "
            "features alone; choose another layout, or another classifier."
        )
    for name, given, own in (
        ("n_channels", n_channels, divided[0]),
        ("n_aux_features", n_aux_features, divided[1]),
    ):
        if given not in (None, own):
            raise ValueError(
                f"{name} must be {own} for these rows of {layout!r}, got {given}; "
                "leave it out, as the layout determines it."
            )
    return divided


def check_layout(layout: str | Layout, n_features: int, names: Any = None) -> None:
    """Raise ValueError if rows cannot be those of a layout.

    Parameters
    ----------
    layout : str or Layout
        The layout.
    n_features : int
        Columns of X.
    names : sequence of str or None, default=None
        Their names, if X has any.
    """
    layout = get_layout(layout)
    n_leads = layout.count_leads(n_features)
    if names is None or layout.read_leads(list(names)) is not None:
        return
    found = find_layout(list(names))
    if found is not None:
        raise ValueError(
            f"X must be rows of {layout!r}, and has the column names of {found!r}; "
            "cut the beats with the classifier's layout."
        )
    # Names that the layout does not have at all are the user's own.
    own = tuple(name.lstrip("_") for name in layout.feature_names([""] * n_leads))
    known = next((name for name in names if str(name).endswith(own)), None)
    if known is not None:
        raise ValueError(
            f"X must have the columns of {layout!r} in their order, and has {known!r} "
            "among others or elsewhere; pass them as layout.feature_names(leads) lists "
            "them."
        )


def _check_division(n_features: int, n_channels: int, n_aux_features: int) -> None:
    """Refuse columns that do not divide into leads of equal length and features."""
    n_values = n_features - n_aux_features
    if n_values < n_channels or n_values % n_channels:
        raise ValueError(
            f"X has {n_features} features, which n_aux_features={n_aux_features} and "
            f"n_channels={n_channels} cannot divide into leads of equal length; set "
            "them to what a row of X holds, or pass its layout."
        )
