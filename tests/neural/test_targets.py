"""Targets of a training: classes, soft labels, the network's own averaged answers."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from fer_classic.datasets import load_drawn_faces  # noqa: E402
from fer_classic.neural import CNNClassifier  # noqa: E402
from fer_classic.neural._targets import Targets, check_soft_labels  # noqa: E402

CODES = np.array([0, 2, 1])
SOFT = np.array([[0.5, 0.25, 0.25], [0.0, 0.0, 1.0], [0.2, 0.8, 0.0]], dtype=np.float32)
CPU = torch.device("cpu")


def targets(soft_labels=None, refinement=0.0):
    return Targets(CODES, 3, soft_labels=soft_labels, refinement=refinement, device=CPU)


def test_without_soft_labels_targets_are_classes():
    batch = targets().batch(np.array([2, 0]))
    assert batch.tolist() == [1, 0]
    assert batch.dtype == torch.int64


def test_soft_labels_are_the_targets():
    np.testing.assert_array_equal(targets(SOFT).batch(np.array([2, 0])), SOFT[[2, 0]])


def test_refinement_begins_with_the_labels():
    np.testing.assert_array_equal(targets(refinement=0.5).batch(np.arange(3)), np.eye(3)[CODES])


def test_refinement_moves_targets_towards_averaged_answers():
    ours = targets(refinement=0.5)
    ours.learn(np.array([1]), torch.tensor([[0.0, 0.0, 0.0]]))
    # The average keeps 0.9 of the label and takes 0.1 of a third; half the target is the label.
    answer = 0.9 * np.array([0, 0, 1]) + 0.1 / 3
    expected = 0.5 * np.array([0, 0, 1]) + 0.5 * answer
    np.testing.assert_allclose(ours.batch(np.array([1]))[0], expected, rtol=1e-6)
    np.testing.assert_array_equal(ours.batch(np.array([0, 2])), np.eye(3)[[0, 1]])


def test_targets_stay_distributions():
    ours = targets(SOFT, refinement=0.7)
    for _ in range(5):
        ours.learn(np.arange(3), torch.randn(3, 3, generator=torch.Generator().manual_seed(0)))
    np.testing.assert_allclose(ours.batch(np.arange(3)).sum(dim=1), 1, rtol=1e-6)


def test_soft_labels_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"shape \(3, 3\).*a, b, c; got \(3, 2\)"):
        check_soft_labels(SOFT[:, :2], 3, np.array(["a", "b", "c"]))


@pytest.mark.parametrize("wrong", [2 * SOFT, SOFT - 0.25, np.full((3, 3), np.nan)])
def test_soft_labels_that_are_no_probabilities_are_refused(wrong):
    with pytest.raises(ValueError, match="must be probabilities"):
        check_soft_labels(wrong, 3, np.array(["a", "b", "c"]))


@pytest.fixture(scope="module")
def faces():
    return load_drawn_faces(n_subjects=2, n_per_class=2, return_X_y=True)


def small(**parameters):
    return CNNClassifier(
        epochs=2, batch_size=16, validation_fraction=None, augment=None, label_smoothing=0.0,
        random_state=0, **parameters
    )  # fmt: skip


def test_certain_soft_labels_train_as_the_labels(faces):
    images, names = faces
    classes, codes = np.unique(names, return_inverse=True)
    hard = small().fit(images, names)
    soft = small().fit(images, names, soft_labels=np.eye(len(classes))[codes])
    np.testing.assert_allclose(soft.history_["loss"], hard.history_["loss"], rtol=1e-4)


def test_soft_labels_are_learned_in_place_of_the_labels(faces):
    images, names = faces
    classes, codes = np.unique(names, return_inverse=True)
    swapped = np.eye(len(classes))[::-1][codes]
    hard = small().fit(images, names).predict_proba(images)
    soft = small().fit(images, names, soft_labels=swapped).predict_proba(images)
    picked = np.arange(len(codes))
    assert soft[picked, len(classes) - 1 - codes].mean() > hard[picked, -1 - codes].mean()


def test_refinement_changes_the_training_and_goes_on_from_a_checkpoint(
    faces, tmp_path, monkeypatch
):
    from fer_classic.neural import _training

    images, names = faces
    plain = small().fit(images, names)
    whole = small(label_refinement=0.6).fit(images, names)
    assert not np.allclose(plain.history_["loss"], whole.history_["loss"], rtol=1e-6)

    epoch = _training.Trainer._epoch

    def stop(trainer, progress):
        if trainer.n_done == 1:
            raise KeyboardInterrupt
        return epoch(trainer, progress)

    monkeypatch.setattr(_training.Trainer, "_epoch", stop)
    parts = small(label_refinement=0.6, checkpoint_dir=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        parts.fit(images, names)
    monkeypatch.undo()
    parts.fit(images, names)
    np.testing.assert_array_equal(parts.history_["loss"], whole.history_["loss"])
