"""Plot of a beat with the saliency of its samples."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from skecg._sklearn import Interval, validate_params
from skecg.plotting._style import ink, names_of_classes

__all__ = ["SaliencyDisplay"]


class SaliencyDisplay:
    """Plot of a lead over the evidence for its class (red) and against it (blue).

    Create it with :meth:`from_estimator`.

    Parameters
    ----------
    beat : ndarray of shape (n_samples,)
        The samples of the lead.
    saliency : ndarray of shape (n_samples,)
        The saliency of each sample, from :func:`~skecg.inspection.beat_saliency`.
    target_name : str or None, default=None
        The name of the class.
    fs : float or None, default=None
        The sampling rate in hertz, for an axis in milliseconds; None shows sample
        numbers.
    n_before : int, default=0
        The number of samples before the R peak, at which the axis is 0.

    Attributes
    ----------
    ax_ : matplotlib Axes
        The axes drawn on.
    figure_ : matplotlib Figure
        The figure of the axes.
    line_ : matplotlib Line2D
        The lead.
    im_ : matplotlib AxesImage
        The saliency.

    See Also
    --------
    skecg.inspection.beat_saliency : The methods and their references.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> from skecg import CNN1DClassifier
    >>> from skecg.datasets import make_beats
    >>> from skecg.plotting import SaliencyDisplay
    >>> X, y = make_beats(300, weights=[1, 0, 1, 0, 0], return_X_y=True)
    >>> clf = CNN1DClassifier(n_filters=(4, 4), max_epochs=1).fit(X, y)
    >>> display = SaliencyDisplay.from_estimator(clf, X, target=2, fs=120)
    >>> display.ax_.get_title()
    'Evidence for V'
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        beat: np.ndarray,
        saliency: np.ndarray,
        *,
        target_name: str | None = None,
        fs: float | None = None,
        n_before: int = 0,
    ) -> None:
        self.beat = beat
        self.saliency = saliency
        self.target_name = target_name
        self.fs = fs
        self.n_before = n_before

    @classmethod
    @validate_params(
        {
            "index": [Integral],
            "lead": [Integral],
            "fs": [Interval(Real, 0, None, closed="neither"), None],
        },
        prefer_skip_nested_validation=True,
    )
    def from_estimator(
        cls,
        estimator: Any,
        X: ArrayLike,
        *,
        index: int = 0,
        lead: int = 0,
        target: Any = None,
        method: str = "integrated_gradients",
        baseline: float | ArrayLike = 0.0,
        fs: float | None = None,
        display_labels: Sequence[str] | None = None,
        ax: Any = None,
    ) -> SaliencyDisplay:
        """Compute the saliency of a beat and draw it.

        Parameters
        ----------
        estimator : estimator
            A fitted network classifier of this package, or one inside a pipeline, a
            :class:`~skecg.PriorAdjustedClassifier` or a search.
        X : array-like of shape (n_beats, n_features)
            The beats.
        index : int, default=0
            The row of the beat.
        lead : int, default=0
            The number of the lead to draw.
        target : label, default=None
            The class to explain; None explains the prediction of `estimator`.
        method : str, default="integrated_gradients"
            As in :func:`~skecg.inspection.beat_saliency`.
        baseline : float or array-like of shape (n_features,), default=0.0
            As in :func:`~skecg.inspection.beat_saliency`.
        fs : float or None, default=None
            The sampling rate in hertz, for an axis in milliseconds. None takes that of
            the classifier's layout, with 0 at the R peak. Without `fs` and layout, the
            axis shows sample numbers.
        display_labels : sequence of str or None, default=None
            Names for the sorted classes. None shows the codes 0 to 4 as AAMI letters
            and other labels unchanged; 0 and 1 stay unchanged if they are the only
            labels.
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        SaliencyDisplay
            The drawn display.

        Raises
        ------
        ImportError
            If captum is not installed.
        TypeError
            If `estimator` contains no network of this package.
        ValueError
            If the beat, the lead or the class does not exist, the pipeline changes the
            number of columns, or the numbers of names and classes differ.
        sklearn.exceptions.NotFittedError
            If `estimator` is not fitted.
        """
        from skecg.classification.network._find_network import find_network
        from skecg.inspection import beat_saliency

        _, clf = find_network(estimator)
        names = names_of_classes(clf.classes_, display_labels)
        rows: Any = X if hasattr(X, "iloc") else np.asarray(X)
        if rows.ndim != 2:
            raise ValueError(
                f"X must have one beat per row, got shape {rows.shape}; pass a single "
                "beat as X[[0]]."
            )
        if not 0 <= index < len(rows):
            raise ValueError(
                f"index must be the row of one of the {len(rows)} beats, got {index}."
            )
        n_leads = clf.net_.n_channels
        if not 0 <= lead < n_leads:
            raise ValueError(
                f"lead must be the number of one of the {n_leads} leads, got {lead}."
            )
        row = rows.iloc[[index]] if hasattr(rows, "iloc") else rows[[index]]
        if target is None:
            target = estimator.predict(row)[0]
        saliency = beat_saliency(
            estimator, row, method=method, target=target, baseline=baseline
        )[0]
        beat = np.asarray(row, dtype=np.float64)[0]
        if len(beat) != clf.n_features_in_:
            raise ValueError(
                f"X has {len(beat)} columns, but the pipeline transforms them to "
                f"{clf.n_features_in_}, so that the saliency does not fit X; pass the "
                "last step of the pipeline and the transformed X."
            )
        n_samples = len(saliency) // n_leads
        drawn = slice(lead * n_samples, (lead + 1) * n_samples)
        name = names[np.flatnonzero(clf.classes_ == target)[0]]
        layout, n_before = clf._architecture.layout, 0
        if layout is not None:
            fs, n_before = fs or layout.fs, layout.n_before
        display = cls(
            beat[drawn], saliency[drawn], target_name=name, fs=fs, n_before=n_before
        )
        return display.plot(ax=ax)

    def plot(self, ax: Any = None) -> SaliencyDisplay:
        """Draw the lead over its saliency.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        SaliencyDisplay
            The display itself.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
        step = 1 if self.fs is None else 1000 / self.fs
        n_samples = len(self.beat)
        times = (np.arange(n_samples) - self.n_before) * step
        (self.line_,) = ax.plot(times, self.beat, color=ink())
        top = np.abs(self.saliency).max() or 1
        self.im_ = ax.imshow(
            self.saliency[np.newaxis],
            cmap="RdBu_r",
            vmin=-top,
            vmax=top,
            extent=(times[0] - step / 2, times[-1] + step / 2, *ax.get_ylim()),
            aspect="auto",
            interpolation="nearest",
            zorder=0,
        )
        name = self.target_name or "the class"
        label = "Evidence for (red) and against (blue)"
        ax.figure.colorbar(self.im_, ax=ax, label=label)
        ax.set(
            xlabel="Sample" if self.fs is None else "Time (ms)",
            ylabel="Amplitude",
            title=f"Evidence for {name}",
        )
        self.ax_, self.figure_ = ax, ax.figure
        return self
