import numpy as np
import pytest
from skimage.feature import local_binary_pattern

from fer_classic.features import lbp_codes

pytestmark = pytest.mark.portability


class TestOneNeighbourhood:
    """Codes of the middle pixel of 3 x 3 pixels, worked out by hand."""

    # Four neighbours: bit 0 right, bit 1 above, bit 2 left, bit 3 below.
    CROSS = np.array([[1, 9, 1], [2, 5, 7], [3, 4, 6]])

    # Eight neighbours: the right half is brighter, above and below are ties, which count as ones.
    # Bits 0, 1, 2 (right, above right, above) and 6, 7 (below, below right) make 199.
    EDGE = np.array([[0, 10, 20], [0, 10, 20], [0, 10, 20]])

    # Only the corners are bright, and far enough to outweigh the pixels they are mixed with.
    CORNERS = np.array([[99, 0, 99], [0, 10, 0], [99, 0, 99]])

    @pytest.mark.parametrize(
        ("image", "points", "method", "code"),
        [
            (CROSS, 4, "default", 0b0011),
            (CROSS, 4, "uniform", 2),
            (CROSS, 4, "nri_uniform", 5),
            (EDGE, 8, "default", 199),
            (EDGE, 8, "uniform", 5),
            (EDGE, 8, "nri_uniform", 1 + 4 * 8 + 2),
            (CORNERS, 8, "default", 0b10101010),
            (CORNERS, 8, "uniform", 9),
            (CORNERS, 8, "nri_uniform", 58),
        ],
    )
    def test_code(self, image, points, method, code):
        assert lbp_codes(image, points=points, method=method)[1, 1] == code

    @pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
    @pytest.mark.parametrize("radius", [1, 1.5, 2, 2.5])
    def test_flat_areas_are_ties(self, radius, dtype):
        flat = np.full((11, 11), 0.1 * 70 if dtype != np.uint8 else 77, dtype=dtype)
        inner = lbp_codes(flat, radius=radius)[3:-3, 3:-3]
        assert (inner == 57).all()

    def test_outside_the_image_everything_is_zero(self):
        codes = lbp_codes(np.full((3, 3), 7), points=4, method="default")
        # The upper left pixel has only its right and lower neighbour.
        assert codes.tolist() == [
            [0b1001, 0b1101, 0b1100],
            [0b1011, 0b1111, 0b1110],
            [0b0011, 0b0111, 0b0110],
        ]


class TestLaws:
    @pytest.mark.parametrize("change", [lambda x: x + 1000.0, lambda x: 3.7 * x, lambda x: x**3.0])
    def test_codes_on_the_axes_need_only_the_order_of_pixels(self, change, shuffled):
        image = shuffled().astype(float)
        before, after = (lbp_codes(one, points=4)[1:-1, 1:-1] for one in (image, change(image)))
        np.testing.assert_array_equal(before, after)

    @pytest.mark.parametrize("offset", [0.0, 10.0, 4096.0])
    @pytest.mark.parametrize("gain", [0.01, 1.0, 5.5])
    @pytest.mark.parametrize(("points", "radius"), [(8, 1), (8, 2), (12, 1.5)])
    def test_brightness_and_contrast_leave_inner_codes(
        self, points, radius, gain, offset, shuffled
    ):
        image = shuffled().astype(float)
        inner = np.s_[2:-2, 2:-2]
        np.testing.assert_array_equal(
            lbp_codes(gain * image + offset, points=points, radius=radius)[inner],
            lbp_codes(image, points=points, radius=radius)[inner],
        )

    def test_a_quarter_turn_moves_the_bits(self, shuffled):
        image = shuffled(height=21, width=21)
        codes = lbp_codes(image, method="default")
        turned = np.rot90(lbp_codes(np.rot90(image), method="default"), -1)
        # Anticlockwise by two of eight neighbours.
        moved = ((codes << 2) | (codes >> 6)) & 255
        np.testing.assert_array_equal(turned[1:-1, 1:-1], moved[1:-1, 1:-1])

    def test_a_quarter_turn_keeps_rotation_invariant_codes(self, shuffled):
        image = shuffled(height=21, width=21)
        codes = lbp_codes(image, method="uniform")
        turned = np.rot90(lbp_codes(np.rot90(image), method="uniform"), -1)
        np.testing.assert_array_equal(turned[1:-1, 1:-1], codes[1:-1, 1:-1])


@pytest.mark.parametrize("method", ["nri_uniform", "uniform", "default"])
@pytest.mark.parametrize(
    ("points", "radius"), [(4, 1), (8, 1), (8, 2), (8, 1.5), (6, 2.37), (12, 3), (16, 2)]
)
def test_codes_are_those_of_scikit_image(points, radius, method, shuffled):
    image = shuffled(seed=points)
    np.testing.assert_array_equal(
        lbp_codes(image, points=points, radius=radius, method=method),
        local_binary_pattern(image, points, radius, method=method),
    )


def test_codes_of_bytes_are_those_of_scikit_image():
    image = np.random.default_rng(3).integers(0, 256, (48, 48), dtype=np.uint8)
    np.testing.assert_array_equal(
        lbp_codes(image), local_binary_pattern(image, 8, 1, method="nri_uniform")
    )


def codes_by_gathering(image, points, radius):
    """Patterns of an image, each point with the four pixels around it looked up one by one."""
    exact = image.dtype.itemsize <= 2 or image.dtype == np.float32
    image = image.astype(np.float32 if exact else np.float64)
    reach = int(np.ceil(radius)) + 1
    padded = np.pad(image, reach)
    rows, columns = np.indices(image.shape) + reach
    patterns = np.zeros(image.shape, dtype=int)
    for point in range(points):
        angle = 2 * np.pi * point / points
        dy, dx = round(-radius * np.sin(angle), 5), round(radius * np.cos(angle), 5)
        top, left = int(np.floor(dy)), int(np.floor(dx))

        def between(near, far, share):
            return near + image.dtype.type(share) * (far - near)

        upper, lower = (
            between(
                padded[rows + y, columns + left],
                padded[rows + y, columns + left + 1],
                dx - left,
            )
            for y in (top, top + 1)
        )
        patterns |= (between(upper, lower, dy - top) >= image).astype(int) << point
    return patterns


@pytest.mark.parametrize("dtype", ["uint8", "bool", "int16", "int64", "float16", "float32", ">f8"])
@pytest.mark.parametrize("levels", [2, 256])
def test_codes_are_those_of_single_look_ups(dtype, levels):
    rng = np.random.default_rng(levels)
    for _ in range(20):
        shape = rng.integers(1, 30, 2)
        image = rng.integers(0, levels, shape).astype(dtype)
        if image.dtype.kind == "f":
            image /= image.dtype.type(255)
        image = (image, image[::-1], image[:, ::-2], image.T[::2])[rng.integers(4)]
        image.flags.writeable = False
        points, radius = int(rng.integers(2, 17)), float(rng.choice([0.3, 1, 1.5, 2, 2.37, 9, 40]))
        np.testing.assert_array_equal(
            lbp_codes(image, points=points, radius=radius, method="default"),
            codes_by_gathering(image, points, radius),
        )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"points": 17}, "'points' parameter of lbp_codes"),
        ({"radius": (1, 2)}, "'radius' parameter of lbp_codes"),
        ({"method": "u2"}, "'method' parameter of lbp_codes"),
    ],
)
def test_wrong_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        lbp_codes(np.zeros((9, 9)), **parameters)


def test_only_one_grey_image():
    with pytest.raises(ValueError, match=r"lbp_codes expects .* got \(0, 9\), which has no pixels"):
        lbp_codes(np.zeros((0, 9), np.uint8))
    with pytest.raises(ValueError, match=r"grey image of shape \(h, w\), got \(9, 9, 3\)"):
        lbp_codes(np.zeros((9, 9, 3)))
