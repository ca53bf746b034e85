"""From records to tables, pages and pictures: ``python -m benchmarks.report``."""

from benchmarks.report.summary import summarise
from benchmarks.report.write import write_report

__all__ = ["summarise", "write_report"]
