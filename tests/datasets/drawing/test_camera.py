from dataclasses import replace

import numpy as np
import pytest

from fer_classic.datasets import draw_face
from fer_classic.datasets._drawing._camera import View, sample_session, sample_view, to_image
from fer_classic.datasets._drawing._identity import Identity
from fer_classic.datasets._drawing._render import Light

EVEN = View(light=Light(azimuth=0.0, elevation=0.0))


def draw(view, size=96):
    return draw_face({}, identity=Identity(), view=view, size=size).astype(float)


def test_noise_comes_from_the_seed_of_the_view():
    noisy = replace(EVEN, noise=0.02, seed=1)
    np.testing.assert_array_equal(draw(noisy), draw(noisy))
    difference = draw(noisy) - draw(replace(noisy, seed=2))
    assert 1.0 < difference.std() / (0.02 * 255.0) < 1.6


def test_blur_takes_away_detail():
    sharp, soft = (np.abs(np.diff(draw(replace(EVEN, blur=blur)))).mean() for blur in (0.0, 0.05))
    assert soft < 0.8 * sharp


def test_exposure_scales_grey_values():
    usual, bright = draw(EVEN), draw(replace(EVEN, exposure=1.2))
    np.testing.assert_allclose(bright, np.minimum(1.2 * usual, 255.0), atol=1.2)


@pytest.mark.parametrize("azimuth", [-40.0, 40.0])
def test_light_comes_from_its_side(azimuth):
    image = draw(replace(EVEN, light=Light(azimuth=azimuth, elevation=0.0)))
    left, right = image[40:80, 20:48].mean(), image[40:80, 48:76].mean()
    assert (right - left) * azimuth > 0.0


def test_mirrored_light_mirrors_an_upright_face():
    lit = [draw(replace(EVEN, light=Light(azimuth=azimuth))) for azimuth in (-30.0, 30.0)]
    # The grain of the skin is not symmetric, and the eyes have their gleams on one side.
    assert np.median(np.abs(lit[0] - lit[1][:, ::-1])) < 4.0
    assert np.median(np.abs(lit[0] - lit[1])) > 8.0


def test_shift_moves_the_face_by_whole_pixels():
    size, step = 100, 8
    moved = draw(replace(EVEN, shift=(step / 40.0, 0.0)), size)
    still = draw(EVEN, size)
    assert np.abs(moved[:, 20 + step : 80 + step] - still[:, 20:80]).mean() < 2.0


@pytest.mark.parametrize(
    "change", [{"yaw": 10.0}, {"pitch": 10.0}, {"roll": 10.0}, {"zoom": 1.1}, {"shift": (0.1, 0.1)}]
)
def test_every_change_of_pose_and_framing_shows(change):
    assert np.abs(draw(replace(EVEN, **change)) - draw(EVEN)).mean() > 3.0


@pytest.mark.parametrize("wrong", [{"yaw": 90.0}, {"pitch": -50.0}, {"zoom": 0.0}])
def test_views_that_cannot_be_drawn_are_refused(wrong):
    (name,) = wrong
    with pytest.raises(ValueError, match=f"{name}=.* of a View must be between"):
        View(**wrong)


def test_the_nose_follows_the_turn_of_the_head():
    def nose(view):
        # The nostrils are the darkest spots between the eyes and the mouth.
        dark = 255.0 - draw(view, size=200)[95:110, 60:140]
        weights = np.clip(dark - np.quantile(dark, 0.9), 0.0, None).sum(axis=0)
        return np.average(np.arange(len(weights)), weights=weights)

    left, ahead, right = (nose(replace(EVEN, yaw=yaw)) for yaw in (-12.0, 0.0, 12.0))
    assert left + 3.0 < ahead < right - 3.0


def test_points_are_found_again_in_the_image():
    frame = {"size": (200, 100), "scale": 20.0, "center": (0.0, 0.5)}
    assert to_image((0.0, 0.5), View(), **frame) == (50.0, 100.0)
    assert to_image((1.0, 0.5), View(zoom=2.0), **frame) == (90.0, 100.0)
    assert to_image((0.0, 0.5), View(shift=(0.5, -0.5)), **frame) == (60.0, 90.0)
    assert to_image((1.0, 0.5), View(roll=90.0), **frame) == pytest.approx((50.0, 120.0))


def test_photos_of_a_session_are_similar():
    rng = np.random.default_rng(0)
    sessions = [sample_session(rng) for _ in range(30)]
    azimuths = np.array(
        [[sample_view(session, rng).light.azimuth for _ in range(10)] for session in sessions]
    )
    assert azimuths.std(axis=1).mean() < 0.7 * azimuths.mean(axis=1).std()
    assert sample_view(sessions[0], rng).backdrop == sessions[0].backdrop
