import numpy as np
import pytest

from fer_classic.features import LBPHistogram, lbp_codes, lbp_histogram

pytestmark = pytest.mark.portability


@pytest.mark.parametrize(
    ("points", "method", "n_codes"),
    [(8, "nri_uniform", 59), (8, "uniform", 10), (8, "default", 256), (4, "nri_uniform", 15)],
)
def test_every_code_has_its_bin(points, method, n_codes, shuffled):
    codes = lbp_codes(shuffled(height=150, width=150), points=points, method=method)
    assert set(codes.ravel().tolist()) == set(range(n_codes))
    histogram = lbp_histogram(shuffled(), points=points, method=method, grid=(1, 1))
    assert histogram.shape == (n_codes,)


class TestHistogram:
    def test_cells_count_the_codes_of_the_whole_image(self, shuffled):
        image = shuffled(height=20, width=30)
        histogram = lbp_histogram(image, grid=(2, 3), normalization="l1").reshape(2, 3, 59)
        codes = lbp_codes(image)
        expected = np.bincount(codes[10:, 10:20].ravel(), minlength=59) / 100
        np.testing.assert_allclose(histogram[1, 1], expected, rtol=1e-6)
        tile = np.bincount(lbp_codes(image[10:, 10:20]).ravel(), minlength=59) / 100
        assert np.abs(expected - tile).max() > 0.05

    @pytest.mark.parametrize("overlap", [0.0, 0.5, 1.0])
    def test_the_shares_of_a_cell_sum_to_one(self, overlap, shuffled):
        shares = lbp_histogram(shuffled(), grid=(4, 5), overlap=overlap, normalization="l1")
        np.testing.assert_allclose(shares.reshape(20, 59).sum(axis=1), 1, rtol=1e-5)

    def test_sqrt_is_the_root_of_l1(self, shuffled):
        l1, root = (
            lbp_histogram(shuffled(), normalization=normalization)
            for normalization in ("l1", "sqrt")
        )
        np.testing.assert_allclose(root**2, l1, atol=1e-7)

    def test_several_radii_stand_one_after_another(self, shuffled):
        both = lbp_histogram(shuffled(), radius=(1, 2.5))
        each = [lbp_histogram(shuffled(), radius=radius) for radius in (1, 2.5)]
        np.testing.assert_array_equal(both, np.concatenate(each))

    def test_feature_names_point_at_the_features(self, shuffled):
        step = LBPHistogram(grid=(2, 3), radius=(1, 2), normalization="l1")
        row = dict(
            zip(
                step.fit(shuffled(height=20, width=30)[None]).get_feature_names_out(),
                step.transform(shuffled(height=20, width=30)[None])[0],
                strict=True,
            )
        )
        codes = lbp_codes(shuffled(height=20, width=30), radius=2)[:10, 20:]
        assert row["lbp2_r0c2_u58"] == pytest.approx(np.mean(codes == 58))
        assert row["lbp2_r0c2_u0"] == pytest.approx(np.mean(codes == 0))

    def test_boxes_are_the_cells_of_the_names(self):
        step = LBPHistogram(grid=(2, 3), radius=(1, 2), overlap=0.2).fit(np.zeros((1, 20, 30)))
        names = step.get_feature_names_out().tolist()
        boxes = dict(zip(names, step.get_feature_boxes().tolist(), strict=True))
        assert boxes["lbp1_r0c0_u0"] == [0, 0, 11, 11]
        assert boxes["lbp2_r1c1_u58"] == [9, 9, 12, 11]

    @pytest.mark.parametrize(
        ("parameters", "name"),
        [
            ({}, "lbp_r0c0_u0"),
            ({"method": "uniform"}, "lbp_r0c0_riu0"),
            ({"method": "default"}, "lbp_r0c0_b0"),
            ({"radius": (1.5, 2)}, "lbp1.5_r0c0_u0"),
            ({"radius": [2]}, "lbp_r0c0_u0"),
        ],
    )
    def test_first_name(self, parameters, name):
        assert (
            LBPHistogram(**parameters).fit(np.zeros((1, 9, 9))).get_feature_names_out()[0] == name
        )

    @pytest.mark.parametrize(
        "parameters",
        [
            {"grid": (3, 4)},
            {"grid": [2, 2], "overlap": 1.0, "radius": [1, 2], "normalization": "l1"},
            {"grid": (1, 5), "points": 12, "radius": 2.5, "method": "uniform"},
        ],
    )
    def test_a_batch_equals_its_single_images_bitwise(self, any_batch, parameters):
        batch = LBPHistogram(**parameters).fit_transform(any_batch)
        assert batch.dtype == np.float32
        for place in (0, 33, 69):
            np.testing.assert_array_equal(
                batch[place], lbp_histogram(any_batch[place], **parameters)
            )


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"points": 1}, "'points' parameter"),
        ({"points": 25}, "'points' parameter"),
        ({"radius": 0}, "'radius' parameter"),
        ({"radius": ()}, r"every radius must be a positive number of .*, got radius=\(\)"),
        ({"radius": 1e5}, r"'radius' parameter .* range \(0\.0, 1000\.0\].* Got 100000\.0"),
        ({"radius": (1, 1e5)}, r"at most 1000 pixels, got radius=\(1, 100000\.0\)"),
        ({"radius": (1, -2)}, r"got radius=\(1, -2\)"),
        ({"radius": (1, "2")}, "every radius"),
        ({"radius": (float("nan"),)}, "every radius"),
        ({"method": "u2"}, "'method' parameter"),
        ({"normalization": "l2"}, "'normalization' parameter"),
        ({"overlap": 1.5}, "'overlap' parameter"),
        ({"overlap": -0.1}, "'overlap' parameter"),
        ({"grid": 7}, "'grid' parameter"),
        ({"grid": (7,)}, "grid must be two integers"),
        ({"grid": (1, 30)}, r"grid=\(1, 30\) has more cells than an image of shape \(20, 24\)"),
    ],
)
def test_wrong_parameters_are_named_by_both_doors(parameters, message):
    images = np.zeros((2, 20, 24))
    with pytest.raises(ValueError, match=message):
        LBPHistogram(**parameters).fit(images)
    with pytest.raises(ValueError, match=message):
        lbp_histogram(images[0], **parameters)


def test_only_one_grey_image():
    with pytest.raises(ValueError, match=r"grey image of shape \(h, w\), got \(9, 9, 3\)"):
        lbp_histogram(np.zeros((9, 9, 3)))
