import numpy as np
import pytest

from fer_classic.classifiers._views import VIEWS, View

RNG = np.random.default_rng(0)
IMAGES = RNG.random((3, 24, 24))
DTYPES = (np.uint8, np.int64, np.float16, np.float32, np.float64, np.longdouble, ">f4", ">u2")


def dot(row, column, side=5):
    image = np.zeros((side, side))
    image[row, column] = 1
    return image


@pytest.mark.parametrize(
    ("view", "row", "column"),
    [
        (View(), 2, 4),
        (View(mirror=True), 2, 0),
        (View(angle=90), 0, 2),
        (View(angle=-90), 4, 2),
        (View(right=-1), 2, 3),
        (View(down=1), 3, 4),
        (View(down=-1), 1, 4),
        (View(mirror=True, angle=90), 4, 2),
        (View(mirror=True, right=1), 2, 1),
        (View(right=-1, down=1), 3, 3),
    ],
)
def test_where_a_dot_goes(view, row, column):
    seen = view(dot(2, 4))
    assert np.allclose(seen[row, column], 1)
    if not view.right and not view.down:
        assert np.allclose(seen, dot(row, column))


def test_border_pixels_are_repeated():
    columns = np.tile(np.arange(5.0), (5, 1))
    assert View(right=1)(columns)[0].tolist() == [0, 0, 1, 2, 3]
    assert View(right=-1)(columns)[0].tolist() == [1, 2, 3, 4, 4]
    assert np.allclose(View(angle=15)(np.ones((9, 9))), 1)


@pytest.mark.parametrize(("side", "pixels"), [(5, 1), (24, 1), (48, 2), (256, 11)])
def test_shifts_are_a_share_of_the_side(side, pixels):
    seen = View(down=1)(dot(side // 2, 0, side))
    assert np.argwhere(seen).tolist() == [[side // 2 + pixels, 0]]


ALL = [*VIEWS["full"]]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("view", ALL, ids=str)
def test_one_image_equals_itself_in_a_batch(view, dtype):
    images = (IMAGES * 200).astype(dtype)
    seen = view(images)
    assert seen.dtype == dtype
    assert seen.flags.c_contiguous
    for image, alone in zip(seen, images, strict=True):
        assert np.array_equal(view(alone), image)


def test_black_and_white_images_stay_as_bright():
    squares = np.zeros((2, 48, 48), dtype=bool)
    squares[:, 10:40, 8:30] = True
    seen = View(angle=15)(squares)
    assert seen.dtype == bool
    assert seen.mean() == pytest.approx(squares.mean(), rel=0.02)


@pytest.mark.parametrize("view", ALL, ids=str)
def test_read_only_images_are_looked_at_and_not_changed(view):
    images = IMAGES.copy()
    images.flags.writeable = False
    assert view(images).shape == images.shape
    assert np.array_equal(images, IMAGES)


@pytest.mark.parametrize("name", VIEWS)
def test_the_set_of_views_of_a_mirror_image_is_the_same(name):
    def seen(images):
        return [view(images) for view in VIEWS[name]]

    def find(image, pool):
        return [number for number, other in enumerate(pool) if np.allclose(image, other)]

    upright, mirrored = seen(IMAGES[0]), seen(IMAGES[0][:, ::-1])
    partners = [find(image, mirrored) for image in upright]
    assert sorted(partners) == [[number] for number in range(len(upright))]
    weights = list(VIEWS[name].values())
    assert [weights[number] for (number,) in partners] == weights


def test_the_first_view_is_the_image_itself():
    for views in VIEWS.values():
        assert next(iter(views)) == View()
    assert [len(views) for views in VIEWS.values()] == [2, 14]


@pytest.mark.parametrize("dtype", [np.float16, np.longdouble])
@pytest.mark.parametrize("view", ALL, ids=str)
def test_floats_of_every_size_agree(view, dtype):
    images = IMAGES.astype(np.float16)
    expected = view(images.astype(np.float64))
    np.testing.assert_allclose(view(images.astype(dtype)).astype(float), expected, atol=1e-3)
