import struct

import numpy as np
import pytest

from fer_classic.neural._onnx import _attribute, _field, _tensor, _varint, write_onnx
from tests.neural.test_layers import STATE, network


@pytest.mark.parametrize(
    ("number", "expected"), [(0, "00"), (127, "7f"), (128, "8001"), (300, "ac02")]
)
def test_whole_numbers(number, expected):
    # 300 is the example in the documentation of protocol buffers.
    assert _varint(number).hex() == expected


def test_fields():
    assert _field(1, 150).hex() == "089601"
    assert _field(2, b"testing").hex() == "120774657374696e67"
    assert _field(2, 1.0) == b"\x15" + struct.pack("<f", 1.0)


def test_a_tensor():
    data = _tensor("w", np.array([[1.0, 2.0]], dtype=">f8"))
    assert data == b"\x08\x01\x08\x02\x10\x01\x42\x01wJ\x08" + struct.pack("<2f", 1, 2)


def test_attributes_say_of_which_type_they_are():
    assert _attribute("a", 1.0).endswith(b"\xa0\x01\x01")
    assert _attribute("a", 1).endswith(b"\xa0\x01\x02")
    assert _attribute("a", [1, 2]) == b"\x0a\x01a\x40\x01\x40\x02\xa0\x01\x07"


def test_a_part_has_fewer_layers():
    whole, part = (write_onnx(network(), STATE, (8, 8), n_layers=n) for n in (None, 5))
    assert b"Gemm" in whole
    assert b"Gemm" not in part
    assert len(part) < len(whole) - STATE["dense"].nbytes


def test_what_makes_no_network_is_not_written():
    with pytest.raises(ValueError, match="makes no sense"):
        write_onnx(network(), STATE, (8, 2))
