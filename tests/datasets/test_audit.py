import json

import numpy as np
import pytest

from fer_classic.datasets import audit
from fer_classic.datasets._base import make_bunch

TRAIN, PUBLIC = "Training", "PublicTest"


def mixed(image, other, share):
    return np.uint8((1 - share) * image + share * other)


@pytest.fixture
def bunch(noise):
    """Nine images: 0 2 5 identical, 1 4 too, 8 the mirror image of 3, 6 and 7 blank."""
    seeds = [0, 1, 0, 2, 1, 0]
    images = [noise(seed) for seed in seeds]
    images += [np.zeros((48, 48), np.uint8), np.full((48, 48), 9, np.uint8), images[3][:, ::-1]]
    return make_bunch(
        name="folder",
        descr="folder",
        images=images,
        target=[4, 6, 4, 0, 0, 4, 4, 4, 0],
        split=[TRAIN, TRAIN, PUBLIC, TRAIN, TRAIN, PUBLIC, TRAIN, PUBLIC, PUBLIC],
        subjects=["a", "a", "b", "b", "c", "c", "c", "c", "c"],
    )


def test_counts(bunch):
    report = audit(bunch)
    assert report.n_images == 9
    assert report.sizes == {"48x48": 9}
    assert report.counts == {
        TRAIN: {"angry": 2, "happy": 2, "sad": 1},
        PUBLIC: {"angry": 1, "happy": 3, "sad": 0},
    }
    assert report.subjects == 3
    assert report.subjects_per_class == {"angry": 2, "happy": 3, "sad": 1}
    assert report.blank == [6, 7]


def test_long_names_of_classes_keep_the_table_straight(bunch):
    bunch.target_names = np.where(np.arange(8) == 4, "most engaged", bunch.target_names)
    head, *rows, _ = str(audit(bunch, near=())).split("\n\n")[1].splitlines()
    assert "most engaged" in rows[1]
    assert {len(row) for row in rows} == {len(head)}


def test_identical_groups(bunch):
    groups = audit(bunch, folds=[0, 1, 0, 2, 1, 1, 0, 0, 0]).identical
    assert groups.members == [[0, 2, 5], [1, 4]]
    assert (groups.n_groups, groups.n_images) == (2, 5)
    assert groups.conflicting == 1
    assert groups.across_splits == 1
    assert groups.twins_in_training == {PUBLIC: 2}
    assert groups.across_folds == 1


def test_near_groups(bunch, noise):
    bunch.images[2] = mixed(bunch.images[2], noise(9), share=0.25)
    assert 0.9 < np.corrcoef(bunch.images[2].ravel(), bunch.images[0].ravel())[0, 1] < 0.99
    closer, wider = audit(bunch).near
    assert (closer.correlation, wider.correlation) == (0.99, 0.9)
    assert closer.members == [[0, 5], [1, 4], [3, 8]]
    assert wider.members == [[0, 2, 5], [1, 4], [3, 8]]
    assert closer.across_splits == wider.across_splits == 2
    assert closer.twins_in_training == {PUBLIC: 2}
    assert wider.twins_in_training == {PUBLIC: 3}
    assert wider.across_folds is None


@pytest.mark.parametrize(
    ("near", "expected"),
    [((), []), (0.95, [0.95]), ([0.9, 1.0], [1.0, 0.9]), (np.array([1]), [1])],
)
def test_correlations_are_asked_for(bunch, near, expected):
    assert [groups.correlation for groups in audit(bunch, near=near).near] == expected


def test_a_twin_is_near_to_a_training_image_itself(noise):
    first, other = noise(0), noise(1)
    second, third = (mixed(first, other, share) for share in (0.25, 0.45))
    table = np.corrcoef([image.ravel() for image in (first, second, third)])
    assert table[0, 1] > 0.9 > table[0, 2]
    assert table[1, 2] > 0.9
    bunch = make_bunch(
        name="folder",
        descr="folder",
        images=[first, second, third],
        target=[0, 0, 0],
        split=[TRAIN, PUBLIC, PUBLIC],
    )
    (groups,) = audit(bunch, near=0.9).near
    assert groups.members == [[0, 1, 2]]
    assert groups.twins_in_training == {PUBLIC: 1}


def test_without_splits_and_subjects(bunch):
    plain = make_bunch(name="folder", descr="folder", images=bunch.images, target=bunch.target)
    report = audit(plain)
    assert report.counts == {"all": {"angry": 3, "happy": 5, "sad": 1}}
    assert report.subjects is None
    assert report.identical.across_splits is None
    assert report.identical.twins_in_training == {}
    assert "Subjects: not known" in str(report)
    assert "split" not in str(report)


def test_images_of_several_sizes(noise):
    images = [noise(0), noise(0, 60, 50), noise(0), noise(0, 60, 50)]
    report = audit(make_bunch(name="folder", descr="folder", images=images, target=[0, 0, 0, 0]))
    assert report.sizes == {"48x48": 2, "50x60": 2}
    assert report.identical.members == [[0, 2], [1, 3]]
    assert [groups.members for groups in report.near] == [[[0, 2], [1, 3]]] * 2


def test_text(bunch):
    text = str(audit(bunch, folds=[0] * 9))
    lines = {" ".join(line.split()) for line in text.splitlines()}
    assert {
        "class Training PublicTest total subjects",
        "happy 2 3 5 3",
        "total 5 4 9",
        "Subjects: 3",
        "Blank images (standard deviation under 2): 2",
        "Byte-identical images",
        "groups with conflicting labels 1",
        "PublicTest images with a twin in Training 2",
        "groups in more than one fold 0",
        "Nearly identical images (correlation of at least 0.99, including mirror images)",
        "Nearly identical images (correlation of at least 0.9, including mirror images)",
    } <= lines


def test_as_dict_is_json(bunch):
    report = audit(bunch, folds=np.arange(9))
    content = json.loads(json.dumps(report.as_dict()))
    assert content["identical"]["members"] == [[0, 2, 5], [1, 4]]
    assert content["digest"] == report.digest
    assert content["identical"]["correlation"] is None
    assert [groups["correlation"] for groups in content["near"]] == [0.99, 0.9]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"near": 0.5}, "near must be correlations from 0.9 to 1"),
        ({"near": (0.99, 1.1)}, r"got \[0.99, 1.1\]"),
        ({"near": "0.9"}, "near must be correlations"),
        ({"near": None}, "near must be correlations"),
        ({"folds": [0, 1]}, "each of the 9 images, got 2"),
    ],
)
def test_bad_arguments(bunch, options, message):
    with pytest.raises(ValueError, match=message):
        audit(bunch, **options)
