"""Protocols, scores, intervals and paired tests.

A protocol assigns images to folds. Images that depend on each other (same subject, same sequence,
identical pixels) form one independent unit, and units are never split between folds, except by
protocols that exist to show the effect of doing so.
"""

from fer_classic.evaluation._fitting import fit_with_groups
from fer_classic.evaluation._intervals import compare, holm
from fer_classic.evaluation._label_noise import estimate_label_noise, find_label_issues
from fer_classic.evaluation._metrics import calibration_bins, score
from fer_classic.evaluation._out_of_fold import out_of_fold_probabilities
from fer_classic.evaluation._protocols import (
    PROTOCOLS,
    Fold,
    Subset,
    cross_fold,
    default_protocol,
    make_folds,
)
from fer_classic.evaluation._threshold import choose_threshold
from fer_classic.evaluation._units import check_fold, count_leaks, independent_units
from fer_classic.utils._splits import check_split

__all__ = [
    "PROTOCOLS",
    "Fold",
    "Subset",
    "calibration_bins",
    "check_fold",
    "check_split",
    "choose_threshold",
    "compare",
    "count_leaks",
    "cross_fold",
    "default_protocol",
    "estimate_label_noise",
    "find_label_issues",
    "fit_with_groups",
    "holm",
    "independent_units",
    "make_folds",
    "out_of_fold_probabilities",
    "score",
]
