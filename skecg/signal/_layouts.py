"""Registry of the layouts of this package."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from skecg.signal._centered_layout import CenteredLayout
from skecg.signal._context_layout import ContextLayout
from skecg.signal._feature_layout import FeatureLayout
from skecg.signal._layout import Layout
from skecg.signal._study_layout import StudyLayout

__all__ = ["find_layout", "get_layout", "list_layouts"]

_LAYOUTS: Mapping[str, Callable[..., Layout]] = MappingProxyType(
    {
        "study": StudyLayout,
        "centered": CenteredLayout,
        "features": FeatureLayout,
        "causal_features": partial(FeatureLayout, True),
        "context": ContextLayout,
        "causal_context": partial(ContextLayout, True),
    }
)


def list_layouts() -> list[str]:
    """Return the names of the layouts that :func:`get_layout` accepts.

    Returns
    -------
    list of str
        The names.

    Examples
    --------
    >>> from skecg.signal import list_layouts
    >>> list_layouts()
    ['study', 'centered', 'features', 'causal_features', 'context', 'causal_context']
    """
    return list(_LAYOUTS)


def get_layout(layout: str | Layout, **options: Any) -> Layout:
    """Return a layout by its name.

    Parameters
    ----------
    layout : str or Layout
        The name. A Layout is returned unchanged.

        - ``"study"``: 187 samples of one lead at 120 Hz, as in the public heartbeat
          set. A beat starts at its R peak and ends after the next bound, at a fifth of
          the interval from that bound to the following one. It is scaled to 0..1, and
          then padded with zeros or cut to 187 samples. A bound is an R peak, a mark or
          the end of the signal. Without two bounds after it, a beat is left out, such
          as the last beat of a recording.
        - ``"centered"``: 96 samples of each lead at 120 Hz, 36 of them before the R
          peak, minus their median, in the unit of the signal; then RR features. Unlike
          ``"study"``, it contains the P wave and the interval before the beat.
        - ``"features"``: 18 features of rhythm, shape and P wave, and 12 features of
          each lead, relative to the usual beat and rhythm of the whole recording.
        - ``"causal_features"``: the same features, relative to the preceding beats,
          from a signal that is filtered in forward direction only. At sampling rates of
          at least 100 Hz, a row is final at the next R peak or 0.75 s after its own,
          whichever is later. If there is no next R peak, the interval before the beat
          replaces the one after it.
        - ``"context"``: 63 samples of each lead at 60 Hz, 27 of them before the R peak,
          in units of the peak of the usual QRS complex; then 19 features of rhythm,
          shape and P wave of each of the fifteen beats around the beat; then the
          differences of the samples from the usual beat. The columns of missing leads
          and of beats past the ends of the recording are zeros.
        - ``"causal_context"``: the same columns for the beat and the fourteen beats
          before it, relative to the preceding beats. A row is final at the same time as
          in ``"causal_features"``.
    **options
        The options of a layout:

        - ``n_leads`` (int), for all but ``"study"``: a fixed number of leads in a row;
          the default is 2 for ``"context"`` and ``"causal_context"``.
        - ``rr`` ({"full", "causal"} or None, default "full"), for ``"centered"``:
          ``"full"`` adds ``pre_rr`` and ``post_rr``, the intervals before and after
          the beat in seconds, and their ratios to the median of the ten intervals
          around it (``_to_local``) and of the recording (``_to_median``). ``"causal"``
          adds ``pre_rr`` and its ratios to the median of up to ten intervals before
          it and of all intervals so far. None adds nothing.
        - ``is_causal`` (bool, default False), for ``"features"`` and ``"context"``:
          True selects ``"causal_features"`` or ``"causal_context"``.

    Returns
    -------
    Layout
        The layout.

    Raises
    ------
    ValueError
        If the layout or the option does not exist.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018, arXiv:1805.00794. The rules of their files
    were not published; the rules of the layout ``"study"`` reproduce all 109,446 rows.

    Examples
    --------
    >>> from skecg.signal import get_layout
    >>> get_layout("centered", rr="causal").is_causal
    True
    >>> get_layout("features", is_causal=True)
    get_layout('causal_features')
    """
    if isinstance(layout, Layout):
        if options:
            raise ValueError(
                f"layout must be a name if options are given, got {layout!r} with "
                f"{', '.join(options)}; pass its name."
            )
        return layout
    if not isinstance(layout, str) or layout not in _LAYOUTS:
        raise ValueError(
            f"layout must be a Layout or one of {list_layouts()}, got {layout!r}."
        )
    make = _LAYOUTS[layout]
    known = list(inspect.signature(make).parameters)
    unknown = [name for name in options if name not in known]
    if unknown:
        raise ValueError(
            f"The layout {layout!r} has no option {', '.join(unknown)}; it has "
            f"{', '.join(known) or 'none'}."
        )
    return make(**options)


def find_layout(names: list[str]) -> Layout | None:
    """Return the layout with these column names, or None.

    Parameters
    ----------
    names : list of str
        The names of the columns of a table.

    Returns
    -------
    Layout or None
        The layout, in the variant that has these columns.
    """
    is_causal = any(str(name).endswith("_causal") for name in names[-1:])
    variants = [
        StudyLayout(),
        *(CenteredLayout(rr) for rr in ("full", "causal", None)),
        FeatureLayout(is_causal),
        # This layout fixes the number of leads, so count the columns of first samples.
        ContextLayout(
            is_causal, max(sum(str(x).endswith("_sample_0") for x in names), 1)
        ),
    ]
    return next((x for x in variants if x.read_leads(names) is not None), None)
