"""From records to tables, pages and pictures: ``python -m benchmarks.report``."""

from benchmarks.report.figures import draw_pictures
from benchmarks.report.summary import summarise
from benchmarks.report.write import write_report

__all__ = ["draw_pictures", "summarise", "write_report"]
