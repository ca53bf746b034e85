import numpy as np
import pytest

from benchmarks.records.side_files import load_class_scores, load_units, store_arrays
from fer_classic.exceptions import DataFormatError
from tests.benchmarks.records.test_folds import record_of


def test_few_items_stay_in_the_record(tmp_path):
    record = record_of(test_index=[2, 0])
    store_arrays(
        record,
        class_scores=np.array([[0.123456, 0.876544], [1, 0]]),
        units=np.array([7, 5]),
        all_units=np.array([5, 6, 7]),
        folder=tmp_path,
    )
    assert record["class_scores"] == [[0.1235, 0.8765], [1.0, 0.0]]
    assert record["units"] == [7, 5]
    assert load_units(record, tmp_path).tolist() == [7, 5]
    assert load_class_scores(record, tmp_path).tolist() == record["class_scores"]
    assert list(tmp_path.iterdir()) == []


def test_many_items_go_to_side_files(tmp_path):
    all_units = np.arange(3000) // 2
    index = np.arange(2500)[::-1]
    scores = np.random.default_rng(0).random((2500, 3))
    record = record_of(test_index=index.tolist())
    store_arrays(
        record, class_scores=scores, units=all_units[index], all_units=all_units, folder=tmp_path
    )
    assert record["units"] == "units-d.json"
    assert load_units(record, tmp_path).tolist() == all_units[index].tolist()
    with np.load(tmp_path / record["class_scores"]) as side:
        assert side["class_scores"] == pytest.approx(scores, abs=0.5e-4 + 1e-7)
    assert record["class_scores"].startswith("scores/")
    assert load_class_scores(record, tmp_path) == pytest.approx(scores, abs=0.5e-4 + 1e-7)


def test_a_missing_side_file_is_named(tmp_path):
    with pytest.raises(DataFormatError, match=r"units-d\.json.*--force"):
        load_units(record_of(units="units-d.json", test_index=[0]), tmp_path)


def test_class_scores_that_are_not_at_hand(tmp_path):
    assert load_class_scores(record_of(class_scores=None), tmp_path) is None
    record = record_of(class_scores="scores/a.npz")
    assert load_class_scores(record, tmp_path) is None
    (tmp_path / "scores").mkdir()
    (tmp_path / "scores" / "a.npz").write_bytes(b"PK damaged")
    with pytest.raises(DataFormatError, match=r"a\.npz, the class scores of a record, is damaged"):
        load_class_scores(record, tmp_path)
