import numpy as np
import pytest

from fer_classic.datasets._fer2013_csv import parse_csv
from fer_classic.exceptions import DataFormatError
from fer_classic.expressions import decode

HEADER = "emotion,pixels,Usage"
PIXELS = " ".join(["7"] * 2304)
GOOD = f"3,{PIXELS},Training"


def table(tmp_path, *lines):
    path = tmp_path / "fer2013.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_every_code_and_usage(tmp_path):
    usages = ["Training"] * 4 + ["PublicTest"] * 2 + ["PrivateTest"]
    rows = [f"{code},{PIXELS},{usage}" for code, usage in enumerate(usages)]
    arrays = parse_csv(table(tmp_path, HEADER, *rows))
    assert decode(arrays["target"]).tolist() == [
        "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral",
    ]  # fmt: skip
    assert arrays["split"].tolist() == usages
    assert arrays["images"].shape == (7, 48, 48)
    assert arrays["images"].dtype == np.uint8


def test_pixels_go_row_by_row(tmp_path, noise):
    image = noise(5)
    text = " ".join(map(str, image.ravel()))
    arrays = parse_csv(table(tmp_path, HEADER, f"0,{text},Training"))
    np.testing.assert_array_equal(arrays["images"][0], image)


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("emotion, Usage, pixels", f"3,Training,{PIXELS}"),
        ("Usage,pixels,emotion", f'Training,"{PIXELS}",3'),
        (" EMOTION ,usage,Pixels,extra", f" 3 , Training, {PIXELS} ,x"),
    ],
)
def test_columns_in_any_order(tmp_path, header, row):
    arrays = parse_csv(table(tmp_path, header, row, ""))
    assert decode(arrays["target"]).tolist() == ["happy"]
    assert (arrays["images"] == 7).all()


@pytest.mark.parametrize(("code", "usage"), [("3.0", "TRAINING"), ("3.", "training")])
def test_other_ways_of_writing_codes_and_usages(tmp_path, code, usage):
    arrays = parse_csv(table(tmp_path, HEADER, f"{code},{PIXELS},{usage}"))
    assert decode(arrays["target"]).tolist() == ["happy"]
    assert arrays["split"].tolist() == ["Training"]


def test_only_a_table_named_train_may_lack_the_usage(tmp_path):
    path = table(tmp_path, "emotion,pixels", f"3,{PIXELS}")
    with pytest.raises(DataFormatError, match=r"no column Usage.* columns emotion, pixels\."):
        parse_csv(path)
    arrays = parse_csv(path.rename(tmp_path / "Train.csv"))
    assert arrays["split"].tolist() == ["Training"]


def test_a_table_without_labels_says_what_it_has(tmp_path):
    with pytest.raises(DataFormatError, match=r"no column emotion; .* found pixels\."):
        parse_csv(table(tmp_path, "pixels", PIXELS))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (f"3,{PIXELS} 7,Training", "2,305 pixels, expected 2,304"),
        (f"3,{PIXELS[:-2]},Training", "2,303 pixels, expected 2,304"),
        ("3,,Training", "pixels"),
        (f"3,256{PIXELS[1:]},Training", "pixel value 256 is out of the range 0 to 255"),
        (f"3,-1{PIXELS[1:]},Training", "pixel value -1 is out of the range 0 to 255"),
        (f"3,{PIXELS[:-1]}x,Training", "pixels must be integers"),
        (f"3,{PIXELS[:-1]}7.5,Training", "pixels must be integers"),
        (f"7,{PIXELS},Training", "unknown emotion code '7'; codes run from 0 to 6"),
        (f"-1,{PIXELS},Training", "unknown emotion code '-1'"),
        (f",{PIXELS},Training", "unknown emotion code ''"),
        (f"3,{PIXELS},Train", "unknown usage 'Train'; known are Training"),
        (f"3.5,{PIXELS},Training", "unknown emotion code '3.5'"),
        (f"10,{PIXELS},Training", "unknown emotion code '10'"),
        (f"3,{PIXELS}", "only 2 columns"),
        (f'3,"{PIXELS},Training', "pixels must be integers"),
    ],
)
def test_bad_rows_are_named_by_file_and_line(tmp_path, row, message):
    path = table(tmp_path, HEADER, GOOD, row, GOOD)
    with pytest.raises(DataFormatError) as caught:
        parse_csv(path)
    assert f"{path}, line 3: " in str(caught.value)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "message"),
    [([], "no column|is empty"), ([HEADER], "header but no rows"), ([GOOD], "line 1: no column")],
)
def test_tables_without_rows_or_header(tmp_path, lines, message):
    with pytest.raises(DataFormatError, match=message):
        parse_csv(table(tmp_path, *lines))


def test_empty_file(tmp_path):
    path = tmp_path / "fer2013.csv"
    path.touch()
    with pytest.raises(DataFormatError, match="is empty"):
        parse_csv(path)
