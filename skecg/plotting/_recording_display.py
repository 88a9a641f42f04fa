"""Plot of a section of a recording and an overview of all its beats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from skecg._class_colors import CLASS_COLORS
from skecg.plotting._style import CLASS_MARKERS, class_colors, ink

__all__ = ["RecordingDisplay"]

_SECONDS = 10.0
_MOST_ROWS = 24
# The possible durations of a row of the overview, in seconds.
_ROWS = (60, 300, 900, 3600, 4 * 3600, 24 * 3600)
_LIFT = 0.12  # distance of beat marks from the signal, as a share of a lead's range

Floats = npt.NDArray[np.float64]


class RecordingDisplay:
    """Plot of a section of the signal with its beats, and of the whole recording.

    Create it with :meth:`from_annotated`.

    Parameters
    ----------
    signal : ndarray of shape (n_samples, n_leads)
        The section of the signal, in millivolts.
    times : ndarray of shape (n_samples,)
        The time of each sample, in seconds from the start of the recording.
    leads : sequence of str
        The names of the leads.
    beat_times : ndarray of shape (n_beats,)
        The times of all beats of the recording, in seconds.
    beat_classes : ndarray of str of shape (n_beats,)
        The class of each beat.
    unreadable : ndarray of bool of shape (n_seconds,)
        The seconds of the recording without a readable lead.
    duration : float
        The duration of the recording, in seconds.

    Attributes
    ----------
    ax_ : ndarray of shape (2,) of matplotlib Axes
        The axes of the section and of the whole recording.
    figure_ : matplotlib Figure
        The figure of the axes.

    See Also
    --------
    skecg.annotation.AnnotatedRecording.plot : Draws this display.

    Examples
    --------
    >>> import matplotlib.pyplot as plt
    >>> import numpy as np
    >>> from skecg.plotting import RecordingDisplay
    >>> display = RecordingDisplay(
    ...     np.zeros((2500, 1)),
    ...     np.arange(2500) / 250,
    ...     leads=["II"],
    ...     beat_times=np.arange(0.5, 300),
    ...     beat_classes=np.full(300, "N"),
    ...     unreadable=np.zeros(300, dtype=bool),
    ...     duration=300.0,
    ... ).plot()
    >>> display.ax_[1].get_xlabel()
    'Seconds of each row (grey: unreadable)'
    >>> plt.close(display.figure_)
    """

    def __init__(
        self,
        signal: npt.NDArray[Any],
        times: Floats,
        *,
        leads: Sequence[str],
        beat_times: Floats,
        beat_classes: npt.NDArray[Any],
        unreadable: npt.NDArray[np.bool_],
        duration: float,
    ) -> None:
        self.signal = signal
        self.times = times
        self.leads = list(leads)
        self.beat_times = beat_times
        self.beat_classes = beat_classes
        self.unreadable = unreadable
        self.duration = duration

    @classmethod
    def from_annotated(
        cls,
        annotated: Any,
        *,
        at: float | None = None,
        seconds: float = _SECONDS,
        ax: Any = None,
    ) -> RecordingDisplay:
        """Draw an annotated recording.

        Parameters
        ----------
        annotated : AnnotatedRecording
            The recording and its beats.
        at : float or None, default=None
            The start of the section, in seconds from the start of the recording. None
            shows the first V beat, the first S beat if there is no V beat, or else the
            start of the recording.
        seconds : float, default=10.0
            The length of the section in seconds.
        ax : sequence of two matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        RecordingDisplay
            The drawn display.

        Raises
        ------
        ValueError
            If the section starts outside the recording, or `ax` is not two axes.
        """
        recording, table = annotated.recording, annotated.table
        times = table["time"].to_numpy(dtype=np.float64)
        classes = table["class"].to_numpy(dtype=str)
        if at is None:
            at = _first_ectopic(times, classes)
            at = min(max(0.0, at - seconds / 4), max(0.0, recording.duration - seconds))
        if not seconds > 0 or not 0 <= at < recording.duration:
            raise ValueError(
                f"at and seconds must select a section of the {recording.duration:g} s "
                f"of the recording, got {at:g} and {seconds:g}."
            )
        part = slice(round(at * recording.fs), round((at + seconds) * recording.fs))
        columns = [recording.leads.index(lead) for lead in annotated.leads]
        signal = recording.signal[part][:, columns]
        return cls(
            signal,
            (part.start + np.arange(len(signal))) / recording.fs,
            leads=annotated.leads,
            beat_times=times,
            beat_classes=classes,
            unreadable=annotated.unreadable != 0,
            duration=recording.duration,
        ).plot(ax=ax)

    def plot(self, ax: Any = None) -> RecordingDisplay:
        """Draw the section, and the whole recording below it.

        Parameters
        ----------
        ax : sequence of two matplotlib Axes or None, default=None
            Axes to draw on; None creates a figure.

        Returns
        -------
        RecordingDisplay
            The display itself.

        Raises
        ------
        ValueError
            If `ax` is not two axes.
        """
        import matplotlib.pyplot as plt

        if ax is None:
            _, ax = plt.subplots(
                2,
                1,
                figsize=(9, 2 + 1.2 * len(self.leads) + 0.14 * self._n_rows),
                height_ratios=(1 + len(self.leads), 1 + 0.12 * self._n_rows),
                layout="constrained",
            )
        ax = np.ravel(ax)
        if len(ax) != 2:
            raise ValueError(
                f"ax must contain two axes, for the section and the whole recording, "
                f"got {len(ax)}; pass None for a new figure."
            )
        self._draw_strip(ax[0])
        self._draw_rows(ax[1])
        self.ax_, self.figure_ = ax, ax[0].figure
        return self

    @property
    def _row_seconds(self) -> float:
        fits = [row for row in _ROWS if self.duration <= _MOST_ROWS * row]
        return fits[0] if fits else self.duration / _MOST_ROWS

    @property
    def _n_rows(self) -> int:
        return max(1, int(np.ceil(self.duration / self._row_seconds)))

    def _classes(self) -> list[str]:
        return [name for name in CLASS_COLORS if (self.beat_classes == name).any()]

    def _draw_strip(self, axes: Any) -> None:
        """Draw the leads one above the other, and a mark for each beat."""
        heights = [_range(lead) for lead in self.signal.T]
        offset, ticks = 0.0, []
        for number, height in enumerate(heights):
            lead = self.signal[:, number] - np.float32(_middle(self.signal[:, number]))
            offset -= height / 2
            axes.plot(self.times, lead + offset, color=ink(), lw=0.8)
            ticks.append(offset)
            offset -= height / 2
        first, last = self.times[0], self.times[-1]
        inside = (self.beat_times >= first) & (self.beat_times <= last)
        for name, color in zip(
            self._classes(), class_colors(self._classes()), strict=True
        ):
            shown = self.beat_times[inside & (self.beat_classes == name)]
            level = _LIFT * heights[0]
            marker = CLASS_MARKERS[name]
            axes.plot(shown, np.full(len(shown), level), marker, color=color, ms=6)
            for time in shown:
                axes.annotate(
                    name,
                    (time, level),
                    xytext=(0, 5),
                    textcoords="offset points",
                    ha="center",
                    fontsize="small",
                )
        axes.set_yticks(ticks, self.leads)
        axes.set_xlabel("Seconds from the start")
        axes.set_xlim(first, last)
        axes.set_ylim(offset, 0.5 * heights[0])
        axes.spines[["top", "right"]].set_visible(False)

    def _draw_rows(self, axes: Any) -> None:
        """Draw each beat as a short line, one row per period of time."""
        length, n_rows = self._row_seconds, self._n_rows
        unit, name_of_unit = (60.0, "Minutes") if length > 120 else (1.0, "Seconds")
        bad = np.flatnonzero(self.unreadable)
        axes.eventplot(
            [
                (bad[bad // length == row] % length + 0.5) / unit
                for row in range(n_rows)
            ],
            lineoffsets=range(n_rows),
            linelengths=0.3,
            colors="0.6",
        )
        # Draw frequent classes first, so that rare ones are on top.
        names = sorted(
            self._classes(), key=lambda name: -(self.beat_classes == name).sum()
        )
        for name, color in zip(names, class_colors(names), strict=True):
            times = self.beat_times[self.beat_classes == name]
            row = (times // length).astype(int)
            axes.plot(
                (times % length) / unit,
                row,
                "|",
                color=color,
                ms=4 if name == "N" else 9,
                label=name,
            )
        step = max(1, n_rows // 6)
        rows = range(0, n_rows, step)
        axes.set_yticks(rows, [_clock(row * length) for row in rows])
        axes.set_ylim(n_rows - 0.4, -0.6)
        axes.set_xlim(0, length / unit)
        axes.set_xlabel(f"{name_of_unit} of each row (grey: unreadable)")
        if names:
            axes.legend(
                loc="upper left", bbox_to_anchor=(1, 1), frameon=False, title="Class"
            )
        axes.spines[["top", "right"]].set_visible(False)


def _first_ectopic(times: Floats, classes: npt.NDArray[Any]) -> float:
    for name in ("V", "S"):
        found = np.flatnonzero(classes == name)
        if len(found):
            return float(times[found[0]])
    return 0.0


def _range(lead: npt.NDArray[Any]) -> float:
    there = lead[~np.isnan(lead)]
    return (float(np.ptp(there)) or 1.0) * 1.1 if len(there) else 1.0


def _middle(lead: npt.NDArray[Any]) -> float:
    there = lead[~np.isnan(lead)]
    return float(there.min() + there.max()) / 2 if len(there) else 0.0


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"
