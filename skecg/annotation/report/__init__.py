"""The report of an annotated recording: a single HTML file that opens from disk."""

from skecg.annotation.report._write_report import write_report

__all__ = ["write_report"]
