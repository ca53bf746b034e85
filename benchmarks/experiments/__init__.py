"""What there is to run, and running it: jobs, features that are shared, fits, models."""

from benchmarks.experiments.plan import Data, default_protocols, make_jobs
from benchmarks.experiments.runner import run_jobs

__all__ = ["Data", "default_protocols", "make_jobs", "run_jobs"]
