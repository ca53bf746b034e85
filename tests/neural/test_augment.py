import numpy as np
import pytest
import torch

from fer_classic.neural._augment import PRESETS, augment, check_augmentation, degrade, mix_up


class Most(np.random.Generator):
    """Draws the upper end of every range."""

    def __init__(self, direction=1):
        super().__init__(np.random.PCG64(0))
        self._direction = direction

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, high if self._direction > 0 else low)


def images(n=3, height=6, width=8):
    return torch.rand(n, 1, height, width, generator=torch.Generator().manual_seed(0))


def rng(seed=0):
    return np.random.default_rng(seed)


@pytest.mark.parametrize("preset", PRESETS)
def test_equal_seeds_give_equal_images(preset):
    x = images()
    torch.testing.assert_close(
        augment(x, PRESETS[preset], rng()), augment(x, PRESETS[preset], rng()), rtol=0, atol=0
    )


def test_full_changes_every_image_and_keeps_its_form():
    x = images(20, 48, 48)
    before = x.clone()
    changed = augment(x, PRESETS["full"], rng())
    assert changed.shape == x.shape
    assert changed.dtype == torch.float32
    assert torch.isfinite(changed).all()
    assert ((changed - x).abs().amax(dim=(1, 2, 3)) > 0.01).all()
    assert torch.equal(x, before)


def test_no_augmentation_changes_nothing():
    x = images()
    assert torch.equal(augment(x, {}, rng()), x)


@pytest.mark.parametrize("share", [0.3, 1.0])
def test_flips_are_mirror_images(share):
    x = images(400)
    changed = augment(x, {"flip": share}, rng())
    mirrored = (changed == x.flip(-1)).all(dim=3).all(dim=2)[:, 0]
    assert torch.equal(changed[~mirrored], x[~mirrored])
    assert float(mirrored.float().mean()) == pytest.approx(share, abs=0.06)


def test_a_quarter_turn():
    x = images(2, 8, 8)
    turned = augment(x, {"rotation": 90.0}, Most())
    torch.testing.assert_close(turned, torch.rot90(x, 1, (2, 3)), atol=1e-5, rtol=0)


def test_a_half_turn_of_an_oblong():
    x = images(2, 6, 10)
    turned = augment(x, {"rotation": 180.0}, Most())
    torch.testing.assert_close(turned, x.flip(2, 3), atol=1e-5, rtol=0)


def test_a_turn_does_not_distort_oblongs():
    """A disc stays a disc."""
    rows, columns = np.mgrid[:40, :80]
    disc = ((rows - 19.5) ** 2 + (columns - 39.5) ** 2 < 150).astype(np.float32)
    x = torch.from_numpy(disc)[None, None]
    turned = augment(x, {"rotation": 45.0}, Most())
    assert float((turned - x).abs().sum()) < 0.06 * float(x.sum())


def test_a_shift_repeats_the_border():
    x = images(2, 6, 8)
    shifted = augment(x, {"shift": 0.5}, Most())
    torch.testing.assert_close(shifted[:, :, :3, :4], x[:, :, 3:, 4:], atol=1e-5, rtol=0)
    last = x[:, :, -1:, -1:].expand(-1, -1, 3, 4)
    torch.testing.assert_close(shifted[:, :, 3:, 4:], last, atol=1e-5, rtol=0)


def test_scale():
    rows, columns = np.mgrid[:32, :32]
    square = (np.abs(rows - 15.5) < 8) & (np.abs(columns - 15.5) < 8)
    x = torch.from_numpy(square.astype(np.float32))[None, None]
    sides = [
        float(augment(x, {"scale": 0.25}, Most(direction)).sum()) ** 0.5 for direction in (1, -1)
    ]
    assert sides == pytest.approx([20, 12], abs=0.5)


def test_brightness_and_contrast():
    x = images()
    torch.testing.assert_close(augment(x, {"brightness": 0.2}, Most()), x + 0.2)
    changed = augment(x, {"contrast": 0.5}, Most())
    torch.testing.assert_close(changed.mean(dim=(1, 2, 3)), x.mean(dim=(1, 2, 3)))
    torch.testing.assert_close(changed.std(dim=(1, 2, 3)), 1.5 * x.std(dim=(1, 2, 3)))


def test_one_rectangle_is_erased():
    x = torch.ones(300, 1, 48, 48)
    erased = augment(x, {"erasing": 1.0}, rng()) == 0
    shares = erased.float().mean(dim=(1, 2, 3))
    assert 0.01 < float(shares.min()) < 0.04
    assert 0.15 < float(shares.max()) < 0.22
    for mask in erased[:50, 0]:
        rows, columns = mask.any(dim=1), mask.any(dim=0)
        assert int(mask.sum()) == int(rows.sum()) * int(columns.sum())
        assert int(rows.diff().sum()) <= 2
    some = augment(x, {"erasing": 0.3}, rng()) == 0
    assert float(some.flatten(1).any(dim=1).float().mean()) == pytest.approx(0.3, abs=0.08)


def test_mix_up_blends_partners():
    x = images(8)
    mixed, partners, share = mix_up(x, 0.4, rng())
    assert 0 <= share <= 1
    assert sorted(partners.tolist()) == list(range(8))
    torch.testing.assert_close(mixed, share * x + (1 - share) * x[partners])


@pytest.mark.parametrize(
    ("setting", "strengths"),
    [
        (None, {}),
        ("flip", {"flip": 0.5}),
        ("full", PRESETS["full"]),
        ({"flip": 0.5, "rotation": 0}, {"flip": 0.5}),
    ],
)
def test_settings(setting, strengths):
    assert check_augmentation(setting) == strengths


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ({"rotate": 5}, "no setting 'rotate'; it has 'flip', 'shift', 'rotation'"),
        ({"flip": 1.5}, "flip=1.5 must lie between 0 and 1"),
        ({"rotation": -5}, "rotation=-5 must lie between 0 and 180"),
        ({"brightness": float("nan")}, "brightness=nan must lie"),
    ],
)
def test_settings_that_make_no_sense(setting, message):
    with pytest.raises(ValueError, match=message):
        check_augmentation(setting)


def test_degrading_some_images():
    units = np.random.default_rng(0).random((400, 12, 12), dtype=np.float32)
    before = units.copy()
    changed = degrade(units, {"flip": 1.0, "darkness": 0.3}, rng())
    np.testing.assert_array_equal(units, before)
    darker = (changed != units).any(axis=(1, 2))
    assert darker.mean() == pytest.approx(0.3, abs=0.06)
    assert (changed[darker].mean(axis=(1, 2)) < units[darker].mean(axis=(1, 2))).all()


def test_nothing_is_degraded_when_nothing_is_asked_for():
    units = np.zeros((2, 4, 4), dtype=np.float32)
    assert degrade(units, PRESETS["full"], rng()) is units


def test_equal_seeds_degrade_equally():
    units = np.random.default_rng(0).random((60, 12, 12), dtype=np.float32)
    first, second = (degrade(units, PRESETS["camera"], rng()) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert (first != units).any(axis=(1, 2)).mean() > 0.4


@pytest.mark.parametrize("strength", [None, "0.5", float("nan"), 1j])
def test_strengths_are_numbers(strength):
    with pytest.raises(ValueError, match=r"augment: flip=.* must lie between 0 and 1"):
        check_augmentation({"flip": strength})
