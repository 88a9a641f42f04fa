"""Annotate a stream while it comes in."""

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
    """Annotator of a stream that comes in block by block.

    Beats are the same whatever the sizes of the blocks: those that
    :func:`skecg.signal.extract_beats` cuts from the whole recording with the same R
    peaks, with the classes and probabilities that the model predicts for them. Memory
    does not grow with the length of the stream.

    Parameters
    ----------
    model : classifier or BeatAnnotator
        A fitted classifier of rows of the layout ``"causal_features"`` or
        ``"causal_context"``, such as the presets ``"new_patients_causal"`` and
        ``"new_patients_network_causal"``, with `predict_proba`. Its classes are letters
        of :data:`skecg.aami.CLASSES` or their codes. A :class:`BeatAnnotator` of such a
        layout stands for its classifier of as many leads.
    fs : float
        The sampling rate of the stream, in hertz, from 100 to 2,000.
    leads : int or sequence of str, default=2
        The leads of each block, in order: their number, or their names, which the
        columns of DataFrames are chosen by.
    detector : object or None, default=None
        What finds the R peaks, unless they are pushed: an object with the methods
        ``push(block)``, which takes the next samples of the first lead and returns the
        samples of R peaks, counted from the start of the stream, and ``finish()``. None
        makes a :class:`skecg.detection.StreamingRPeakDetector`.
    check_quality : bool, default=True
        Whether beats where a lead is saturated, flat or noise are unreadable, as in
        :func:`skecg.signal.extract_beats`. Beats with missing samples always are.

    Attributes
    ----------
    classes : tuple of str
        The classes of the model.
    delay : float
        The seconds of signal from an R peak on that its answer needs. It needs the next
        R peak too, so that it is returned by the push after which both are known.
    n_samples : int
        The number of samples that have come in.

    Raises
    ------
    ValueError
        If the model is not fitted, has no probabilities or other classes, or does not
        read such rows, `fs` is out of range, or `leads` names no leads, one of them
        twice or times.

    See Also
    --------
    skecg.detection.StreamingRPeakDetector : Detect R peaks only.
    skecg.signal.extract_beats : Cut a whole recording into rows.

    Notes
    -----
    A beat whose windows hold missing samples is unreadable, and so is one where a lead
    is saturated, flat or noise: its class is Q and its probabilities are NaN. A stream
    is not searched for leads that are equal, because its start may be a calibration
    pulse. The default detector reads the first lead alone, so that no beat is found
    while that lead is off.

    Unlike :meth:`BeatAnnotator.annotate`, a stream is read in the leads that are given,
    in their order; it does not read one lead where the other is unreadable. Detected R
    peaks that are no beats are dropped if the classifier has the class
    :data:`skecg.aami.NOT_A_BEAT`, and count in the intervals of the beats beside them.

    Classes are those of the highest probability, as most classifiers predict them.

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
        # Decided by the first push.
        self._peaks_are_pushed: bool | None = None
        self._is_finished = False
        self._stream = CausalFeatureStream(
            self.fs, len(self.leads), layout, check_quality=check_quality
        )
        self.delay = self._stream.n_after / self.fs

    @property
    def n_samples(self) -> int:
        """The number of samples that have come in."""
        return self._stream.n_samples

    def push(
        self,
        block: npt.ArrayLike | pd.DataFrame,
        r_peaks: npt.ArrayLike | None = None,
    ) -> pd.DataFrame:
        """Take the next samples, and return the beats that are known now.

        Parameters
        ----------
        block : array-like of shape (n_samples, n_leads), or DataFrame
            The samples after those of the last block, of which there may be none; one
            lead may have the shape (n_samples,). NaN, a mask or the least number of a
            signed integer type marks missing ones. All blocks have one type of numbers.
        r_peaks : array-like of int of shape (n_peaks,) or None, default=None
            The R peaks that a device has found, which may be empty: their samples,
            counted from the start of the stream. They follow those of the push before,
            and lie in this block or up to 30 s before it. None detects them; either all
            pushes have R peaks, or none.

        Returns
        -------
        DataFrame of shape (n_beats, n_columns)
            One row per beat, in the order of time. The columns are ``sample``, that of
            the R peak from the start of the stream; ``time``, the same in seconds;
            ``class``, N, S, V, F or Q, Q too if a lead is unreadable;
            ``probability_N`` and so on for each class of the model, NaN if a lead is
            unreadable; and ``reason``, the leads that are unreadable and why, such as
            ``"V1 noise"``, or an empty text.

        Raises
        ------
        ValueError
            If the block has another shape or infinite samples, the R peaks do not
            ascend or are older or later than above, some pushes have R peaks and others
            none, or the stream is finished. The stream is then as before the push.
        """
        if self._is_finished:
            raise ValueError(
                "push must come before finish; make a new annotator for a new stream."
            )
        samples = self._checked_block(block)
        is_pushed = r_peaks is not None
        if self._peaks_are_pushed not in (None, is_pushed):
            raise ValueError(
                "r_peaks must be given in every push of a stream or in none, and the "
                f"first push {'had none' if is_pushed else 'had some'}; pass "
                f"{'None' if is_pushed else '[] where there are none'}."
            )
        if r_peaks is None:
            peaks = self._detect(samples)
        else:
            peaks = whole_numbers("r_peaks", r_peaks, "pass sample numbers")
        rows = self._stream.push(samples, peaks)
        self._peaks_are_pushed = is_pushed
        return self._table(rows)

    def finish(self) -> pd.DataFrame:
        """Return the beats that were waiting, as at the end of a recording.

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
        """Return the detected peaks that are not older than what is kept."""
        peaks = whole_numbers("what detector returns", found, "return sample numbers")
        return peaks[peaks >= self._stream.oldest]

    def _checked_block(self, block: Any) -> npt.NDArray[np.floating]:
        names = feature_names(block)
        if names is not None and self._has_names:
            missing = [lead for lead in self.leads if lead not in list(names)]
            if missing:
                raise ValueError(
                    f"block must have the leads {list(self.leads)}, and it lacks "
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
        # The last column is that no beat is there, and 0 if the model does not know it.
        probabilities = np.zeros((len(beats.rows), len(self.classes) + 1))
        probabilities[~is_readable] = np.nan
        if is_readable.any():
            rows: Any = beats.rows[is_readable]
            if self._columns is not None:
                rows = pd.DataFrame(rows, columns=self._columns)
            # The code of no beat is the highest, and so comes last.
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
            f"{leads!r}; pass such as 2 or ['MLII', 'V1']."
        )
    times = [name for name in names if is_time(name, np.empty(0))]
    if times:
        raise ValueError(
            f"leads must be leads, and {times[0]!r} names a column of times; leave it "
            "out."
        )
    return names


def _layout_of(model: Any, n_leads: int) -> FeatureLayout:
    """Return the causal layout of the rows of a stream for a model."""
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
    """Return the layouts among a model's parameters, and that of an ONNX file."""
    parameters = model.get_params() if hasattr(model, "get_params") else {}
    named = {n: x for n, x in parameters.items() if n.split("__")[-1] == "layout"}
    named["layout_"] = getattr(model, "layout_", None)
    return {name: value for name, value in named.items() if value is not None}


def _classifier_of(annotator: BeatAnnotator, layout: Layout, n_leads: int) -> Any:
    """Return an annotator's classifier of rows of a number of leads."""
    if annotator.layout_.name != layout.name:
        raise ValueError(
            f"model must read rows of {layout!r}, and this annotator reads rows of "
            f"{annotator.layout_!r}; fit BeatAnnotator(layout={layout.name!r})."
        )
    if n_leads not in annotator.models_:
        raise ValueError(
            f"leads must be {' or '.join(map(str, annotator.models_))} for this "
            f"annotator, got {n_leads}; pass as many."
        )
    return annotator.models_[n_leads]


def _class_letters(model: Any) -> tuple[str, ...]:
    """Return the letters of a model's classes, which may be codes."""
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
    """Return the names of a model's columns, if it has any, or refuse the model."""
    if not hasattr(model, "predict_proba"):
        raise ValueError(
            "model must be a fitted classifier with predict_proba, got "
            f"{type(model).__name__}; pass such as the preset 'new_patients_causal'."
        )
    check_is_fitted(model)
    for name, value in _named_layouts(model).items():
        if get_layout(value).name != layout.name:
            raise ValueError(
                f"model must read rows of {layout!r}, and its {name} is {value!r}; fit "
                "the preset 'new_patients_causal'."
            )
    most = layout.n_leads or len(leads)
    if len(leads) > most:
        raise ValueError(
            f"leads must be at most {most} for a model of {layout!r}, got "
            f"{len(leads)}; push fewer, or fit a model of more."
        )
    n_columns = len(layout.feature_names([""] * most))
    n_read = getattr(model, "n_features_in_", n_columns)
    names = getattr(model, "feature_names_in_", None)
    if n_read != n_columns or (names is not None and layout.read_leads(names) is None):
        raise ValueError(
            f"model must read the {n_columns} columns of {layout!r}, and it reads "
            f"{n_read} others; state the number of leads with leads, and fit it with "
            "rows of this layout."
        )
    return None if names is None else [str(name) for name in names]
