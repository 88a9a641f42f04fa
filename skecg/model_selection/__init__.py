"""Protocols as splitters, and the audit that says whether a score is real."""

from skecg.model_selection._audit import audit_split
from skecg.model_selection._audit_report import AuditFinding, SplitAudit
from skecg.model_selection._splitters import InterPatientSplit, StratifiedBeatSplit
from skecg.model_selection._subject_splitters import LeaveOneSubjectOut, SubjectKFold
from skecg.model_selection._validation import split_validation

__all__ = [
    "AuditFinding",
    "InterPatientSplit",
    "LeaveOneSubjectOut",
    "SplitAudit",
    "StratifiedBeatSplit",
    "SubjectKFold",
    "audit_split",
    "split_validation",
]
