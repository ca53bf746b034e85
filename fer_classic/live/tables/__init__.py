"""Rows of faces: one schema, written as CSV, JSON Lines or Parquet."""

from fer_classic.live.tables._schema import (
    SCHEMA_VERSION,
    frame_rows,
    make_dataframe,
    photo_rows,
    rows_to_dataframe,
)

__all__ = ["SCHEMA_VERSION", "frame_rows", "make_dataframe", "photo_rows", "rows_to_dataframe"]
