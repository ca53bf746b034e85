import copy
import pickle

import numpy as np
import pytest
from sklearn.datasets import load_digits, make_blobs, make_classification
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss
from sklearn.model_selection import GroupKFold, cross_val_predict, train_test_split
from sklearn.preprocessing import StandardScaler

from fer_classic.classifiers import (
    LeastSquaresSVC,
    _all_rows,
    _cholesky,
    _kernels,
    _least_squares,
)

pytestmark = pytest.mark.portability


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return train_test_split(X / 16, y, train_size=700, random_state=0)


@pytest.fixture
def three_classes():
    X, y = make_blobs(60, n_features=4, centers=3, cluster_std=4.0, random_state=0)
    return X, np.array(["happy", "sad", "angry"])[y]


def distances(A, B):
    return ((A[:, np.newaxis] - B) ** 2).sum(axis=-1)


def brute_force(X, y, new, *, gamma, alpha, weights=None):
    """Scores by solving ``(K + alpha / w) a = t - mean`` directly."""
    classes = np.unique(y)
    weights = np.ones(len(y)) if weights is None else weights
    targets = np.where(y[:, np.newaxis] == classes, 1.0, -1.0)
    mean = weights @ targets / weights.sum()
    A = np.exp(-gamma * distances(X, X)) + np.diag(alpha / weights)
    return np.exp(-gamma * distances(new, X)) @ np.linalg.solve(A, targets - mean) + mean


class TestSolution:
    @pytest.mark.parametrize("alpha", [0.01, 0.2, 5.0])
    @pytest.mark.parametrize("gamma", [0.001, 0.05])
    @pytest.mark.parametrize(("dtype", "tolerance"), [(np.float64, 1e-9), (np.float32, 2e-3)])
    def test_scores_equal_a_brute_force_solution(
        self, dtype, tolerance, gamma, alpha, three_classes
    ):
        X, y = three_classes
        new = X[:20] + 0.5
        svm = LeastSquaresSVC(gamma=gamma, alpha=alpha).fit(X.astype(dtype), y)
        scores = svm.decision_function(new.astype(dtype))
        assert scores.dtype == dtype
        expected = brute_force(X, y, new, gamma=gamma, alpha=alpha)
        np.testing.assert_allclose(scores, expected, atol=tolerance)

    @pytest.mark.parametrize("block", [1, 7, 59])
    def test_rows_at_a_time_do_not_matter(self, block, three_classes, monkeypatch):
        X, y = three_classes
        expected = LeastSquaresSVC().fit(X, y).decision_function(X)
        monkeypatch.setattr(_least_squares, "_BLOCK", block)
        monkeypatch.setattr(_all_rows, "_BLOCK", block)
        monkeypatch.setattr(_cholesky, "_BLOCK", block)
        monkeypatch.setattr(_kernels, "_TILE", block)
        np.testing.assert_allclose(LeastSquaresSVC().fit(X, y).decision_function(X), expected)

    def test_the_median_distance_sets_the_width(self, three_classes):
        X, y = three_classes
        between = distances(X, X)[np.triu_indices(60, k=1)]
        assert LeastSquaresSVC().fit(X, y).gamma_ == pytest.approx(2 / np.median(between))

    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_equal_rows_are_at_distance_0(self, dtype):
        row = np.random.default_rng(0).random((1, 500))
        X = np.repeat(row, 40, axis=0).astype(dtype)
        X[:5] += 1
        # Most pairs are equal, so the median distance is 0 and cannot set the width.
        assert LeastSquaresSVC(probability=False).fit(X, np.arange(40) % 2).gamma_ == 1

    def test_the_width_follows_the_scale_of_the_features(self, three_classes):
        X, y = three_classes
        small, large = (LeastSquaresSVC().fit(scale * X, y) for scale in (1, 100))
        np.testing.assert_allclose(
            small.decision_function(X), large.decision_function(100 * X), rtol=1e-6
        )

    def test_identical_rows_have_no_width(self):
        svm = LeastSquaresSVC().fit(np.ones((4, 2)), [0, 1, 0, 1])
        assert svm.gamma_ == 1.0
        np.testing.assert_allclose(svm.predict_proba(np.ones((1, 2))), 0.5)

    def test_linear_equals_ridge_regression_on_the_classes(self, three_classes):
        X, y = three_classes
        svm = LeastSquaresSVC("linear", alpha=0.5).fit(X, y)
        scale = (X**2).sum(axis=1).mean()
        targets = np.where(y[:, np.newaxis] == svm.classes_, 1.0, -1.0)
        mean = targets.mean(axis=0)
        # The constant column is as long as a row.
        A = np.column_stack([X, np.full(len(X), np.sqrt(scale))])
        ridge = A.T @ A + 0.5 * scale * np.eye(5)
        expected = A @ np.linalg.solve(ridge, A.T @ (targets - mean)) + mean
        np.testing.assert_allclose(svm.decision_function(X), expected)

    def test_two_classes_have_one_score(self, three_classes):
        X, y = three_classes
        two = y != "sad"
        svm = LeastSquaresSVC().fit(X[two], y[two])
        scores = svm.decision_function(X[two])
        assert scores.shape == (two.sum(),)
        np.testing.assert_array_equal(svm.predict(X[two]), np.where(scores > 0, "happy", "angry"))

    def test_faces_of_digits(self, digits):
        X, X_test, y, y_test = digits
        assert LeastSquaresSVC().fit(X, y).score(X_test, y_test) > 0.95


class TestClassWeight:
    def test_scores_equal_a_brute_force_solution(self, three_classes):
        X, y = three_classes
        class_weight = {"happy": 3.0, "sad": 0.5}
        svm = LeastSquaresSVC(gamma=0.01, class_weight=class_weight).fit(X, y)
        weights = np.array([class_weight.get(label, 1.0) for label in y])
        expected = brute_force(X, y, X, gamma=0.01, alpha=0.2, weights=weights)
        np.testing.assert_allclose(svm.decision_function(X), expected, atol=1e-9)

    @pytest.mark.parametrize("kernel", ["rbf", "linear"])
    def test_balanced_finds_more_of_a_rare_class(self, kernel):
        X, y = make_classification(800, weights=[0.9], flip_y=0.0, class_sep=0.5, random_state=0)
        found = {}
        for weight in (None, "balanced"):
            svm = LeastSquaresSVC(kernel, class_weight=weight).fit(X[:400], y[:400])
            found[weight] = np.mean(svm.predict(X[400:])[y[400:] == 1])
        assert found["balanced"] > found[None] + 0.1

    @pytest.mark.parametrize("kernel", ["rbf", "linear"])
    def test_equal_weights_only_scale_the_regularisation(self, kernel, three_classes):
        X, y = three_classes
        weighted = LeastSquaresSVC(
            kernel, alpha=0.4, class_weight=dict.fromkeys(["happy", "sad", "angry"], 2.0)
        )
        plain = LeastSquaresSVC(kernel, alpha=0.2)
        np.testing.assert_allclose(
            weighted.fit(X, y).decision_function(X), plain.fit(X, y).decision_function(X)
        )

    @pytest.mark.parametrize("weight", [0, -1.0])
    def test_weights_are_above_zero(self, weight, three_classes):
        with pytest.raises(ValueError, match=r"class weights must be positive, got \{'sad'"):
            LeastSquaresSVC(class_weight={"sad": weight}).fit(*three_classes)

    def test_labels_that_are_not_there(self, three_classes):
        with pytest.raises(ValueError, match="not in class_weight"):
            LeastSquaresSVC(class_weight={"glad": 2.0}).fit(*three_classes)


class TestBlocks:
    @pytest.mark.parametrize("blocks", [2, (1, 3), [3, 1]])
    @pytest.mark.parametrize("weights", [None, (3, 1)])
    def test_the_kernel_is_the_mean_of_one_for_each_block(self, blocks, weights, three_classes):
        X, y = three_classes
        first, second = (2, 2) if blocks == 2 else blocks
        svm = LeastSquaresSVC(blocks=blocks, block_weights=weights).fit(X, y)
        kernels = []
        for part in (X[:, :first], X[:, first:]):
            assert part.shape[1] in (first, second)
            gamma = 2 / np.median(distances(part, part)[np.triu_indices(60, k=1)])
            kernels.append(np.exp(-gamma * distances(part, part)))
        K = np.average(kernels, axis=0, weights=weights)
        targets = np.where(y[:, np.newaxis] == svm.classes_, 1.0, -1.0)
        mean = targets.mean(axis=0)
        expected = K @ np.linalg.solve(K + 0.2 * np.eye(60), targets - mean) + mean
        np.testing.assert_allclose(svm.decision_function(X), expected, atol=1e-9)

    def test_of_linear_kernels(self, three_classes):
        X, y = three_classes
        # Blocks of the same columns change nothing.
        once = LeastSquaresSVC("linear").fit(X, y)
        twice = LeastSquaresSVC("linear", blocks=2).fit(np.hstack([X, X]), y)
        scores = twice.decision_function(np.hstack([X, X]))
        np.testing.assert_allclose(once.decision_function(X), scores)

    @pytest.mark.parametrize("precision", ["full", "float16", "uint8"])
    def test_weights_of_features_replace_a_linear_kernel(self, precision, three_classes):
        X, y = three_classes
        settings = {"blocks": (1, 3), "block_weights": (1, 4), "precision": precision}
        svm = LeastSquaresSVC("linear", **settings).fit(X, y)
        assert svm.coef_.shape == (3, 4)
        scores = X @ svm.coef_.T + svm.intercept_
        np.testing.assert_allclose(svm.decision_function(X), scores, atol=1e-9)
        assert not hasattr(LeastSquaresSVC().fit(X, y), "coef_")
        assert not hasattr(LeastSquaresSVC("linear"), "coef_")

    @pytest.mark.parametrize("reload", [copy.deepcopy, lambda svm: pickle.loads(pickle.dumps(svm))])
    @pytest.mark.parametrize("kernel", ["rbf", "linear"])
    @pytest.mark.parametrize(
        "later", [{"block_weights": (100, 1)}, {"blocks": 1}, {"blocks": 4}, {"blocks": 3}]
    )
    def test_a_copy_is_that_of_the_fit_whatever_the_parameters(
        self, later, kernel, reload, three_classes
    ):
        X, y = three_classes
        svm = LeastSquaresSVC(kernel, blocks=2, block_weights=(1, 3)).fit(X, y)
        assert svm.block_widths_.tolist() == [2, 2]
        assert svm.block_weights_.tolist() == [0.25, 0.75]
        expected = svm.predict_proba(X)
        again = reload(svm.set_params(**later))
        np.testing.assert_array_equal(again.predict_proba(X), expected)
        if kernel == "linear":
            np.testing.assert_allclose(X @ again.coef_.T + again.intercept_, again._scores(X))

    def test_models_of_earlier_versions_follow_their_parameters(self, three_classes):
        X, y = three_classes
        svm = LeastSquaresSVC(blocks=2, block_weights=(1, 3)).fit(X, y)
        older = pickle.loads(pickle.dumps(svm))
        del older.block_widths_, older.block_weights_
        np.testing.assert_array_equal(older.predict_proba(X), svm.predict_proba(X))

    @pytest.mark.parametrize("blocks", [3, (1, 2), (4, 0), (1, 1, 1, 2), (2, 2.0), (3, "a")])
    def test_blocks_that_do_not_fit(self, blocks, three_classes):
        with pytest.raises(ValueError, match=r"does not split rows of 4 features"):
            LeastSquaresSVC(blocks=blocks).fit(*three_classes)

    @pytest.mark.parametrize("weights", [(1,), (1, 0), (1, 1, 1), (1, np.inf), ("a", "b")])
    def test_weights_that_do_not_fit(self, weights, three_classes):
        with pytest.raises(ValueError, match="block_weights must be 2 positive numbers"):
            LeastSquaresSVC(blocks=2, block_weights=weights).fit(*three_classes)


class TestSearch:
    def test_it_minimises_the_out_of_fold_loss(self, three_classes):
        X, y = three_classes
        groups = np.random.default_rng(0).integers(0, 12, 60)
        svm = LeastSquaresSVC("auto", alpha="auto").fit(X, y, groups=groups)
        losses = {}
        for kernel in ("rbf", "linear"):
            for alpha in (0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2):
                one = LeastSquaresSVC(kernel, alpha=alpha).fit(X, y, groups=groups)
                scores = one.temperature_ * one.oof_scores_
                shares = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
                losses[kernel, alpha] = log_loss(y, shares)
        tried = zip(svm.search_["kernel"], svm.search_["alpha"], strict=True)
        assert dict(zip(tried, svm.search_["log_loss"], strict=True)) == pytest.approx(losses)
        assert svm.search_["log_loss"] == sorted(svm.search_["log_loss"])
        assert (svm.kernel_, svm.alpha_) == min(losses, key=losses.get)

    def test_linear_data_gets_a_linear_kernel(self):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(80, 40))
        assert LeastSquaresSVC("auto").fit(X, X[:, 0] > 0).kernel_ == "linear"
        assert LeastSquaresSVC("auto").fit(X[:, :2], (X[:, :2] ** 2).sum(1) > 1).kernel_ == "rbf"

    def test_noisy_data_gets_stronger_regularisation(self):
        rng = np.random.default_rng(0)
        X = rng.normal(size=(300, 2))
        clean = X[:, 0] > 0
        noisy = np.where(rng.random(300) < 0.2, ~clean, clean)
        small, large = (
            LeastSquaresSVC(gamma=10, alpha="auto").fit(X, y).alpha_ for y in (clean, noisy)
        )
        assert small < large

    def test_many_rows_are_not_searched(self, three_classes, monkeypatch):
        monkeypatch.setattr(_least_squares, "_FEW_ROWS", 59)
        svm = LeastSquaresSVC("auto", alpha="auto").fit(*three_classes)
        assert (svm.kernel_, svm.alpha_) == ("rbf", 0.2)
        assert not hasattr(svm, "search_")

    def test_a_second_fit_forgets_the_first(self, three_classes):
        svm = LeastSquaresSVC("auto").fit(*three_classes)
        svm.set_params(kernel="rbf", probability=False).fit(*three_classes)
        assert not hasattr(svm, "search_")
        assert not hasattr(svm, "temperature_")

    @pytest.mark.parametrize(
        ("settings", "labels"),
        [
            ({"blocks": 3}, list("defg") * 15),
            ({"block_weights": (1, 0)}, list("defg") * 15),
            ({"kernel": "linear", "alpha": 1e-300}, list("defg") * 15),
            ({"class_weight": {"d": -1.0}}, list("defg") * 15),
            ({}, ["d"] * 60),
        ],
    )
    def test_a_second_fit_that_fails_leaves_no_mixture(self, settings, labels, three_classes):
        X, y = three_classes
        svm = LeastSquaresSVC().fit(X, y)
        with pytest.raises(ValueError, match=r"LeastSquaresSVC|does not split"):
            svm.set_params(**settings).fit(X, labels)
        with pytest.raises(NotFittedError):
            svm.predict(X)
        for name in ("dual_coef_", "X_fit_", "oof_scores_", "temperature_", "_predictor"):
            assert not hasattr(svm, name)

    def test_nothing_that_can_be_solved(self, three_classes):
        X, y = three_classes
        heavy = dict.fromkeys(np.unique(y), 1e12)
        svm = LeastSquaresSVC("linear", alpha="auto", class_weight=heavy)
        with pytest.raises(ValueError, match="use a larger alpha than any of"):
            svm.fit(X.astype(np.float32), y)

    def test_one_candidate_is_not_searched(self, three_classes):
        svm = LeastSquaresSVC("linear", alpha=3.0).fit(*three_classes)
        assert (svm.kernel_, svm.alpha_) == ("linear", 3.0)
        assert not hasattr(svm, "search_")


class TestLeaveOut:
    @pytest.mark.parametrize("kernel", ["rbf", "linear"])
    def test_out_of_fold_scores_equal_refitting(self, kernel, three_classes):
        X, y = three_classes
        groups = np.random.default_rng(0).integers(0, 12, 60)
        svm = LeastSquaresSVC(kernel).fit(X, y, groups=groups)
        targets = np.where(y[:, np.newaxis] == svm.classes_, 1.0, -1.0)
        mean = targets.mean(axis=0)
        for group in range(12):
            out = groups == group
            # The linear system of a linear kernel has a constant for the intercept.
            K = svm._make_kernel(kernel, svm.gamma_)(X, X[~out]) + (kernel == "linear")
            dual = np.linalg.solve(K[~out] + 0.2 * np.eye((~out).sum()), (targets - mean)[~out])
            np.testing.assert_allclose(svm.oof_scores_[out], K[out] @ dual + mean, rtol=1e-6)

    def test_standardised_rows_do_not_give_away_their_labels(self):
        # More features than rows: the mean of all rows would tell the row that is left out.
        rng = np.random.default_rng(0)
        X = StandardScaler().fit_transform(rng.normal(size=(80, 400)))
        y = rng.permutation(np.repeat(["happy", "sad"], 40))
        svm = LeastSquaresSVC("linear", alpha=0.01).fit(X, y)
        left_out = np.mean(svm.classes_[svm.oof_scores_.argmax(axis=1)] == y)
        assert left_out < 0.65

    def test_a_constant_for_the_intercept_leaves_centred_rows_their_scores(self):
        X = StandardScaler().fit_transform(np.random.default_rng(0).normal(size=(30, 5)))
        y = np.repeat(["happy", "sad", "fear"], 10)
        svm = LeastSquaresSVC("linear").fit(X, y)
        np.testing.assert_allclose(svm.intercept_, [-1 / 3] * 3)

    @pytest.mark.parametrize(("oof_samples", "n_rows"), [(20, 20), (None, 60)])
    def test_rows_that_are_left_out(self, oof_samples, n_rows, three_classes):
        X, y = three_classes
        svm = LeastSquaresSVC(oof_samples=oof_samples).fit(X, y)
        assert len(svm.oof_rows_) == n_rows
        expected = LeastSquaresSVC().fit(X, y).oof_scores_[svm.oof_rows_]
        np.testing.assert_allclose(svm.oof_scores_, expected)

    def test_without_groups_identical_rows_are_left_out_together(self, three_classes):
        X, y = three_classes
        twice, labels = np.repeat(X, 2, axis=0), np.repeat(y, 2)
        alone = LeastSquaresSVC().fit(twice, labels)
        grouped = LeastSquaresSVC().fit(twice, labels, groups=np.repeat(np.arange(60), 2))
        np.testing.assert_allclose(alone.oof_scores_, grouped.oof_scores_)
        straddling = LeastSquaresSVC().fit(twice, labels, groups=np.arange(120))
        # With a twin in the training set, the probabilities are overconfident.
        assert straddling.temperature_ > 1.5 * alone.temperature_

    def test_with_a_single_group_identical_rows_are_left_out_together(self, three_classes):
        X, y = three_classes
        one, each = (LeastSquaresSVC().fit(X, y, groups=g) for g in (np.zeros(60), np.arange(60)))
        np.testing.assert_array_equal(one.oof_scores_, each.oof_scores_)
        twice, labels = np.repeat(X, 2, axis=0), np.repeat(y, 2)
        one, none = (LeastSquaresSVC().fit(twice, labels, groups=g) for g in (np.zeros(120), None))
        np.testing.assert_array_equal(one.oof_scores_, none.oof_scores_)
        assert one.temperature_ == none.temperature_

    def test_out_of_fold_accuracy_equals_test_accuracy(self, digits):
        X, X_test, y, y_test = digits
        svm = LeastSquaresSVC().fit(X, y)
        left_out = np.mean(svm.classes_[svm.oof_scores_.argmax(axis=1)] == y)
        assert left_out == pytest.approx(svm.score(X_test, y_test), abs=0.02)


class TestProbability:
    def test_they_sum_to_one_and_agree_with_predict(self, three_classes):
        X, y = three_classes
        svm = LeastSquaresSVC().fit(X, y)
        probabilities = svm.predict_proba(X.astype(np.float32))
        assert probabilities.dtype == np.float64
        assert (probabilities > 0).all()
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
        chosen = svm.classes_[probabilities.argmax(axis=1)]
        np.testing.assert_array_equal(chosen, svm.predict(X))

    def test_they_are_better_calibrated_than_raw_scores(self, digits):
        X, X_test, y, y_test = digits
        svm = LeastSquaresSVC(alpha=2.0).fit(X, y)
        calibrated = log_loss(y_test, svm.predict_proba(X_test))
        temperature, losses = svm.temperature_, {}
        for factor in (1 / temperature, 1.0, 0.7, 1.5):
            svm.temperature_ = factor * temperature
            losses[factor] = log_loss(y_test, svm.predict_proba(X_test))
        assert calibrated < 0.5 * losses[1 / temperature]
        assert calibrated < 1.02 * min(losses.values())

    def test_calibration_by_groups_has_a_lower_loss(self):
        # Every subject is seen five times in nearly the same way, so single samples are easy.
        rng = np.random.default_rng(0)
        subjects, y = np.repeat(np.arange(60), 5), np.repeat(rng.integers(0, 3, 60), 5)
        centers = rng.normal(size=(3, 6))[y] + 2 * rng.normal(size=(60, 6))[subjects]
        X = centers + 0.05 * rng.normal(size=centers.shape)
        folds = list(GroupKFold(4).split(X, y, subjects))

        def loss(groups):
            losses = []
            for train, test in folds:
                svm = LeastSquaresSVC().fit(X[train], y[train], groups=groups[train])
                losses.append(log_loss(y[test], svm.predict_proba(X[test])))
            return np.mean(losses)

        assert loss(subjects) < loss(np.arange(300)) - 0.1

    def test_without_probability_nothing_is_calibrated(self, three_classes):
        X, y = three_classes
        svm = LeastSquaresSVC(probability=False).fit(X, y)
        assert not hasattr(svm, "predict_proba")
        assert not hasattr(svm, "oof_scores_")
        with pytest.raises(AttributeError, match="'LeastSquaresSVC' has no attribute"):
            svm.predict_proba(X)
        expected = LeastSquaresSVC().fit(X, y).decision_function(X)
        np.testing.assert_array_equal(svm.decision_function(X), expected)

    def test_cross_val_predict(self, three_classes):
        X, y = three_classes
        probabilities = cross_val_predict(LeastSquaresSVC(), X, y, method="predict_proba", cv=3)
        assert probabilities.shape == (60, 3)


class TestErrors:
    X = np.random.default_rng(0).normal(size=(6, 2))
    Y = np.array(list("ababab"))

    @pytest.mark.parametrize(
        ("y", "shown"), [(["a"] * 6, "'a'"), ([3] * 6, "3"), (np.full(6, "sad", object), "'sad'")]
    )
    def test_one_class(self, y, shown):
        with pytest.raises(ValueError, match=f"at least two classes, got one class: {shown}"):
            LeastSquaresSVC().fit(self.X, y)

    @pytest.mark.parametrize("value", [np.nan, np.inf])
    def test_numbers_that_are_not_finite(self, value):
        X = self.X.copy()
        X[2, 1] = value
        with pytest.raises(ValueError, match=r"contains (NaN|infinity)"):
            LeastSquaresSVC().fit(X, self.Y)

    @pytest.mark.parametrize("groups", [[1, 2], np.zeros((6, 1))])
    def test_groups_of_a_wrong_length(self, groups):
        with pytest.raises(ValueError, match="one label per sample, 6 in all"):
            LeastSquaresSVC().fit(self.X, self.Y, groups=groups)

    @pytest.mark.parametrize(("scale", "precision"), [(1e6, "float16"), (1e25, "full")])
    @pytest.mark.filterwarnings("ignore:(overflow|invalid value):RuntimeWarning")
    def test_features_that_are_too_large(self, scale, precision):
        X = np.float32(scale) * np.random.default_rng(0).normal(size=(6, 2)).astype(np.float32)
        with pytest.raises(ValueError, match="features are too large; standardise"):
            LeastSquaresSVC(precision=precision).fit(X, self.Y)

    def test_a_matrix_that_is_not_positive_definite(self):
        message = "not positive definite in float32; use a larger alpha than 1e-12 or float64"
        with pytest.raises(ValueError, match=message):
            LeastSquaresSVC(alpha=1e-12).fit(np.ones((40, 2), np.float32), [0, 1] * 20)

    @pytest.mark.parametrize("n_centers", [None, 5])
    def test_more_rows_than_memory(self, n_centers, monkeypatch):
        monkeypatch.setattr(_all_rows, "available_memory", lambda: 100)
        n = n_centers or 6
        message = rf"of {n} samples in float64 takes 0\.0 GB, and 0\.0 GB are free"
        with pytest.raises(MemoryError, match=message):
            LeastSquaresSVC(n_centers=n_centers).fit(self.X, self.Y)

    @pytest.mark.parametrize(
        ("parameters", "name"),
        [
            ({"kernel": "poly"}, "kernel"),
            ({"gamma": "scale"}, "gamma"),
            ({"gamma": 0}, "gamma"),
            ({"alpha": 0}, "alpha"),
            ({"alpha": "best"}, "alpha"),
            ({"blocks": 0}, "blocks"),
            ({"block_weights": 1}, "block_weights"),
            ({"class_weight": "even"}, "class_weight"),
            ({"probability": "yes"}, "probability"),
            ({"oof_samples": 0}, "oof_samples"),
        ],
    )
    def test_wrong_parameters(self, parameters, name):
        with pytest.raises(ValueError, match=f"'{name}' parameter of LeastSquaresSVC"):
            LeastSquaresSVC(**parameters).fit(self.X, self.Y)

    @pytest.mark.parametrize("labels", [[0.5, 1.5, 2.5] * 2, [[0, 1]] * 6])
    def test_labels_that_are_no_classes(self, labels):
        with pytest.raises(ValueError, match=r"(?i)unknown label type|1d array"):
            LeastSquaresSVC().fit(self.X, labels)


def test_the_training_rows_are_not_changed(three_classes):
    X, y = three_classes
    before = X.copy()
    X.flags.writeable = False
    LeastSquaresSVC().fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(X, before)


class TestWhatTheCallerKeeps:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    @pytest.mark.parametrize("order", ["C", "F"])
    @pytest.mark.parametrize("view", [np.asarray, lambda X: X[::2]], ids=["whole", "part"])
    def test_changes_of_the_training_rows_do_not_reach_the_model(
        self, view, order, dtype, three_classes
    ):
        X, y = three_classes
        X = np.array(X, dtype=dtype, order=order)
        svm = LeastSquaresSVC().fit(view(X), view(y))
        new = X + dtype(0.5)
        expected = svm.predict_proba(new)
        X[:] = 0
        np.testing.assert_array_equal(svm.predict_proba(new), expected)
        del svm._predictor
        np.testing.assert_array_equal(svm.predict_proba(new), expected)

    def test_a_table(self, three_classes):
        X, y = three_classes
        table = pytest.importorskip("pandas").DataFrame(X)
        svm = LeastSquaresSVC().fit(table, y)
        assert not np.may_share_memory(svm.X_fit_, table.to_numpy())


def test_probabilities_after_a_fit_without_them():
    X, y = np.random.default_rng(0).normal(size=(20, 3)), ["a", "b"] * 10
    model = LeastSquaresSVC(probability=False).fit(X, y).set_params(probability=True)
    with pytest.raises(NotFittedError, match="fit it again with probability=True"):
        model.predict_proba(X)


def test_a_mask_of_rows_is_named_in_few_words():
    X, y = np.random.default_rng(0).normal(size=(20, 3)), ["a", "b"] * 10
    with pytest.raises(ValueError, match=r"dtype bool and shape \(20,\); np.flatnonzero turns"):
        LeastSquaresSVC().fit(X, y, oof_rows=np.ones(20, dtype=bool))
