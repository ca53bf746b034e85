import numpy as np
import pytest

from fer_classic.datasets import load_ckplus
from fer_classic.exceptions import (
    DataFormatError,
    DataNotFoundError,
    DataWarning,
    UnknownNameError,
)

# Sequence: number of frames, label, size and kind of the images.
SEQUENCES = {
    "S005_001": (5, 3, (490, 640)),
    "S010_002": (4, 2, (480, 640, 3)),
    "S010_004": (6, 7, (490, 640)),
    "S037_001": (4, None, (490, 640)),
    "S130_007": (4, 5, (480, 720)),
}
CLASSES = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")


def label(root, sequence, frame, text):
    subject, number = sequence.split("_")
    path = root / "Emotion" / subject / number / f"{sequence}_{frame:08d}_emotion.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


@pytest.fixture
def original(tmp_path, write):
    """CK+'s original tree with small stand-ins for the five kinds of sequences."""
    root = tmp_path / "ckplus"
    for sequence, (length, code, shape) in SEQUENCES.items():
        folder = root / "cohn-kanade-images" / sequence.replace("_", "/")
        for frame in range(1, length + 1):
            value = 20 * int(sequence[-1]) + frame
            write(folder / f"{sequence}_{frame:08d}.png", np.full(shape, value, np.uint8))
        (folder / ".DS_Store").touch()
        if code is None:
            (root / "Emotion" / sequence.replace("_", "/")).mkdir(parents=True)
        else:
            label(root, sequence, length, f"   {code}.0000000e+00\n")
    return root


@pytest.fixture
def small(tmp_path, write):
    """The 48x48 edition with a sequence of three frames for each class."""
    root = tmp_path / "CK+48"
    for seed, name in enumerate(CLASSES):
        for frame in (9, 10, 11):
            path = root / name / f"S{20 - seed:03d}_{seed + 1:03d}_{frame:08d}.png"
            write(path, 100 * seed + frame)
        (root / name / "Thumbs.db").touch()
    return root


def names_of(bunch):
    return [bunch.target_names[code] for code in bunch.target]


def test_peak_frames(original):
    bunch = load_ckplus(original)
    assert bunch.sequences.tolist() == ["S005_001", "S010_002", "S010_004", "S130_007"]
    assert bunch.subjects.tolist() == ["S005", "S010", "S010", "S130"]
    assert names_of(bunch) == ["disgust", "contempt", "surprise", "happy"]
    assert [image.shape for image in bunch.images] == [
        (490, 640),
        (480, 640),
        (490, 640),
        (480, 720),
    ]
    assert [image[0, 0] for image in bunch.images] == [25, 44, 86, 144]
    assert bunch.data is None
    assert bunch.filenames[0] == "cohn-kanade-images/S005/001/S005_001_00000005.png"
    assert bunch.name == "ckplus"
    assert "593" in bunch.DESCR


def test_last_three_frames_and_neutral(original):
    bunch = load_ckplus(original.parent, frames="last3", neutral=True)
    frames = [int(name[-12:-4]) for name in bunch.filenames]
    assert frames[:4] == [1, 3, 4, 5]
    assert names_of(bunch)[:4] == ["neutral"] + ["disgust"] * 3
    assert bunch.sequences[:4].tolist() == ["S005_001"] * 4
    assert len(bunch.images) == 16


def test_a_frame_is_never_both_neutral_and_peak(original):
    folder = original / "cohn-kanade-images" / "S005" / "001"
    for frame in (1, 2):
        (folder / f"S005_001_{frame:08d}.png").unlink()
    bunch = load_ckplus(original, frames="last3", neutral=True)
    assert names_of(bunch)[:4] == ["disgust"] * 3 + ["neutral"]
    assert bunch.sequences[3] == "S010_002"


def test_every_code(original):
    names = []
    for code in range(8):
        label(original, "S005_001", 5, f"{code:.7e}")
        names.append(names_of(load_ckplus(original))[0])
    assert names == [
        "neutral", "angry", "contempt", "disgust", "fear", "happy", "sad", "surprise",
    ]  # fmt: skip


@pytest.mark.parametrize("folder", ["Emotion_labels", "emotion"])
def test_other_names_of_the_folders(original, folder):
    (original / "Emotion").rename(original / "held")
    (original / folder).mkdir()
    (original / "held").rename(original / folder / "Emotion")
    images = original / "extended-cohn-kanade-images"
    images.mkdir()
    (original / "cohn-kanade-images").rename(images / "cohn-kanade-images")
    assert len(load_ckplus(original).images) == 4


def test_images_without_labels(original):
    (original / "Emotion").rename(original.parent / "elsewhere")
    with pytest.raises(
        DataFormatError, match=r"no labels next to cohn-kanade-images; unpack Emotion_labels.zip"
    ):
        load_ckplus(original)


def test_labels_without_images_are_all_named(original):
    for sequence, frame in (("S005_001", 5), ("S130_007", 4)):
        folder = original / "cohn-kanade-images" / sequence.replace("_", "/")
        (folder / f"{sequence}_{frame:08d}.png").unlink()
    with pytest.raises(
        DataFormatError, match=r"2 labelled .* S005_001_00000005, S130_007_00000004"
    ):
        load_ckplus(original)


@pytest.mark.parametrize("text", ["", "8", "-1", "3.5", "happy", "nan", "inf", "1 2"])
def test_bad_labels_are_named(original, text):
    label(original, "S005_001", 5, text)
    with pytest.raises(DataFormatError, match=r"0 to 7.*S005_001_00000005_emotion.txt"):
        load_ckplus(original)


def test_strange_image_names_are_named(original, write):
    write(original / "cohn-kanade-images" / "S005" / "001" / "copy of S005.png")
    with pytest.warns(DataWarning, match=r"copy of S005\.png"):
        assert len(load_ckplus(original).images) == 4


def test_small_edition(small, noise):
    bunch = load_ckplus(small)
    assert bunch.images.shape == (7, 48, 48)
    assert bunch.sequences[[0, -1]].tolist() == ["S014_007", "S020_001"]
    assert bunch.subjects[[0, -1]].tolist() == ["S014", "S020"]
    assert names_of(bunch) == ["surprise", "sad", "happy", "fear", "disgust", "contempt", "angry"]
    np.testing.assert_array_equal(bunch.images[-1], noise(11))
    assert bunch.filenames[-1] == "anger/S020_001_00000011.png"


def test_small_edition_with_three_frames(small):
    bunch = load_ckplus(small.parent, frames="last3")
    assert len(bunch.images) == 21
    assert bunch.sequences[:4].tolist() == ["S014_007"] * 3 + ["S015_006"]


def test_original_is_preferred(original, small):
    small.rename(original / "CK+48")
    assert len(load_ckplus(original).images) == 4
    assert len(load_ckplus(original / "CK+48").images) == 7


def test_small_edition_has_no_neutral_frames(small):
    with pytest.raises(DataFormatError, match="has no neutral frames"):
        load_ckplus(small, neutral=True)


def test_small_edition_half_unpacked(small):
    (small / "fear").rename(small.parent / "fear")
    (small / "happy" / "S016_005_00000009.png").unlink()
    (small / "happy" / "S016_005_00000010.png").unlink()
    (small / "happy" / "S016_005_00000011.png").unlink()
    with pytest.raises(DataFormatError, match="no images in: fear, happy"):
        load_ckplus(small)


def test_small_edition_with_two_labels(small, write):
    write(small / "fear" / "S020_001_00000011.png")
    with pytest.raises(DataFormatError, match="two labels: S020_001"):
        load_ckplus(small)


@pytest.fixture
def table(tmp_path, noise):
    """The table, with an image for each of its codes."""
    usages = ["Training"] * 6 + ["PublicTest", "PrivateTest"]
    rows = [
        f"{code},{' '.join(map(str, noise(code).ravel()))},{usage}"
        for code, usage in enumerate(usages)
    ]
    path = tmp_path / "CKextended.csv"
    path.write_text("\n".join(["emotion,pixels,Usage", *rows]))
    return path


@pytest.mark.parametrize("neutral", [False, True])
@pytest.mark.parametrize("named", [False, True])
def test_table_of_unknown_people(table, noise, named, neutral):
    with pytest.warns(DataWarning, match="does not identify people") as caught:
        bunch = load_ckplus(table if named else table.parent, neutral=neutral)
    assert caught[0].filename == __file__
    assert names_of(bunch) == [
        "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt",
    ]  # fmt: skip
    np.testing.assert_array_equal(bunch.images[7], noise(7))
    assert bunch.split[5:].tolist() == ["Training", "PublicTest", "PrivateTest"]
    assert bunch.subjects is bunch.sequences is bunch.filenames is None
    assert "does not identify people" in bunch.DESCR


def test_table_has_one_frame_of_a_sequence(table):
    with pytest.raises(DataFormatError, match="has one frame per sequence"):
        load_ckplus(table, frames="last3")


def test_table_with_another_code(table):
    table.write_text(table.read_text().replace("\n7,", "\n8,"))
    with pytest.raises(DataFormatError, match=r"line 9: unknown emotion code '8'; .* 0 to 7"):
        load_ckplus(table)


def test_trees_are_preferred_to_the_table(small, table):
    small.rename(table.parent / "ckplus")
    assert load_ckplus(table.parent).subjects is not None


def test_unknown_frames(small):
    with pytest.raises(UnknownNameError, match="Did you mean 'peak'"):
        load_ckplus(small, frames="peaks")


def test_missing(tmp_path, write):
    write(tmp_path / "anger" / "holiday.png")
    with pytest.raises(DataNotFoundError, match="signed agreement") as caught:
        load_ckplus(tmp_path)
    assert "S005_001_00000011_emotion.txt" in str(caught.value)


def test_images_and_names(small):
    images, names = load_ckplus(small, return_X_y=True)
    assert images.shape == (7, 48, 48)
    assert names[-1] == "angry"


def test_files_that_are_no_images_are_counted(small):
    (small / CLASSES[0] / "notes.txt").touch()
    with pytest.warns(DataWarning, match=r"CK\+: skipped 1 file .* as images: notes\.txt"):
        load_ckplus(small)


@pytest.mark.parametrize("mark", ["utf-8", "utf-8-sig"])
def test_labels_with_a_byte_order_mark(original, mark):
    label(original, "S005_001", 5, "").write_text("   5.0000000e+00\n", encoding=mark)
    assert names_of(load_ckplus(original))[0] == "happy"


def test_digits_of_other_scripts_are_no_labels(original):
    label(original, "S005_001", 5, "").write_text("\u0663", encoding="utf-8")
    with pytest.raises(DataFormatError, match=r"0 to 7.*S005_001_00000005_emotion.txt"):
        load_ckplus(original)


@pytest.mark.parametrize("code", [3, 5])
def test_two_labels_of_one_sequence(original, code):
    # The label of the fifth frame is 3, disgust.
    label(original, "S005_001", 4, f"{code}.0")
    name = {3: "disgust", 5: "happy"}[code]
    with pytest.raises(
        DataFormatError,
        match=rf"two labels: Emotion/S005/001/S005_001_00000004_emotion.txt \({name}\), "
        r"Emotion/S005/001/S005_001_00000005_emotion.txt \(disgust\)\. A sequence has one",
    ):
        load_ckplus(original)


def test_labels_in_two_folders(original):
    path = label(original, "S005_001", 5, "3")
    copy = original / "Emotion_labels" / path.relative_to(original)
    copy.parent.mkdir(parents=True)
    copy.write_text("3")
    assert len(load_ckplus(original).images) == 4
    (original / "Emotion" / "S130" / "007" / "S130_007_00000004_emotion.txt").rename(
        copy.parent / "S130_007_00000004_emotion.txt"
    )
    assert len(load_ckplus(original).images) == 4
    copy.write_text("5")
    with pytest.raises(DataFormatError, match=r"two labels: Emotion/S005.*, Emotion_labels/"):
        load_ckplus(original)


def test_images_in_two_folders(original, write):
    other = original / "extended-cohn-kanade-images"
    other.mkdir()
    (original / "cohn-kanade-images" / "S130").rename(other / "S130")
    assert len(load_ckplus(original).images) == 4
    write(other / "S005" / "001" / "S005_001_00000005.png", 1)
    with pytest.warns(
        DataWarning,
        match=r"CK\+: skipped 1 image file because of another one of the same name: "
        r"extended-cohn-kanade-images/S005/001/S005_001_00000005\.png\.",
    ):
        bunch = load_ckplus(original)
    assert bunch.images[0][0, 0] == 25


@pytest.mark.usefixtures("both_cases")
def test_folders_of_the_original_tree_in_two_cases(original):
    for name in ("Emotion", "cohn-kanade-images"):
        (original / name.upper()).mkdir()
        (original / name / "S130").rename(original / name.upper() / "S130")
    assert len(load_ckplus(original).images) == 4


def test_a_frame_in_two_formats_is_one(small, write, noise):
    write(small / "anger" / "S020_001_00000011.jpg", 1)
    with pytest.warns(DataWarning, match=r"same name: anger/S020_001_00000011\.jpg\."):
        bunch = load_ckplus(small, frames="last3")
    assert len(bunch.images) == 21
    np.testing.assert_array_equal(bunch.images[-1], noise(11))


@pytest.mark.usefixtures("both_cases")
def test_two_folders_of_one_class(small, write):
    write(small / "Anger" / "S030_001_00000011.png", 1)
    with pytest.raises(DataFormatError, match=r"2 folders for the same images: Anger, anger\."):
        load_ckplus(small)


@pytest.mark.usefixtures("both_cases")
def test_two_small_editions(small, write):
    write(small.parent / "ck+48" / "anger" / "S030_001_00000011.png", 1)
    with pytest.raises(DataFormatError, match=r"2 folders for the same images: CK\+48, ck\+48\."):
        load_ckplus(small.parent)
    assert len(load_ckplus(small).images) == 7


def test_images_outside_the_class_folders_are_named(small, write):
    write(small / "neutral" / "S030_001_00000001.png")
    write(small / "loose.png")
    with pytest.warns(
        DataWarning,
        match=r"2 image files outside the folders anger, .*: loose\.png, "
        r"neutral/S030_001_00000001\.png",
    ):
        assert len(load_ckplus(small).images) == 7
