import numpy as np
import pytest
from scipy.signal import correlate2d

from fer_classic.features import GaborBank, gabor_energy, gabor_kernel

pytestmark = pytest.mark.portability

KERNELS = [(2, 0), (4, 90), (5.5, 30), (8, 135), (16, 22.5)]


def grating(wavelength, orientation, shape=(64, 64), phase=0.3):
    """A wave between -1 and 1 that runs in a direction given in degrees, clockwise from right."""
    y, x = np.indices(shape)
    angle = np.deg2rad(orientation)
    along = x * np.cos(angle) + y * np.sin(angle)
    return np.cos(2 * np.pi * along / wavelength + phase)


def noise(seed=0, shape=(20, 27)):
    return np.random.default_rng(seed).random(shape)


class TestKernel:
    @pytest.mark.parametrize(("wavelength", "orientation"), KERNELS)
    @pytest.mark.parametrize("bandwidth", [0.5, 1.0, 2.0])
    def test_its_mean_is_zero(self, wavelength, orientation, bandwidth):
        kernel = gabor_kernel(wavelength, orientation, bandwidth=bandwidth)
        assert kernel.shape[0] == kernel.shape[1]
        assert kernel.shape[0] % 2 == 1
        assert abs(kernel.sum()) < 1e-12

    def test_it_is_even_in_its_real_and_odd_in_its_imaginary_part(self):
        kernel = gabor_kernel(6, 40)
        np.testing.assert_allclose(kernel[::-1, ::-1], kernel.conj(), atol=1e-14)

    def test_orientation_0_is_a_wave_along_the_columns(self):
        kernel = gabor_kernel(6, 0)
        middle = kernel[len(kernel) // 2].real
        # Crest, trough and crest again at 0, 3 and 6 pixels.
        center = len(middle) // 2
        assert middle[center] > 0 > middle[center + 3]
        assert middle[center + 6] > 0
        assert (kernel[:, center].real > -1e-4).all()

    @pytest.mark.parametrize("bandwidth", [0.7, 1.0, 1.5])
    def test_half_height_lies_half_a_bandwidth_to_both_sides(self, bandwidth):
        kernel = gabor_kernel(16, 0, bandwidth=bandwidth)
        along = kernel.sum(axis=0)
        offsets = np.arange(len(along)) - len(along) // 2

        def answer(frequency):
            return abs(along @ np.exp(-2j * np.pi * frequency * offsets))

        ratio = 2.0**bandwidth
        reach = (ratio - 1) / (ratio + 1)
        low, high = (1 - reach) / 16, (1 + reach) / 16
        assert high / low == pytest.approx(ratio)
        assert answer(high) / answer(1 / 16) == pytest.approx(0.5, abs=0.02)
        assert answer(low) / answer(1 / 16) == pytest.approx(0.5, abs=0.05)


class TestEnergy:
    @pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
    @pytest.mark.parametrize(("wavelength", "orientation"), KERNELS)
    def test_a_constant_image_has_zero_response(self, wavelength, orientation, level):
        energy = gabor_energy(np.full((15, 20), level), wavelength, orientation)
        assert not energy.any()

    @pytest.mark.parametrize("gain", [-3.0, 1e-3, 1.0, 200.0])
    @pytest.mark.parametrize("shape", [(48, 40), (9, 5), (1, 4)])
    def test_no_change_along_the_wave_gives_zero_response(self, shape, gain):
        lines = gain * (1 + noise(shape=shape)[:, :1].repeat(shape[1], axis=1))
        assert not gabor_energy(lines, 4, 0).any()
        assert not gabor_energy(lines.T, 4, 90).any()

    def test_brightness_does_not_matter_and_contrast_scales(self):
        image = noise()
        energy = gabor_energy(image, 5, 30)
        np.testing.assert_allclose(gabor_energy(image + 3, 5, 30), energy, atol=1e-5)
        np.testing.assert_allclose(gabor_energy(-2 * image, 5, 30), 2 * energy, atol=1e-5)

    @pytest.mark.parametrize(("wavelength", "orientation"), KERNELS[1:])
    def test_the_response_to_the_matching_grating_is_one_half(self, wavelength, orientation):
        energy = gabor_energy(grating(wavelength, orientation), wavelength, orientation)
        assert energy[28:36, 28:36] == pytest.approx(0.5, abs=0.02)

    @pytest.mark.parametrize(("wavelength", "orientation"), KERNELS)
    @pytest.mark.parametrize("shape", [(20, 27), (9, 40), (3, 5)])
    def test_it_is_a_convolution_with_reflected_borders(self, shape, wavelength, orientation):
        image = noise(shape=shape)
        kernel = gabor_kernel(wavelength, orientation)
        padded = np.pad(image, len(kernel) // 2, mode="symmetric")
        expected = np.abs(correlate2d(padded, kernel, mode="valid"))
        energy = gabor_energy(image, wavelength, orientation)
        assert energy.shape == shape
        np.testing.assert_allclose(energy, expected, atol=1e-6)

    @pytest.mark.parametrize("orientation", [0, 30, 45, 90, 150])
    def test_a_quarter_turn_of_the_image_turns_the_orientation(self, orientation):
        image = noise(shape=(24, 24))
        turned = gabor_energy(np.rot90(image), 6, orientation + 90)
        np.testing.assert_allclose(turned, np.rot90(gabor_energy(image, 6, orientation)), atol=1e-5)

    def test_opposite_directions_are_one(self):
        np.testing.assert_allclose(
            gabor_energy(noise(), 6, 200), gabor_energy(noise(), 6, 20), atol=1e-6
        )

    def test_bytes_are_scaled(self):
        image = np.random.default_rng(0).integers(0, 256, (12, 12), dtype=np.uint8)
        energy = gabor_energy(image, 4, 45)
        assert energy.dtype == np.float32
        np.testing.assert_allclose(energy, gabor_energy(image / 255, 4, 45), atol=1e-6)
        np.testing.assert_array_equal(energy, gabor_energy(image.astype(int), 4, 45))

    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ((noise(), 1.5, 0), "'wavelength' parameter of gabor_energy"),
            ((noise(), 4, "0"), "'orientation' parameter of gabor_energy"),
            ((noise(shape=(4, 5, 3)), 4, 0), r"grey image of shape \(h, w\), got \(4, 5, 3\)"),
            ((noise(shape=(0, 5)), 4, 0), r"gabor_energy expects .* \(0, 5\), which has no pixels"),
        ],
    )
    def test_errors(self, arguments, message):
        with pytest.raises(ValueError, match=message):
            gabor_energy(*arguments)

    @pytest.mark.parametrize("bandwidth", [0, -1, float("nan")])
    def test_bandwidth_is_above_zero(self, bandwidth):
        with pytest.raises(ValueError, match="'bandwidth' parameter of gabor_kernel"):
            gabor_kernel(4, 0, bandwidth=bandwidth)


def channels(step, image):
    """Mean response by wavelength and orientation: ``{("08", "045"): ...}``."""
    values = step.fit_transform(image[np.newaxis])[0]
    table = {}
    for name, value in zip(step.get_feature_names_out(), values, strict=True):
        wavelength, orientation = name.split("_")[1:3]
        table.setdefault((wavelength[1:], orientation[1:]), []).append(value)
    return {channel: np.mean(responses) for channel, responses in table.items()}


@pytest.mark.parametrize(
    ("wavelength", "bandwidth"), [(1e7, 1.0), (1.7e308, 1.0), (4, 1e-9), (10**400, 1.0)]
)
def test_kernels_that_are_too_long(wavelength, bandwidth):
    with pytest.raises(ValueError, match=r"gabor_kernel: a kernel of .* more than 1000; use a sho"):
        gabor_kernel(wavelength, 0, bandwidth=bandwidth)
    with pytest.raises(ValueError, match=r"gabor_energy: a kernel of .* more than 1000; use a sho"):
        gabor_energy(noise(), wavelength, 0, bandwidth=bandwidth)


def test_long_kernels_are_made():
    kernel = gabor_kernel(150, 0)
    assert len(kernel) > 500
    np.testing.assert_allclose(kernel.sum(), 0, atol=1e-12)


class TestBank:
    @pytest.mark.parametrize("orientation", [0, 45, 90, 135])
    @pytest.mark.parametrize("wavelength", [4, 8, 16])
    def test_a_grating_activates_its_channel(self, wavelength, orientation):
        step = GaborBank(wavelengths=(4, 8, 16), orientations=8, grid=(6, 6))
        table = channels(step, grating(wavelength, orientation))
        assert len(table) == 24
        assert max(table, key=table.get) == (f"{wavelength:02d}", f"{orientation:03d}")

    @pytest.mark.parametrize(
        ("shape", "grid", "rows", "columns"),
        [
            ((48, 48), (3, 3), [8, 24, 40], [8, 24, 40]),
            ((5, 7), (1, 2), [2], [1, 5]),
            ((4, 5), (4, 5), [0, 1, 2, 3], [0, 1, 2, 3, 4]),
        ],
    )
    @pytest.mark.parametrize(("wavelength", "orientation"), KERNELS)
    def test_samples_are_the_magnitudes_at_the_middles_of_the_cells(
        self, shape, grid, rows, columns, wavelength, orientation
    ):
        image = noise(shape=shape)
        step = GaborBank(wavelengths=(wavelength,), orientations=(orientation,), grid=grid)
        energy = gabor_energy(image, wavelength, orientation)
        np.testing.assert_allclose(
            step.fit_transform(image[np.newaxis]).reshape(grid),
            energy[np.ix_(rows, columns)],
            atol=1e-6,
        )

    @pytest.mark.parametrize("pooling", ["mean", "max"])
    def test_pooling_takes_all_pixels_of_a_cell(self, pooling):
        image = noise(shape=(7, 8))
        step = GaborBank(wavelengths=(4,), orientations=(30,), grid=(3, 2), pooling=pooling)
        energy = gabor_energy(image, 4, 30)
        expected = [
            [getattr(energy[top:bottom, left : left + 4], pooling)() for left in (0, 4)]
            for top, bottom in ((0, 2), (2, 5), (5, 7))
        ]
        np.testing.assert_allclose(
            step.fit_transform(image[np.newaxis]).reshape(3, 2), expected, atol=1e-6
        )

    @pytest.mark.parametrize("pooling", ["sample", "mean", "max"])
    def test_sqrt(self, pooling):
        images = noise(shape=(2, 20, 20))
        plain = GaborBank(pooling=pooling, grid=(4, 4))
        root = GaborBank(pooling=pooling, grid=(4, 4), normalization="sqrt")
        np.testing.assert_allclose(
            root.fit_transform(images) ** 2, plain.fit_transform(images), atol=1e-6
        )

    @pytest.mark.parametrize("pooling", ["sample", "mean", "max"])
    @pytest.mark.parametrize("n_images", [1, 2, 33])
    def test_constant_images_answer_nothing_in_batches_of_any_size(self, n_images, pooling):
        levels = np.linspace(1, 255, n_images).astype(np.uint8)
        flat = np.broadcast_to(levels[:, np.newaxis, np.newaxis], (n_images, 48, 48))
        step = GaborBank(grid=(4, 4), pooling=pooling, normalization="sqrt")
        assert not step.fit_transform(flat).any()

    def test_faint_contrast_is_not_taken_for_rounding(self):
        # A millionth of the grey scale on black; on white it is lost in the rounding of float32.
        faint = 1e-6 * grating(8, 0)[np.newaxis]
        step = GaborBank(wavelengths=(8,), orientations=1, grid=(6, 6))
        np.testing.assert_allclose(step.fit_transform(faint), 5e-7, rtol=0.1)

    def test_a_quarter_turn_of_the_image_permutes_the_channels(self):
        image = noise(shape=(24, 24))
        step = GaborBank(wavelengths=(4, 8), orientations=4, grid=(24, 24))
        straight = step.fit_transform(image[np.newaxis]).reshape(2, 4, 24, 24)
        turned = step.fit_transform(np.rot90(image)[np.newaxis]).reshape(2, 4, 24, 24)
        np.testing.assert_allclose(
            turned, np.rot90(straight[:, [2, 3, 0, 1]], axes=(2, 3)), atol=1e-5
        )

    @pytest.mark.parametrize(
        ("wavelengths", "orientations", "expected"),
        [
            ((8,), 2, ["gabor_w08_o000_r0c0", "gabor_w08_o090_r0c0"]),
            ((16, 4.5), (45,), ["gabor_w16_o045_r0c0", "gabor_w04.5_o045_r0c0"]),
            ([4], [22.5], ["gabor_w04_o022.5_r0c0"]),
            ((4,), np.int64(1), ["gabor_w04_o000_r0c0"]),
        ],
    )
    def test_names(self, wavelengths, orientations, expected):
        step = GaborBank(wavelengths=wavelengths, orientations=orientations, grid=(1, 1))
        assert step.fit(np.zeros((1, 9, 9))).get_feature_names_out().tolist() == expected

    def test_boxes_are_the_cells_of_the_names(self):
        step = GaborBank(wavelengths=(4, 8), orientations=2, grid=(2, 3)).fit(np.zeros((1, 20, 30)))
        names = step.get_feature_names_out().tolist()
        boxes = dict(zip(names, step.get_feature_boxes().tolist(), strict=True))
        assert boxes["gabor_w08_o090_r1c2"] == [20, 10, 10, 10]
        assert boxes["gabor_w04_o000_r0c1"] == [10, 0, 10, 10]

    def test_pooled_cells_are_the_boxes(self):
        image = noise(shape=(10, 13))
        step = GaborBank(wavelengths=(4,), orientations=(30,), grid=(4, 2), pooling="max")
        (row,) = step.fit_transform(image[np.newaxis])
        energy = gabor_energy(image, 4, 30)
        boxes = step.get_feature_boxes()
        assert boxes.tolist()[2] == [0, 2, 6, 3]
        expected = [energy[y : y + h, x : x + w].max() for x, y, w, h in boxes]
        np.testing.assert_allclose(row, expected, rtol=1e-5)

    @pytest.mark.parametrize("pooling", ["sample", "mean", "max"])
    def test_a_batch_equals_its_single_images(self, any_batch, pooling):
        step = GaborBank(wavelengths=(3, 8), orientations=3, grid=(4, 5), pooling=pooling)
        batch = step.fit_transform(any_batch)
        assert batch.dtype == np.float32
        for place in (0, 33, 69):
            alone = step.transform(any_batch[place : place + 1])[0]
            np.testing.assert_allclose(batch[place], alone, rtol=1e-4, atol=1e-5 * batch.max())

    @pytest.mark.parametrize(
        ("parameters", "message"),
        [
            ({"wavelengths": ()}, "wavelengths must be one or more numbers of at least 2 pixels"),
            ({"wavelengths": (4, 1.9)}, r"got \(4, 1.9\)"),
            ({"wavelengths": (4, float("nan"))}, "wavelengths must be"),
            ({"wavelengths": ("4",)}, "wavelengths must be"),
            ({"wavelengths": 4}, "'wavelengths' parameter"),
            ({"orientations": 0}, "'orientations' parameter"),
            ({"orientations": 2.5}, "'orientations' parameter"),
            ({"orientations": ()}, "orientations must be an integer, or one or more"),
            ({"orientations": (0, float("inf"))}, "orientations must be"),
            ({"bandwidth": 0}, "'bandwidth' parameter"),
            ({"bandwidth": 101}, "'bandwidth' parameter"),
            (
                {"wavelengths": (4, 1000)},
                "wavelength=1000 and bandwidth=1.0 reaches 1687 pixels to each side, more than",
            ),
            ({"bandwidth": 1e-4}, "=0.0001 reaches .*; use a shorter wavelength or a larger band"),
            ({"bandwidth": 1e-300}, "=1e-300 reaches inf pixels"),
            ({"wavelengths": (10**400,)}, "reaches .* more than 1000"),
            ({"orientations": (10**400,)}, "orientations must be"),
            ({"pooling": "median"}, "'pooling' parameter"),
            ({"normalization": "l2"}, "'normalization' parameter"),
            ({"grid": (12, 0)}, "grid must be two integers"),
            ({"grid": (21, 1)}, "has more cells than an image of shape"),
        ],
    )
    def test_wrong_parameters(self, parameters, message):
        with pytest.raises(ValueError, match=message):
            GaborBank(**parameters).fit(np.zeros((1, 20, 20)))
