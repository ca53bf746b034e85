import re

import cv2
import numpy as np
import pytest

from fer_classic.datasets import load_folder
from fer_classic.exceptions import DataFormatError, DataNotFoundError, DataWarning
from fer_classic.expressions import EXPRESSIONS

ALIASES = {
    "Anger": "angry",
    "AN": "angry",
    "contemptuous": "contempt",
    "DISGUSTED": "disgust",
    "fearful": "fear",
    "happiness": "happy",
    "HA": "happy",
    "neutrality": "neutral",
    "sadness": "sad",
    "surprised": "surprise",
    "su": "surprise",
}


@pytest.fixture
def tree(tmp_path, write):
    for seed, path in enumerate(
        ["Happiness/bo_1.png", "Happiness/ann_2.png", "sad/deeper/ann_1.jpg", "SU/bo_3.bmp"]
    ):
        write(tmp_path / path, seed)
    for junk in ("README.txt", ".DS_Store", "Thumbs.db"):
        (tmp_path / "sad" / junk).touch()
    (tmp_path / "unrelated").mkdir()
    return tmp_path


def test_fields(tree, noise):
    bunch = load_folder(tree)
    assert bunch.filenames.tolist() == [
        "Happiness/ann_2.png",
        "Happiness/bo_1.png",
        "SU/bo_3.bmp",
        "sad/deeper/ann_1.jpg",
    ]
    assert [bunch.target_names[code] for code in bunch.target] == [
        "happy", "happy", "surprise", "sad",
    ]  # fmt: skip
    np.testing.assert_array_equal(bunch.images[0], noise(1))
    assert bunch.subjects is None
    assert bunch.name == "folder"


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_aliases(tmp_path, write, alias, name):
    write(tmp_path / alias / "a.png")
    assert load_folder(str(tmp_path), return_X_y=True)[1].tolist() == [name]


def test_images_of_several_sizes(tree, write, noise):
    write(tree / "sad" / "large.png", noise(0, 60, 50))
    bunch = load_folder(tree)
    assert bunch.data is None
    assert {image.shape for image in bunch.images} == {(48, 48), (60, 50)}


@pytest.mark.parametrize(
    "pattern",
    [r"(\w+)_\d", r"(?P<subject>[a-z]+)_\d\.\w+$", r"/([a-z]+)_", r"(x)?(?P<subject>bo|ann)"],
)
def test_subjects(tree, pattern):
    assert load_folder(tree, subject_pattern=pattern).subjects.tolist() == [
        "ann",
        "bo",
        "bo",
        "ann",
    ]


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        (r"(?P<subject>\.)", "gives all 4 images one subject, '.', so that nobody can be held out"),
        (r"(\w+)\.", "gives each of the 4 images a subject of its own, such as 'ann_2'"),
        (r"^(\w+)/", "finds 3 subjects in 4 images, which are the classes: all images of 'Happi"),
    ],
)
def test_subjects_that_are_no_people_are_noticed(tree, pattern, message):
    with pytest.warns(DataWarning, match=re.escape(message)):
        load_folder(tree, subject_pattern=pattern)


def test_pattern_that_does_not_match_names_the_files(tree):
    with pytest.raises(
        DataFormatError, match=r"2 of 4 file names: Happiness/bo_1.png, SU/bo_3.bmp"
    ):
        load_folder(tree, subject_pattern="(ann)")


@pytest.mark.parametrize(
    ("pattern", "message"),
    [("(", "not a regular expression"), ("a", "0 groups"), ("(a)(b)", "2 groups")],
)
def test_bad_patterns(tree, pattern, message):
    with pytest.raises(ValueError, match=message):
        load_folder(tree, subject_pattern=pattern)


def test_unknown_classes_are_all_named(tree, write):
    write(tree / "bored" / "a.png")
    write(tree / "train" / "happy" / "a.png")
    with pytest.raises(DataFormatError, match="match no class: bored, train") as caught:
        load_folder(tree)
    for part in ("angry: anger, an;", "class_names (--class-names in programs)", "raf-db"):
        assert part in str(caught.value)
    with pytest.raises(
        DataFormatError, match=r"no class: bored, train\. Folders not covered by class_names=raf"
    ):
        load_folder(tree, class_names="raf-db")


@pytest.mark.parametrize(("scheme", "name"), [("raf-db", "fear"), ("affectnet", "sad")])
def test_numbered_folders(tmp_path, write, scheme, name):
    write(tmp_path / "2" / "a.png", 1)
    write(tmp_path / "1" / "b.png", 2)
    bunch = load_folder(tmp_path, class_names=scheme)
    assert bunch.target_names.tolist() == list(EXPRESSIONS)
    assert bunch.filenames.tolist() == ["1/b.png", "2/a.png"]
    assert bunch.target_names[bunch.target[1]] == name


def test_classes_of_ones_own(tmp_path, write):
    for seed, path in enumerate(["engaged/a.png", "bored/a.png", "happy/a.png", "bored/b.png"]):
        write(tmp_path / path, seed)
    (tmp_path / "notes").mkdir()
    bunch = load_folder(tmp_path, class_names="keep")
    assert bunch.target_names.tolist() == ["bored", "engaged", "happy"]
    assert bunch.target.tolist() == [0, 0, 1, 2]
    table = {"bored": "away", "engaged": "there", "happy": "there"}
    images, names = load_folder(tmp_path, class_names=table, return_X_y=True)
    np.testing.assert_array_equal(images, bunch.images)
    assert names.tolist() == ["away", "away", "there", "there"]


def test_kept_names_that_are_expressions_have_their_codes(tmp_path, write):
    write(tmp_path / "sad" / "a.png")
    bunch = load_folder(tmp_path, class_names="keep")
    assert (bunch.target.tolist(), len(bunch.target_names)) == ([6], 8)


def test_parts_are_not_kept_as_classes(tmp_path, write):
    for part in ("Test", "train"):
        write(tmp_path / part / "1" / "a.png")
    with pytest.raises(DataFormatError, match="contains Test and train, which are parts"):
        load_folder(tmp_path, class_names="keep")
    named = load_folder(tmp_path, class_names={"Test": "test", "train": "train"})
    assert named.target_names.tolist() == ["test", "train"]


@pytest.mark.usefixtures("both_cases")
def test_folders_that_differ_only_in_case(tmp_path, write):
    for number, folder in enumerate(("Sad", "sad", "sadness", "0_sad")):
        write(tmp_path / folder / "1.png", number)
    assert load_folder(tmp_path).filenames.tolist() == [
        "0_sad/1.png", "Sad/1.png", "sad/1.png", "sadness/1.png",
    ]  # fmt: skip
    with pytest.raises(DataFormatError, match=r"differ only in case: Sad, sad\. Join"):
        load_folder(tmp_path, class_names="keep")
    table = {"Sad": "a", "sad": "b", "sadness": "c", "0_sad": "d"}
    assert load_folder(tmp_path, class_names=table, return_X_y=True)[1].tolist() == list("dabc")


def test_unreadable_images_are_all_named(tree):
    (tree / "sad" / "empty.png").touch()
    (tree / "SU" / "text.png").write_text("no image")
    with pytest.raises(DataFormatError, match=r"2 of 6 .* SU/text.png, sad/empty.png"):
        load_folder(tree)


def test_stray_images_are_named(tree, write):
    write(tree / "stray.png")
    with pytest.warns(DataWarning, match=r"outside the class folders: stray\.png"):
        assert len(load_folder(tree).images) == 4


def test_files_that_are_no_images_are_counted(tree):
    for name in ("sad/notes.txt", "SU/film.mp4", "unrelated/table.csv", "sad/deeper/iphone.pages"):
        (tree / name).touch()
    message = "skipped 4 files that cannot be read as images: film.mp4, iphone.pages, notes.txt, ta"
    with pytest.warns(DataWarning, match=message):
        assert len(load_folder(tree).images) == 4


@pytest.mark.parametrize("suffix", [".jfif", ".webp", ".pgm", ".TIF", ".jpe"])
def test_what_can_be_read_is_looked_for(suffix, tree):
    kinds = {".jfif": ".jpg", ".jpe": ".jpg", ".TIF": ".tif"}
    encoded = cv2.imencode(kinds.get(suffix, suffix), np.zeros((48, 48), np.uint8))[1]
    (tree / "sad" / f"one{suffix}").write_bytes(encoded)
    assert f"sad/one{suffix}" in load_folder(tree).filenames


def test_unicode_paths(tmp_path, write, noise):
    write(tmp_path / "happy" / "a.png", 3)
    (tmp_path / "happy" / "a.png").rename(tmp_path / "happy" / "Ärger 笑顔.png")
    bunch = load_folder(tmp_path)
    assert bunch.filenames.tolist() == ["happy/Ärger 笑顔.png"]
    np.testing.assert_array_equal(bunch.images[0], noise(3))


@pytest.mark.parametrize("make", [None, "file", "empty", "junk"])
def test_missing(tmp_path, make):
    path = tmp_path / "faces"
    if make == "file":
        path.touch()
    elif make:
        (path / "happy").mkdir(parents=True)
    if make == "junk":
        (path / "happy" / "notes.txt").touch()
    message = {None: "no such folder", "file": "faces is a file; give a folder"}.get(
        make, "contains no images"
    )
    with pytest.raises(DataNotFoundError, match=message):
        load_folder(path)
