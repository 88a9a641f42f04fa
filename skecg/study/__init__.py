"""The study, from beats to report, in one call."""

from skecg.study._run import StudyResult, run_study

__all__ = ["StudyResult", "run_study"]
