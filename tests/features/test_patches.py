import numpy as np
import pytest

from fer_classic.features import PatchDictionary
from fer_classic.features._windows import windows

pytestmark = pytest.mark.portability


def faces(n_images=30, shape=(20, 24), seed=0):
    """Blurred noise, in which neighbours are alike."""
    noise = np.random.default_rng(seed).random((n_images, shape[0] + 2, shape[1] + 2))
    smooth = sum(
        noise[:, row : row + shape[0], column : column + shape[1]]
        for row in range(3)
        for column in range(3)
    )
    return np.uint8(smooth / 9 * 255)


def encoded(step, image):
    """One image, patch by patch, without mirroring: (windows, atoms)."""
    height, width = (step.patch_size,) * 2 if isinstance(step.patch_size, int) else step.patch_size
    tops, lefts = (
        range((length - size) % step.stride // 2, length - size + 1, step.stride)
        for length, size in zip(image.shape, (height, width), strict=True)
    )
    responses = np.zeros((len(tops), len(lefts), step.n_atoms))
    for row, top in enumerate(tops):
        for column, left in enumerate(lefts):
            patch = image[top : top + height, left : left + width].ravel().astype(float)
            if np.ptp(patch) > 0:
                white = step.whitening_ @ patch
                cosines = step.atoms_ @ (white / np.linalg.norm(white))
                responses[row, column] = np.maximum(0, cosines - step.threshold)
    return np.array(
        [
            responses[top:bottom, left:right].mean(axis=(0, 1))
            for top, bottom in windows(len(tops), step.grid[0], step.overlap)
            for left, right in windows(len(lefts), step.grid[1], step.overlap)
        ]
    )


class TestLearning:
    def test_patches_are_decorrelated(self):
        images = faces(60)
        step = PatchDictionary(
            patch_size=3, n_atoms=5, contrast_offset=0, whitening_offset=1e-6, random_state=0
        ).fit(images)
        patches = np.lib.stride_tricks.sliding_window_view(images, (3, 3), axis=(1, 2))
        patches = patches.reshape(-1, 9).astype(float)
        patches -= patches.mean(axis=1, keepdims=True)
        patches /= patches.std(axis=1, keepdims=True)
        white = patches @ step.whitening_.T
        expected = np.diag([1.0] * 8 + [0.0])
        # One direction, that of the mean, is empty, and mirrored patches count as much.
        moments = white.T @ white / len(white)
        assert sorted(np.diag(moments)) == pytest.approx(np.diag(expected)[::-1], abs=0.1)
        assert np.abs(moments - np.diag(np.diag(moments))).max() < 0.1

    def test_whitening_takes_brightness_away_and_commutes_with_the_mirror(self):
        step = PatchDictionary(patch_size=(3, 4), n_atoms=5, random_state=0).fit(faces())
        assert np.abs(step.whitening_.sum(axis=1)).max() < 1e-5
        patches = np.random.default_rng(0).random((10, 3, 4))
        white, mirrored = (
            part.reshape(10, -1) @ step.whitening_.T for part in (patches, patches[:, :, ::-1])
        )
        np.testing.assert_allclose(mirrored, white * step.parity_, atol=1e-5)
        assert (np.diff(step.parity_) <= 0).all()
        assert step.parity_.sum() == 0

    def test_atoms_have_length_1(self):
        step = PatchDictionary(patch_size=4, n_atoms=7, random_state=0).fit(faces())
        assert step.atoms_.shape == (7, 16)
        assert step.atoms_.dtype == step.whitening_.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(step.atoms_, axis=1), 1, atol=1e-6)

    def test_edges_are_learned(self):
        # Images of one vertical edge, at all places: what there is to learn runs up and down.
        columns, edges = np.arange(12), np.arange(1, 12)[:, np.newaxis]
        rows = np.uint8(np.where(columns < edges, 50, 200))
        images = np.repeat(rows[:, np.newaxis], 12, axis=1)
        step = PatchDictionary(patch_size=4, n_atoms=3, grid=(2, 2), random_state=0).fit(images)
        filters = (step.atoms_ @ step.whitening_).reshape(3, 4, 4)
        assert np.abs(filters).max() > 0.1
        np.testing.assert_allclose(filters, filters[:, :1].repeat(4, axis=1), atol=1e-4)

    def test_flat_patches_are_not_drawn(self):
        images = np.full((5, 20, 24), 100, dtype=np.uint8)
        images[0, :8, :8] = faces(1)[0, :8, :8]
        step = PatchDictionary(patch_size=4, n_atoms=5, random_state=0).fit(images)
        assert np.isfinite(step.atoms_).all()
        np.testing.assert_allclose(np.linalg.norm(step.atoms_, axis=1), 1, atol=1e-6)

    def test_contrast_offset_lets_faint_patches_count_less(self):
        # Loud patches vary along rows, faint ones along columns.
        rows = np.random.default_rng(0).integers(0, 2, (60, 1, 20))
        loud = np.repeat(100 + 100 * rows[:30], 20, axis=1)
        faint = np.repeat(100 + rows[30:], 20, axis=1).transpose(0, 2, 1)
        images = np.uint8(np.concatenate([loud, faint]))

        def ratio(contrast_offset):
            step = PatchDictionary(
                patch_size=2, n_atoms=2, contrast_offset=contrast_offset, random_state=0
            ).fit(images)
            along_rows, along_columns = np.float32([1, -1, 1, -1]), np.float32([1, 1, -1, -1])
            return np.linalg.norm(step.whitening_ @ along_columns) / np.linalg.norm(
                step.whitening_ @ along_rows
            )

        # Without the offset both are brought to the same variance.
        assert ratio(0) == pytest.approx(1, abs=0.05)
        assert ratio(100.0) > 2

    def test_few_patches_are_enough(self):
        step = PatchDictionary(patch_size=4, n_atoms=5, n_patches=50, random_state=0)
        assert step.fit_transform(faces()).shape == (30, 180)


class TestEncoding:
    @pytest.mark.parametrize(
        "parameters",
        [
            {},
            {"patch_size": (3, 5), "grid": (2, 5), "overlap": 0.0, "threshold": 0.0},
            {"patch_size": 4, "stride": 3, "grid": (2, 2), "overlap": 0.5, "threshold": 0.5},
        ],
    )
    def test_it_is_what_each_patch_answers(self, parameters):
        images = faces()
        step = PatchDictionary(n_atoms=5, random_state=0, mirror=False, **parameters).fit(images)
        result = step.transform(images[:2])
        expected = [encoded(step, image).ravel() for image in images[:2]]
        np.testing.assert_allclose(result, expected, atol=1e-5)
        assert result.max() > 0.02

    @pytest.mark.parametrize("stride", [1, 2])
    def test_mirror_averages_over_the_face_and_its_mirror_image(self, stride):
        images = faces()
        step = PatchDictionary(n_atoms=5, stride=stride, grid=(3, 4), random_state=0).fit(images)
        face, mirrored = (encoded(step, part) for part in (images[0], images[0, :, ::-1]))
        result = step.transform(images[:1])[0]
        np.testing.assert_allclose(result, (face + mirrored).ravel() / 2, atol=1e-5)
        np.testing.assert_allclose(step.transform(images[:1, :, ::-1])[0], result, atol=1e-6)

    def test_shape_of_the_usual_features(self):
        images = faces(5, (48, 48))
        step = PatchDictionary(n_patches=2000, max_iter=1, random_state=0)
        assert step.fit_transform(images).shape == (5, 36 * 400)

    def test_brightness_and_contrast_do_not_matter(self):
        images = faces() / 510 + 0.2
        step = PatchDictionary(n_atoms=5, random_state=0).fit(images)
        np.testing.assert_allclose(
            step.transform(images * 0.5 + 0.3), step.transform(images), atol=1e-4
        )

    def test_flat_parts_have_zero_response(self):
        images = faces()
        step = PatchDictionary(n_atoms=5, grid=(1, 2), overlap=0.0, mirror=False, random_state=0)
        step.fit(images)
        # Windows are 10 places wide, and patches 6 pixels.
        images[:, :, :15] = 77
        left, right = step.transform(images / 255).reshape(30, 2, 5).swapaxes(0, 1)
        np.testing.assert_array_equal(left, 0)
        assert right.max() > 0.01
        np.testing.assert_array_equal(step.transform(np.full((1, 20, 24), 0.7)), 0)

    def test_square_roots(self):
        images = faces()
        step = PatchDictionary(n_atoms=5, random_state=0).fit(images)
        plain = step.transform(images)
        step.set_params(normalization="sqrt")
        np.testing.assert_array_equal(step.transform(images), np.sqrt(plain))

    def test_layouts(self, any_batch):
        plain = np.ascontiguousarray(any_batch).astype(np.float64)
        if any_batch.dtype.kind in "iu":
            plain /= 255
        step = PatchDictionary(n_atoms=5, grid=(2, 3), random_state=0).fit(plain)
        np.testing.assert_allclose(step.transform(any_batch), step.transform(plain), atol=1e-5)

    def test_names(self):
        step = PatchDictionary(n_atoms=12, grid=(2, 3), random_state=0).fit(faces())
        names = step.get_feature_names_out()
        assert list(names[:2]) == ["patch_r0c0_a000", "patch_r0c0_a001"]
        assert names[12] == "patch_r0c1_a000"
        assert names[-1] == "patch_r1c2_a011"


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"patch_size": 21},
            r"patch_size=\(21, 21\) do not fit images of shape \(20, 24\), n_features=480 .*; use",
        ),
        ({"patch_size": (3, 25)}, r"patch_size=\(3, 25\) do not fit"),
        ({"patch_size": (3, 0)}, "patch_size must be two integers of at least 1"),
        ({"patch_size": (3,)}, "patch_size must be two integers"),
        ({"patch_size": 18}, r"grid=\(6, 6\) has more windows than the image has places \(3 x 7\)"),
        ({"grid": (2, 0)}, "PatchDictionary: grid must be two integers"),
        (
            {"n_atoms": 9000},
            r"n_atoms=9000 atoms cannot be learned from 8550 patches .* \(8550 of 8550 in "
            r"n_samples=30 images were drawn\); use fewer atoms",
        ),
        ({"n_patches": 10}, "n_atoms=400 atoms cannot be learned from 10 patches"),
        ({"threshold": 1.0}, "'threshold' parameter of PatchDictionary"),
        ({"whitening_offset": 0}, "'whitening_offset' parameter"),
        ({"whitening_offset": 1e-200}, "'whitening_offset' parameter .* Got 1e-200"),
        ({"contrast_offset": 1e200}, "'contrast_offset' parameter .* Got 1e.200"),
        ({"n_atoms": 0}, "'n_atoms' parameter"),
        ({"stride": 0}, "'stride' parameter"),
    ],
)
def test_errors(parameters, message):
    with pytest.raises(ValueError, match=message):
        PatchDictionary(**parameters).fit(faces())
