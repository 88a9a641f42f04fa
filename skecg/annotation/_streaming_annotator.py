"""Annotate a stream block by block."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from skecg import aami
from skecg._leads import as_array, is_time, made_up_names
from skecg._sklearn import feature_names
from skecg._validation import whole_numbers
from skecg.annotation._beat_annotator import BeatAnnotator
from skecg.annotation._classified_beats import are_no_beats, given_beats
from skecg.detection import StreamingRPeakDetector
from skecg.recordings._recording import checked_fs
from skecg.signal import Layout, get_layout
from skecg.signal._causal_stream import CausalFeatureStream, StreamedRows
from skecg.signal._context_layout import ContextLayout
from skecg.signal._feature_layout import FeatureLayout
from skecg.signal._samples import read_samples
from skecg.signal._window_quality import REASONS

__all__ = ["StreamingAnnotator"]

Samples = npt.NDArray[np.int64]


class _StreamDetector(Protocol):
    """A detector of R peaks in a stream, such as :class:`StreamingRPeakDetector`."""

    def push(self, block: npt.NDArray[np.float64]) -> npt.ArrayLike: ...

    def finish(self) -> npt.ArrayLike: ...


class StreamingAnnotator:
    """Annotate a stream that arrives block by block.

    The results do not depend on the sizes of the blocks. They are the same as if
    :func:`skecg.signal.extract_beats` extracted the beats from the whole recording with
    the same R peaks, and the model classified them. Memory does not grow with the
    length of the stream.

    Parameters
    ----------
    model : classifier or BeatAnnotator
        A fitted classifier of rows of the layout ``"causal_features"`` or
        ``"causal_context"``, such as the presets ``"new_patients_causal"`` and
        ``"new_patients_network_causal"``, with `predict_proba`. Its classes are letters
        of :data:`skecg.aami.CLASSES` or their codes. Of a :class:`BeatAnnotator` with
        such a layout, the classifier for the number of `leads` is used.
    fs : float
        The sampling rate of the stream, in hertz, from 100 to 2,000.
    leads : int or sequence of str, default=2
        The leads of each block, in order: their number or their names. Names select
        columns of DataFrames.
    detector : object or None, default=None
        The detector of R peaks, used if they are not pushed. It has the methods
        ``push(block)``, which takes the next samples of the first lead and returns the
        sample numbers of R peaks, counted from the start of the stream, and
        ``finish()``. None creates a :class:`skecg.detection.StreamingRPeakDetector`.
    check_quality : bool, default=True
        Whether beats with a saturated, flat or noisy lead are unreadable, as in
        :func:`skecg.signal.extract_beats`. Beats with missing samples always are.

    Attributes
    ----------
    classes : tuple of str
        The classes of the model.
    delay : float
        The seconds of signal after an R peak that its prediction requires. The
        prediction also requires the next R peak. The beat is returned by the first push
        after which both are available.
    n_samples : int
        The number of samples that have been pushed.

    Raises
    ------
    ValueError
        If the model is not fitted, lacks ``predict_proba``, has other classes or reads
        other rows, `fs` is out of range, or `leads` is empty, contains a name twice or
        the name of a column of times.

    See Also
    --------
    skecg.detection.StreamingRPeakDetector : Detect R peaks only.
    skecg.signal.extract_beats : Extract rows from a whole recording.

    Notes
    -----
    A beat is unreadable if its windows contain missing samples, or if a lead is
    saturated, flat or noisy. Its class is then Q and its probabilities are NaN. Equal
    leads are not detected in a stream, because it may start with a calibration pulse.
    The default detector reads only the first lead, so that no beat is found while that
    lead is off.

    Unlike :meth:`BeatAnnotator.annotate`, this class always reads all given leads in
    their order; it does not fall back to one lead if the other is unreadable. Detected
    R peaks that are not beats are dropped if the classifier has the class
    :data:`skecg.aami.NOT_A_BEAT`. They still count in the RR intervals of neighbouring
    beats.

    The class of a beat is the one with the highest probability.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from skecg.annotation import StreamingAnnotator
    >>> from skecg.signal import extract_beats
    >>> rng = np.random.default_rng(0)
    >>> seconds = np.arange(60 * 250) / 250
    >>> lead = np.exp(-((seconds % 1 - 0.5) ** 2) / (2 * 0.01**2))
    >>> signal = np.column_stack([lead, 0.5 * lead]) + rng.normal(0, 0.01, (15000, 2))
    >>> beats = extract_beats(
    ...     signal, 250, np.arange(125, 15000, 250), layout="causal_features"
    ... )
    >>> model = HistGradientBoostingClassifier().fit(beats.data, np.arange(60) % 2)
    >>> annotator = StreamingAnnotator(model, fs=250)
    >>> annotator.push(signal[:1000])["sample"].tolist()
    [125, 375, 625]
    >>> annotator.push(signal[1000:1300])["sample"].tolist()
    [875]
    """

    def __init__(
        self,
        model: Any,
        fs: float,
        leads: int | Sequence[str] = 2,
        *,
        detector: _StreamDetector | None = None,
        check_quality: bool = True,
    ) -> None:
        self.fs = checked_fs(fs)
        self.leads = _checked_leads(leads)
        self._has_names = not isinstance(leads, Integral)
        layout = _layout_of(model, len(self.leads))
        if isinstance(model, BeatAnnotator):
            model = _classifier_of(model, layout, len(self.leads))
        self._columns = _columns_read(model, layout, self.leads)
        self.model = model
        self.classes = _class_letters(model)
        self._detector = detector
        # Set by the first push.
        self._peaks_are_pushed: bool | None = None
        self._is_finished = False
        self._stream = CausalFeatureStream(
            self.fs, len(self.leads), layout, check_quality=check_quality
        )
        self.delay = self._stream.n_after / self.fs

    @property
    def n_samples(self) -> int:
        """The number of samples that have been pushed."""
        return self._stream.n_samples

    def push(
        self,
        block: npt.ArrayLike | pd.DataFrame,
        r_peaks: npt.ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Process the next samples, and return the beats that are complete now.

        Parameters
        ----------
        block : array-like of shape (n_samples, n_leads), or DataFrame
            The samples after those of the previous block; may be empty. One lead may
            have the shape (n_samples,). Missing samples are NaN, masked, or the
            smallest value of a signed integer type. All blocks must have the same data
            type.
        r_peaks : array-like of int of shape (n_peaks,) or None, default=None
            The sample numbers of R peaks from another detector, counted from the start
            of the stream; may be empty. They must be later than those of the previous
            push, and lie in this block or up to 30 s before it. None detects them. Pass
            R peaks in all pushes or in none.

        Returns
        -------
        DataFrame of shape (n_beats, n_columns)
            One row per beat, in the order of time. The columns are ``sample``, the
            sample number of the R peak, counted from the start of the stream; ``time``,
            the same in seconds; ``class``, N, S, V, F or Q, also Q if a lead is
            unreadable; ``probability_N`` and so on for each class of the model, NaN if
            a lead is unreadable; and ``reason``, the unreadable leads and the reason,
            such as ``"V1 noise"``, or an empty string.

        Raises
        ------
        ValueError
            If the block has another shape or infinite samples, the R peaks are not in
            ascending order or outside the limits above, only some pushes have R peaks,
            or the stream is finished. The stream then stays unchanged.
        """
        if self._is_finished:
            raise ValueError(
                "push must be called before finish; create a new annotator for a new "
                "stream."
            )
        samples = self._checked_block(block)
        is_pushed = r_peaks is not None
        if self._peaks_are_pushed not in (None, is_pushed):
            raise ValueError(
                "r_peaks must be passed in every push of a stream or in none, but the "
                f"first push {'had none' if is_pushed else 'had some'}; pass "
                f"{'None' if is_pushed else '[] if there are none'}."
            )
        if r_peaks is None:
            peaks = self._detect(samples)
        else:
            peaks = whole_numbers("r_peaks", r_peaks, "pass sample numbers")
        rows = self._stream.push(samples, peaks)
        self._peaks_are_pushed = is_pushed
        return self._table(rows)

    def finish(self) -> pd.DataFrame:
        """End the stream and return the remaining beats, as at the end of a recording.

        Returns
        -------
        DataFrame of shape (n_beats, n_columns)
            The beats, as :meth:`push` returns them.
        """
        parts = []
        if self._peaks_are_pushed is False and not self._is_finished:
            assert self._detector is not None
            nothing = np.empty((0, len(self.leads)))
            peaks = self._recent(self._detector.finish())
            parts.append(self._stream.push(nothing, peaks))
        self._is_finished = True
        parts.append(self._stream.finish())
        return self._table(
            StreamedRows(
                np.concatenate([part.r_peaks for part in parts]),
                np.concatenate([part.rows for part in parts]),
                np.concatenate([part.codes for part in parts], axis=1),
            )
        )

    def _detect(self, samples: npt.NDArray[np.floating]) -> Samples:
        if self._detector is None:
            self._detector = StreamingRPeakDetector(self.fs)
        found = self._detector.push(samples[:, 0].astype(np.float64))
        return self._recent(found)

    def _recent(self, found: npt.ArrayLike) -> Samples:
        """Return the detected peaks that are within the stored part of the stream."""
        peaks = whole_numbers("what detector returns", found, "return sample numbers")
        return peaks[peaks >= self._stream.oldest]

    def _checked_block(self, block: Any) -> npt.NDArray[np.floating]:
        names = feature_names(block)
        if names is not None and self._has_names:
            missing = [lead for lead in self.leads if lead not in list(names)]
            if missing:
                raise ValueError(
                    f"block must have the leads {list(self.leads)}, but it lacks "
                    f"{missing}; rename its columns, or pass an array."
                )
            block = np.column_stack([np.asarray(block[lead]) for lead in self.leads])
        array = as_array("block", block)
        if array.ndim == 1 and len(self.leads) == 1:
            array = array[:, np.newaxis]
        if array.ndim != 2 or array.shape[1] != len(self.leads):
            raise ValueError(
                f"block must have the shape (n_samples, {len(self.leads)}), got "
                f"{array.shape}; put time along the first axis, and state the number "
                "of leads with leads."
            )
        return read_samples(pd.DataFrame(array, copy=False))

    def _table(self, beats: StreamedRows) -> pd.DataFrame:
        is_readable = np.asarray(~beats.codes.any(axis=0))
        # The last column is the probability of no beat, 0 for models without it.
        probabilities = np.zeros((len(beats.rows), len(self.classes) + 1))
        probabilities[~is_readable] = np.nan
        if is_readable.any():
            rows: Any = beats.rows[is_readable]
            if self._columns is not None:
                rows = pd.DataFrame(rows, columns=self._columns)
            # The code of no beat is the highest, so that its column is the last.
            found = self.model.predict_proba(rows)
            probabilities[is_readable, : found.shape[1]] = found
        if not self._peaks_are_pushed:
            kept = np.flatnonzero(~are_no_beats(probabilities))
            beats, probabilities = beats.only(kept), probabilities[kept]
            is_readable = np.asarray(~beats.codes.any(axis=0))
        probabilities = given_beats(probabilities)
        letters = np.array([*self.classes, "Q"], dtype=object)
        best = np.full(len(beats.rows), len(self.classes))
        best[is_readable] = probabilities[is_readable].argmax(axis=1)
        reasons = [
            ", ".join(
                f"{lead} {REASONS[code]}"
                for lead, code in zip(self.leads, codes, strict=True)
                if code
            )
            for codes in beats.codes.T
        ]
        columns: dict[str, Any] = {
            "sample": beats.r_peaks,
            "time": beats.r_peaks / self.fs,
            "class": letters[best],
        }
        for name, values in zip(self.classes, probabilities.T, strict=True):
            columns[f"probability_{name}"] = values
        columns["reason"] = np.array(reasons, dtype=object)
        return pd.DataFrame(columns)


def _checked_leads(leads: Any) -> tuple[str, ...]:
    if isinstance(leads, Integral) and not isinstance(leads, bool):
        names = made_up_names(max(int(leads), 0))
    else:
        is_list = isinstance(leads, Sequence) and not isinstance(leads, str)
        names = tuple(leads) if is_list else ()
    if not names or len(set(names)) < len(names):
        raise ValueError(
            "leads must be the number of leads or a list of different names, got "
            f"{leads!r}; for example, pass 2 or ['MLII', 'V1']."
        )
    times = [name for name in names if is_time(name, np.empty(0))]
    if times:
        raise ValueError(
            f"leads must be names of leads, but {times[0]!r} names a column of times; "
            "leave it out."
        )
    return names


def _layout_of(model: Any, n_leads: int) -> FeatureLayout:
    """Return the causal layout of the rows that a model reads."""
    if isinstance(model, BeatAnnotator):
        check_is_fitted(model, "models_")
        given = [model.layout_]
    else:
        given = [get_layout(value) for value in _named_layouts(model).values()]
    for layout in given:
        if isinstance(layout, ContextLayout) and layout.is_causal:
            return layout
    context = ContextLayout(is_causal=True)
    n_columns = len(context.feature_names([""] * context.n_leads))
    if not given and getattr(model, "n_features_in_", None) == n_columns:
        return context
    return FeatureLayout(is_causal=True, n_leads=n_leads)


def _named_layouts(model: Any) -> dict[str, Any]:
    """Return the layouts in a model's parameters, and the layout of an ONNX file."""
    parameters = model.get_params() if hasattr(model, "get_params") else {}
    named = {n: x for n, x in parameters.items() if n.split("__")[-1] == "layout"}
    named["layout_"] = getattr(model, "layout_", None)
    return {name: value for name, value in named.items() if value is not None}


def _classifier_of(annotator: BeatAnnotator, layout: Layout, n_leads: int) -> Any:
    """Return an annotator's classifier for this number of leads."""
    if annotator.layout_.name != layout.name:
        raise ValueError(
            f"model must read rows of {layout!r}, but this annotator reads rows of "
            f"{annotator.layout_!r}; fit BeatAnnotator(layout={layout.name!r})."
        )
    if n_leads not in annotator.models_:
        raise ValueError(
            f"leads must be {' or '.join(map(str, annotator.models_))} for this "
            f"annotator, got {n_leads}; pass that number of leads."
        )
    return annotator.models_[n_leads]


def _class_letters(model: Any) -> tuple[str, ...]:
    """Return the letters of a model's classes, which may be letters or codes."""
    letters = dict(enumerate(aami.CLASSES)) | {x: x for x in aami.CLASSES}
    classes = np.asarray(model.classes_).tolist()
    if aami.NOT_A_BEAT in classes:
        classes.remove(aami.NOT_A_BEAT)
    if any(label not in letters for label in classes):
        raise ValueError(
            f"model must predict some of the classes {list(aami.CLASSES)} or their "
            f"codes, got {classes}; fit it with such labels."
        )
    return tuple(letters[label] for label in classes)


def _columns_read(model: Any, layout: Layout, leads: Sequence[str]) -> list[str] | None:
    """Check that a model fits the stream, and return its column names, if any."""
    if not hasattr(model, "predict_proba"):
        raise ValueError(
            "model must be a fitted classifier with predict_proba, got "
            f"{type(model).__name__}; for example, fit the preset "
            "'new_patients_causal'."
        )
    check_is_fitted(model)
    for name, value in _named_layouts(model).items():
        if get_layout(value).name != layout.name:
            raise ValueError(
                f"model must read rows of {layout!r}, but its {name} is {value!r}; fit "
                "the preset 'new_patients_causal'."
            )
    most = layout.n_leads or len(leads)
    if len(leads) > most:
        raise ValueError(
            f"leads must be at most {most} for a model of {layout!r}, got "
            f"{len(leads)}; push fewer leads, or fit a model to more."
        )
    n_columns = len(layout.feature_names([""] * most))
    n_read = getattr(model, "n_features_in_", n_columns)
    names = getattr(model, "feature_names_in_", None)
    if n_read != n_columns or (names is not None and layout.read_leads(names) is None):
        raise ValueError(
            f"model must read the {n_columns} columns of {layout!r}, but it reads "
            f"{n_read} other columns; state the number of leads with leads, and fit "
            "the model with rows of this layout."
        )
    return None if names is None else [str(name) for name in names]
