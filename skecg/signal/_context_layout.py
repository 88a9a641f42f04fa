"""Layout of a beat's windows, with rhythm and shapes of the beats around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from skecg.signal._context_rows import (
    BEAT_NAMES,
    N_CONTEXT,
    WINDOW_FS,
    WINDOW_SAMPLES,
    ContextPast,
    beats_around,
    context_rows,
)
from skecg.signal._feature_layout import FeatureLayout

__all__ = ["ContextLayout"]


@dataclass(frozen=True, repr=False)
class ContextLayout(FeatureLayout):
    """Layout of a beat's windows, with rhythm and shapes of the beats around it.

    Parameters
    ----------
    is_causal : bool, default=False
        Whether a beat is compared only with preceding beats. Its context is then the
        fourteen preceding beats instead of seven to either side.
    n_leads : int, default=2
        Number of leads in a row. If a recording has fewer, the columns of the missing
        leads are zeros.
    """

    n_leads: int = 2

    fs: ClassVar[int] = WINDOW_FS
    n_before: ClassVar[int] = WINDOW_SAMPLES[0]
    n_after: ClassVar[int] = WINDOW_SAMPLES[1]

    def __post_init__(self) -> None:
        """Check the options."""
        super().__post_init__()
        if self.n_leads is None:
            raise ValueError(
                f"n_leads must be a number in the layout {self.name!r}, got None; "
                "leave it out for two leads."
            )

    @property
    def name(self) -> str:
        """The name of the layout, which depends on `is_causal`."""
        return "causal_context" if self.is_causal else "context"

    @property
    def takes_fewer_leads(self) -> bool:
        """Whether the columns of missing leads are filled with zeros."""
        return True

    @property
    def context_shape(self) -> tuple[int, int]:
        """Shape (n_beats, n_columns) of the context in the first auxiliary columns."""
        return N_CONTEXT, len(BEAT_NAMES)

    def aux_names(self, leads: Sequence[str]) -> tuple[str, ...]:
        """Return the names of the context columns, then of the differences by lead."""
        suffix = "_causal" if self.is_causal else ""
        context = [
            f"{name}_{beat:+d}{suffix}"
            for beat in beats_around(self.is_causal)
            for name in BEAT_NAMES
        ]
        numbers = range(self.n_samples)
        return (
            *context,
            *(f"{lead}_difference_{i}{suffix}" for lead in leads for i in numbers),
        )

    def new_past(self) -> Any:
        """Return the initial state of the rows of a causal recording, else None."""
        return ContextPast() if self.is_causal else None

    def rows(
        self,
        filtered: npt.NDArray[np.float64],
        positions: npt.NDArray[np.int64],
        pre: npt.NDArray[np.float64],
        post: npt.NDArray[np.float64],
        past: Any,
    ) -> npt.NDArray[np.float32]:
        """Return the rows of beats in filtered leads; see :class:`FeatureLayout`."""
        return context_rows(filtered, positions, pre, post, past, self.n_leads)
