import cv2
import numpy as np
import pytest

from benchmarks.detector.collect import main
from benchmarks.detector.pictures import (
    collect_pictures,
    cut_patches,
    cut_square,
    find_pictures,
    jpeg,
    read_pictures,
    vary,
)
from fer_classic.exceptions import DataNotFoundError


def test_a_square_is_cut_out_with_its_context():
    picture = np.zeros((60, 60), np.uint8)
    picture[20:40, 20:40] = 200
    box = (20, 20, 20, 20)
    assert cut_square(picture, box, 20).min() == 200
    around = cut_square(picture, box, 40, context=2.0)
    assert around[10:30, 10:30].min() == 200
    assert around[:9].max() == 0


def test_patches_come_out_of_the_pictures():
    pictures = [np.full((40, 60), 10, np.uint8), np.full((90, 30), 20, np.uint8)]
    patches = cut_patches(pictures, 30, side=48, rng=np.random.default_rng(0))
    assert patches.shape == (30, 1, 48, 48)
    assert set(patches.unique().tolist()) == {10, 20}


def test_a_varied_picture_is_still_one():
    for seed in range(5):
        varied = vary(np.full((50, 70), 90, np.uint8), np.random.default_rng(seed))
        assert varied.dtype == np.uint8
        assert min(varied.shape) >= 48


def test_no_pictures(tmp_path):
    (tmp_path / "notes.txt").write_text("no picture")
    with pytest.raises(DataNotFoundError, match="no pictures below"):
        read_pictures([tmp_path])


def test_jpeg_changes_little():
    picture = np.tile(np.arange(0, 160, 4, dtype=np.uint8), (40, 1))
    error = np.abs(jpeg(picture, 40) - picture.astype(float))
    assert 0 < error.max() < 30


@pytest.fixture
def packages(tmp_path):
    """Three pictures, one of them twice, one of a face, a small and a flat one, and a text."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "packages"
    for name in ("wood.png", "grass.jpg", "x/sky.png", "x/face.png", "small.png", "flat.png"):
        picture = np.kron(24 * rng.integers(10, size=(4, 4)) + 12, np.ones((125, 250)))
        picture = picture.astype(np.uint8)
        picture = picture[:90, :90] if name == "small.png" else picture
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), 0 * picture if name == "flat.png" else picture)
    wood = cv2.imread(str(folder / "wood.png"))
    cv2.imwrite(str(folder / "x/wood_small.png"), cv2.resize(wood, (500, 250)))
    (folder / "read.me").write_text("no picture")
    (folder / "x/torn.png").write_bytes(b"no picture either")
    return folder


def test_names_are_looked_at(packages):
    names = [path.name for path in find_pictures([packages])]
    assert names == [
        "flat.png", "grass.jpg", "small.png", "wood.png", "sky.png", "torn.png", "wood_small.png",
    ]  # fmt: skip
    assert [path.name for path in find_pictures([packages], most=2)] == [
        "flat.png", "wood.png", "sky.png", "wood_small.png",
    ]  # fmt: skip


def test_pictures_are_collected(packages, tmp_path, capsys):
    output = tmp_path / "pictures"
    assert main([str(packages), "--output", str(output)]) == 0
    assert capsys.readouterr().out == f"3 pictures in {output}\n"
    assert [path.name for path in sorted(output.iterdir())] == [
        "00001.png", "00002.png", "00003.png",
    ]  # fmt: skip
    assert [picture.shape for picture in read_pictures([output])] == [(320, 640)] * 3


def test_pictures_with_faces_are_left_out(packages, tmp_path):
    class Screen:
        def detect(self, image):
            return np.ones((int(image.shape == (320, 640)), 4)), None

    assert collect_pictures([packages], tmp_path / "pictures", screen=Screen()) == 1


def test_a_detector_that_is_not_there(packages, tmp_path, capsys):
    assert main([str(packages), "--output", str(tmp_path), "--yunet", "nowhere.onnx"]) == 1
    assert "nowhere.onnx" in capsys.readouterr().err
