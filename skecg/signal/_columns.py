"""Division of the columns of X into leads and auxiliary features."""

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
    """Return the numbers of leads and auxiliary columns in rows of a network.

    Parameters
    ----------
    layout : str, Layout or None
        The layout of the rows, if the classifier has one.
    n_channels, n_aux_features : int or None
        The parameters of the classifier.
    n_features : int
        Number of columns of X.
    names : sequence of str or None, default=None
        Names of the columns, if X has any.

    Returns
    -------
    n_channels, n_aux_features : int
        The numbers of leads and of auxiliary columns of a row.

    Raises
    ------
    ValueError
        If the number of columns does not fit, or their names belong to another layout.
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
                f"n_aux_features is {divided[1]}; {advice}."
            )
        return divided
    check_layout(layout, n_features, names)
    layout = get_layout(layout)
    divided = layout.count_columns(n_features)
    if not divided[0]:
        raise ValueError(
            f"layout must have samples for a network to read, but {layout!r} has only "
            "features; choose another layout, or another classifier."
        )
    for name, given, own in (
        ("n_channels", n_channels, divided[0]),
        ("n_aux_features", n_aux_features, divided[1]),
    ):
        if given not in (None, own):
            raise ValueError(
                f"{name} must be {own} for these rows of {layout!r}, got {given}; "
                "leave it out, because the layout determines it."
            )
    return divided


def check_layout(layout: str | Layout, n_features: int, names: Any = None) -> None:
    """Raise ValueError if rows do not match a layout.

    Parameters
    ----------
    layout : str or Layout
        The layout.
    n_features : int
        Number of columns of X.
    names : sequence of str or None, default=None
        Names of the columns, if X has any.
    """
    layout = get_layout(layout)
    n_leads = layout.count_leads(n_features)
    if names is None or layout.read_leads(list(names)) is not None:
        return
    found = find_layout(list(names))
    if found is not None:
        raise ValueError(
            f"X must contain rows of {layout!r}, but has the column names of "
            f"{found!r}; cut the beats with the classifier's layout."
        )
    # Names that do not occur in the layout are the user's own and are accepted.
    own = tuple(name.lstrip("_") for name in layout.feature_names([""] * n_leads))
    known = next((name for name in names if str(name).endswith(own)), None)
    if known is not None:
        raise ValueError(
            f"X must have the columns of {layout!r} in their order, but has {known!r} "
            "in another place or between other columns; pass the columns that "
            "layout.feature_names(leads) lists."
        )


def _check_division(n_features: int, n_channels: int, n_aux_features: int) -> None:
    """Raise ValueError if columns do not divide into leads of equal length."""
    n_values = n_features - n_aux_features
    if n_values < n_channels or n_values % n_channels:
        raise ValueError(
            f"X has {n_features} features, which n_aux_features={n_aux_features} and "
            f"n_channels={n_channels} cannot divide into leads of equal length; set "
            "them to the numbers in a row of X, or pass its layout."
        )
