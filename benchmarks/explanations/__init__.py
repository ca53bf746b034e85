"""How true explanations are: ``python -m benchmarks.explanations``."""
