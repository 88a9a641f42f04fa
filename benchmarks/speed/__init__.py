"""How fast it is, as ratios against what a user would write instead."""

from benchmarks.speed.report import write_report
from benchmarks.speed.rows import ROWS, run_row

__all__ = ["ROWS", "run_row", "write_report"]
