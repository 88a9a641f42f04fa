"""Base class of the layouts of rows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from numbers import Integral
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

__all__ = ["Layout", "check_n_leads", "spans_around"]


class Layout(ABC):
    """Base class of layouts, which define the rows of beats.

    A row contains the samples of each lead, one lead after another, followed by
    auxiliary columns. A layout is immutable and hashable, and two layouts with the same
    parameters are equal. :func:`get_layout` returns the layouts of this package. To
    write your own layout, derive a frozen dataclass from this class and set every
    abstract attribute.

    See Also
    --------
    get_layout : Return a layout by its name.
    extract_beats : Cut a recording into beats.

    Examples
    --------
    >>> from skecg.signal import get_layout
    >>> layout = get_layout("centered")
    >>> layout.fs, layout.n_before, layout.n_after
    (120, 36, 60)
    >>> layout.aux_names(["MLII"])[:2]
    ('pre_rr', 'post_rr')
    >>> layout.count_leads(198)
    2
    """

    _options: ClassVar[tuple[str, ...]] = ()
    """The options that the repr shows if they differ from the default."""

    @property
    @abstractmethod
    def name(self) -> str:
        """The name of the layout."""

    @property
    @abstractmethod
    def fs(self) -> int:
        """Sampling rate of the samples in a row, in hertz."""

    @property
    @abstractmethod
    def n_before(self) -> int:
        """Number of samples of each lead before the R peak."""

    @property
    @abstractmethod
    def n_after(self) -> int:
        """Number of samples of each lead from the R peak on."""

    @property
    @abstractmethod
    def n_leads(self) -> int | None:
        """Number of leads in a row; None allows any number."""

    @property
    @abstractmethod
    def is_causal(self) -> bool:
        """Whether a row is final shortly after its beat, before the recording ends."""

    @property
    @abstractmethod
    def n_peaks_after(self) -> int | None:
        """Number of R peaks after the beat that a causal row needs; else None."""

    @property
    @abstractmethod
    def seconds_after(self) -> float | None:
        """Seconds of signal after the R peak that a causal row needs; else None.

        The value holds for sampling rates of at least 100 Hz. At lower rates, the
        resampling filter is longer.
        """

    @property
    @abstractmethod
    def takes_marks(self) -> bool:
        """Whether annotations that are not beats change the rows."""

    @abstractmethod
    def aux_names(self, leads: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the auxiliary columns.

        Parameters
        ----------
        leads : sequence of str
            The names of the leads, in order.

        Returns
        -------
        tuple of str
            The names, in the order of the columns.
        """

    @abstractmethod
    def cut(
        self,
        signal: npt.NDArray[np.float64],
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        """Cut a recording into rows.

        Call :func:`extract_beats` instead, which checks the arguments.

        Parameters
        ----------
        signal : ndarray of shape (n_samples, n_leads)
            The leads. Missing samples are interpolated linearly or, if the layout
            `reads_missing`, are NaN.
        fs : float
            Their sampling rate, in hertz.
        r_peaks : ndarray of int of shape (n_peaks,)
            The samples of the R peaks, in ascending order.
        marks : ndarray of int of shape (n_marks,)
            The samples of annotations that are not beats; empty unless `takes_marks`.

        Returns
        -------
        rows : ndarray of shape (n_beats, n_columns), float32
            The rows.
        kept : ndarray of shape (n_beats,), int64
            The position in `r_peaks` of the beat in each row.
        """

    def read_spans(
        self,
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
        n_samples: int,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the part of the signal that the row of each beat reads.

        A beat is unreadable if its part is unreadable. Parts of other beats, which are
        read for intervals and the usual beat, are not included. Override this method if
        a layout reads other samples than `n_before` and `n_after` state.

        Parameters
        ----------
        fs : float
            The sampling rate of the signal, in hertz.
        r_peaks : ndarray of int of shape (n_peaks,)
            The samples of the R peaks, in ascending order.
        marks : ndarray of int of shape (n_marks,)
            The samples of annotations that are not beats.
        n_samples : int
            The length of the signal, in samples.

        Returns
        -------
        starts : ndarray of int of shape (n_peaks,)
            The first sample of each part, in ascending order.
        stops : ndarray of int of shape (n_peaks,)
            The sample after the last one of each part. In a causal layout, a part ends
            before its row is final.
        """
        after = max(self.n_after / self.fs, self.seconds_after or 0.0)
        return spans_around(r_peaks, fs, self.n_before / self.fs, after, n_samples)

    @property
    def reads_missing(self) -> bool:
        """Whether :meth:`cut` accepts missing samples as NaN."""
        return False

    @property
    def takes_fewer_leads(self) -> bool:
        """Whether the columns of missing leads are filled with zeros."""
        return False

    @property
    def n_samples(self) -> int:
        """Number of samples of each lead in a row."""
        return self.n_before + self.n_after

    def feature_names(self, leads: Sequence[str]) -> list[str]:
        """Return the names of the columns.

        Parameters
        ----------
        leads : sequence of str
            The names of the leads, in order.

        Returns
        -------
        list of str
            ``MLII_sample_0`` and so on for the samples, then the auxiliary columns.

        Raises
        ------
        ValueError
            If `leads` is a single string, or the layout fixes another number of leads.
        """
        if isinstance(leads, str):
            raise ValueError(
                f"leads must be a sequence of names, got {leads!r}; pass [{leads!r}]."
            )
        if self.n_leads not in (None, len(leads)):
            raise ValueError(
                f"leads must have length {self.n_leads} in {self!r}, got {len(leads)}: "
                f"{list(leads)}; name that many."
            )
        numbers = range(self.n_samples)
        samples = [f"{lead}_sample_{i}" for lead in leads for i in numbers]
        return [*samples, *self.aux_names(leads)]

    def count_leads(self, n_columns: int) -> int:
        """Return the number of leads in rows with a number of columns.

        Parameters
        ----------
        n_columns : int
            The number of columns.

        Returns
        -------
        int
            The number of leads.

        Raises
        ------
        ValueError
            If no row of this layout has this number of columns.
        """
        if self.n_leads is not None:
            n_leads = self.n_leads
            expected = f"{self._n_columns(n_leads)} columns"
        else:
            one, more = self._n_columns(1), self._n_columns(2) - self._n_columns(1)
            n_leads = max(1, (n_columns - one) // more + 1) if more else 1
            expected = f"{one} columns and {more} for each further lead"
        if self._n_columns(n_leads) != n_columns:
            raise ValueError(
                f"Rows of {self!r} have {expected}, got {n_columns}; pass rows "
                "cut with this layout, or pass the layout of the rows."
            )
        return n_leads

    def count_columns(self, n_columns: int) -> tuple[int, int]:
        """Return the numbers of leads and of auxiliary columns in rows.

        Parameters
        ----------
        n_columns : int
            The number of columns.

        Returns
        -------
        n_channels : int
            Number of leads with samples in a row; 0 if a row has only auxiliary
            columns.
        n_aux_features : int
            Number of auxiliary columns at the end of a row.

        Raises
        ------
        ValueError
            If no row of this layout has this number of columns.
        """
        n_leads = self.count_leads(n_columns)
        return (n_leads if self.n_samples else 0), self._n_aux(n_leads)

    def read_leads(self, names: Sequence[str]) -> list[str] | None:
        """Read the names of the leads from column names of this layout.

        Parameters
        ----------
        names : sequence of str
            The names of the columns of a table.

        Returns
        -------
        list of str or None
            The names of the leads, or None if the columns do not belong to this layout.
        """
        names = list(names)
        try:
            n_leads = self.count_leads(len(names))
        except ValueError:
            return None
        # Columns of a lead start with its name, so a unique placeholder locates them.
        pattern = self.feature_names([f"\0{i}" for i in range(n_leads)])
        leads = [f"lead_{i}" for i in range(n_leads)]
        for lead in range(n_leads):
            prefix = f"\0{lead}_"
            column = next((c for c in pattern if c.startswith(prefix)), None)
            if column is not None:
                own = column.removeprefix(prefix)
                found = names[pattern.index(column)]
                leads[lead] = found.removesuffix(f"_{own}")
        return leads if self.feature_names(leads) == names else None

    def __repr__(self) -> str:
        given: tuple[Any, ...] = fields(self) if is_dataclass(self) else ()
        options = [
            f", {field.name}={getattr(self, field.name)!r}"
            for field in given
            if field.name in self._options
            and getattr(self, field.name) != field.default
        ]
        return f"get_layout({self.name!r}{''.join(options)})"

    def _n_aux(self, n_leads: int) -> int:
        return len(self.aux_names([""] * n_leads))

    def _n_columns(self, n_leads: int) -> int:
        return n_leads * self.n_samples + self._n_aux(n_leads)


def spans_around(
    r_peaks: npt.NDArray[np.int64],
    fs: float,
    before: float,
    after: float,
    n_samples: int,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return spans of samples around R peaks, from `before` to `after` in seconds."""
    starts = r_peaks - int(np.ceil(before * fs))
    # A span contains at least the R peak.
    stops = r_peaks + max(int(np.ceil(after * fs)), 1)
    return np.maximum(starts, 0), np.minimum(stops, n_samples)


def check_n_leads(n_leads: Any) -> None:
    """Raise ValueError if a fixed number of leads is not a positive integer."""
    is_number = isinstance(n_leads, Integral) and not isinstance(n_leads, bool)
    if n_leads is not None and not (is_number and n_leads >= 1):
        raise ValueError(
            f"n_leads must be a whole number of at least 1 or None, got {n_leads!r}."
        )
