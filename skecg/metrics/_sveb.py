"""How well supraventricular ectopic beats are found, as functions of labels."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from skecg.metrics._label_statistics import f1, label_statistic

__all__ = ["sveb_f1", "sveb_pp", "sveb_se"]


def sveb_se(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the sensitivity for supraventricular ectopic beats, EC57's SVEB Se.

    It is Ss / (Sn + Ss + Sv): the share of the S beats that are called S, where F and
    Q among the predictions count as n.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q, never a mix.
    sample_weight : array-like of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.
    zero_division : float or "warn", default=nan
        What to return where there is no S beat. ``"warn"`` gives 0 and
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
    >>> from skecg.metrics import sveb_se
    >>> sveb_se(list("SSSSN"), list("SSSNS"))
    0.75
    """
    return label_statistic("sveb_se", y_true, y_pred, sample_weight, zero_division)


def sveb_pp(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the positive predictivity for supraventricular ectopic beats, SVEB +P.

    It is Ss / (Ns + Ss + Vs), the gross figure of :func:`ec57_report`. This is not
    scikit-learn's precision: a fusion or unclassifiable beat that is called S is
    neither right nor wrong.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n_beats,)
        The annotated and the predicted classes: the codes 0 to 4 or the letters N, S,
        V, F and Q, never a mix.
    sample_weight : array-like of shape (n_beats,) or None, default=None
        How much each beat counts; None stands for 1 each.
    zero_division : float or "warn", default=nan
        What to return where no N, S or V beat is called S. ``"warn"`` gives 0 and
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
    >>> from skecg.metrics import sveb_pp
    >>> sveb_pp(list("SSSNF"), list("SSSSS"))
    0.75
    """
    return label_statistic("sveb_pp", y_true, y_pred, sample_weight, zero_division)


def sveb_f1(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the harmonic mean of :func:`sveb_se` and :func:`sveb_pp`.

    It is 2 Ss / (Sn + Ss + Sv + Ns + Ss + Vs). So it is 0 where no S beat is called S,
    and undefined only where there is no S beat and no N or V beat is called S.

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
    ec57_sveb_f1_scorer : The same for ``scoring=``.

    References
    ----------
    ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and ST
    segment measurement algorithms.

    Examples
    --------
    >>> from skecg.metrics import sveb_f1
    >>> sveb_f1(list("SSSSN"), list("SSSNS"))
    0.75
    """
    return f1("sveb", y_true, y_pred, sample_weight, zero_division)
