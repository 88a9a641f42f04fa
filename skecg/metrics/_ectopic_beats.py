"""EC57 statistics of ventricular and supraventricular ectopic beats, from labels."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from skecg._docstrings import insert_docs
from skecg.metrics._label_statistics import label_statistic

__all__ = ["sveb_f1", "sveb_pp", "sveb_se", "veb_f1", "veb_fpr", "veb_pp", "veb_se"]

_DOCS = {
    "labels": """
        y_true, y_pred : array-like of shape (n_beats,)
            The annotated and the predicted classes: the codes 0 to 4 or the letters N,
            S, V, F and Q, not a mix of both.
        sample_weight : array-like of shape (n_beats,) or None, default=None
            The weight of each beat; None stands for 1 each.
        """,
    "warn": """
        ``"warn"`` returns 0 and issues scikit-learn's UndefinedMetricWarning.
        """,
    "returns": """
        Returns
        -------
        float
            A fraction from 0 to 1, or `zero_division`.

        Raises
        ------
        ValueError
            If labels are neither codes nor letters, the lengths differ, or
            `zero_division` is neither a number nor "warn".
        """,
    "references": """
        References
        ----------
        ANSI/AAMI EC57, Testing and reporting performance results of cardiac rhythm and
        ST segment measurement algorithms.
        """,
}


@insert_docs(**_DOCS)
def veb_se(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the sensitivity for ventricular ectopic beats, EC57's VEB Se.

    It is Vv / (Vn + Vs + Vv): the share of the V beats that are predicted as V.
    Predicted F and Q count as n.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where there is no V beat.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_report : All statistics in one report.

    %(references)s

    Examples
    --------
    >>> from skecg.metrics import veb_se
    >>> veb_se(list("VVVVN"), list("VVVNV"))
    0.75
    """
    return label_statistic("veb_se", y_true, y_pred, sample_weight, zero_division)


@insert_docs(**_DOCS)
def veb_pp(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the positive predictivity for ventricular ectopic beats, VEB +P.

    It is Vv / (Nv + Sv + Vv). It differs from scikit-learn's precision: a fusion or
    unclassifiable beat that is predicted as V counts neither as true nor as false
    positive.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where no N, S or V beat is predicted as V.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_report : All statistics in one report.

    %(references)s

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


@insert_docs(**_DOCS)
def veb_fpr(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the false-positive rate for ventricular ectopic beats, VEB FPR.

    It is (Nv + Sv) / (Nv + Sv + all beats that are neither annotated nor predicted as
    V). Lower is better.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where the denominator is 0.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_report : All statistics in one report.

    %(references)s

    Examples
    --------
    >>> from skecg.metrics import veb_fpr
    >>> veb_fpr(list("VNNNSF"), list("VVNNNV"))
    0.25
    """
    return label_statistic("veb_fpr", y_true, y_pred, sample_weight, zero_division)


@insert_docs(**_DOCS)
def veb_f1(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the harmonic mean of :func:`veb_se` and :func:`veb_pp`.

    It is 2 Vv / (Vn + Vs + Vv + Nv + Sv + Vv). So it is 0 where no V beat is
    predicted as V, and undefined only where there is no V beat and no N or S beat is
    predicted as V.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where it is undefined.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_veb_f1_scorer : The same for ``scoring=``.

    %(references)s

    Examples
    --------
    >>> from skecg.metrics import veb_f1
    >>> veb_f1(list("VVVVN"), list("VVVNV"))
    0.75
    """
    return label_statistic("veb_f1", y_true, y_pred, sample_weight, zero_division)


@insert_docs(**_DOCS)
def sveb_se(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the sensitivity for supraventricular ectopic beats, EC57's SVEB Se.

    It is Ss / (Sn + Ss + Sv): the share of the S beats that are predicted as S.
    Predicted F and Q count as n.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where there is no S beat.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_report : All statistics in one report.

    %(references)s

    Examples
    --------
    >>> from skecg.metrics import sveb_se
    >>> sveb_se(list("SSSSN"), list("SSSNS"))
    0.75
    """
    return label_statistic("sveb_se", y_true, y_pred, sample_weight, zero_division)


@insert_docs(**_DOCS)
def sveb_pp(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the positive predictivity for supraventricular ectopic beats, SVEB +P.

    It is Ss / (Ns + Ss + Vs), the gross statistic of :func:`ec57_report`. It differs
    from scikit-learn's precision: a fusion or unclassifiable beat that is predicted as
    S counts neither as true nor as false positive.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where no N, S or V beat is predicted as S.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_report : All statistics in one report.

    %(references)s

    Examples
    --------
    >>> from skecg.metrics import sveb_pp
    >>> sveb_pp(list("SSSNF"), list("SSSSS"))
    0.75
    """
    return label_statistic("sveb_pp", y_true, y_pred, sample_weight, zero_division)


@insert_docs(**_DOCS)
def sveb_f1(
    y_true: npt.ArrayLike,
    y_pred: npt.ArrayLike,
    *,
    sample_weight: npt.ArrayLike | None = None,
    zero_division: float | Literal["warn"] = np.nan,
) -> float:
    """Compute the harmonic mean of :func:`sveb_se` and :func:`sveb_pp`.

    It is 2 Ss / (Sn + Ss + Sv + Ns + Ss + Vs). So it is 0 where no S beat is
    predicted as S, and undefined only where there is no S beat and no N or V beat is
    predicted as S.

    Parameters
    ----------
    %(labels)s
    zero_division : float or "warn", default=nan
        The value to return where it is undefined.
        %(warn)s

    %(returns)s

    See Also
    --------
    ec57_sveb_f1_scorer : The same for ``scoring=``.

    %(references)s

    Examples
    --------
    >>> from skecg.metrics import sveb_f1
    >>> sveb_f1(list("SSSSN"), list("SSSNS"))
    0.75
    """
    return label_statistic("sveb_f1", y_true, y_pred, sample_weight, zero_division)
