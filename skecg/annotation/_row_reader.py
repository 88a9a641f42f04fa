"""Choose leads, find R peaks and cut rows, in the same way in training and use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg.annotation._beat_rows import BeatRows, read_rows
from skecg.annotation._lead_quality import LeadQuality
from skecg.annotation._lead_rule import ChosenLeads, choose_leads
from skecg.annotation._time_blocks import TimeBlock
from skecg.detection import detect_r_peaks
from skecg.recordings import Recording
from skecg.signal import Layout

__all__ = ["RowReader"]


@dataclass(frozen=True)
class RowReader:
    """Settings of how recordings become rows.

    Parameters
    ----------
    layout : Layout
        The layout of the rows.
    counts : tuple of int
        The numbers of leads that rows may have.
    leads : tuple of str or int, or None
        The leads to read; None chooses by the rule.
    detector : str or callable
        The detector of R peaks.
    """

    layout: Layout
    counts: tuple[int, ...]
    leads: tuple[str | int, ...] | None
    detector: Any

    @classmethod
    def of(
        cls, layout: Layout, leads: Sequence[str | int] | None, detector: Any
    ) -> RowReader:
        """Return a reader of rows of as many leads as a layout takes."""
        # A layout of any number of leads is read with two, as MIT-BIH has, or one.
        counts: tuple[int, ...]
        if layout.n_leads is None:
            counts = 2, 1
        elif layout.takes_fewer_leads:
            counts = tuple(range(layout.n_leads, 0, -1))
        else:
            counts = (layout.n_leads,)
        if leads is None or isinstance(leads, (str, int)):
            return cls(layout, counts, leads, detector)  # type: ignore[arg-type]
        leads = tuple(leads)
        if layout.n_leads is None and len(leads) > max(counts):
            counts = (len(leads), 1)
        return cls(layout, counts, leads, detector)

    def choose(self, recording: Recording) -> tuple[ChosenLeads, LeadQuality]:
        """Choose the leads to read, and return the quality of the leads with them.

        Raises
        ------
        ValueError
            If there are not as many leads as rows may have.
        """
        quality = LeadQuality(recording)
        chosen = choose_leads(
            recording, max(self.counts), self.leads, quality.unreadable_share
        )
        n_leads = len(chosen.columns)
        if n_leads not in self.counts:
            wanted = " or ".join(str(count) for count in sorted(self.counts))
            raise ValueError(
                f"recording must have {wanted} leads for a model of {self.layout!r}, "
                f"and {', '.join(chosen.names)} are {n_leads}; read a recording with "
                "more leads, or fit a model to fewer."
            )
        return chosen, quality

    def detect(
        self, recording: Recording, chosen: ChosenLeads
    ) -> npt.NDArray[np.int64]:
        """Detect the R peaks in the chosen leads."""
        return detect_r_peaks(recording, method=self.detector, leads=chosen.columns)

    def read(
        self,
        recording: Recording,
        block: TimeBlock,
        r_peaks: npt.NDArray[np.int64],
        chosen: ChosenLeads,
    ) -> BeatRows:
        """Cut the rows of the beats in a block, which are its R peaks, if readable."""
        return read_rows(
            recording.signal[block.start : block.stop],
            recording.fs,
            r_peaks - block.start,
            chosen,
            self.layout,
            self.counts,
        )
