"""Synthetic beats of the five AAMI classes."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state

from skecg import aami, mitdb
from skecg._sklearn import Interval, validate_params
from skecg._validation import in_class_order
from skecg.datasets._bunch import beat_bunch
from skecg.datasets._ecg_model import draw_subject, synthetic_recording
from skecg.signal import Layout, extract_beats, get_layout

__all__ = ["make_beats"]

# The class sizes of the public heartbeat set.
_MITDB_WEIGHTS = (90_589, 2_779, 7_236, 803, 8_039)
_SYMBOLS = dict(zip(aami.CLASSES, "NAVF/", strict=True))

_DESCR = """\
Synthetic heartbeats

Beats of synthetic subjects, from a dynamical model of the electrocardiogram
(McSharry et al. 2003). Each of the classes N, S, V, F and Q has its own shapes and
timing. The beats resemble real beats but come from no patient: use them to test
code, not for clinical conclusions.

Licence: BSD-3-Clause, as skecg itself.

Please cite:
- McSharry PE, Clifford GD, Tarassenko L, Smith LA. A dynamical model for
  generating synthetic electrocardiogram signals. IEEE Transactions on Biomedical
  Engineering 50(3):289-294, 2003. doi:10.1109/TBME.2003.808805
"""


@validate_params(
    {
        "n_beats": [Interval(Integral, 1, None, closed="left")],
        "layout": [str, Layout],
        "n_leads": [Interval(Integral, 1, None, closed="left"), None],
        "weights": ["array-like", None],
        "n_subjects": [Interval(Integral, 1, None, closed="left")],
        "noise": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "return_X_y": ["boolean"],
        "as_frame": ["boolean"],
    },
    prefer_skip_nested_validation=True,
)
def make_beats(
    n_beats: int = 2000,
    *,
    layout: str | Layout = "study",
    n_leads: int | None = None,
    weights: Sequence[float] | None = None,
    n_subjects: int = 24,
    noise: float = 0.03,
    random_state: int | np.random.RandomState | None = None,
    return_X_y: bool = False,
    as_frame: bool = False,
) -> Any:
    """Make synthetic beats of the five AAMI classes.

    Recordings of synthetic subjects are sums of Gaussians on the cardiac phase
    (McSharry et al. 2003). They are cut into beats as real recordings are.
    Supraventricular beats are premature and have an abnormal P wave. Ventricular
    beats are premature and broad, without a P wave. Fusion beats are mixtures of
    normal and ventricular beats. Paced beats (class Q) follow a spike, and most beats
    of a few subjects are paced. One subject in five has atrial fibrillation. No beat
    comes from a patient.

    Parameters
    ----------
    n_beats : int, default=2000
        Number of beats.
    layout : str or Layout, default="study"
        The layout of the rows, or its name; see :func:`skecg.signal.get_layout`.
        Signals are in millivolts.
    n_leads : int or None, default=None
        Number of leads, which follow one another in a row. None makes as many as the
        layout fixes, or one.
    weights : array-like of shape (5,) or None, default=None
        Relative frequency of each class, which need not sum to 1; None takes the class
        distribution of MIT-BIH. A Series with the codes or the letters of the classes
        as its index may have any order.
    n_subjects : int, default=24
        Number of synthetic subjects; fewer if there are fewer beats.
    noise : float, default=0.03
        Standard deviation of the white noise, in millivolts; R waves are about 1 mV
        high. The amplitude of the baseline wander is up to five times as large.
    random_state : int, RandomState instance or None, default=None
        Controls all random draws. Pass an int for reproducible beats.
    return_X_y : bool, default=False
        Whether to return only ``(data, target)``.
    as_frame : bool, default=False
        Whether to return data and target as a DataFrame and a Series.

    Returns
    -------
    Bunch, or tuple (data, target)
        The beats or, with `return_X_y`, only data and target. The entries:

        data : ndarray of shape (n_beats, n_features), float32
            The beats, sorted by subject and time.
        target : ndarray of shape (n_beats,), int64
            0 to 4 for N, S, V, F and Q.
        frame : DataFrame or None
            Both, if `as_frame`.
        feature_names, target_names : list of str
            The names of the columns and of the classes.
        groups, records : ndarray of shape (n_beats,), str
            The subjects and their recordings; each subject has one recording.
        r_peaks : ndarray of shape (n_beats,), int64
            The R peaks, in samples at 360 Hz from the start of the recording.
        symbols : ndarray of shape (n_beats,), str
            Annotation symbols of PhysioNet for these classes.
        layout : Layout
            The layout of the rows, which a classifier takes as its `layout`.
        n_channels, n_aux_features : int
            The numbers of leads and of auxiliary columns of a row.
        DESCR : str
            Description of the beats.

    Raises
    ------
    ValueError
        If an argument is invalid, or the layout has another number of leads.

    References
    ----------
    McSharry PE, Clifford GD, Tarassenko L, Smith LA. A dynamical model for
    generating synthetic electrocardiogram signals. IEEE Transactions on
    Biomedical Engineering 50(3):289-294, 2003. doi:10.1109/TBME.2003.808805

    Examples
    --------
    >>> import numpy as np
    >>> from skecg.datasets import make_beats
    >>> beats = make_beats(500, random_state=0)
    >>> beats.data.shape
    (500, 187)
    >>> np.bincount(beats.target)
    array([414,  13,  33,   3,  37])
    """
    layout = get_layout(layout)
    n_leads = n_leads or layout.n_leads or 1
    if layout.n_leads not in (None, n_leads):
        raise ValueError(
            f"n_leads must be {layout.n_leads} in {layout!r}, got {n_leads}; choose "
            "a layout for any number of leads, such as layout='centered'."
        )
    rng = check_random_state(random_state)
    sizes = _class_sizes(n_beats, weights)
    parts = []
    for number, classes in enumerate(_classes_by_subject(sizes, n_subjects, rng)):
        subject = draw_subject(rng, n_leads)
        # One extra beat, because the study's layout leaves out the last one.
        classes_and_last = classes + classes[-1]
        # The tails of the Gaussians underflow to zero, as expected.
        with np.errstate(under="ignore"):
            signal, peaks = synthetic_recording(subject, classes_and_last, noise, rng)
        # A quality check could drop noisy beats and change their number.
        beats = extract_beats(
            signal, mitdb.FS, peaks, layout=layout, check_quality=False
        )
        wanted = beats.indices < len(classes)
        kept = beats.indices[wanted]
        part = {
            "data": beats.data[wanted],
            "letters": np.array(list(classes))[kept],
            "records": np.full(len(kept), f"made-{number:03d}"),
            "r_peaks": peaks[kept],
        }
        parts.append(part)
    joined = {name: np.concatenate([part[name] for part in parts]) for name in part}
    letters = joined["letters"].tolist()
    return beat_bunch(
        layout=layout,
        feature_names=beats.feature_names,
        data=joined["data"],
        target=np.array([aami.CLASSES.index(x) for x in letters], dtype=np.int64),
        target_names=aami.CLASSES,
        groups=joined["records"],
        records=joined["records"].copy(),
        r_peaks=joined["r_peaks"],
        symbols=np.array([_SYMBOLS[letter] for letter in letters]),
        descr=_DESCR,
        return_X_y=return_X_y,
        as_frame=as_frame,
    )


def _class_sizes(n_beats: int, weights: Sequence[float] | None) -> npt.NDArray[Any]:
    """Return the number of beats of each class; they sum to n_beats."""
    try:
        for classes in (range(len(aami.CLASSES)), aami.CLASSES):
            weights = in_class_order(weights, classes)
        shares = np.asarray(_MITDB_WEIGHTS if weights is None else weights, float)
    except (TypeError, ValueError):  # Not numbers, or not one-dimensional.
        shares = np.empty(0)
    if shares.shape != (5,) or not (shares >= 0).all() or not 0 < shares.sum() < np.inf:
        raise ValueError(
            "weights must be five finite numbers of at least 0, for N, S, V, F and Q, "
            f"and not all 0; got {weights!r}."
        )
    # Rounding the cumulative sums keeps the total.
    bounds = np.round(n_beats * np.cumsum(shares / shares.sum()))
    return np.diff(bounds, prepend=0).astype(int)


def _classes_by_subject(
    sizes: npt.NDArray[Any], n_subjects: int, rng: np.random.RandomState
) -> list[str]:
    """Draw the beats of each subject; few subjects have many ectopic beats."""
    n_subjects = min(n_subjects, int(sizes.sum()))
    n_paced = min(n_subjects, max(3, n_subjects // 12))
    dealt = np.zeros((n_subjects, 5), dtype=int)
    for code, letter in enumerate(aami.CLASSES[1:], start=1):
        burden = rng.gamma(0.5, size=n_subjects) + 1e-9
        if letter == "Q":
            burden[:-n_paced] = 0
        else:
            # Paced subjects have few ectopic beats.
            burden[-n_paced:] *= 0.1
        dealt[:, code] = rng.multinomial(sizes[code], burden / burden.sum())
    # Normal beats go to the subjects with few other beats.
    room = np.maximum(sizes.sum() / n_subjects - dealt.sum(axis=1), 0) + 1e-9
    dealt[:, 0] = rng.multinomial(sizes[0], room / room.sum())
    letters = np.array(aami.CLASSES)
    sequences = [rng.permutation(np.repeat(letters, counts)) for counts in dealt]
    return ["".join(sequence) for sequence in sequences if len(sequence)]
