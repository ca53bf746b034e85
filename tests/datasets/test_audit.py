import json

import numpy as np
import pytest

from fer_classic.datasets import audit
from fer_classic.datasets._base import make_bunch

TRAIN, PUBLIC = "Training", "PublicTest"


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


def test_identical_groups(bunch):
    groups = audit(bunch, folds=[0, 1, 0, 2, 1, 1, 0, 0, 0]).identical
    assert groups.members == [[0, 2, 5], [1, 4]]
    assert (groups.n_groups, groups.n_images) == (2, 5)
    assert groups.conflicting == 1
    assert groups.across_splits == 1
    assert groups.twins_in_training == {PUBLIC: 2}
    assert groups.across_folds == 1


def test_near_groups(bunch):
    groups = audit(bunch).near
    assert groups.members == [[0, 2, 5], [1, 4], [3, 8]]
    assert groups.across_splits == 2
    assert groups.twins_in_training == {PUBLIC: 3}
    assert groups.across_folds is None
    assert audit(bunch, near=None).near is None


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
    assert report.near.members == report.identical.members == [[0, 2], [1, 3]]


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
        "Nearly identical images (correlation from 0.99 on, mirrored too)",
    } <= lines


def test_as_dict_is_json(bunch):
    report = audit(bunch, folds=np.arange(9))
    content = json.loads(json.dumps(report.as_dict()))
    assert content["identical"]["members"] == [[0, 2, 5], [1, 4]]
    assert content["digest"] == report.digest
    assert content["correlation"] == 0.99


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"near": 0.5}, "near must be a correlation"),
        ({"near": 1.1}, "near must be a correlation"),
        ({"near": "0.9"}, "near must be a correlation"),
        ({"folds": [0, 1]}, "each of the 9 images, got 2"),
    ],
)
def test_bad_arguments(bunch, options, message):
    with pytest.raises(ValueError, match=message):
        audit(bunch, **options)
