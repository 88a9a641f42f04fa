"""Findings of an audit, and their report."""

from dataclasses import dataclass
from html import escape
from textwrap import TextWrapper
from typing import Literal

__all__ = ["AuditFinding", "Level", "SplitAudit"]

_WIDTH = 84

Level = Literal["verdict", "sign", "clear", "unchecked"]

# The checks that decide whether a score is valid for new patients. Shared records are
# not among them, because they imply shared subjects.
_DECISIVE = frozenset({"shared rows", "shared subjects", "exact copies"})


@dataclass(frozen=True)
class AuditFinding:
    """Finding of one check of a split.

    Parameters
    ----------
    name : str
        The check, such as ``"shared subjects"``.
    level : {"verdict", "sign", "clear", "unchecked"}
        The outcome of the check:

        - ``"verdict"``: a fact that makes the score invalid for new patients.
        - ``"sign"``: a hint at such a fact.
        - ``"clear"``: nothing was found.
        - ``"unchecked"``: the check could not be made.
    text : str
        The finding and its meaning, in sentences.
    value : float or None
        The quantity that :func:`audit_split` describes; None if the check could not be
        made.

    Examples
    --------
    >>> from skecg.model_selection import AuditFinding
    >>> AuditFinding("shared rows", "verdict", "Rows in both sets: 3.", 3).is_verdict
    True
    """

    name: str
    level: Level
    text: str
    value: float | None = None

    @property
    def is_verdict(self) -> bool:
        """True if the finding makes the score invalid for new patients."""
        return self.level == "verdict"


@dataclass(frozen=True, repr=False)
class SplitAudit:
    """Result of :func:`audit_split`; its repr is the report.

    Parameters
    ----------
    n_train, n_test : int
        The number of rows in each set.
    findings : tuple of AuditFinding
        One for each check, in the order of the report.

    Examples
    --------
    >>> from skecg.model_selection import AuditFinding, SplitAudit
    >>> shared = AuditFinding("shared rows", "verdict", "Rows in both sets: 3.", 3)
    >>> audit = SplitAudit(n_train=1_000, n_test=100, findings=(shared,))
    >>> audit
    FAILED. A score on this test set is not valid for new patients.
    1,000 training and 100 test rows.
      verdict    shared rows           Rows in both sets: 3.
    >>> audit["shared rows"].value
    3
    """

    n_train: int
    n_test: int
    findings: tuple[AuditFinding, ...]

    @property
    def verdicts(self) -> tuple[AuditFinding, ...]:
        """The facts that make the score invalid for new patients."""
        return self._at("verdict")

    @property
    def signs(self) -> tuple[AuditFinding, ...]:
        """The hints at such facts, and other findings to check."""
        return self._at("sign")

    @property
    def unchecked(self) -> tuple[AuditFinding, ...]:
        """The checks that could not be made."""
        return self._at("unchecked")

    @property
    def passed(self) -> bool:
        """True if each decisive check was made and gave no verdict.

        Signs do not affect it. Without groups and records no split passes, because
        shared subjects cannot be checked.
        """
        return all(f.level == "clear" for f in self.findings if f.name in _DECISIVE)

    def __getitem__(self, name: str) -> AuditFinding:
        """Return the finding of a check by its name."""
        for finding in self.findings:
            if finding.name == name:
                return finding
        names = [finding.name for finding in self.findings]
        raise KeyError(f"{name!r} is not a check of this audit; use one of {names}")

    def __repr__(self) -> str:
        lines = [self._outcome(), self._size()]
        for finding in self.findings:
            head = f"  {finding.level:<9}  {finding.name:<20}  "
            wrapper = TextWrapper(_WIDTH, head, " " * len(head))
            lines += wrapper.wrap(finding.text)
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        rows = "".join(
            f"<tr><td>{_marked(finding)}</td><td>{escape(finding.name)}</td>"
            f'<td style="text-align: left">{escape(finding.text)}</td></tr>'
            for finding in self.findings
        )
        head = f"<b>{escape(self._outcome())}</b> {escape(self._size())}"
        return f"<p>{head}</p><table>{rows}</table>"

    def _outcome(self) -> str:
        if self.passed and self.signs:
            return (
                "PASSED WITH SIGNS. Check them before you rely on a score for new "
                "patients."
            )
        if self.passed:
            return "PASSED. No finding contradicts a score for new patients."
        if self.verdicts:
            return "FAILED. A score on this test set is not valid for new patients."
        return "NOT PASSED. Shared subjects could not be checked."

    def _size(self) -> str:
        return f"{self.n_train:,} training and {self.n_test:,} test rows."

    def _at(self, level: Level) -> tuple[AuditFinding, ...]:
        return tuple(finding for finding in self.findings if finding.level == level)


def _marked(finding: AuditFinding) -> str:
    return f"<b>{finding.level}</b>" if finding.is_verdict else finding.level
