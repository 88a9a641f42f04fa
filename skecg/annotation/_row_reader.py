"""Choose leads, detect R peaks and extract rows, for both training and annotation."""

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
    """Settings for the conversion of recordings to rows.

    Parameters
    ----------
    layout : Layout
        The layout of the rows.
    counts : tuple of int
        The numbers of leads that rows may have.
    leads : tuple of str or int, or None
        The leads to read; None chooses them by the rule.
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
        """Return a reader for the numbers of leads that a layout allows."""
        # If a layout allows any number of leads, read two, as in MIT-BIH, or one.
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
        """Choose the leads to read, and return them with the quality of all leads.

        Raises
        ------
        ValueError
            If the number of chosen leads is not in `counts`.
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
                f"got {n_leads} ({', '.join(chosen.names)}); read a recording with "
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
        """Extract the rows of the readable beats in a block."""
        return read_rows(
            recording.signal[block.start : block.stop],
            recording.fs,
            r_peaks - block.start,
            chosen,
            self.layout,
            self.counts,
        )
