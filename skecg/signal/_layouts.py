"""The layouts of this package by name."""

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
    """Return the names of the layouts that :func:`get_layout` knows.

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
        The name. A Layout is returned as it is.

        - ``"study"``: 187 samples at 120 Hz of one lead, as in the public heartbeat
          set: from the R peak to a fifth of an interval past the next bound, scaled to
          0..1 over that segment, padded with zeros or cut. A bound is an R peak, a
          mark or the end of the signal. A beat needs two bounds after it, so that the
          last beat of a recording is left out.
        - ``"centered"``: of each lead, 96 samples at 120 Hz, 36 of them before the R
          peak, less their median, in the unit of the signal; then RR features. It
          holds the P wave and the interval before the beat, which the study's layout
          lacks.
        - ``"features"``: 18 features of rhythm, shape and P wave and 12 of each lead,
          relative to the usual beat and rhythm of the whole recording.
        - ``"causal_features"``: the same features, relative to the beats before, from
          a signal that is filtered forward alone. A row is final at the next R peak or
          0.75 s after its own, whichever is later, at sampling rates of at least
          100 Hz. Until the next R peak is known, the interval before the beat stands
          in for the one after it.
        - ``"context"``: of each lead, 63 samples at 60 Hz, 27 of them before the R
          peak, in units of the peak of the usual QRS; then 19 features of rhythm, shape
          and P wave of each of the fifteen beats around the beat; then the differences
          of the samples from the usual beat's. The columns of leads that a recording
          does not have are zeros, as are those of beats past its ends.
        - ``"causal_context"``: the same of the beat and the fourteen before it,
          relative to the beats before, final when rows of ``"causal_features"`` are.
    **options
        What distinguishes variants of a layout:

        - ``n_leads`` (int), of all but ``"study"``: the number of leads in a row,
          where it is fixed; the default is 2 for ``"context"`` and
          ``"causal_context"``.
        - ``rr`` ({"full", "causal"} or None, default "full"), of ``"centered"``:
          ``"full"`` adds ``pre_rr`` and ``post_rr``, the intervals before and after
          the beat in seconds, and their ratios to the median of the ten intervals
          around it (``_to_local``) and of the recording (``_to_median``). ``"causal"``
          adds ``pre_rr`` and its ratios to the median of up to ten intervals before
          it and of all intervals so far. None adds nothing.
        - ``is_causal`` (bool, default False), of ``"features"`` and ``"context"``:
          True is the layout ``"causal_features"`` or ``"causal_context"``.

    Returns
    -------
    Layout
        The layout.

    Raises
    ------
    ValueError
        If there is no such layout, or it has no such option.

    References
    ----------
    Kachuee M, Fazeli S, Sarrafzadeh M. ECG heartbeat classification: a deep
    transferable representation. ICHI 2018, arXiv:1805.00794. The rules of their files
    were not published; those of the layout ``"study"`` give all 109,446 rows.

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
                f"layout is {layout!r} already and takes no {', '.join(options)}; pass "
                "its name to choose options."
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
    """Return the layout whose columns have these names, or None.

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
        # As many leads as have a first sample, since it fixes their number.
        ContextLayout(
            is_causal, max(sum(str(x).endswith("_sample_0") for x in names), 1)
        ),
    ]
    return next((x for x in variants if x.read_leads(names) is not None), None)
