"""What each ingredient of the recipe for small sets is worth: ``python -m benchmarks.small``."""
