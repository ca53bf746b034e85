"""Parameters compared on folds of the training part: ``python -m benchmarks.search``."""
