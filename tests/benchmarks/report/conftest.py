import pytest

from benchmarks.report.summary import current_records, summarise


@pytest.fixture
def rows_of(tmp_path):
    def rows_of(dataset="drawn"):
        records, _ = current_records(tmp_path / "out", dataset)
        return summarise(records, tmp_path / "out" / dataset)

    return rows_of
