import numpy as np
import pytest

from fer_classic.datasets._base import (
    dataset_digest,
    duplicate_clusters,
    images_and_names,
    make_bunch,
)
from fer_classic.expressions import EXPRESSIONS, decode


def bunch_of(images, **fields):
    fields = {"target": [4, 0, 4], "subjects": ["ab", "c", "d"]} | fields
    return make_bunch(name="folder", descr="folder", images=images, **fields)


@pytest.fixture
def images(noise):
    return np.stack([noise(0), noise(1), noise(0)])


def test_images_of_one_size_have_a_flat_view(images):
    bunch = bunch_of(list(images))
    np.testing.assert_array_equal(bunch.images, images)
    assert bunch.data.shape == (3, 48 * 48)
    assert np.shares_memory(bunch.data, bunch.images)


@pytest.mark.parametrize(
    "shapes", [[(4, 6), (4, 5), (4, 5)], [(4, 6), (5, 6), (4, 6)], [(3, 2), (2, 3), (1, 1)]]
)
def test_images_of_several_sizes_stay_apart(shapes):
    bunch = bunch_of([np.zeros(shape, np.uint8) for shape in shapes])
    assert bunch.data is None
    assert bunch.images.shape == (3,)
    assert bunch.images.dtype == object
    assert [image.shape for image in bunch.images] == shapes


def test_fields(images):
    bunch = bunch_of(images, split=["Training", "PublicTest", "Training"])
    assert bunch.target.dtype == np.int64
    assert bunch.target_names.tolist() == list(EXPRESSIONS)
    assert bunch.target_names[bunch.target].tolist() == decode(bunch.target).tolist()
    assert bunch.subjects.tolist() == ["ab", "c", "d"]
    assert bunch.split.tolist() == ["Training", "PublicTest", "Training"]
    assert bunch.sequences is None
    assert bunch.filenames is None
    assert bunch.duplicates.tolist() == [0, 1, 0]
    assert bunch.DESCR.startswith("Class folders")


def test_images_and_names(images):
    bunch = bunch_of(images)
    given, names = images_and_names(bunch)
    assert given is bunch.images
    assert names.tolist() == ["happy", "angry", "happy"]


def test_duplicates_need_the_same_shape_and_the_same_bytes():
    zeros = np.zeros(12, np.uint8)
    images = [
        zeros.reshape(3, 4),
        zeros.reshape(4, 3),
        zeros.reshape(3, 4),
        zeros.reshape(3, 4) + 1,
    ]
    assert duplicate_clusters(images).tolist() == [0, 1, 0, 2]


def test_digest_is_the_same_for_the_same_content(images):
    assert dataset_digest(bunch_of(images)) == dataset_digest(
        bunch_of(images.copy(), filenames=["a", "b", "c"])
    )
    assert len(dataset_digest(bunch_of(images))) == 16


@pytest.mark.parametrize(
    "change",
    [
        {"target": [4, 0, 5]},
        {"subjects": ["a", "bc", "d"]},
        {"subjects": None},
        {"subjects": None, "sequences": ["ab", "c", "d"]},
        {"split": ["x", "x", "y"]},
    ],
)
def test_digest_depends_on_the_field(images, change):
    assert dataset_digest(bunch_of(images)) != dataset_digest(bunch_of(images, **change))


def test_digest_depends_on_the_image(images):
    reference = dataset_digest(bunch_of(images))
    changed = images.copy()
    changed[2, 47, 47] ^= 1
    assert dataset_digest(bunch_of(changed)) != reference
    assert dataset_digest(bunch_of(images[[1, 0, 2]])) != reference
    assert dataset_digest(bunch_of(images.reshape(3, 24, 96))) != reference


def test_names_of_people_need_not_be_text(images):
    digests = {
        dataset_digest(bunch_of(images, subjects=["a", name, "b"])) for name in ("\udcff", "\udcfe")
    }
    assert len(digests) == 2


def test_digest_knows_classes_of_ones_own(images):
    digests = {
        dataset_digest(bunch_of(images, target=[1, 0, 1], target_names=names))
        for names in (EXPRESSIONS, ("bored", "engaged"), ("bored", "tired"), ("boredt", "ired"))
    }
    assert len(digests) == 4


def test_names_of_classes_of_ones_own(images):
    bunch = bunch_of(images, target=[1, 0, 1], target_names=("bored", "engaged"))
    assert images_and_names(bunch)[1].tolist() == ["engaged", "bored", "engaged"]
    assert bunch.target_names[bunch.target].tolist() == ["engaged", "bored", "engaged"]
