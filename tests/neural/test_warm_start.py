import copy
import pickle
from pathlib import Path

import numpy as np
import pytest

from fer_classic.persistence import load_model, save_model
from tests.neural.conftest import classifier


@pytest.fixture
def trained(images, names):
    return classifier(epochs=8).fit(images, names)


def one_small_step(model, **settings):
    model.set_params(epochs=1, learning_rate=1e-9, averaging=None, weight_decay=0.0, **settings)
    return model.set_params(validation_fraction=None, augment=None)


def weights(model):
    return {name: array for name, array in model.state_.items() if name.endswith("weight")}


def test_it_goes_on_from_the_weights_of_the_last_fit(trained, images, names):
    before = weights(trained)
    one_small_step(trained, warm_start=True).fit(images, names)
    for name, array in weights(trained).items():
        np.testing.assert_allclose(array, before[name], atol=1e-6)
    one_small_step(trained, warm_start=False).fit(images, names)
    assert any(abs(array - before[name]).max() > 0.01 for name, array in weights(trained).items())


def test_the_first_fit_begins_with_fresh_weights(images, names):
    cold, warm = (
        classifier(epochs=1, warm_start=warm).fit(images, names) for warm in (False, True)
    )
    np.testing.assert_array_equal(warm.predict_proba(images), cold.predict_proba(images))


def test_the_average_begins_there_too(trained, images, names):
    before = weights(trained)
    one_small_step(trained, warm_start=True).set_params(averaging=0.9).fit(images, names)
    for name, array in weights(trained).items():
        np.testing.assert_allclose(array, before[name], atol=1e-6)


def test_other_classes_get_a_new_last_layer(trained, images, names):
    before = weights(trained)
    two = np.where(names == "sad", "b", "a")
    one_small_step(trained, warm_start=True).fit(images, two)
    assert trained.classes_.tolist() == ["a", "b"]
    kept = [name for name, array in weights(trained).items() if array.shape == before[name].shape]
    assert len(kept) == len(before) - 1
    for name in kept:
        np.testing.assert_allclose(trained.state_[name], before[name], atol=1e-6)


def test_as_many_other_classes_get_a_new_last_layer_too(trained, images, names):
    before = weights(trained)
    others = np.char.add("other ", names)
    one_small_step(trained, warm_start=True).fit(images, others)
    *kept, last = weights(trained)
    assert abs(trained.state_[last] - before[last]).max() > 0.01
    for name in kept:
        np.testing.assert_allclose(trained.state_[name], before[name], atol=1e-6)


def test_a_checkpoint_of_other_first_weights_is_not_taken(trained, images, names, tmp_path):
    from fer_classic.neural._checkpoint import training_digest

    state = [trained.state_[name] for name in sorted(trained.state_)]
    plain = training_digest({"network": "x"}, 0, "", images, names)
    assert plain != training_digest({"network": "x"}, 0, "", images, names, None, *state)


def with_normalised_scores(n_classes, image_shape):
    import torch

    return torch.nn.Sequential(
        torch.nn.Flatten(),
        torch.nn.Linear(image_shape[0] * image_shape[1], 8),
        torch.nn.Linear(8, n_classes),
        torch.nn.BatchNorm1d(n_classes),
    )


def test_all_layers_of_other_classes_are_new_whatever_the_last_one_is(images, names):
    model = classifier(network=with_normalised_scores, epochs=3).fit(images, names)
    before = weights(model)
    one_small_step(model, warm_start=True).fit(images, np.char.add("other ", names))
    after = weights(model)
    np.testing.assert_allclose(after["1.weight"], before["1.weight"], atol=1e-6)
    assert abs(after["2.weight"] - before["2.weight"]).max() > 0.01
    np.testing.assert_allclose(after["3.weight"], 1, atol=1e-6)


def for_three_classes(n_classes, image_shape):
    assert n_classes == 3
    return with_normalised_scores(n_classes, image_shape)


def test_a_network_for_one_number_of_classes_gets_a_new_last_layer(images, names):
    model = classifier(network=for_three_classes, epochs=3).fit(images, names)
    before = weights(model)
    one_small_step(model, warm_start=True).fit(images, np.char.add("other ", names))
    np.testing.assert_allclose(weights(model)["2.weight"], before["2.weight"], atol=1e-6)
    np.testing.assert_allclose(weights(model)["3.weight"], 1, atol=1e-6)


def _press_control_c(*args):
    raise KeyboardInterrupt


class TestInterruption:
    """A warm training that was interrupted goes on, though its weights are others by then."""

    @pytest.fixture
    def model(self, trained, tmp_path):
        return trained.set_params(warm_start=True, checkpoint_dir=tmp_path)

    @pytest.fixture
    def interrupt(self, monkeypatch):
        """Fit, but press Control-C in the epoch after so many."""
        from fer_classic.neural._training import Trainer

        original = Trainer._epoch

        def fit(model, n_epochs, *data):
            def epoch(self, progress):
                if self.n_done == n_epochs:
                    raise KeyboardInterrupt
                return original(self, progress)

            with monkeypatch.context() as patch:
                patch.setattr(Trainer, "_epoch", epoch)
                with pytest.raises(KeyboardInterrupt):
                    model.fit(*data)

        return fit

    @pytest.mark.parametrize("stops", [[3], [2, 5], [0, 4]])
    def test_it_ends_with_the_same_weights(self, stops, model, images, names, interrupt):
        expected = copy.deepcopy(model).fit(images, names)
        for n_epochs in stops:
            interrupt(model, n_epochs, images, names)
        assert [*Path(model.checkpoint_dir).iterdir()]
        model.fit(images, names)
        assert model.history_["loss"] == expected.history_["loss"]
        for name, array in model.state_.items():
            np.testing.assert_array_equal(array, expected.state_[name])
        assert not [*Path(model.checkpoint_dir).iterdir()]

    def test_other_images_begin_with_the_weights_of_the_interrupt(
        self, model, images, names, interrupt
    ):
        interrupt(model, 3, images, names)
        before = weights(model)
        one_small_step(model).fit(images[1:], names[1:])
        for name, array in weights(model).items():
            np.testing.assert_allclose(array, before[name], atol=1e-6)

    def test_its_first_weights_are_not_stored(self, model, images, names, interrupt):
        interrupt(model, 3, images, names)
        assert "_unfinished" in vars(model)
        assert "_unfinished" not in vars(pickle.loads(pickle.dumps(model)))
        model.fit(images, names)
        assert "_unfinished" not in vars(model)

    def test_the_first_fit_goes_on_too(self, images, names, interrupt, tmp_path):
        model = classifier(warm_start=True, checkpoint_dir=tmp_path)
        expected = copy.deepcopy(model).fit(images, names)
        interrupt(model, 3, images, names)
        model.fit(images, names)
        assert model.history_["loss"] == expected.history_["loss"]
        assert not [*tmp_path.iterdir()]

    def test_a_wrong_call_in_between_changes_nothing(self, model, images, names, interrupt):
        expected = copy.deepcopy(model).fit(images, names)
        interrupt(model, 3, images, names)
        with pytest.raises(ValueError, match="soft_labels"):
            model.fit(images, names, soft_labels=np.ones((2, 2)))
        model.fit(images, names)
        assert model.history_["loss"] == expected.history_["loss"]

    def test_impatience_changes_nothing(self, model, images, names, interrupt, monkeypatch):
        expected = copy.deepcopy(model).fit(images, names)
        with monkeypatch.context() as patch:
            patch.setattr(type(model), "_describe", _press_control_c)
            interrupt(model, 3, images, names)
        model.fit(images, names)
        assert model.history_["loss"] == expected.history_["loss"]


class TestStandardizeByImage:
    def test_brightness_and_contrast_do_not_count(self, images, names):
        model = classifier(epochs=3, standardize="image").fit(images, names)
        assert model.mean_ is None
        units = images / 255
        np.testing.assert_allclose(
            model.predict_proba(0.3 * units + 0.2), model.predict_proba(units), atol=1e-4
        )

    def test_it_is_stored(self, names, images, tmp_path):
        model = classifier(network="compact", epochs=1, standardize="image").fit(images, names)
        save_model(model, tmp_path / "m.joblib")
        loaded = load_model(tmp_path / "m.joblib").model
        np.testing.assert_array_equal(loaded.predict_proba(images), model.predict_proba(images))
