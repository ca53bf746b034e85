"""The results as one page for a browser: ``python -m benchmarks.report --html``."""

from benchmarks.report.html.page import write_html

__all__ = ["write_html"]
