"""Progressive resizing: sizes by epoch, what counts as the best, networks that take one size."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from fer_classic.datasets import load_drawn_faces  # noqa: E402
from fer_classic.neural import CNNClassifier, make_network  # noqa: E402
from fer_classic.neural._resizing import Resizing  # noqa: E402


@pytest.fixture(scope="module")
def faces():
    return load_drawn_faces(n_subjects=4, n_per_class=1, return_X_y=True)


@pytest.mark.parametrize("n_epochs", [3, 4, 5, 7, 48])
def test_epochs_are_shared_out_among_the_sizes(n_epochs):
    resizing = Resizing((0.5, 0.75, 1), (48, 40), n_epochs)
    shapes = [resizing.shape(epoch) for epoch in range(1, n_epochs + 1)]
    assert list(dict.fromkeys(shapes)) == [(24, 20), (36, 30), (48, 40)]
    assert shapes == sorted(shapes)
    counts = [shapes.count(shape) for shape in set(shapes)]
    assert max(counts) - min(counts) <= 1
    assert resizing.n_smaller == sum(shape != (48, 40) for shape in shapes)


def test_without_shares_nothing_is_resized():
    resizing, images = Resizing(None, (48, 48), 1), torch.zeros(2, 1, 48, 48)
    assert resizing.is_full(1)
    assert resizing.n_smaller == 0
    assert resizing.apply(images, 1) is images


def test_smaller_images_are_smoothed():
    stripes = torch.arange(48).remainder(2).float().expand(1, 1, 48, 48)
    small = Resizing((0.5, 1), (48, 48), 2).apply(stripes, 1)
    assert small.shape == (1, 1, 24, 24)
    assert (small[..., 2:-2] - 0.5).abs().max() < 0.3


@pytest.mark.parametrize(("shares", "side"), [((1.0, 1.0), 48), ((0.5, 1.0), 8)])
def test_sizes_that_are_all_the_same_count_as_full(shares, side):
    resizing = Resizing(shares, (side, side), 60)
    assert resizing.is_full(1)
    assert resizing.n_smaller == 0


def test_small_images_do_not_vanish():
    assert Resizing((0.1, 1), (48, 6), 2).shape(1) == (8, 6)


@pytest.mark.parametrize("shares", [(), (1, 0.5), (0.5,), (0, 1), (1.5, 1), ("half", 1)])
def test_shares_that_make_no_sense(shares):
    with pytest.raises(ValueError, match=r"progressive_resizing must be shares .* got \("):
        Resizing(shares, (48, 48), 10)


@pytest.mark.parametrize(("n_epochs", "sides"), [(1, [48]), (2, [36, 48])])
def test_with_few_epochs_small_sizes_are_left_out(n_epochs, sides):
    resizing = Resizing((0.5, 0.75, 1), (48, 48), n_epochs)
    assert [resizing.shape(epoch)[0] for epoch in range(1, n_epochs + 1)] == sides


def test_a_network_for_one_size_is_named(faces):
    model = CNNClassifier("plain3", epochs=2, progressive_resizing=(0.5, 1))
    with pytest.raises(ValueError, match=r"shape \(24, 24\), which this network does not take"):
        model.fit(*faces)


@pytest.mark.parametrize("network", ["compact", "narrow", "wide"])
@pytest.mark.parametrize("side", [24, 30, 36, 48])
def test_own_networks_take_smaller_images(network, side):
    module = make_network(network).eval()
    with torch.inference_mode():
        assert module(torch.zeros(1, 1, side, side)).shape == (1, 7)


def test_only_epochs_of_full_size_are_kept(faces):
    model = CNNClassifier(epochs=4, progressive_resizing=(0.5, 1), random_state=0).fit(*faces)
    assert model.best_epoch_ > 2
    assert model.layers_ is not None
    assert model.predict(faces[0]).shape == (len(faces[0]),)


def test_patience_waits_for_full_size(faces):
    model = CNNClassifier(
        epochs=9, progressive_resizing=(0.5, 0.75, 1), patience=1, random_state=0
    ).fit(*faces)
    assert len(model.history_["epoch"]) >= 7


def test_a_training_goes_on_at_the_size_of_its_epoch(faces, tmp_path):
    def make():
        return CNNClassifier(
            epochs=4, progressive_resizing=(0.5, 1), random_state=0, checkpoint_dir=tmp_path
        )

    whole = make().fit(*faces)
    stopped = make()
    with pytest.MonkeyPatch.context() as patch:
        stop_after(patch, 3)
        with pytest.raises(KeyboardInterrupt):
            stopped.fit(*faces)
    resumed = make().fit(*faces)
    assert resumed.history_["loss"] == whole.history_["loss"]
    for name, array in whole.state_.items():
        np.testing.assert_array_equal(resumed.state_[name], array)


def stop_after(patch, n_epochs):
    """Interrupt a training at the start of the epoch after so many."""
    from fer_classic.neural._training import Trainer

    epoch = Trainer._epoch

    def stopping(self, progress):
        if self.n_done == n_epochs:
            raise KeyboardInterrupt
        return epoch(self, progress)

    patch.setattr(Trainer, "_epoch", stopping)
