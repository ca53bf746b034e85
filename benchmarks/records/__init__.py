"""What is written down: a line for each fold, and for each candidate of a search."""

from benchmarks.records.folds import latest, read_records, record_path
from benchmarks.records.rescore import derivable, derive

__all__ = ["derivable", "derive", "latest", "read_records", "record_path"]
