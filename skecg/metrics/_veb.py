"""How well ventricular ectopic beats are found, as functions of labels."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from skecg.metrics._label_statistics import f1, label_statistic

__all__ = ["veb_f1", "veb_fpr", "veb_pp", "veb_se"]


def veb_se(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the sensitivity for ventricular ectopic beats, EC57's VEB Se.

    It is Vv / (Vn + Vs + Vv): the share of the V beats that are called V, where F and
    Q among the predictions count as n.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q, never a mix.
    sample_weight : array-like of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.
    zero_division : float or "warn", default=nan
        What to return where there is no V beat. ``"warn"`` gives 0 and
        scikit-learn's UndefinedMetricWarning.

    Returns
    -------
    float
        A fraction from 0 to 1.

    Raises
    ------
    ValueError
        If labels are neither codes nor letters, the lengths differ, or
        `zero_division` is neither a number nor "warn".

    See Also
    --------
    ec57_report : All figures at once.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> from skecg.metrics import veb_se
    >>> veb_se(list("VVVVN"), list("VVVNV"))
    0.75
    """
    return label_statistic("veb_se", y_true, y_pred, sample_weight, zero_division)


def veb_pp(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the positive predictivity for ventricular ectopic beats, VEB +P.

    It is Vv / (Nv + Sv + Vv). This is not scikit-learn's precision: a fusion or
    unclassifiable beat that is called V is neither right nor wrong.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q, never a mix.
    sample_weight : array-like of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.
    zero_division : float or "warn", default=nan
        What to return where no N, S or V beat is called V. ``"warn"`` gives 0 and
        scikit-learn's UndefinedMetricWarning.

    Returns
    -------
    float
        A fraction from 0 to 1.

    Raises
    ------
    ValueError
        If labels are neither codes nor letters, the lengths differ, or
        `zero_division` is neither a number nor "warn".

    See Also
    --------
    ec57_report : All figures at once.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> from sklearn.metrics import precision_score
    >>> from skecg.metrics import veb_pp
    >>> y_true, y_pred = list("VVVNF"), list("VVVVV")
    >>> veb_pp(y_true, y_pred)
    0.75
    >>> precision_score(y_true, y_pred, labels=["V"], average="micro")
    0.6
    """
    return label_statistic("veb_pp", y_true, y_pred, sample_weight, zero_division)


def veb_fpr(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the false-positive rate for ventricular ectopic beats, VEB FPR.

    It is (Nv + Sv) / (Nv + Sv + all beats neither annotated nor called V). Lower is
    better.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q, never a mix.
    sample_weight : array-like of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.
    zero_division : float or "warn", default=nan
        What to return where the denominator is 0. ``"warn"`` gives 0 and
        scikit-learn's UndefinedMetricWarning.

    Returns
    -------
    float
        A fraction from 0 to 1.

    Raises
    ------
    ValueError
        If labels are neither codes nor letters, the lengths differ, or
        `zero_division` is neither a number nor "warn".

    See Also
    --------
    ec57_report : All figures at once.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> from skecg.metrics import veb_fpr
    >>> veb_fpr(list("VNNNSF"), list("VVNNNV"))
    0.25
    """
    return label_statistic("veb_fpr", y_true, y_pred, sample_weight, zero_division)


def veb_f1(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the harmonic mean of :func:`veb_se` and :func:`veb_pp`.

    It is 2 Vv / (Vn + Vs + Vv + Nv + Sv + Vv). So it is 0 where no V beat is called V,
    and undefined only where there is no V beat and no N or S beat is called V.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q, never a mix.
    sample_weight : array-like of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.
    zero_division : float or "warn", default=nan
        What to return where it is undefined. ``"warn"`` gives 0 and
        scikit-learn's UndefinedMetricWarning.

    Returns
    -------
    float
        A fraction from 0 to 1.

    Raises
    ------
    ValueError
        If labels are neither codes nor letters, the lengths differ, or
        `zero_division` is neither a number nor "warn".

    See Also
    --------
    ec57_veb_f1_scorer : The same for ``scoring=``.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> from skecg.metrics import veb_f1
    >>> veb_f1(list("VVVVN"), list("VVVNV"))
    0.75
    """
    return f1("veb", y_true, y_pred, sample_weight, zero_division)
