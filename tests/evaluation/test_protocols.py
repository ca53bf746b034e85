import numpy as np
import pytest

from fer_classic.evaluation import (
    PROTOCOLS,
    count_leaks,
    cross_fold,
    default_protocol,
    independent_units,
    make_folds,
)
from fer_classic.exceptions import ProtocolError, UnknownNameError
from tests.evaluation.conftest import bunch_of, people


@pytest.mark.parametrize("protocol", ["kfold", "group-kfold", "loso"])
def test_every_image_is_tested_once_and_never_trained_on(protocol):
    bunch = people()
    folds = make_folds(bunch, protocol)
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested.tolist()) == list(range(len(bunch.target)))
    assert [fold.name for fold in folds] == list(range(12 if protocol == "loso" else 5))
    for fold in folds:
        assert not np.intersect1d(fold.train, fold.test).size
        assert fold.train.dtype == fold.test.dtype == np.int64


@pytest.mark.parametrize("protocol", ["group-kfold", "loso"])
def test_honest_protocols_keep_units_whole(protocol):
    duplicates = np.arange(96)
    duplicates[90] = 0  # the last person and the first share an image
    bunch = people(duplicates=duplicates)
    units = independent_units(bunch)
    for fold in make_folds(bunch, protocol):
        assert not np.intersect1d(units[fold.train], units[fold.test]).size
        assert count_leaks(bunch, fold) == {"subject": 0, "sequence": None, "duplicate": 0}


def test_group_kfold_is_stratified():
    bunch = people(n_subjects=10)
    for fold in make_folds(bunch, "group-kfold"):
        assert np.bincount(bunch.target[fold.test]).tolist() == [4, 4, 4, 4]


@pytest.mark.parametrize("protocol", ["kfold", "group-kfold"])
def test_the_seed_decides_the_shuffle(protocol):
    bunch = people()

    def tests(seed):
        return [fold.test.tolist() for fold in make_folds(bunch, protocol, seed=seed)]

    assert tests(0) == tests(0)
    assert tests(0) != tests(1)


def test_loso_names_the_subject_and_drops_linked_images():
    duplicates = np.arange(24)
    duplicates[9] = 0  # person 1 has an image of person 0
    bunch = people(n_subjects=3, duplicates=duplicates)
    folds = make_folds(bunch, "loso")
    assert [fold.note for fold in folds] == [f"subject P0{k} left out" for k in range(3)]
    assert folds[0].test.tolist() == list(range(8))
    assert folds[0].train.tolist() == list(range(16, 24))
    assert folds[2].train.tolist() == list(range(16))


@pytest.mark.parametrize("filenames", [None, [f"{k}.png" for k in range(16)]])
def test_loso_of_subjects_that_are_all_linked(filenames):
    duplicates = np.arange(16)
    duplicates[[9, 14]] = 2, 4
    bunch = people(n_subjects=2, duplicates=duplicates, filenames=filenames)
    some = "2.png, 9.png, 4.png, 14.png" if filenames else "number 2, number 9, number 4, number 14"
    message = (
        "no image of folder to train on without subject P00, to whom all others are linked: 4 "
        f"images have identical pixels under different subjects, such as {some}; remove these"
    )
    with pytest.raises(ProtocolError, match=message):
        make_folds(bunch, "loso")


def test_loso_of_a_sequence_with_two_subjects():
    bunch = people(n_subjects=2, sequences=["a"] * 16)
    with pytest.raises(ProtocolError, match="their sequences have images of several subjects"):
        make_folds(bunch, "loso")


def positions_by_subset(folds):
    """Positions of the test images, by fold and subset."""
    return {
        (fold.name, name): fold.test[kept].tolist()
        for fold in folds
        for name, kept in [("", ...), *((k, s.kept) for k, s in fold.subsets.items())]
    }


def test_official_fits_on_training_and_drops_twins():
    split = ["Training"] * 4 + ["PublicTest"] * 2 + ["PrivateTest"] * 3
    duplicates = [0, 1, 2, 3, 4, 0, 5, 6, 4]
    bunch = bunch_of([0, 1, 0, 1, 0, 1, 0, 1, 0], split=split, duplicates=duplicates)
    folds = make_folds(bunch, "official")
    assert positions_by_subset(folds) == {
        ("PublicTest", ""): [4, 5],
        ("PublicTest", "no-twins"): [4],
        ("PrivateTest", ""): [6, 7, 8],
        ("PrivateTest", "no-twins"): [6, 7, 8],
    }
    assert all(fold.train.tolist() == [0, 1, 2, 3] for fold in folds)
    assert count_leaks(bunch, folds[0])["duplicate"] == 1


def test_official_without_near_twins():
    split = ["Training"] * 2 + ["PublicTest"] * 5
    duplicates = [0, 1, 2, 0, 3, 4, 5]  # image 3 is blank, as image 0: it has no correlation
    bunch = bunch_of([0, 1, 0, 1, 0, 1, 0], split=split, duplicates=duplicates)
    correlation = [0, 0, 0, 0, 0.9, 0.99, 0.98]
    folds = make_folds(bunch, "official", twin_correlation=correlation)
    assert positions_by_subset(folds) == {
        ("PublicTest", ""): [2, 3, 4, 5, 6],
        ("PublicTest", "no-twins"): [2, 4, 5, 6],
        ("PublicTest", "no-near-twins-0.99"): [2, 4, 6],
        ("PublicTest", "no-near-twins"): [2],
    }
    (fold,) = folds
    assert fold.train.tolist() == [0, 1]
    assert [subset.note for subset in fold.subsets.values()] == [
        "images left out that are also in Training: 1",
        "images left out that correlate from 0.99 on with one in Training or its mirror image: 2",
        "images left out that correlate from 0.9 on with one in Training or its mirror image: 4",
    ]


def test_subsets_are_there_while_images_are_left():
    bunch = bunch_of([0, 1, 0, 1], split=["Training"] * 2 + ["PublicTest"] * 2)
    none, near = (
        make_folds(bunch, "official", twin_correlation=values)[0].subsets
        for values in ([0, 0, 0, 0], [0, 0, 0.95, 0.95])
    )
    assert list(none) == ["no-twins", "no-near-twins-0.99", "no-near-twins"]
    assert none["no-near-twins"].note.endswith(": 0")
    assert list(near) == ["no-twins", "no-near-twins-0.99"]


def test_a_correlation_for_every_image():
    bunch = bunch_of([0, 1, 0], split=["Training", "Training", "PublicTest"])
    with pytest.raises(ValueError, match=r"each of the 3 images, got shape \(2,\)"):
        make_folds(bunch, "official", twin_correlation=[0.0, 0.9])


def test_official_without_a_test_image_of_its_own():
    bunch = bunch_of([0, 1, 0], split=["Training", "Training", "PublicTest"], duplicates=[0, 1, 0])
    (fold,) = make_folds(bunch, "official")
    assert (fold.name, fold.subsets) == ("PublicTest", {})


def test_a_class_with_few_members_is_split_without_warning():
    bunch = bunch_of([0] * 20 + [1] * 20 + [2])
    for protocol in ("kfold", "group-kfold"):
        assert len(make_folds(bunch, protocol)) == 5


@pytest.mark.parametrize(
    ("columns", "protocol", "options", "message"),
    [
        ({}, "official", {}, "folder has no official split"),
        ({"split": ["Training"] * 6}, "official", {}, "has: Training"),
        ({"split": ["PublicTest"] * 6}, "official", {}, "requires the split Training"),
        ({}, "loso", {}, "the subjects of folder are not known"),
        ({"subjects": ["a"] * 6}, "loso", {}, "has 1 subjects"),
        ({"subjects": ["a", "b", "", "a", "b", "a"]}, "loso", {}, "1 images without one"),
        ({}, "kfold", {"n_folds": 7}, "only 6 images of folder; use at most 6"),
        ({"duplicates": [0, 0, 0, 1, 1, 1]}, "group-kfold", {}, "only 2 independent units"),
        ({}, "kfold", {"n_folds": 1}, "at least 2, got 1"),
        ({}, "kfold", {"n_folds": 5}, "split in 5 folds"),
        ({}, "cross", {}, "requires two data sets"),
    ],
)
def test_what_cannot_be_split_says_why(columns, protocol, options, message):
    bunch = bunch_of([0, 1, 0, 1, 0, 1], **columns)
    with pytest.raises(ProtocolError, match=message):
        make_folds(bunch, protocol, **options)


def test_unknown_protocol():
    with pytest.raises(UnknownNameError, match="Did you mean 'group-kfold'"):
        make_folds(people(), "groupkfold")


def test_cross_uses_shared_classes_and_drops_twins():
    train = bunch_of([0, 1, 2, 0, 1], name="fer2013")
    images = np.stack([train.images[1], np.full((2, 2), 99, np.uint8), train.images[2] + 50])
    test = bunch_of([1, 0, 7], name="jaffe", images=images)
    fold = cross_fold(train, test)
    assert fold.train.tolist() == [0, 3, 4]
    assert fold.test.tolist() == [0, 1]
    assert fold.note == "on angry, contempt; training images left out for a twin in the test: 1"


def test_cross_goes_by_names_and_not_by_codes():
    train = bunch_of([0, 1, 2, 3], name="folder")
    train.target_names = np.array(["bored", "contempt", "disgust", "happy"])
    test = bunch_of([4, 2, 0], name="jaffe", images=np.full((3, 2, 2), 99, np.uint8))
    fold = cross_fold(train, test)
    assert (fold.train.tolist(), fold.test.tolist()) == ([2, 3], [0, 1])
    assert fold.note == "on disgust, happy"


def test_cross_needs_two_shared_classes():
    with pytest.raises(ProtocolError, match="share 1 expressions"):
        cross_fold(bunch_of([0, 1], name="fer2013"), bunch_of([1, 2], name="jaffe"))


def test_cross_with_itself():
    bunch = people()
    with pytest.raises(ProtocolError, match="choose two different data sets"):
        cross_fold(bunch, bunch)


def test_defaults_are_protocols():
    assert default_protocol("fer2013") == "official"
    assert {default_protocol(name) for name in ("drawn", "jaffe", "ckplus")} == {"group-kfold"}
    assert sorted(PROTOCOLS) == list(PROTOCOLS)
