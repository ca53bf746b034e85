"""Plotting functions, which draw on axes and return them.

They do not use pyplot's global state. Without axes, a function creates a figure, which is available
as ``ax.figure``: ``plot_confusion_matrix(...).figure.savefig("confusion.png")``.
"""

from fer_classic.plotting._counts import plot_class_counts
from fer_classic.plotting._growth import plot_growth
from fer_classic.plotting._history import plot_history
from fer_classic.plotting._maps import plot_class_maps
from fer_classic.plotting._robustness import plot_robustness
from fer_classic.plotting._scores import plot_confusion_matrix, plot_recall
from fer_classic.plotting._sheets import contact_sheet, plot_mistakes
from fer_classic.plotting._timeline import plot_timeline

__all__ = [
    "contact_sheet",
    "plot_class_counts",
    "plot_class_maps",
    "plot_confusion_matrix",
    "plot_growth",
    "plot_history",
    "plot_mistakes",
    "plot_recall",
    "plot_robustness",
    "plot_timeline",
]
