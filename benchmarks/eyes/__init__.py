"""Fitting the weights of the eye finder; see ``python -m benchmarks.eyes -h``."""
