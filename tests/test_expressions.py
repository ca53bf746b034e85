import numpy as np
import pytest

from fer_classic.exceptions import UnknownNameError
from fer_classic.expressions import EXPRESSIONS, decode, encode


def test_the_names_are_sorted_as_classes_are():
    assert EXPRESSIONS == (
        "angry",
        "contempt",
        "disgust",
        "fear",
        "happy",
        "neutral",
        "sad",
        "surprise",
    )
    assert np.unique(EXPRESSIONS).tolist() == list(EXPRESSIONS)


@pytest.mark.parametrize(
    ("names", "codes"),
    [
        (["happy", "angry", "surprise"], [4, 0, 7]),
        (np.array(["sad", "sad"]), [6, 6]),
        (iter(["fear"]), [3]),
        ([], []),
    ],
)
def test_encode(names, codes):
    encoded = encode(names)
    assert encoded.dtype == np.int64
    assert encoded.tolist() == codes


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        ([4, 0], ["happy", "angry"]),
        (np.array([7, 1], dtype=np.uint8), ["surprise", "contempt"]),
        ([], []),
    ],
)
def test_decode(codes, names):
    decoded = decode(codes)
    assert decoded.tolist() == names
    assert decoded.dtype.kind == "U"


def test_decode_undoes_encode():
    assert decode(encode(EXPRESSIONS)).tolist() == list(EXPRESSIONS)


def test_an_unknown_name_gets_close_matches():
    with pytest.raises(UnknownNameError, match=r"unknown expression 'hapy'. Did you mean 'happy'"):
        encode(["sad", "hapy"])


@pytest.mark.parametrize(
    ("codes", "message"),
    [
        ([0, 8], r"code 8 is out of range; codes run from 0 to 7 \(angry, contempt"),
        ([-1, 0], "code -1 is out of range"),
        ([0.0, 1.0], "must be integers, got dtype float64"),
        (["happy"], "must be integers"),
        ([True], "must be integers, got dtype bool"),
    ],
)
def test_wrong_codes(codes, message):
    with pytest.raises(ValueError, match=message):
        decode(codes)


def test_other_names():
    names = ("bored", "engaged")
    assert encode(["engaged", "bored"], names).tolist() == [1, 0]
    assert decode([1, 0, 1], names).tolist() == ["engaged", "bored", "engaged"]
    with pytest.raises(UnknownNameError, match=r"expression 'happy'\..* Known: bored, engaged"):
        encode(["happy"], names)
    with pytest.raises(ValueError, match=r"code 2 is out of range; codes run from 0 to 1 \(bored"):
        decode([2], names)
