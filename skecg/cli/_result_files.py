"""The result files of an annotated recording."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ResultFiles"]


@dataclass(frozen=True)
class ResultFiles:
    """The results of a recording: NAME.skecg, NAME.csv, NAME.json and NAME.html.

    NAME.json is written last, so that it exists only if the others are complete.

    Parameters
    ----------
    folder : Path
        The folder of all results.
    name : str
        The name of the recording, which may contain folders.
    with_html : bool, default=False
        Whether the results include NAME.html, the report.
    """

    folder: Path
    name: str
    with_html: bool = False

    def path(self, suffix: str) -> Path:
        """Return the path of one of the files."""
        return self.folder / f"{self.name}{suffix}"

    def finished(self, made_from: dict[str, Any]) -> dict[str, Any] | None:
        """Return the summary of an earlier run, if its results can be kept.

        Parameters
        ----------
        made_from : dict
            The inputs of this run. Results from other inputs are made again.

        Returns
        -------
        dict or None
            The content of NAME.json; None if the results are missing, incomplete or
            from other inputs.
        """
        try:
            summary = json.loads(self.path(".json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        is_ours = isinstance(summary, dict) and summary.get("made_from") == made_from
        others = (".skecg", ".csv", *([".html"] if self.with_html else []))
        is_whole = all(self.path(suffix).is_file() for suffix in others)
        return summary if is_ours and is_whole else None

    def write(self, annotated: Any, summary: dict[str, Any]) -> None:
        """Write all files, and remove an earlier report first.

        Parameters
        ----------
        annotated : AnnotatedRecording
            The annotated recording.
        summary : dict
            The content of NAME.json.
        """
        from skecg._files import write_text
        from skecg.cli._output import plain

        for suffix in (".json", ".html"):
            with suppress(FileNotFoundError):
                self.path(suffix).unlink()
        annotated.to_wfdb(self.folder / self.name)
        annotated.to_csv(self.path(".csv"))
        if self.with_html:
            annotated.to_html(self.path(".html"))
        text = json.dumps(plain(summary), indent=1, allow_nan=False)
        write_text(self.path(".json"), text + "\n")
