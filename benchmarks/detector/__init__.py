"""Fitting the networks of the pyramid detector; see ``python -m benchmarks.detector -h``."""
