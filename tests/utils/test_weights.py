from hashlib import sha256
from importlib.resources import files

import pytest

from benchmarks._digests import write_digests
from fer_classic.utils._digests import DIGESTS
from fer_classic.utils._weights import is_intact

PACKAGE = files("fer_classic")


def test_every_file_of_weights_has_its_digest():
    for name, digest in DIGESTS.items():
        data = PACKAGE.joinpath(name).read_bytes()
        assert is_intact(name, data), f"{name}: python -m benchmarks.bundle --digests"
        assert len(digest) == 64
    suffixes = (".joblib", ".npz", ".onnx")
    folders = ("models", "faces/data", "faces/networks")
    found = {
        f"{folder}/{path.name}"
        for folder in folders
        for path in PACKAGE.joinpath(folder).iterdir()
        if path.name.endswith(suffixes)
    }
    assert found == set(DIGESTS)


@pytest.mark.parametrize("name", ["models/cnn.joblib", "models/another.joblib"])
def test_other_content_is_noticed(name):
    assert not is_intact(name, b"other")


def test_digests_are_written_as_code(tmp_path):
    for place in ("models", "utils"):
        (tmp_path / place).mkdir()
    for name in ("cnn", "a_model_of_a_long_name"):
        (tmp_path / "models" / f"{name}.joblib").write_bytes(b"weights")
    found = {}
    exec(write_digests(tmp_path).read_text("utf-8"), found)
    assert list(found["DIGESTS"]) == ["models/a_model_of_a_long_name.joblib", "models/cnn.joblib"]
    assert set(found["DIGESTS"].values()) == {sha256(b"weights").hexdigest()}
