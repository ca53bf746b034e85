"""Face detectors on photos of people: ``python -m benchmarks.photos``."""
