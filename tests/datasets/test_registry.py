import pytest

from fer_classic.datasets import DATASETS, find_dataset, load_dataset
from fer_classic.exceptions import DataNotFoundError, UnknownNameError


def test_unknown_names_get_close_matches():
    with pytest.raises(UnknownNameError, match="Did you mean 'fer2013'"):
        load_dataset("fer-2013")


@pytest.mark.parametrize("name", [name for name in DATASETS if name != "drawn"])
def test_each_data_set_is_looked_for(name, tmp_path):
    with pytest.raises(DataNotFoundError, match=str(tmp_path)):
        load_dataset(name, tmp_path)


def test_a_folder_must_be_named():
    with pytest.raises(DataNotFoundError, match="--data-dir"):
        load_dataset("folder")


def test_options_reach_the_loader(tmp_path, write):
    write(tmp_path / "happy" / "ann_1.png")
    bunch = load_dataset("folder", tmp_path, subject_pattern=r"(\w+)_")
    assert bunch.subjects.tolist() == ["ann"]
    assert load_dataset("drawn", n_subjects=2).name == "drawn"


def test_data_sets_are_found_without_reading_them(tmp_path):
    (tmp_path / "fer2013.csv").touch()
    assert find_dataset("fer2013", tmp_path) == tmp_path / "fer2013.csv"
    assert find_dataset("jaffe", tmp_path) is None
    assert find_dataset("ckplus", tmp_path) is None
    with pytest.raises(UnknownNameError, match="drawn"):
        find_dataset("drawn")
