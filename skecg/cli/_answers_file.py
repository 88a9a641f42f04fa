"""The answer file that the page of ``skecg review`` saves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from skecg.cli._reading import READ_OPTIONS

if TYPE_CHECKING:
    from skecg.annotation import AnnotatedRecording

__all__ = ["Answers", "read_answers"]

_COMPARED = ("model", "r_peaks", *READ_OPTIONS)


@dataclass(frozen=True)
class Answers:
    """The answers of a review.

    Parameters
    ----------
    content : dict
        The content of the file.
    digest : str
        Its SHA-256 in hexadecimal.
    """

    content: dict[str, Any]
    digest: str

    def applied_to(self, annotated: AnnotatedRecording) -> AnnotatedRecording:
        """Return the annotations after applying the answers.

        Parameters
        ----------
        annotated : AnnotatedRecording
            The recording, as annotated by the model.

        Returns
        -------
        AnnotatedRecording
            The result of the review.

        Raises
        ------
        ValueError
            If the answers belong to another recording or another model.
        """
        from skecg.review import ReviewSession

        return ReviewSession(annotated).apply(self.content).result()


def read_answers(given: str, made_from: dict[str, Any]) -> Answers:
    """Read a file of answers.

    Parameters
    ----------
    given : str
        The file.
    made_from : dict
        The inputs of this run; see :func:`skecg.cli._reading.made_from_of`.

    Returns
    -------
    Answers
        The answers.

    Raises
    ------
    FileNotFoundError, ValueError
        If the file does not exist or does not contain answers, or the review read the
        recording with other options.
    """
    from skecg._files import expanded_path
    from skecg.review._session_file import parsed_session

    path = expanded_path("answers", given)
    if not path.is_file():
        raise FileNotFoundError(
            f"answers must be a file, but {path} is not a file; check its name and "
            "folder."
        )
    text = path.read_bytes()
    try:
        content = parsed_session(text)
    except ValueError as error:
        raise ValueError(
            "answers must be a file that the page of 'skecg review' has saved, but "
            f"{path} is not valid JSON ({error}); save the answers again."
        ) from error
    if not isinstance(content, dict) or not isinstance(content.get("answers"), list):
        raise ValueError(
            "answers must be a file that the page of 'skecg review' has saved, but "
            f"{path} contains no answers; pass NAME.answers.json."
        )
    before = content.get("made_from")
    before = before if isinstance(before, dict) else {}
    for name in _COMPARED:
        if name in before and _short(before[name]) != _short(made_from[name]):
            raise ValueError(
                f"answers must belong to the same annotations, but {path} was made "
                f"{_with(name, before[name])}, this run "
                f"{_with(name, made_from[name])}; use the options of 'skecg review'."
            )
    return Answers(content, hashlib.sha256(text).hexdigest())


def _short(value: Any) -> Any:
    """Return the name of a pretrained model without the version of skecg."""
    return value.split(", skecg ")[0] if isinstance(value, str) else value


def _with(name: str, value: Any) -> str:
    option = f"--{name.replace('_', '-')}"
    if value is None:
        return f"without {option}"
    shown = ",".join(map(str, value)) if isinstance(value, list) else value
    return f"with {option} {shown}"
