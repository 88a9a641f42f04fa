"""The annotations of a recording, with the recording and the model's card."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from skecg.annotation._model_card import ModelCard
from skecg.annotation._rhythm_summary import RhythmSummary, summarise
from skecg.annotation._writers import write_csv, write_parquet, write_wfdb
from skecg.annotation.report import write_report
from skecg.recordings import Recording

__all__ = ["AnnotatedRecording"]


@dataclass(frozen=True, eq=False, repr=False)
class AnnotatedRecording:
    """The annotations of a recording.

    :meth:`BeatAnnotator.annotate` returns it.

    Parameters
    ----------
    table : DataFrame of shape (n_beats, n_columns)
        One row per beat, in the order of time; see Notes for the columns.
    recording : Recording
        The recording, which is not copied.
    leads : tuple of str
        The leads that were read.
    lead_reason : str
        The reason for the choice of these leads.
    unreadable : ndarray of shape (n_seconds,), int8
        0 for seconds in which one of the leads is readable; otherwise the position of
        the reason among those of :func:`skecg.signal.signal_quality`.
    peaks : {"detected", "given"}
        The source of the R peaks.
    n_dropped : int
        The number of peaks that were dropped because the model, or an answer in a
        review, classified them as no beat.
    card : ModelCard
        The card of the model.

    See Also
    --------
    annotate : Annotate a recording.

    Notes
    -----
    The columns of `table`:

    ==================  ==========================================================
    column              content
    ==================  ==========================================================
    ``sample``          the sample of the R peak
    ``time``            the same in seconds from the start of the recording
    ``datetime``        the same as a date, if the start is known; with its time
                        zone, if that is known
    ``class``           N, S, V, F or Q; Q too where no lead is readable
    ``probability_N``   the probability of N, and so on for each class of the
                        model; NaN where no lead is readable
    ``rr``              the interval from the previous beat in seconds; NaN for the
                        first beat, and if all leads are unreadable in between
    ``quality``         ``"good"``: all leads are readable; ``"partial"``: some;
                        ``"unreadable"``: none
    ``reason``          the leads that are unreadable and why, such as
                        ``"V1 noise"``
    ==================  ==========================================================
    """

    table: pd.DataFrame
    recording: Recording
    leads: tuple[str, ...]
    lead_reason: str
    unreadable: npt.NDArray[np.int8]
    peaks: Literal["detected", "given"]
    n_dropped: int
    card: ModelCard

    @property
    def start(self) -> datetime | None:
        """The time of the first sample, if it is known."""
        return self.recording.start

    @property
    def annotations(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Sample numbers and symbols, for :func:`skecg.metrics.compare_annotations`.

        The symbols are the class letters, which WFDB also uses for N, S, V, F and Q.
        """
        return self.table["sample"].to_numpy(), self.table["class"].tolist()

    def summary(self) -> RhythmSummary:
        """Summarise the rhythm.

        Returns
        -------
        RhythmSummary
            The burden of PVC and PAC, runs, pauses and unreadable time.
        """
        return summarise(
            self.table,
            duration=self.recording.duration,
            unreadable=self.unreadable,
            n_dropped=self.n_dropped,
            start=self.start,
            scores=self.card.scores,
        )

    def to_wfdb(
        self, path: str | os.PathLike[str], *, extension: str = "skecg"
    ) -> Path:
        """Write the annotations as a WFDB annotation file.

        The symbol of each beat is its class letter. Its reason, if there is one, is the
        auxiliary note.

        Parameters
        ----------
        path : str or path
            The path of the record, without suffix. The folder is created if it is
            missing.
        extension : str, default="skecg"
            The suffix of the file, which identifies the annotator; letters only.

        Returns
        -------
        Path
            The file. An existing file is replaced in one atomic step.

        Raises
        ------
        ValueError
            If the name of the record has characters other than letters, digits,
            hyphens and underscores, or the extension has characters other than letters.
        """
        return write_wfdb(self.table, self.recording.fs, path, extension)

    def to_csv(self, path: str | os.PathLike[str]) -> Path:
        """Write the table as CSV, in UTF-8.

        Parameters
        ----------
        path : str or path
            The file. An existing file is replaced in one atomic step.

        Returns
        -------
        Path
            The file.
        """
        return write_csv(self.table, path)

    def to_parquet(self, path: str | os.PathLike[str]) -> Path:
        """Write the table as Parquet, with pyarrow (``pip install 'skecg[parquet]'``).

        Parameters
        ----------
        path : str or path
            The file. An existing file is replaced in one atomic step.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        ImportError
            If pyarrow is not installed.
        """
        return write_parquet(self.table, path)

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write a report as one HTML file, which opens from disk without a network.

        The page shows a strip of the signal, runs and rare beats, the RR intervals,
        ectopic beats by hour, the average shape of each class, the quality of the
        signal, and the card and accuracy of the model.

        Parameters
        ----------
        path : str or path
            The file. An existing file is replaced in one atomic step.

        Returns
        -------
        Path
            The file.

        Notes
        -----
        The page of a recording of a day has at most 14 MB. If the whole signal does not
        fit, the page contains the minimum and maximum of each quarter of a second. It
        also contains every sample of one strip of 10 s per hour and of as many events
        as fit: first runs of V, then pauses, runs of S, couplets, bigeminy, trigeminy
        and single beats. At most 300 runs of V are listed, and 75 to 200 events of each
        other kind; the page states how many of all events are listed.
        """
        return write_report(self, path)

    def plot(self, **options: Any) -> Any:
        """Plot a strip of the signal, and the whole recording in rows.

        Parameters
        ----------
        **options
            Arguments of :meth:`skecg.plotting.RecordingDisplay.from_annotated`.

        Returns
        -------
        RecordingDisplay
            The drawn display.
        """
        from skecg.plotting import RecordingDisplay

        return RecordingDisplay.from_annotated(self, **options)

    def __repr__(self) -> str:
        name = "" if self.recording.name is None else f"{self.recording.name!r}: "
        counts = self.table["class"].value_counts()
        beats = ", ".join(f"{counts[x]:,} {x}" for x in "NSVFQ" if x in counts)
        dropped = f"; {self.n_dropped:,} peaks dropped" if self.n_dropped else ""
        return (
            f"AnnotatedRecording({name}{len(self.table):,} beats"
            f"{f' ({beats})' if beats else ''} in {', '.join(self.leads)}, "
            f"{self.lead_reason}{dropped})"
        )
