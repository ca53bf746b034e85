"""Fusions of fitted models: which way of joining them is best, and what it gains."""

from benchmarks.fusion.bundled import make_fusion
from benchmarks.fusion.held_out import Answers, HeldOut, held_out, is_network, training_part
from benchmarks.fusion.official import score_official
from benchmarks.fusion.ways import compare_ways

__all__ = [
    "Answers",
    "HeldOut",
    "compare_ways",
    "held_out",
    "is_network",
    "make_fusion",
    "score_official",
    "training_part",
]
