"""An annotator that finds and classifies the beats of recordings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
from joblib import Parallel, delayed
from sklearn.base import BaseEstimator, clone
from sklearn.utils.validation import check_is_fitted

from skecg import aami
from skecg._validation import whole_numbers
from skecg.annotation._annotated_recording import AnnotatedRecording
from skecg.annotation._beat_rows import BeatRows
from skecg.annotation._beat_table import beat_table
from skecg.annotation._classified_beats import (
    ClassifiedBeats,
    are_no_beats,
    given_beats,
    probabilities_of,
)
from skecg.annotation._fit_models import fit_for_any_leads, fit_for_each_count
from skecg.annotation._lead_rule import LEAD_RULE, ChosenLeads
from skecg.annotation._model_card import ModelCard
from skecg.annotation._reference import MAPPINGS, Reference
from skecg.annotation._row_reader import RowReader
from skecg.annotation._time_blocks import TimeBlock, time_blocks
from skecg.annotation._training_rows import TrainingRows, training_rows
from skecg.classification._transaction import draft_of, publish, snapshot_of
from skecg.metrics import EC57Report, compare_annotations
from skecg.presets import PRESETS
from skecg.recordings import Recording, read_recording
from skecg.signal import Layout, get_layout
from skecg.signal._context_layout import ContextLayout

__all__ = ["BeatAnnotator"]

_LEARNED = frozenset(
    {
        "_reader",
        "card_",
        "class_names_",
        "layout_",
        "lead_counts_",
        "models_",
        "surplus_models_",
    }
)
"""The attributes that a fit replaces."""

_PRESETS = {
    preset.layout.name: preset
    for name, preset in PRESETS.items()
    if name.startswith("new_patients")
}
"""The preset for new patients of each layout."""


class BeatAnnotator(BaseEstimator):
    """Annotate recordings: find the beats and classify them.

    It detects R peaks, chooses the leads to read, checks their quality, extracts one
    row per beat and classifies the rows. It is fitted to whole recordings with
    reference annotations.

    Parameters
    ----------
    classifier : estimator or None, default=None
        A classifier with ``predict_proba``, fitted to rows of `layout` and the codes 0
        to 4 of N, S, V, F and Q. None takes the preset for new patients of the layout,
        such as ``"new_patients"`` for ``"features"``.
    layout : str or Layout, default="features"
        The layout of the rows; see :func:`skecg.signal.get_layout`. If it does not fix
        the number of leads, one classifier is fitted to rows of two leads and one to
        rows of one lead. The second classifies beats with only one readable lead. In
        the layouts ``"context"`` and ``"causal_context"``, one classifier reads rows of
        any number of leads.
    detector : str or callable, default="sleepecg"
        The detector of R peaks; the `method` of :func:`skecg.detection.detect_r_peaks`.
    leads : sequence of str or int, or None, default=None
        The leads to read, by name or column. None chooses them for each recording by
        the rule that the card states.
    mapping : {"study", "ec57"}, default="study"
        The mapping from the symbols of reference annotations to classes: ``"ec57"`` is
        :data:`skecg.aami.EC57_MAPPING`; ``"study"`` also counts the escape beats ``e``
        and ``j`` as N.
    drop_surplus : bool, default=True
        Whether to learn which detected peaks are not beats, and to drop these. R peaks
        that the caller passes are never dropped. In the layouts ``"context"`` and
        ``"causal_context"``, the classifier is also fitted to detected peaks, and those
        that are not beats have the class :data:`skecg.aami.NOT_A_BEAT`. In other
        layouts, a separate classifier finds them.
    random_state : int, RandomState instance or None, default=None
        The seed of the default classifier in ``fit``.
    n_jobs : int or None, default=None
        The number of threads that read recordings in ``fit`` and hours of a recording
        in ``annotate``; None means 1, unless a ``joblib.parallel_config`` is active.

    Attributes
    ----------
    models_ : dict of int to estimator
        The fitted classifier for each number of leads.
    surplus_models_ : dict of int to estimator
        The fitted classifier of surplus peaks for each number of leads; empty without
        `drop_surplus`, if the detector found no surplus peak in the training data, or
        if `models_` have the class of surplus peaks.
    class_names_ : list of str
        The classes that can be predicted.
    layout_ : Layout
        The layout of the rows.
    lead_counts_ : tuple of int
        The numbers of leads that rows may have, highest first.
    card_ : ModelCard
        The training data, versions and scores.

    See Also
    --------
    annotate : Annotate a recording with a fitted annotator.

    Examples
    --------
    >>> import numpy as np
    >>> from skecg import BeatAnnotator, Recording
    >>> rng = np.random.default_rng(0)
    >>> time = np.arange(60 * 250) / 250
    >>> peaks = np.arange(125, 60 * 250 - 125, 200)
    >>> symbols = np.where(np.arange(len(peaks)) % 5 == 4, "V", "N")
    >>> symbols[::7] = "A"
    >>> width = np.where(symbols == "V", 0.05, 0.015)
    >>> lead = rng.normal(0, 0.01, len(time))
    >>> for peak, w in zip(peaks, width):
    ...     lead += np.exp(-(((time - peak / 250) / w) ** 2))
    >>> recording = Recording(lead, 250, leads=["II"])
    >>> annotator = BeatAnnotator(drop_surplus=False)
    >>> annotator = annotator.fit([recording], [(peaks, symbols.tolist())])
    >>> annotator.annotate(recording, r_peaks=peaks)
    AnnotatedRecording(74 beats (45 N, 17 S, 12 V) in II, all leads)
    """

    def __init__(
        self,
        classifier: Any = None,
        *,
        layout: str | Layout = "features",
        detector: Any = "sleepecg",
        leads: Sequence[str | int] | None = None,
        mapping: str = "study",
        drop_surplus: bool = True,
        random_state: int | np.random.RandomState | None = None,
        n_jobs: int | None = None,
    ) -> None:
        self.classifier = classifier
        self.layout = layout
        self.detector = detector
        self.leads = leads
        self.mapping = mapping
        self.drop_surplus = drop_surplus
        self.random_state = random_state
        self.n_jobs = n_jobs

    def fit(
        self,
        recordings: Iterable[Any],
        annotations: Iterable[Any],
        *,
        description: str = "",
    ) -> BeatAnnotator:
        """Fit the annotator to recordings with reference annotations.

        Parameters
        ----------
        recordings : iterable of Recording, str or path
            The recordings. Paths are read one at a time, so that the recordings need
            not fit in memory together.
        annotations : iterable of wfdb.Annotation or tuple
            The reference annotations of each recording: a ``wfdb.Annotation`` or a
            tuple (samples, symbols) or (samples, symbols, subtypes).
        description : str, default=""
            A description of the recordings, for the card.

        Returns
        -------
        BeatAnnotator
            The fitted annotator itself.

        Raises
        ------
        ValueError
            If the numbers of recordings and annotations differ, one of them is invalid,
            or the annotations lack a class that the classifier needs.
        """
        if not isinstance(self.mapping, str) or self.mapping not in MAPPINGS:
            raise ValueError(
                f"mapping must be one of {list(MAPPINGS)}, got {self.mapping!r}."
            )
        draft = draft_of(self, _LEARNED)
        draft.layout_ = get_layout(self.layout)
        reader = RowReader.of(draft.layout_, self.leads, self.detector)
        found = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(self._training_rows)(reader, given, marks)
            for given, marks in _in_pairs(recordings, annotations)
        )
        if not found:
            raise ValueError(
                "recordings must contain at least one recording, got none."
            )
        names, parts = zip(*found, strict=True)
        rows = TrainingRows.joined(parts)
        if isinstance(draft.layout_, ContextLayout):
            model = self._unfitted(draft.layout_, draft.layout_.n_leads)
            draft.models_ = fit_for_any_leads(model, rows, reader.counts)
            draft.surplus_models_ = {}
        else:
            draft.models_, draft.surplus_models_ = fit_for_each_count(
                lambda n_leads: self._unfitted(draft.layout_, n_leads),
                rows,
                reader.counts,
            )
        # After a fit to one-lead recordings, read one lead of any recording.
        draft.lead_counts_ = tuple(draft.models_)
        draft._reader = replace(reader, counts=draft.lead_counts_)
        codes = {c for model in draft.models_.values() for c in model.classes_.tolist()}
        codes.discard(aami.NOT_A_BEAT)
        draft.class_names_ = [aami.CLASSES[code] for code in sorted(codes)]
        counts = Counter(aami.CLASSES[code] for code in rows.codes)
        draft.card_ = ModelCard(
            description,
            tuple(name for name in names if name is not None),
            len(names),
            {letter: counts[letter] for letter in aami.CLASSES},
            rows.n_surplus,
            repr(draft.layout_),
            LEAD_RULE if self.leads is None else f"the leads {list(self.leads)}",
            data_sha256=rows.sha256(),
        )
        publish(self, draft, _LEARNED)
        return self

    def annotate(
        self, recording: Any, r_peaks: npt.ArrayLike | None = None
    ) -> AnnotatedRecording:
        """Annotate a recording.

        Parameters
        ----------
        recording : Recording, str or path
            The recording, of any sampling rate, or the path of its file.
        r_peaks : array-like of int of shape (n_peaks,) or None, default=None
            The sample numbers of the R peaks, in order. None detects them.

        Returns
        -------
        AnnotatedRecording
            The beats with their classes, and the recording.

        Raises
        ------
        NotFittedError
            If the annotator is not fitted.
        ValueError
            If the recording has too few leads for the model or lacks a lead of `leads`,
            or `r_peaks` are not sample numbers in ascending order.
        """
        fitted = snapshot_of(self)
        check_is_fitted(fitted, "models_")
        recording = _read(recording)
        reader = fitted._reader
        chosen, quality = reader.choose(recording)
        peaks = (
            reader.detect(recording, chosen)
            if r_peaks is None
            else _checked_peaks(r_peaks, recording)
        )
        parts = Parallel(n_jobs=self.n_jobs, prefer="threads")(
            delayed(fitted._annotate_block)(
                recording, block, peaks, chosen, is_detected=r_peaks is None
            )
            for block in time_blocks(recording.n_samples, recording.fs)
        )
        beats = ClassifiedBeats.joined(parts)
        seconds = quality.codes(chosen.columns)
        table = beat_table(recording, beats, fitted.class_names_, seconds)
        return AnnotatedRecording(
            table=table,
            recording=recording,
            leads=chosen.names,
            lead_reason=chosen.reason,
            unreadable=seconds,
            peaks="detected" if r_peaks is None else "given",
            n_dropped=beats.n_dropped,
            card=fitted.card_,
        )

    def evaluate(
        self,
        recordings: Iterable[Any],
        annotations: Iterable[Any],
        *,
        peaks: str = "own",
        start: float = 0.0,
    ) -> EC57Report:
        """Compare the annotator with reference annotations, beat by beat.

        Parameters
        ----------
        recordings, annotations : iterable
            As in :meth:`fit`. The names of the recordings must differ, if they have
            names.
        peaks : {"own", "reference"}, default="own"
            The source of the R peaks: ``"own"`` detects them, ``"reference"`` takes
            those of the annotations.
        start : float, default=0.0
            The start of the comparison, in seconds; see
            :func:`skecg.metrics.compare_annotations`.

        Returns
        -------
        EC57Report
            The report. ``card_.with_scores(protocol, report)`` returns a card with
            its figures.

        Raises
        ------
        ValueError
            If `peaks` has another value, or an argument is invalid for ``annotate``.
        """
        if peaks not in ("own", "reference"):
            raise ValueError(f"peaks must be 'own' or 'reference', got {peaks!r}.")
        check_is_fitted(self, "models_")
        true: dict[str, Any] = {}
        called: dict[str, Any] = {}
        rates: dict[str, float] = {}
        lengths: dict[str, int] = {}
        for number, (given, marks) in enumerate(_in_pairs(recordings, annotations)):
            recording = _read(given)
            name = recording.name or str(number)
            if name in true:
                raise ValueError(
                    f"recordings must have different names, got {name!r} twice; rename "
                    "one of them."
                )
            r_peaks = None
            if peaks == "reference":
                r_peaks, _ = self._reference(recording, marks).beats
            true[name] = marks
            called[name] = self.annotate(recording, r_peaks).annotations
            rates[name], lengths[name] = recording.fs, recording.n_samples
        return compare_annotations(
            true,
            called,
            fs=rates,
            sig_len=lengths,
            start=start,
            mapping=self.mapping,  # type: ignore[arg-type]
        )

    def _training_rows(
        self, reader: RowReader, given: Any, annotations: Any
    ) -> tuple[str | None, TrainingRows]:
        """Return the name of a recording and its training rows."""
        recording = _read(given)
        reference = self._reference(recording, annotations)
        return recording.name, training_rows(
            reader, recording, reference, with_detected=self.drop_surplus
        )

    def _annotate_block(
        self,
        recording: Recording,
        block: TimeBlock,
        r_peaks: npt.NDArray[np.int64],
        chosen: ChosenLeads,
        *,
        is_detected: bool,
    ) -> ClassifiedBeats:
        """Classify the beats of a block, and drop detected peaks that are not beats."""
        peaks = r_peaks[block.reads(r_peaks)]
        rows = self._reader.read(recording, block, peaks, chosen)
        probabilities = self._probabilities(rows)
        n_dropped = 0
        if is_detected:
            is_surplus = self._is_surplus(rows, probabilities)
            if is_surplus.any():
                n_dropped = int((is_surplus & block.owns(peaks)).sum())
                # Dropping a peak changes the RR intervals of its neighbours.
                peaks = peaks[~is_surplus]
                rows = self._reader.read(recording, block, peaks, chosen)
                probabilities = self._probabilities(rows)
        mine = block.owns(peaks)
        return ClassifiedBeats(
            peaks[mine],
            given_beats(probabilities)[mine],
            rows.reasons[mine],
            rows.has_row[mine],
            n_dropped,
        )

    def _probabilities(self, rows: BeatRows) -> npt.NDArray[np.float64]:
        """Return the probability of each class, and of no beat if it is a class."""
        codes = [aami.CLASSES.index(name) for name in self.class_names_]
        return probabilities_of(self.models_, rows, [*codes, aami.NOT_A_BEAT])

    def _is_surplus(
        self, rows: BeatRows, probabilities: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Return which peaks are not beats; peaks without a row are kept."""
        if self.surplus_models_:
            surplus = probabilities_of(self.surplus_models_, rows, [False, True])[:, 1]
            return surplus > 0.5
        return are_no_beats(probabilities)

    def _reference(self, recording: Recording, annotations: Any) -> Reference:
        return Reference(
            annotations, recording.fs, recording.n_samples, mapping=self.mapping
        )

    def _unfitted(self, layout: Layout, n_leads: int) -> Any:
        """Return an unfitted classifier of rows with this number of leads."""
        if self.classifier is not None:
            return clone(self.classifier)
        if layout.name not in _PRESETS:
            raise ValueError(
                f"classifier must be given for {layout!r}, because there are defaults "
                f"only for the layouts {', '.join(_PRESETS)}; pass a classifier."
            )
        model = _PRESETS[layout.name].factory(get_layout(layout.name, n_leads=n_leads))
        names = [x for x in model.get_params() if x.split("__")[-1] == "random_state"]
        return model.set_params(**dict.fromkeys(names, self.random_state))


def _checked_peaks(r_peaks: Any, recording: Recording) -> npt.NDArray[np.int64]:
    peaks = whole_numbers("r_peaks", r_peaks, "pass sample numbers, not seconds")
    if peaks.size and (peaks.min() < 0 or peaks.max() >= recording.n_samples):
        raise ValueError(
            f"r_peaks must lie within the {recording.n_samples:,} samples of the "
            f"recording, got {peaks.min():,} to {peaks.max():,}; pass the R peaks of "
            "this recording, at its sampling rate."
        )
    if (np.diff(peaks) <= 0).any():
        raise ValueError(
            "r_peaks must be in strictly ascending order; sort them by time, and pass "
            "each beat once."
        )
    return peaks


def _read(recording: Any) -> Recording:
    return recording if isinstance(recording, Recording) else read_recording(recording)


def _in_pairs(
    recordings: Iterable[Any], annotations: Iterable[Any]
) -> Iterator[tuple[Any, Any]]:
    """Yield recordings with their annotations."""
    if isinstance(recordings, (Recording, str)):
        raise ValueError(
            f"recordings must be a list of recordings, got {recordings!r}; pass "
            "[recording], and [annotation]."
        )
    missing = object()
    for pair in zip_longest(recordings, annotations, fillvalue=missing):
        if any(part is missing for part in pair):
            raise ValueError(
                "recordings and annotations must have the same length, but one is "
                "longer; pass the annotations of each recording."
            )
        yield pair
