import pytest
import torch

from benchmarks.detector.windows import face_windows, other_windows


@pytest.fixture(autouse=True)
def seeded():
    torch.manual_seed(0)


def pictures(n, side=48):
    return torch.rand(n, 1, side, side) * 255


@pytest.mark.parametrize(("side", "context", "patch"), [(24, 2, 48), (40, 1, 40)])
def test_windows_of_faces(side, context, patch):
    windows = face_windows(pictures(200), pictures(200), side=side, context=context)
    assert windows.images.shape[1:] == (1, patch, patch)
    assert len(windows.images) == len(windows.is_face) == len(windows.places) <= 200
    assert set(windows.is_face.tolist()) == {0.0, 1.0}
    assert windows.images.min() >= 0
    assert windows.images.max() <= 255


def test_a_face_fills_its_window():
    windows = face_windows(pictures(300), pictures(300), side=24, context=1)
    places = windows.places[windows.is_face > 0]
    assert places[:, :2].abs().max() <= 0.2
    assert places[:, 2].abs().max() <= 0.25


def test_a_face_lies_where_it_is_said_to_lie():
    # A white face on black: the middle of what is bright is the middle of the face.
    white, black = torch.full((400, 1, 48, 48), 255.0), torch.zeros(400, 1, 48, 48)
    windows = face_windows(white, black, side=48, context=2, share_missed=0.0)
    image, (x, y, _) = windows.images[:, 0], windows.places.T
    dark = image[:, 0, :].amax(1) < 0.2 * image.amax((1, 2))  # those that keep their surroundings
    line = torch.arange(96.0) / 48 - 1 + 0.5 / 48
    total = image.sum((1, 2))
    error_x = (image.sum(1) @ line / total - x)[dark].abs()
    error_y = (image.sum(2) @ line / total - y)[dark].abs()
    assert dark.sum() > 100
    assert error_x.median() < 0.06
    assert error_y.median() < 0.06


def test_windows_without_faces():
    windows = other_windows(pictures(20), side=24, context=2)
    assert windows.images.shape == (20, 1, 48, 48)
    assert not windows.is_face.any()


def test_windows_are_joined():
    joined = other_windows(pictures(3), side=24, context=1) + other_windows(
        pictures(4), side=24, context=1
    )
    assert len(joined.images) == len(joined.is_face) == len(joined.places) == 7
