import pickle
import sys
import warnings
from functools import partial

import numpy as np
import pytest
import torch
from scipy.special import log_softmax, softmax
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import estimator_checks_generator
from torch import nn

from fer_classic.exceptions import FerClassicWarning, MissingDependencyError, UnknownNameError
from fer_classic.faces import FaceCropper
from fer_classic.neural import CNNClassifier, _training
from fer_classic.neural._training import COLUMNS, Trainer
from fer_classic.preprocessing import Equalizer
from tests.neural.conftest import classifier, make_images
from tests.neural.networks import small, tiny, with_gelu, without_dense

CHECKED = CNNClassifier(
    tiny,
    image_shape=(1, -1),
    epochs=25,
    batch_size=32,
    augment=None,
    averaging=None,
    validation_fraction=None,
    precision="float32",
    random_state=0,
)


def _name(value):
    """Name a check, or the estimator, whose own name has the address of a function."""
    return value.func.__name__ if isinstance(value, partial) else "CNNClassifier"


@pytest.mark.parametrize(
    ("estimator", "check"), list(estimator_checks_generator(CHECKED)), ids=_name
)
def test_scikit_learns_checks(estimator, check):
    check(estimator)


def test_names_in_names_and_probabilities_out(images, names):
    before = images.copy()
    model = classifier().fit(images, names)
    assert model.classes_.tolist() == ["fear", "happy", "sad"]
    probabilities = model.predict_proba(images)
    assert probabilities.shape == (36, 3)
    assert probabilities.dtype == np.float64
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-12)
    assert (model.predict(images) == model.classes_[probabilities.argmax(axis=1)]).all()
    assert (images == before).all()


@pytest.mark.parametrize("averaging", [None, 0.999])
def test_it_learns(averaging, images, names):
    model = classifier(epochs=15, averaging=averaging).fit(images, names)
    unseen, expected, _ = make_images(seed=1)
    assert model.score(unseen, expected) > 0.9


@pytest.mark.parametrize("network", ["compact", "elu_vgg"])
def test_networks_by_name(network, images, names):
    model = classifier(network=network, epochs=2, learning_rate=0.01).fit(images, names)
    assert np.isfinite(model.predict_proba(images)).all()
    assert model.n_features_in_ == 64


def test_equal_seeds_give_equal_models(images, names):
    models = [classifier(random_state=seed).fit(images, names) for seed in (0, 0, 1)]
    probabilities = [model.predict_proba(images) for model in models]
    np.testing.assert_array_equal(probabilities[0], probabilities[1])
    assert np.abs(probabilities[0] - probabilities[2]).max() > 1e-3


def test_the_random_state_of_torch_is_left_alone(images, names):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    model = classifier(epochs=1).fit(images, names)
    pickle.loads(pickle.dumps(model)).predict(images)
    assert torch.equal(torch.rand(3), expected)


def test_rows_are_images(images, names):
    rows = images.reshape(len(images), -1)
    model = classifier().fit(images, names)
    flat = classifier(image_shape=(8, 8)).fit(rows, names)
    np.testing.assert_array_equal(flat.predict_proba(rows), model.predict_proba(images))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_units_do_not_matter(dtype, images, names):
    other = (
        images.astype(dtype) / 255 if np.issubdtype(dtype, np.floating) else images.astype(dtype)
    )
    expected = classifier(epochs=2).fit(images, names).predict_proba(images)
    model = classifier(epochs=2).fit(other, names)
    np.testing.assert_allclose(model.predict_proba(other), expected, atol=1e-4)


@pytest.mark.parametrize("method", ["fit", "predict"])
def test_floats_of_another_unit_are_refused(method, images, names):
    model = classifier().fit(images, names)
    arguments = (images.astype(np.float32), names)[: 2 if method == "fit" else 1]
    with pytest.raises(ValueError, match=r"floating images hold 0 to 1, got values from"):
        getattr(model, method)(*arguments)


def test_one_image_equals_itself_in_a_batch(images, names):
    model = classifier().fit(images, names)
    alone = np.concatenate([model.predict_proba(images[k : k + 1]) for k in range(5)])
    np.testing.assert_allclose(alone, model.predict_proba(images)[:5], atol=1e-5)


def test_images_are_augmented_in_training_only(images, names):
    model = classifier(augment={"erasing": 1.0}).fit(images, names)
    np.testing.assert_array_equal(model.predict_proba(images), model.predict_proba(images))


def test_a_read_only_memory_map(images, names, tmp_path):
    np.save(tmp_path / "images.npy", images)
    mapped = np.load(tmp_path / "images.npy", mmap_mode="r")
    model = classifier(epochs=1).fit(mapped, names)
    assert len(model.predict(mapped)) == len(names)


def test_a_copy_holds_no_torch(images, names):
    model = classifier(network="compact", epochs=1).fit(images, names)
    stored = pickle.dumps(model)
    assert b"torch" not in stored
    assert all(type(array) is np.ndarray for array in model.state_.values())
    np.testing.assert_array_equal(
        pickle.loads(stored).predict_proba(images), model.predict_proba(images)
    )


def test_fitting_again_forgets(images, names):
    model = classifier(epochs=2).fit(images[:, :7], np.where(names == "sad", "b", "a"))
    model.fit(images, names)
    expected = classifier(epochs=2).fit(images, names).predict_proba(images)
    np.testing.assert_array_equal(model.predict_proba(images), expected)


class TestInScikitLearn:
    def test_pipeline_search_and_cross_validation(self, images, names):
        pipeline = make_pipeline(FaceCropper(detector=None, size=8), Equalizer(), classifier())
        grid = {"cnnclassifier__epochs": [1, 12]}
        search = GridSearchCV(pipeline, grid, cv=2).fit(images, names)
        assert search.best_params_ == {"cnnclassifier__epochs": 12}
        scores = cross_validate(clone(pipeline), images, names, cv=2, error_score="raise")
        assert len(scores["test_score"]) == 2

    def test_calibration(self, images, names):
        model = CalibratedClassifierCV(classifier(), cv=2).fit(images, names)
        assert model.predict_proba(images).shape == (36, 3)


class TestHistory:
    def test_a_row_an_epoch(self, images, names):
        model = classifier(epochs=5, warmup=0.0).fit(images, names)
        assert tuple(model.history_) == COLUMNS
        assert model.history_["epoch"] == [1, 2, 3, 4, 5]
        assert {type(value) for name in COLUMNS[1:] for value in model.history_[name]} == {float}
        assert all(seconds > 0 for seconds in model.history_["seconds"])
        rates = model.history_["learning_rate"]
        assert rates == sorted(rates, reverse=True)

    @pytest.mark.parametrize("monitor", ["loss", "accuracy"])
    def test_the_best_weights_are_kept(self, monitor, images, names):
        model = classifier(epochs=12, monitor=monitor, precision="float32").fit(images, names)
        losses = model.history_["validation_loss"]
        accuracies = model.history_["validation_accuracy"]
        ranked = sorted(
            range(12), key=lambda k: (accuracies[k] if monitor == "accuracy" else 0, -losses[k])
        )
        assert model.best_epoch_ == ranked[-1] + 1
        part = model.validation_index_
        proba = model.predict_proba(images[part])
        codes = np.searchsorted(model.classes_, names[part])
        loss = -np.log(proba[np.arange(len(part)), codes]).mean()
        assert loss == pytest.approx(losses[model.best_epoch_ - 1], rel=1e-4)

    def test_training_ends_when_nothing_is_gained(self, images, names):
        model = classifier(epochs=50, learning_rate=1e-9, patience=3, monitor="loss")
        model.fit(images, np.random.default_rng(0).permutation(names))
        assert len(model.history_["epoch"]) == model.best_epoch_ + 3 < 50

    def test_without_a_validation_part_the_last_epoch_is_kept(self, images, names):
        model = classifier(validation_fraction=None, patience=1).fit(images, names)
        assert model.best_epoch_ == 6
        assert len(model.validation_index_) == 0
        assert np.isnan(model.history_["validation_loss"]).all()

    def test_the_rate_falls_on_a_plateau(self, images, names):
        model = classifier(
            schedule="plateau", plateau_patience=0, epochs=8, learning_rate=10.0, max_norm=None
        ).fit(images, names)
        assert model.history_["learning_rate"][-1] < 10


class TestValidationPart:
    def test_groups_stay_together(self, images, names, groups):
        model = classifier(epochs=1).fit(images, names, groups=groups)
        held = np.isin(np.arange(len(names)), model.validation_index_)
        assert 0 < held.sum() <= 9
        assert not set(groups[held]) & set(groups[~held])

    def test_identical_images_are_a_group(self, images, names):
        twice, labels = np.concatenate([images, images]), np.concatenate([names, names])
        model = classifier(epochs=1).fit(twice, labels)
        assert len(model.validation_index_) > 0
        assert len(set(model.validation_index_ % 36)) == len(model.validation_index_) / 2

    def test_a_class_that_is_missing_in_it(self, images, names):
        labels = names.copy()
        labels[0] = "angry"
        model = classifier().fit(images, labels)
        assert 0 not in model.validation_index_
        assert model.predict_proba(images).shape == (36, 4)


class TestTemperature:
    @pytest.fixture
    def enough(self, monkeypatch):
        """Make the small validation parts of tests large enough to calibrate on."""
        monkeypatch.setattr(_training, "_ENOUGH_TO_CALIBRATE", 1)

    @pytest.mark.parametrize("averaging", [None, 0.9])
    def test_it_is_the_best_on_the_validation_part(self, images, enough, averaging):
        labels = np.random.default_rng(0).choice(["fear", "happy"], len(images))
        model = classifier(epochs=3, averaging=averaging).fit(images, labels)
        held = model.validation_index_
        codes = np.searchsorted(model.classes_, labels[held])
        logits = np.log(model.predict_proba(images[held]))

        def loss(factor):
            return -log_softmax(factor * logits, axis=1)[np.arange(len(held)), codes].mean()

        assert 0.1 <= model.temperature_ <= 10
        inside = 0.101 < model.temperature_ < 9.9
        assert loss(1.0) <= loss(1.1) + 1e-6
        assert loss(1.0) <= loss(0.9) + 1e-6 or not inside

    def test_it_does_not_change_names(self, images, names, enough):
        model = classifier().fit(images, names)
        before, shares = model.predict(images), model.predict_proba(images)
        assert model.temperature_ > 1
        model.temperature_ = 0.5
        np.testing.assert_array_equal(model.predict(images), before)
        assert model.predict_proba(images).max() < shares.max()

    @pytest.mark.parametrize(("augment", "rounds"), [("flip", 1), ("full", 1), ("camera", 2)])
    def test_degraded_images_count_where_training_has_them(
        self, images, names, enough, monkeypatch, augment, rounds
    ):
        asked = []

        def fit(scores, codes, **options):
            asked.append((scores, codes))
            return 1.0

        monkeypatch.setattr(_training, "fit_temperature", fit)
        model = classifier(epochs=1, augment=augment).fit(images, names)
        ((scores, codes),) = asked
        assert len(scores) == len(codes) == rounds * len(model.validation_index_)
        clean = np.log(model.predict_proba(images[model.validation_index_]))
        first, *others = np.split(log_softmax(scores, axis=1), rounds)
        np.testing.assert_allclose(first, clean, atol=1e-4)
        assert all(np.abs(other - clean).max() > 1e-3 for other in others)

    @pytest.mark.parametrize("settings", [{}, {"validation_fraction": None}])
    def test_too_few_images_leave_it_at_1(self, images, names, settings):
        assert classifier(epochs=1, **settings).fit(images, names).temperature_ == 1.0

    def test_models_of_earlier_versions_have_none(self, images, names):
        model = classifier(epochs=1).fit(images, names)
        expected = model.predict_proba(images)
        del model.temperature_
        np.testing.assert_array_equal(model.predict_proba(images), expected)


@pytest.mark.parametrize("balance", [{"class_weight": "balanced"}, {"oversample": True}])
def test_imbalance_can_be_met(balance):
    """For uninformative images, the probabilities are the class frequencies."""
    noise = np.random.default_rng(0).integers(0, 256, (60, 8, 8), dtype=np.uint8)
    labels = np.repeat(["fear", "happy"], [50, 10])
    settings = {"epochs": 8, "validation_fraction": None, "label_smoothing": 0.0}
    shares = [
        classifier(**settings | more).fit(noise, labels).predict_proba(noise)[:, 1].mean()
        for more in ({}, balance)
    ]
    assert shares[0] < 0.3
    assert 0.4 < shares[1] < 0.6


@pytest.mark.parametrize(
    "settings",
    [
        {"mixup": 0.4},
        {"optimizer": "adam", "learning_rate": 1e-3},
        {"optimizer": "adamw", "learning_rate": 1e-3, "max_norm": None},
        {"schedule": "constant", "label_smoothing": 0.0, "averaging": None},
        {"augment": "flip"},
        {"augment": {"rotation": 10, "scale": 0.2}},
        {"precision": "bfloat16"},
        {"batch_size": 1000},
        {"batch_size": "auto"},
        {"class_weight": {"fear": 2.0, "happy": 1.0, "sad": 1.0}},
        {"device": "cpu"},
    ],
    ids=str,
)
def test_every_setting_trains(settings, images, names):
    model = classifier(**{"epochs": 2} | settings).fit(images, names)
    assert np.isfinite(model.history_["loss"]).all()


class TestBadInput:
    @pytest.mark.parametrize(
        ("settings", "message"),
        [
            ({"epochs": 0}, "'epochs' parameter of CNNClassifier must be an int in the range"),
            ({"batch_size": 1}, "'batch_size' parameter"),
            ({"precision": "float16"}, "'precision' parameter"),
            ({"augment": {"turn": 3}}, "augment has no setting 'turn'"),
            ({"class_weight": {"angry": 1.0}}, "are not in class_weight"),
            ({"class_weight": {"fear": 0, "happy": 1, "sad": 1}}, "must be above 0, got {'fear'"),
            ({"device": "toaster"}, "device='toaster' cannot be used here"),
            ({"network": "four_block"}, "needs 16x16 pixels"),
            ({"network": lambda n, shape: nn.Flatten()}, r"must give scores of shape \(n, 3\)"),
        ],
    )
    def test_parameters(self, settings, message, images, names):
        with pytest.raises(ValueError, match=message):
            classifier(**settings).fit(images, names)

    def test_an_unknown_network(self, images, names):
        with pytest.raises(UnknownNameError, match="Did you mean 'plain3'"):
            classifier(network="plain").fit(images, names)

    def test_one_class(self, images):
        with pytest.raises(ValueError, match="at least two classes, got one class: 'sad'"):
            classifier().fit(images, ["sad"] * 36)

    def test_not_a_number(self, names):
        with pytest.raises(ValueError, match="contains NaN"):
            classifier().fit(np.full((36, 8, 8), np.nan), names)

    def test_numbers_for_labels(self, images):
        with pytest.raises(ValueError, match="Unknown label type"):
            classifier().fit(images, np.linspace(0, 1, 36))

    def test_groups_of_another_length(self, images, names):
        with pytest.raises(ValueError, match=r"36 in all, got shape \(3,\)"):
            classifier().fit(images, names, groups=[1, 2, 3])

    def test_groups_that_cannot_be_split(self, images, names):
        with pytest.raises(ValueError, match="set validation_fraction=None"):
            classifier().fit(images, names, groups=np.zeros(36))

    def test_another_size_than_fitted(self, images, names):
        model = classifier(epochs=1).fit(images, names)
        with pytest.raises(ValueError, match=r"shape \(8, 5\), but .* fitted on .* \(8, 8\)"):
            model.predict(images[:, :, :5])

    def test_images_of_several_sizes(self, images, names):
        with pytest.raises(ValueError, match="put FaceCropper before it"):
            classifier().fit([image[: 4 + k % 2] for k, image in enumerate(images)], names)

    def test_not_fitted(self, images):
        for method in ("predict", "predict_proba"):
            with pytest.raises(NotFittedError):
                getattr(classifier(), method)(images)

    def test_a_device_that_is_gone(self, images, names):
        model = classifier(epochs=1).fit(images, names)
        expected = model.predict_proba(images)
        model.set_params(device="cuda:7")
        np.testing.assert_array_equal(model.predict_proba(images), expected)


class TestDivergence:
    def test_in_the_first_epoch(self, images, names):
        model = classifier(learning_rate=1e30, max_norm=None, averaging=None)
        with pytest.raises(ValueError, match="epoch 1 is not a finite number; use a smaller"):
            model.fit(images, names)
        assert not hasattr(model, "state_")

    def test_later(self, images, names, monkeypatch):
        epoch = Trainer._epoch

        def diverge(self, progress):
            row = epoch(self, progress)
            return row | {"loss": float("nan")} if row["epoch"] == 3 else row

        monkeypatch.setattr(Trainer, "_epoch", diverge)
        with pytest.warns(ConvergenceWarning, match=r"epoch 3 .* The weights of epoch [12] are"):
            model = classifier().fit(images, names)
        assert model.history_["epoch"] == [1, 2]
        assert model.best_epoch_ in {1, 2}

    @pytest.mark.parametrize(
        "settings",
        [
            {"learning_rate": 100.0, "validation_fraction": None},
            {"learning_rate": 100.0},
            {"learning_rate": 1e6, "optimizer": "adam"},
            {"learning_rate": 30.0, "averaging": None, "validation_fraction": None},
        ],
        ids=str,
    )
    def test_what_is_kept_answers_in_numbers(self, settings, images, names):
        """The training loss of the first epochs can be finite where the weights are not."""
        wild = {"max_norm": None, "schedule": "constant", "augment": None}
        model, message = classifier(epochs=4, **wild | settings), None
        with warnings.catch_warnings():
            # Of the divergence, and of numbers that are too large for OpenCV.
            warnings.simplefilter("ignore")
            try:
                model.fit(images, names)
            except ValueError as error:
                message = str(error)
        # Which of both depends on the processor.
        if message is None:
            assert np.isfinite(model.predict_proba(images)).all()
        else:
            assert "use a smaller learning_rate" in message

    @pytest.mark.parametrize(
        ("column", "settings"),
        [("_answers", {"validation_fraction": None}), ("validation_loss", {"monitor": "loss"})],
    )
    def test_scores_that_are_no_numbers(self, column, settings, images, names, monkeypatch):
        if column == "_answers":
            monkeypatch.setattr(Trainer, "_answers", lambda self, epoch: False)
        else:
            monkeypatch.setattr(Trainer, "_validate", lambda self, epoch: (float("nan"), 0.5))
        with pytest.raises(ValueError, match=r"of epoch 1 .* finite.*smaller learning_rate"):
            classifier(**settings).fit(images, names)


class TestInterruption:
    @pytest.mark.parametrize("step", [2, 11])
    def test_the_estimator_is_usable(self, step, images, names, monkeypatch):
        taken = iter(range(100))
        original = Trainer._step

        def interrupt(self, *args):
            if next(taken) == step:
                raise KeyboardInterrupt
            return original(self, *args)

        monkeypatch.setattr(Trainer, "_step", interrupt)
        model = classifier()
        with pytest.raises(KeyboardInterrupt):
            model.fit(images, names)
        n_finished = 0 if step == 2 else 2
        assert len(model.history_["epoch"]) == n_finished
        assert (model.best_epoch_ > 0) == (n_finished > 0)
        assert np.isfinite(model.predict_proba(images)).all()
        assert set(model.predict(images)) <= {"fear", "happy", "sad"}


class TestWithoutTorch:
    @pytest.fixture
    def hidden(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "torch", None)

    @pytest.mark.usefixtures("hidden")
    def test_fitting_says_what_to_install(self, images, names):
        with pytest.raises(MissingDependencyError, match=r'pip install "fer-classic\[cnn\]"'):
            classifier().fit(images, names)

    @pytest.mark.parametrize("device", ["auto", "cpu", "cuda:7"])
    def test_a_fitted_network_answers(self, device, images, names, monkeypatch):
        model = classifier(epochs=1).fit(images, names).set_params(device=device)
        expected = model.predict_proba(images)
        monkeypatch.setitem(sys.modules, "torch", None)
        copy = pickle.loads(pickle.dumps(model))
        np.testing.assert_array_equal(copy.predict_proba(images), expected)
        assert (copy.predict(images) == copy.classes_[expected.argmax(axis=1)]).all()
        np.testing.assert_array_equal(copy.transform(images), model.transform(images))

    def test_a_network_that_opencv_cannot_compute(self, images, names, monkeypatch):
        with pytest.warns(FerClassicWarning, match="with torch only: GELU"):
            model = classifier(network=with_gelu, epochs=1).fit(images, names)
        assert model.layers_ is None
        assert model.predict_proba(images).shape == (36, 3)
        assert model.transform(images).shape == (36, 64)
        assert len(model.get_feature_names_out()) == 64
        monkeypatch.setitem(sys.modules, "torch", None)
        with pytest.raises(MissingDependencyError, match="layers that OpenCV does not compute"):
            model.predict(images)

    def test_a_network_of_an_earlier_version(self, images, names, monkeypatch):
        model = classifier(epochs=1).fit(images, names)
        expected = model.predict_proba(images)
        layers = model.__dict__.pop("layers_")
        earlier = pickle.dumps(model)
        np.testing.assert_array_equal(pickle.loads(earlier).predict_proba(images), expected)
        with monkeypatch.context() as patch:
            patch.setitem(sys.modules, "torch", None)
            with pytest.raises(MissingDependencyError, match="fer-classic convert"):
                pickle.loads(earlier).predict(images)
        upgraded = pickle.loads(earlier)
        upgraded.predict(images)
        assert upgraded.layers_ == layers

    @pytest.mark.usefixtures("hidden")
    def test_everything_else_works(self):
        from fer_classic.recipes import describe_recipe, make_recipe

        assert "residual" in describe_recipe("cnn")
        assert clone(make_recipe("cnn", cnn__epochs=3))["cnn"].epochs == 3


class TestEmbedding:
    def test_the_scores_are_a_dense_layer_of_it(self, images, names):
        model = classifier(epochs=1).fit(images, names)
        features = model.transform(images)
        assert (features.shape, features.dtype) == ((36, 128), np.float32)
        scores = features @ model.state_["6.weight"].T + model.state_["6.bias"]
        expected = softmax(scores.astype(np.float64), axis=1)
        np.testing.assert_allclose(model.predict_proba(images), expected, atol=1e-5)
        np.testing.assert_allclose(model.classify_embedding(features), expected, atol=1e-5)
        with pytest.raises(ValueError, match=rf"the embedding has {features.shape[1]} features"):
            model.classify_embedding(features[:, 1:])

    def test_networks_that_opencv_cannot_compute_classify_images_only(self, images, names):
        with pytest.warns(FerClassicWarning, match="with torch only"):
            model = classifier(network=with_gelu, epochs=1).fit(images, names)
        assert not hasattr(model, "classify_embedding")

    def test_names(self, images, names):
        found = classifier(epochs=1).fit(images, names).get_feature_names_out()
        assert (found[0], found[-1], len(set(found))) == ("embedding_0", "embedding_127", 128)

    def test_a_network_is_a_step(self, images, names):
        network = classifier(epochs=8).fit(images, names)
        model = make_pipeline(FrozenEstimator(network), LogisticRegression()).fit(images, names)
        unseen, expected, _ = make_images(seed=1)
        assert clone(model).fit(images, names).score(unseen, expected) > 0.9

    def test_without_a_dense_layer(self, images, names):
        model = classifier(network=without_dense, epochs=1).fit(images, names)
        with pytest.raises(ValueError, match="no dense layer"):
            model.transform(images)


def test_torch_and_opencv_agree(images, names):
    """On a device that torch is asked for by name, where none is another road."""
    model = classifier(network="compact", epochs=2).fit(images, names)
    expected = model.predict_proba(images)
    model.layers_ = None
    np.testing.assert_allclose(model.predict_proba(images), expected, atol=1e-5)


def test_a_named_device_computes_with_torch(images, names):
    model = classifier(epochs=1).fit(images, names)
    expected = model.predict_proba(images)
    with pytest.raises(NotImplementedError):
        # The meta device computes nothing, and so has no answers to give.
        model.set_params(device="meta").predict_proba(images)
    np.testing.assert_array_equal(model.set_params(device="cpu").predict_proba(images), expected)


def test_weights_of_another_network_are_refused(images, names):
    model = classifier(network="plain3", epochs=1).fit(images, names)
    model.set_params(network="wide").layers_ = None
    model = pickle.loads(pickle.dumps(model))
    with pytest.raises(ValueError, match="state_ does not fit the network 'wide'"):
        model.predict(images)


def test_what_is_shown_without_a_terminal(images, names, capsys):
    classifier(epochs=2, verbose=True).fit(images, names)
    out, err = capsys.readouterr()
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("epoch 1/2: loss ")
    assert "; validation: loss " in lines[1]


def test_nothing_is_shown_unasked(images, names, capsys):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        classifier(epochs=1).fit(images, names)
    assert capsys.readouterr() == ("", "")


def test_a_network_with_a_state_of_its_own_is_stored(images, names):
    model = classifier(network=small, epochs=1).fit(images, names)
    assert {"1.running_mean", "1.num_batches_tracked", "6.weight"} <= set(model.state_)
