"""What all figures of a data set are made of."""

from benchmarks.report.html.commands import run_commands
from benchmarks.report.html.scores import class_scores
from benchmarks.report.summary import marked_titles

__all__ = ["Section"]


class Section:
    """What the figures of a data set are made of.

    Parameters
    ----------
    results : Results
        All that its records say.
    chosen : Highlights
        The rows that it is judged by.
    """

    def __init__(self, results, chosen):
        self.results, self.chosen = results, chosen
        self.dataset, self.rows = results.dataset, results.rows
        self.titles = marked_titles(results.rows)
        self.title = self.titles[chosen.title]
        self.scores = [class_scores(row, results.rows, results.folder) for row in chosen.rows]

    def commands(self, rows):
        """Give the commands that make the records of some rows."""
        return run_commands(self.dataset, rows)
