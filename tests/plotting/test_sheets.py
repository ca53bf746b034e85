import numpy as np
import pytest

from fer_classic.datasets import DATASETS
from fer_classic.exceptions import LicenceError
from fer_classic.plotting import contact_sheet, plot_mistakes
from tests.plotting.conftest import texts

pytest.importorskip("matplotlib.figure", reason="matplotlib is not installed")


IMAGES = np.arange(5, dtype=np.uint8)[:, np.newaxis, np.newaxis] * np.ones((8, 8), np.uint8)
TRUE = ["sad", "sad", "fear", "fear", "sad"]
SAID = ["sad", "fear", "sad", "sad", "fear"]
SURE = [0.99, 0.5, 0.75, 0.5, 0.9]


def test_contact_sheet_places_images_row_by_row():
    images = [np.full((8, 8), 0.5), np.zeros((6, 8), np.uint8), np.zeros((8, 8), np.uint8)]
    ax = contact_sheet(images, ["a", "b", "c"], columns=2)
    assert texts(ax) == ["a", "b", "c"]
    left, right, below = (image.get_extent() for image in ax.images)
    assert left[1] <= right[0]
    assert left[2] < below[3]
    assert [image.get_clim() for image in ax.images] == [(0, 255)] * 3
    assert ax.images[0].get_array().max() == 128


def test_contact_sheet_draws_colour_as_it_is_and_narrow_images_in_the_middle():
    blue = np.zeros((8, 4, 3), np.uint8)
    blue[..., 0] = 200
    ax = contact_sheet([blue, np.zeros((8, 8), np.uint8)], columns=1, side=3)
    first, second = ax.images
    assert first.get_array()[0, 0].tolist() == [0, 0, 200]
    assert first.get_extent()[:2] == [2, 6]
    assert second.get_extent()[:2] == [0, 8]
    assert ax.figure.get_size_inches()[0] == 3


def test_contact_sheet_takes_titles_as_an_array():
    assert texts(contact_sheet(IMAGES[:2], np.array(["happy", "sad"]))) == ["happy", "sad"]


def test_contact_sheet_leaves_room_for_titles_of_two_lines():
    one, two = (contact_sheet(IMAGES, [title] * 5, columns=1) for title in ("a", "a\nb"))
    assert two.get_ylim()[0] == one.get_ylim()[0] + 5 * 8


@pytest.mark.parametrize(
    "call",
    [
        lambda: contact_sheet([]),
        lambda: contact_sheet([np.zeros((2, 2))], ["a", "b"]),
        lambda: contact_sheet([np.zeros((2, 2))], columns=0),
    ],
)
def test_no_images(call):
    with pytest.raises(ValueError, match="at least one"):
        call()


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((8, 8, 4), np.uint8), r"image 1 must be .* got the shape \(8, 8, 4\); .*as_bgr"),
        (np.zeros((0, 8), np.uint8), r"image 1 must be .* at least one pixel, .* \(0, 8\)"),
        (np.zeros(8, np.uint8), r"image 1 must be .* got the shape \(8,\)"),
        (np.full((8, 8), np.nan), "image 1: floating images hold 0 to 1, got none and 64 that"),
        (np.full((8, 8), "x"), "image 1: expected an image of dtype"),
    ],
)
def test_what_is_no_image_is_numbered(image, message):
    with pytest.raises(ValueError, match=message):
        contact_sheet([IMAGES[0], image])


@pytest.mark.parametrize(("name", "value"), [("side", 0), ("side", np.nan), ("columns", 1.5)])
def test_contact_sheet_of_no_size(name, value):
    with pytest.raises(ValueError, match=f"{value}"):
        contact_sheet(IMAGES, **{name: value})


def test_names_in_a_table_of_objects():
    ax = plot_mistakes(IMAGES, np.array(TRUE, object), SAID, SURE, dataset="drawn", n_images=1)
    assert texts(ax) == ["sad\n→ fear 0.90"]


@pytest.mark.parametrize("images", [IMAGES, list(IMAGES)], ids=["batch", "list"])
def test_the_surest_mistakes_come_first(images):
    ax = plot_mistakes(images, TRUE, SAID, SURE, dataset="drawn")
    assert texts(ax) == [
        "sad\n→ fear 0.90",
        "fear\n→ sad 0.75",
        "sad\n→ fear 0.50",
        "fear\n→ sad 0.50",
    ]
    assert [image.get_array()[0, 0] for image in ax.images] == [4, 2, 1, 3]
    assert texts(plot_mistakes(images, TRUE, SAID, SURE, dataset="folder", n_images=2)) == [
        "sad\n→ fear 0.90",
        "fear\n→ sad 0.75",
    ]


@pytest.mark.parametrize("dataset", [*sorted({*DATASETS} - {"drawn", "folder"}), "FER2013", "new"])
def test_pictures_that_may_not_be_shown(dataset):
    with pytest.raises(LicenceError, match=f"'{dataset}' are not drawn: their licence"):
        plot_mistakes(IMAGES, TRUE, SAID, SURE, dataset=dataset)


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        ((IMAGES, TRUE, TRUE, SURE), {}, "no mistake among 5 images"),
        ((IMAGES, TRUE, SAID[:3], SURE), {}, r"got lengths \[5, 5, 3, 5\]"),
        ((IMAGES, TRUE, SAID, SURE), {"n_images": 0}, "n_images=0"),
        ((IMAGES, TRUE, SAID, SURE), {"n_images": 2.5}, "n_images=2.5"),
        ((IMAGES, TRUE, SAID, [*SURE[:4], "x"]), {}, "confidence must be .* got 'x' at index 4; g"),
        ((IMAGES, TRUE, SAID, [*SURE[:4], np.nan]), {}, "confidence must be .* got nan at index 4"),
        ((IMAGES, TRUE, SAID, np.ones((5, 2))), {}, r"confidence must have 1 axis, .* \(5, 2\)"),
        ((IMAGES, TRUE, np.ones((5, 2)), SURE), {}, r"y_pred must have one label .* \(5, 2\)"),
        ((IMAGES, TRUE, [6, 2, 6, 6, 2], SURE), {}, "labels such as 'sad', and y_pred such as 6"),
    ],
)
def test_mistakes_that_cannot_be_drawn(arguments, options, message):
    with pytest.raises(ValueError, match=message):
        plot_mistakes(*arguments, dataset="drawn", **options)
