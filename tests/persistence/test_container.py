import numpy as np
import pytest

from fer_classic.exceptions import ModelFileError
from fer_classic.persistence._container import read_container, write_container
from tests.persistence.hostile import pack, unpack

ARRAYS = [
    np.arange(6, dtype=np.int16).reshape(2, 3),
    np.asfortranarray(np.arange(6.0).reshape(2, 3)),
    np.array(3.5, dtype=np.float32),
    np.array(["happy", "sad"]),
    np.array([True, False]),
    np.empty((0, 4)),
    np.array([1.0, 2.0]).astype(">f8"),
    np.array([(1, 2.5)], dtype=[("a", "i4"), ("b", "f8")]),
    np.array([b"ab", b"c"]),
    np.array([1 + 2j]),
    # The first rows of an array in Fortran's order, as of the components of a PCA.
    np.asfortranarray(np.arange(20.0).reshape(5, 4))[:3],
    np.arange(20.0).reshape(5, 4)[:3, ::2],
]


@pytest.fixture
def data(tmp_path):
    write_container({"card": {"text": "Gesicht ☺"}}, ARRAYS, tmp_path / "file")
    return (tmp_path / "file").read_bytes()


def test_arrays_come_back_as_they_were(data):
    content, arrays = read_container(bytearray(data), "file")
    assert content == {"card": {"text": "Gesicht ☺"}}
    for array, given in zip(arrays, ARRAYS, strict=True):
        assert array.dtype == given.dtype.newbyteorder("=")
        np.testing.assert_array_equal(array, given)
        assert array.flags.writeable
        # Products of matrices differ in their last bits with the order in memory.
        if given.ndim == 2:
            by_columns = given.flags.f_contiguous or 0 < given.strides[0] < given.strides[1]
            assert array.flags.f_contiguous == by_columns


def test_a_single_flipped_bit_anywhere_is_noticed(data):
    for position in range(8, len(data)):
        damaged = bytearray(data)
        damaged[position] ^= 1 << position % 8
        with pytest.raises(ModelFileError, match=r"damaged|later version"):
            read_container(damaged, "file")


@pytest.mark.parametrize("kept", [*range(0, 60, 7), 64, 200, -64, -1])
def test_a_truncated_file_is_noticed(kept, data):
    with pytest.raises(ModelFileError, match="damaged"):
        read_container(bytearray(data[:kept]), "file")


def test_bytes_behind_the_end_are_noticed(data):
    with pytest.raises(ModelFileError, match="damaged"):
        read_container(bytearray(data + b"\0"), "file")
    content, arrays = unpack(data)
    with pytest.raises(ModelFileError, match="do not fill"):
        read_container(bytearray(pack(content, arrays + bytes(64))), "file")


F8 = {"dtype": "<f8", "shape": [2], "order": "C"}


@pytest.mark.parametrize(
    "entry",
    [
        {"dtype": "|O"},
        {"dtype": "<M8"},
        {"dtype": "<f16x"},
        {"dtype": "f8, f8"},
        {"dtype": "|V8"},
        {"dtype": "<U0"},
        {"dtype": "<U99999999"},
        {"dtype": 3},
        {"dtype": {"fields": [["a", "|O", 0]], "size": 8}},
        {"dtype": {"fields": [["a", "<f8", 4]], "size": 8}},
        {"dtype": {"fields": [], "size": 8}},
        {"dtype": {"fields": [["a", "<f8", 2**63]], "size": 8}},
        {"shape": [2**62, 2**62]},
        {"shape": [10**12]},
        {"shape": [-1]},
        {"shape": [2.0]},
        {"shape": [True]},
        {"shape": [1] * 9},
        {"shape": None},
        {"order": "A"},
        {"shape": [9]},
    ],
    ids=str,
)
def test_forged_arrays_are_refused_before_memory_is_taken(entry):
    data = pack({"arrays": [F8 | entry]}, np.arange(2.0).tobytes() + bytes(48))
    with pytest.raises(ModelFileError, match="is not a model file"):
        read_container(bytearray(data), "file")
    right = pack({"arrays": [F8]}, np.arange(2.0).tobytes() + bytes(48))
    assert read_container(bytearray(right), "file")[1][0].tolist() == [0.0, 1.0]


@pytest.mark.parametrize(
    ("dtype", "value"), [("|b1", b"\x02"), ("<U1", b"\xff\xff\xff\xff")], ids=["truth", "text"]
)
def test_values_that_do_not_exist_are_refused(dtype, value):
    entry = {"dtype": dtype, "shape": [1], "order": "C"}
    data = pack({"arrays": [entry]}, value + bytes(64 - len(value)))
    with pytest.raises(ModelFileError, match=r"neither 0 nor 1|invalid characters"):
        read_container(bytearray(data), "file")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"arrays": 3}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"arrays": [], "a": ' + b"9" * 10_000 + b"}",
    ],
    ids=["empty", "open", "list", "null", "number", "not UTF-8", "deep", "long number"],
)
def test_texts_that_are_no_description(text):
    with pytest.raises(ModelFileError, match="is not a model file"):
        read_container(bytearray(pack(text, b"")), "file")


def test_a_description_longer_than_the_file():
    data = bytearray(pack({"arrays": []}, b""))
    with pytest.raises(ModelFileError, match="damaged"):
        read_container(data[:48] + (2**60).to_bytes(8, "little") + data[56:], "file")
