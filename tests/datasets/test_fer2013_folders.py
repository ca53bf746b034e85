import numpy as np
import pytest

from fer_classic.datasets import load_fer2013
from fer_classic.exceptions import DataFormatError, DataWarning
from fer_classic.expressions import decode

CLASSES = ("angry", "disgust", "fear", "happy", "neutral", "sad", "surprise")


@pytest.fixture
def tree(tmp_path, write):
    """A function that draws a folder edition: for each part, how its files are named."""

    def draw(**parts):
        for part, pattern in parts.items():
            for number, name in zip(range(100, 93, -1), CLASSES, strict=True):
                write(tmp_path / part / name / pattern.format(number), number)
        return tmp_path

    return draw


def test_file_names_give_the_split(tree, write):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    private = write(root / "test" / "happy" / "PrivateTest_1.png", 5)
    (root / "test" / "happy" / "Thumbs.db").touch()
    (root / "test" / ".DS_Store").touch()
    bunch = load_fer2013(root)
    assert bunch.split.tolist() == ["Training"] * 7 + ["PublicTest"] * 7 + ["PrivateTest"]
    # By the number in the file name, which falls from class to class.
    assert decode(bunch.target[:7]).tolist() == list(CLASSES[::-1])
    assert bunch.filenames[-1] == "test/happy/PrivateTest_1.png"
    np.testing.assert_array_equal(bunch.images[-1], private)


def test_files_that_are_no_images_are_counted_each_time(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    for name in ("train/angry/Training_7.heic", "test/sad/labels.csv"):
        (root / name).touch()
    message = (
        r"FER2013: skipped 2 files that cannot be read as images: labels.csv, Training_7.heic\. "
        r'To read HEIC photos: pip install "fer-classic\[heic\]"'
    )
    for _ in range(2):
        with pytest.warns(DataWarning, match=message):
            assert len(load_fer2013(root).images) == 14


def test_what_can_be_read_is_looked_for(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.webp")
    assert len(load_fer2013(root).images) == 14


@pytest.mark.parametrize(
    ("parts", "splits"),
    [
        (("train", "test"), ["Training", "Test"]),
        (("train", "validation", "test"), ["Training", "PublicTest", "PrivateTest"]),
        (("Train", "val", "Test"), ["Training", "PublicTest", "PrivateTest"]),
    ],
)
def test_else_the_folders_give_the_split(tree, parts, splits):
    bunch = load_fer2013(tree(**dict.fromkeys(parts, "im{}.png")))
    assert list(dict.fromkeys(bunch.split.tolist())) == splits
    assert len(bunch.images) == 7 * len(parts)


def test_numbers_count_as_numbers(tree, write):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    write(root / "train" / "fear" / "Training_9.png", 1)
    write(root / "train" / "fear" / "Training_1000.png", 2)
    names = load_fer2013(root, split="Training").filenames
    assert names[0] == "train/fear/Training_9.png"
    assert names[-1] == "train/fear/Training_1000.png"


def test_one_level_down(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    below = root.rename(root.parent / f"{root.name}-fer")
    assert len(load_fer2013(below.parent / below.name).images) == 14
    assert len(load_fer2013(below.parent).images) == 14


def test_second_load_comes_from_the_cache(tree, monkeypatch):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    first = load_fer2013(root)

    def fail(*args, **kwargs):
        raise AssertionError("read again")

    monkeypatch.setattr("fer_classic.datasets._fer2013_folders.read_gray", fail)
    second = load_fer2013(root)
    np.testing.assert_array_equal(first.images, second.images)
    assert first.filenames.tolist() == second.filenames.tolist()


def test_missing_classes_are_named_with_what_is_there(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    (root / "test" / "sad" / "PublicTest_95.png").unlink()
    with pytest.raises(
        DataFormatError, match=r"no images in test/sad; found .*test \(1 angry, "
    ) as error:
        load_fer2013(root)
    assert "load_folder" in str(error.value)
    assert "npack" not in str(error.value)


def test_the_training_part_alone(tree):
    assert load_fer2013(tree(train="im{}.png")).split.tolist() == ["Training"] * 7


@pytest.mark.parametrize("above", ["images", "Images/images"])
def test_kaggles_own_cut_into_train_and_validation(tree, above):
    root = tree(train="{}.jpg", validation="{}.jpg")
    (root / above).mkdir(parents=True)
    for part in ("train", "validation"):
        (root / part).rename(root / above / part)
    bunch = load_fer2013(root)
    # The folders do not distinguish the two test parts.
    assert bunch.split.tolist() == ["Training"] * 7 + ["Test"] * 7
    assert bunch.filenames[0].startswith("train/")


def test_names_of_folders_and_files_in_upper_case(tree):
    root = tree(TRAIN="TRAINING_{}.PNG", TEST="PUBLICTEST_{}.PNG")
    for part in ("TRAIN", "TEST"):
        for name in CLASSES:
            (root / part / name).rename(root / part / name.upper())
    assert load_fer2013(root).split.tolist() == ["Training"] * 7 + ["PublicTest"] * 7


def test_folders_that_are_left_out_are_named(tree, write):
    root = tree(train="Training_{}.png", validation="im{}.png")
    write(root / "test" / "17.png")
    write(root / "validation" / "contempt" / "17.png")
    with pytest.warns(DataWarning, match="skipped test, validation/contempt; ") as caught:
        bunch = load_fer2013(root)
    assert caught[0].filename == __file__
    assert bunch.split.tolist() == ["Training"] * 7 + ["Test"] * 7


def test_an_image_that_was_moved_is_read_anew(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    before = load_fer2013(root, split="Training", return_X_y=True)[1]
    (root / "train" / "sad" / "Training_95.png").rename(root / "train" / "fear" / "Training_95.png")
    (root / "train" / "fear" / "Training_98.png").rename(root / "train" / "sad" / "Training_98.png")
    after = load_fer2013(root, split="Training", return_X_y=True)[1]
    assert before.tolist().index("sad") == after.tolist().index("fear")


def test_unreadable_and_odd_images_are_all_named(tree, write, noise):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    (root / "train" / "sad" / "Training_1.png").write_bytes(b"")
    (root / "test" / "sad" / "PublicTest_1.png").write_bytes(b"no image")
    with pytest.raises(
        DataFormatError, match=r"train/sad/Training_1.png, test/sad/PublicTest_1.png"
    ):
        load_fer2013(root)
    write(root / "train" / "sad" / "Training_1.png", noise(0, 96, 96))
    write(root / "test" / "sad" / "PublicTest_1.png", noise(0, 48, 47))
    with pytest.raises(DataFormatError, match=r"48x48 pixels; 2 in .* do not"):
        load_fer2013(root)


def test_ferplus_needs_the_table(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    with pytest.raises(DataFormatError, match=r"row order of fer2013\.csv"):
        load_fer2013(root, labels="ferplus")


def several(*names):
    return rf"2 folders for the same images: {names[0]}, {names[1]}\. Move the images into one of"


@pytest.mark.usefixtures("both_cases")
def test_two_folders_of_one_class(tree, write):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    write(root / "train" / "Angry" / "Training_1.png", 1)
    with pytest.raises(DataFormatError, match=several("train/Angry", "train/angry")):
        load_fer2013(root)


@pytest.mark.usefixtures("both_cases")
def test_an_empty_folder_is_no_second_one(tree):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    (root / "train" / "Angry").mkdir()
    assert len(load_fer2013(root).images) == 14


@pytest.mark.parametrize("names", [("val", "validation"), ("train", "training")])
def test_two_folders_of_one_part(tree, names):
    root = tree(**dict.fromkeys({"train", *names}, "im{}.png"))
    with pytest.raises(DataFormatError, match=several(*names)):
        load_fer2013(root)


@pytest.mark.usefixtures("both_cases")
@pytest.mark.parametrize("part", ["TRAIN", "Test"])
def test_two_folders_of_one_part_in_other_cases(tree, part):
    root = tree(train="im{}.png", test="im{}.png", **{part: "im{}.png"})
    with pytest.raises(DataFormatError, match=several(part, part.lower())):
        load_fer2013(root)


@pytest.mark.usefixtures("both_cases")
def test_two_folders_of_images(tree):
    root = tree(**{"images/train": "im{}.png", "Images/train": "im{}.png"})
    with pytest.raises(DataFormatError, match=several("Images", "images")):
        load_fer2013(root)
    for path in root.glob("Images/train/*/*"):
        path.unlink()
    for path in sorted(root.glob("Images/**/"), reverse=True):
        path.rmdir()
    assert len(load_fer2013(root).images) == 7


def test_a_part_without_classes_is_no_second_one(tree):
    root = tree(train="im{}.png", validation="im{}.png")
    for notes in ("val/notes", "Training/logs"):
        (root / notes).mkdir(parents=True)
    with pytest.warns(DataWarning, match="skipped Training, val; only the parts train"):
        assert len(load_fer2013(root).images) == 14


def test_folders_of_classes_next_to_the_parts_are_named(tree, write):
    root = tree(train="im{}.png", test="im{}.png")
    write(root / "extra" / "sad" / "1.png")
    write(root / "notes" / "1.png")
    with pytest.warns(DataWarning, match="skipped extra; only the parts train"):
        assert len(load_fer2013(root).images) == 14


def test_images_outside_the_class_folders_are_named(tree, write):
    root = tree(train="im{}.png", test="im{}.png")
    write(root / "test" / "loose.png")
    with pytest.warns(DataWarning, match=r"1 image file outside the class folders: loose\.png"):
        assert len(load_fer2013(root).images) == 14


def test_an_image_in_two_formats_is_one(tree, write):
    root = tree(train="Training_{}.png", test="PublicTest_{}.png")
    write(root / "test" / "sad" / "PublicTest_95.webp")
    # Another class, and another part, have numbers of their own.
    write(root / "test" / "happy" / "PublicTest_95.png", 1)
    with pytest.warns(
        DataWarning, match=r"skipped 1 image file because .* name: test/sad/PublicTest_95\.webp\."
    ):
        bunch = load_fer2013(root)
    assert len(bunch.images) == 15
    assert "test/sad/PublicTest_95.png" in bunch.filenames
