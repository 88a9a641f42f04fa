"""How the beats of a recording become rows."""

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
    """How the beats of a recording become rows.

    A row holds the samples of each lead, one lead after another, and then auxiliary
    columns. A layout is immutable and hashable, two layouts with the same parameters
    are equal, and :func:`get_layout` returns those of this package. A layout of your
    own derives from this class as a frozen dataclass and sets every attribute below.

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
    """The options that the repr shows where they are not the default."""

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
        """Samples of each lead before the R peak."""

    @property
    @abstractmethod
    def n_after(self) -> int:
        """Samples of each lead from the R peak on."""

    @property
    @abstractmethod
    def n_leads(self) -> int | None:
        """Leads in a row; None allows any number."""

    @property
    @abstractmethod
    def is_causal(self) -> bool:
        """Whether a row is final shortly after its beat, not with the recording."""

    @property
    @abstractmethod
    def n_peaks_after(self) -> int | None:
        """R peaks after the beat that a causal row needs; else None."""

    @property
    @abstractmethod
    def seconds_after(self) -> float | None:
        """Seconds of signal after the R peak that it needs; else None.

        It is stated for sampling rates of at least 100 Hz: the filter that resamples
        slower signals is longer.
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

        :func:`extract_beats` checks the arguments, and is what to call instead.

        Parameters
        ----------
        signal : ndarray of shape (n_samples, n_leads)
            The leads, finite: lines bridge the gaps where samples are missing, which
            are NaN if the layout `reads_missing`.
        fs : float
            Their sampling rate, in hertz.
        r_peaks : ndarray of int of shape (n_peaks,)
            The samples of the R peaks, ascending.
        marks : ndarray of int of shape (n_marks,)
            The samples of annotations that are not beats; empty unless `takes_marks`.

        Returns
        -------
        rows : ndarray of shape (n_beats, n_columns), float32
            The rows.
        kept : ndarray of shape (n_beats,), int64
            The position in `r_peaks` of the beat of each row.
        """

    def read_spans(
        self,
        fs: float,
        r_peaks: npt.NDArray[np.int64],
        marks: npt.NDArray[np.int64],
        n_samples: int,
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the part of the signal that the row of each beat reads.

        A beat is unreadable if its part is. What a row reads of other beats, such as
        intervals and the usual beat of the recording, does not count. A layout that
        reads other samples than `n_before` and `n_after` state overrides this.

        Parameters
        ----------
        fs : float
            The sampling rate of the signal, in hertz.
        r_peaks : ndarray of int of shape (n_peaks,)
            The samples of the R peaks, ascending.
        marks : ndarray of int of shape (n_marks,)
            The samples of annotations that are not beats.
        n_samples : int
            The length of the signal.

        Returns
        -------
        starts : ndarray of int of shape (n_peaks,)
            The first sample of each part; ascending.
        stops : ndarray of int of shape (n_peaks,)
            The sample after its last. A causal layout's parts end before its rows are
            final.
        """
        after = max(self.n_after / self.fs, self.seconds_after or 0.0)
        return spans_around(r_peaks, fs, self.n_before / self.fs, after, n_samples)

    @property
    def reads_missing(self) -> bool:
        """Whether :meth:`cut` reads missing samples as NaN, which it must handle."""
        return False

    @property
    def takes_fewer_leads(self) -> bool:
        """Whether a recording may have fewer leads than a row: they are zeros."""
        return False

    @property
    def n_samples(self) -> int:
        """Samples of each lead in a row."""
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
            If `leads` is a single name, or not as many as the layout fixes.
        """
        if isinstance(leads, str):
            raise ValueError(
                f"leads must be a sequence of names, got {leads!r}; pass [{leads!r}]."
            )
        if self.n_leads not in (None, len(leads)):
            raise ValueError(
                f"leads must be {self.n_leads} in {self!r}, got {len(leads)}: "
                f"{list(leads)}; name as many."
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
            If no row of this layout has so many columns.
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
                "cut with this layout, or the layout that they were cut with."
            )
        return n_leads

    def count_columns(self, n_columns: int) -> tuple[int, int]:
        """Return how rows with a number of columns divide into leads and features.

        Parameters
        ----------
        n_columns : int
            The number of columns.

        Returns
        -------
        n_channels : int
            Leads whose samples a row holds; 0 if it holds auxiliary columns alone.
        n_aux_features : int
            Auxiliary columns at its end.

        Raises
        ------
        ValueError
            If no row of this layout has so many columns.
        """
        n_leads = self.count_leads(n_columns)
        return (n_leads if self.n_samples else 0), self._n_aux(n_leads)

    def read_leads(self, names: Sequence[str]) -> list[str] | None:
        """Return the leads that names of columns name, if they are this layout's.

        Parameters
        ----------
        names : sequence of str
            The names of the columns of a table.

        Returns
        -------
        list of str or None
            The names of the leads, or None where the columns are not those of this
            layout.
        """
        names = list(names)
        try:
            n_leads = self.count_leads(len(names))
        except ValueError:
            return None
        # Columns that belong to a lead start with its name, so that a name that is
        # not found anywhere else locates them.
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
    """Return the spans of samples from seconds before R peaks to seconds after them."""
    starts = r_peaks - int(np.ceil(before * fs))
    # The R peak belongs to its span, however short it is.
    stops = r_peaks + max(int(np.ceil(after * fs)), 1)
    return np.maximum(starts, 0), np.minimum(stops, n_samples)


def check_n_leads(n_leads: Any) -> None:
    """Raise ValueError if a fixed number of leads is not a positive integer."""
    is_number = isinstance(n_leads, Integral) and not isinstance(n_leads, bool)
    if n_leads is not None and not (is_number and n_leads >= 1):
        raise ValueError(
            f"n_leads must be a whole number of at least 1 or None, got {n_leads!r}."
        )
