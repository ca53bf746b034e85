"""What is written down: a line for each fold, and what lines of the same search have in common."""

from benchmarks.records.folds import latest, read_records, record_path, subset_record

__all__ = ["latest", "read_records", "record_path", "subset_record"]
