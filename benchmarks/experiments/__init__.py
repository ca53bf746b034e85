"""What there is to run, and running it: jobs, features that are shared, fits, models."""

from benchmarks.experiments.candidates import make_candidates
from benchmarks.experiments.data import Data
from benchmarks.experiments.development import DEVELOPMENT
from benchmarks.experiments.finished import is_baseline, latest_of, unfinished
from benchmarks.experiments.models import OUT_OF_FOLD, model_path, threshold_of
from benchmarks.experiments.plan import Split, default_protocols, make_jobs, split_data
from benchmarks.experiments.runner import RunSettings, run_jobs

__all__ = [
    "DEVELOPMENT",
    "OUT_OF_FOLD",
    "Data",
    "RunSettings",
    "Split",
    "default_protocols",
    "is_baseline",
    "latest_of",
    "make_candidates",
    "make_jobs",
    "model_path",
    "run_jobs",
    "split_data",
    "threshold_of",
    "unfinished",
]
