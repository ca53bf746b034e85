"""Accuracy on disturbed pictures of faces: ``python -m benchmarks.robustness``."""
