"""Protocols, scores, intervals and paired tests.

A protocol says who is in which fold, and with whom: images that depend on each other (same subject,
same sequence, same pixels) form one independent unit, and units stay whole unless the protocol's
purpose is to show what happens otherwise.
"""

from fer_classic.evaluation._fitting import fit_with_groups
from fer_classic.evaluation._intervals import compare, holm
from fer_classic.evaluation._metrics import score
from fer_classic.evaluation._protocols import (
    PROTOCOLS,
    Fold,
    Subset,
    cross_fold,
    default_protocol,
    make_folds,
)
from fer_classic.evaluation._threshold import choose_threshold
from fer_classic.evaluation._units import count_leaks, independent_units

__all__ = [
    "PROTOCOLS",
    "Fold",
    "Subset",
    "choose_threshold",
    "compare",
    "count_leaks",
    "cross_fold",
    "default_protocol",
    "fit_with_groups",
    "holm",
    "independent_units",
    "make_folds",
    "score",
]
