"""Splitters for evaluation protocols, and leakage checks of a split."""

from skecg.model_selection._audit import audit_split
from skecg.model_selection._audit_report import AuditFinding, SplitAudit
from skecg.model_selection._single_splits import InterPatientSplit, StratifiedBeatSplit
from skecg.model_selection._split_validation import split_validation
from skecg.model_selection._subject_folds import LeaveOneSubjectOut, SubjectKFold

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
