"""Speed benchmarks: ratios of skecg to alternatives that a user would write."""

from benchmarks.speed.report import write_report
from benchmarks.speed.rows import ROWS, run_row

__all__ = ["ROWS", "run_row", "write_report"]
