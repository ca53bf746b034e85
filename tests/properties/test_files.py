"""Whatever bytes are read as an image, data set or video: only our errors come, or a result."""

import contextlib
import tempfile
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_classic.cli import main
from fer_classic.datasets import load_dataset
from fer_classic.exceptions import FerClassicError
from fer_classic.live import VideoSource
from fer_classic.utils import iter_images, read_image
from tests.hostile_files import make_images, make_table, mutate, pack_table, quiet

with quiet():
    IMAGES = make_images()

STARTS = [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"II*\0", b"MM\0*", b"BM", b"RIFF"]
# Names as they occur in the layouts of the data sets, and others.
FOLDERS = ["happy", "sad", "train", "cohn-kanade-images", "Emotion", "S005", "CK+48", "anger", "\n"]
NAMES = ["KA.AN1.39.tiff", "S005_001_00000011.png", "S005_001_00000011_emotion.txt", "a\udcff.png"]
NAMES += ["fer2013.csv", "train.csv", "ckextended.csv", "jaffe.zip", "Training_1.jpg", "ä" * 120]


@st.composite
def contents(draw):
    """Random bytes, perhaps after the first ones of a format, or a damaged file."""
    seed = draw(st.integers(0, 2**32))
    kind = draw(st.sampled_from(["bytes", "image", "table", "sound image"]))
    if kind == "bytes":
        return draw(st.sampled_from(STARTS)) + draw(st.binary(max_size=300))
    name = draw(st.sampled_from(sorted(IMAGES)))
    if kind == "table":
        suffix = draw(st.sampled_from(["", ".gz", ".zip"]))
        return mutate(pack_table(make_table(2).encode(), suffix), np.random.default_rng(seed))
    return mutate(IMAGES[name], np.random.default_rng(seed)) if kind == "image" else IMAGES["png"]


@st.composite
def trees(draw):
    """Relative paths and contents of a few files."""
    folders = st.lists(st.sampled_from(FOLDERS), max_size=2)
    name = st.tuples(folders, st.sampled_from(NAMES)).map(lambda pair: Path(*pair[0], pair[1]))
    return draw(st.dictionaries(name, contents(), max_size=6))


@contextlib.contextmanager
def written(tree):
    with tempfile.TemporaryDirectory() as folder:
        for path, content in tree.items():
            place = Path(folder) / path
            # A file may stand where the folder of another one was to be.
            with contextlib.suppress(FileExistsError, NotADirectoryError, IsADirectoryError):
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(content)
        yield Path(folder)


@pytest.fixture(autouse=True)
def isolated(monkeypatch, tmp_path):
    monkeypatch.setenv("FER_CLASSIC_CACHE", str(tmp_path))
    monkeypatch.setenv("FER_CLASSIC_MAX_PIXELS", "1_000_000")
    monkeypatch.chdir(tmp_path)
    # Damaged files have warnings, and those of commands are printed.
    with warnings.catch_warnings(action="ignore"):
        yield


@given(content=contents())
def test_images(content):
    with contextlib.suppress(FerClassicError):
        image = read_image(content)
        assert image.dtype == np.uint8
        assert 0 < image.size <= 4_000_000


@pytest.mark.parametrize("name", ["folder", "fer2013", "jaffe", "ckplus"])
@given(tree=trees())
def test_data_sets(name, tree):
    with written(tree) as folder, contextlib.suppress(FerClassicError):
        bunch = load_dataset(name, folder)
        assert len(bunch.images) == len(bunch.target) > 0
        assert all(image.dtype == np.uint8 and image.ndim == 2 for image in bunch.images)


@given(tree=trees())
def test_folders_of_images(tree):
    with written(tree) as folder, contextlib.suppress(FerClassicError):
        for path, image in iter_images(folder):
            assert path.is_file()
            assert image.ndim in (2, 3)


@given(content=contents())
def test_videos(content):
    with written({"film.mp4": content}) as folder, contextlib.suppress(FerClassicError):
        list(VideoSource(folder / "film.mp4"))


COMMANDS = {
    "audit": ("audit", "--images", "{}", "--near"),
    "evaluate": ("evaluate", "--model", "svm_fast", "--dataset", "jaffe", "--data-dir", "{}"),
    "predict": ("predict", "--model", "svm_fast", "{}"),
    "train": ("train", "--images", "{}", "--recipe", "majority", "-o", "model.joblib"),
    "video": ("video", "--model", "svm_fast", "{}"),
}


@pytest.mark.parametrize("command", COMMANDS)
@given(tree=trees())
def test_commands(command, tree, capsys):
    with written(tree) as folder:
        arguments = [argument.format(folder) for argument in COMMANDS[command]]
        code = main([*arguments, "--overwrite"] if command == "train" else arguments)
    out, err = capsys.readouterr()
    assert code in (0, 1)
    assert code == 0 or "fer-classic: " in err
    assert "Traceback" not in out + err
