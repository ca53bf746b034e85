import pytest

from fer_classic.exceptions import SinkError
from fer_classic.live._outputs import check_output


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_new_file_is_welcome_and_a_folder_is_not(overwrite, tmp_path):
    check_output(tmp_path / "none" / "new.csv", overwrite=overwrite)
    with pytest.raises(SinkError, match="is a folder"):
        check_output(tmp_path, overwrite=overwrite)


def test_what_exists_is_lost_only_when_asked_for(tmp_path):
    path = tmp_path / "old.csv"
    path.write_text("old")
    with pytest.raises(SinkError, match=r"old\.csv exists and was left as it is"):
        check_output(path, overwrite=False)
    check_output(path, overwrite=True)
    assert path.read_text() == "old"


@pytest.mark.parametrize("resumable", [False, True])
def test_only_what_can_be_done_is_offered(resumable, tmp_path):
    path = tmp_path / "old.csv"
    path.touch()
    with pytest.raises(SinkError, match="--overwrite") as caught:
        check_output(path, overwrite=False, resumable=resumable)
    assert ("--resume" in str(caught.value)) == resumable
