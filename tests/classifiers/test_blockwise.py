"""Fits and predictions block by block."""

import numpy as np
import pytest
import sklearn
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from fer_classic.classifiers import BlockwiseClassifier
from fer_classic.classifiers._blockwise import _take
from fer_classic.datasets import load_drawn_faces
from fer_classic.features import HOGDescriptor

RNG = np.random.default_rng(0)
Y = np.repeat(["happy", "sad", "fear"], 40)[RNG.permutation(120)]
MEANS = {"happy": 0, "sad": 2, "fear": 4}
X = RNG.normal(size=(120, 5)) + np.array([MEANS[name] for name in Y])[:, np.newaxis]


class Stored:
    """Rows that are read when they are asked for; notes how many at a time."""

    def __init__(self, values):
        self.values, self.most = values, 0

    def __len__(self):
        return len(self.values)

    def __getitem__(self, rows):
        assert isinstance(rows, slice)
        assert 0 <= rows.start < rows.stop <= len(self)
        found = self.values[rows]
        self.most = max(self.most, len(found))
        return found


def test_one_epoch_of_an_exact_classifier_is_its_fit():
    """Means and variances of naive Bayes do not depend on the order of the blocks."""
    model = BlockwiseClassifier(make_pipeline(GaussianNB()), block_size=7, n_epochs=1)
    expected = GaussianNB().fit(X, Y)
    model.fit(X, Y)
    np.testing.assert_allclose(model.predict_proba(X), expected.predict_proba(X), rtol=1e-6)
    np.testing.assert_array_equal(model.predict(X), expected.predict(X))


def test_steps_are_fitted_on_the_first_images_only():
    model = BlockwiseClassifier(
        make_pipeline(StandardScaler(), SGDClassifier(random_state=0)), n_first=30, random_state=0
    ).fit(X, Y)
    assert model.model_[0].n_samples_seen_ == 30


def test_no_more_than_a_block_is_read():
    stored = Stored(X)
    model = BlockwiseClassifier(
        make_pipeline(StandardScaler(), SGDClassifier(random_state=0)),
        block_size=16,
        n_first=20,
        random_state=0,
    ).fit(stored, Y)
    assert stored.most == 16
    expected = clone(model).fit(X, Y).decision_function(X)
    np.testing.assert_array_equal(model.decision_function(stored), expected)
    stored.most = 0
    labels = model.predict(stored)
    assert stored.most == 16
    np.testing.assert_array_equal(labels, model.predict(X))
    assert (labels == Y).mean() > 0.6


def test_a_map_of_a_file_gives_the_same(tmp_path):
    faces = load_drawn_faces(n_subjects=4, n_per_class=2)
    names = faces.target_names[faces.target]
    np.save(tmp_path / "images.npy", faces.images)
    stored = np.load(tmp_path / "images.npy", mmap_mode="r")
    steps = make_pipeline(HOGDescriptor(), StandardScaler(), SGDClassifier(random_state=0))
    model = BlockwiseClassifier(steps, block_size=10, random_state=0)
    here = model.fit(faces.images, names).decision_function(faces.images)
    np.testing.assert_array_equal(model.fit(stored, names).decision_function(stored), here)
    assert (model.predict(faces.images) == names).mean() > 0.9


def test_a_dark_block_of_16_bits_is_like_the_others():
    """Alone, it would be refused as 8-bit images in the wrong dtype."""
    faces = load_drawn_faces(n_subjects=2, n_per_class=2)
    images, labels = faces.images.astype(np.uint16) * 257, faces.target
    images[8:16] //= 257
    model = BlockwiseClassifier(
        make_pipeline(HOGDescriptor(), SGDClassifier(random_state=0)), block_size=8, random_state=0
    ).fit(images, labels)
    expected = model.model_.decision_function(images)
    np.testing.assert_allclose(model.decision_function(images), expected, rtol=1e-5, atol=1e-3)


def test_images_of_several_sizes_are_a_list():
    from fer_classic.faces import FaceCropper

    images = [RNG.integers(0, 256, (20 + k % 3, 20), dtype=np.uint8) for k in range(12)]
    steps = make_pipeline(FaceCropper(None, size=16), HOGDescriptor(), SGDClassifier())
    model = BlockwiseClassifier(steps, block_size=5).fit(images, Y[:12])
    assert model.predict(images).shape == (12,)


@pytest.mark.parametrize("container", ["tuple", "list", "DataFrame"])
def test_other_containers_give_the_same(container):
    convert = {"tuple": tuple, "list": list}.get(container)
    convert = convert or pytest.importorskip("pandas").DataFrame
    model = BlockwiseClassifier(make_pipeline(GaussianNB()), block_size=50, n_epochs=1)
    expected = clone(model).fit(X, Y).predict(X)
    np.testing.assert_array_equal(model.fit(convert(X), Y).predict(convert(X)), expected)


def test_equal_seeds_give_equal_models():
    steps = make_pipeline(SGDClassifier(random_state=0))
    first, again, other = (
        BlockwiseClassifier(steps, block_size=7, random_state=seed).fit(X, Y).decision_function(X)
        for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


@pytest.mark.parametrize("model", [SGDClassifier(), make_pipeline(DummyClassifier())])
def test_what_cannot_be_fitted_in_blocks(model):
    with pytest.raises(ValueError, match="a pipeline whose last step has partial_fit"):
        BlockwiseClassifier(model).fit(X, Y)


def test_one_class_is_refused():
    with pytest.raises(ValueError, match="at least two classes, got one class: 'sad'"):
        BlockwiseClassifier(make_pipeline(GaussianNB())).fit(X[:5], ["sad"] * 5)


def test_methods_are_those_of_the_model():
    probabilities = BlockwiseClassifier(make_pipeline(GaussianNB()))
    assert hasattr(probabilities, "predict_proba")
    assert not hasattr(probabilities, "decision_function")


def test_what_gives_lists_when_it_is_sliced():
    images = [RNG.integers(0, 256, (20 + k % 3, 20), dtype=np.uint8) for k in range(12)]
    assert [image.shape for image in _take(images, np.array([0, 1, 5, 7, 8, 11]))] == [
        images[k].shape for k in (0, 1, 5, 7, 8, 11)
    ]


@pytest.mark.parametrize("whole", [True, False])
def test_steps_that_give_tables(whole):
    pytest.importorskip("pandas")
    steps = make_pipeline(StandardScaler(), SGDClassifier(random_state=0))
    model = BlockwiseClassifier(steps, block_size=16, random_state=0)
    expected = model.fit(X, Y).decision_function(X)
    with sklearn.config_context(transform_output="pandas" if whole else "default"):
        if not whole:
            steps.set_output(transform="pandas")
        found = BlockwiseClassifier(steps, block_size=16, random_state=0).fit(X, Y)
        np.testing.assert_array_equal(found.decision_function(X), expected)
    assert found.model_[-1].feature_names_in_.tolist() == [f"x{k}" for k in range(5)]


def test_steps_that_give_sparse_rows():
    rows = csr_array(np.maximum(X, 0))
    model = BlockwiseClassifier(
        make_pipeline(StandardScaler(with_mean=False), SGDClassifier(random_state=0)),
        block_size=16,
        random_state=0,
    )
    assert model.fit(rows, Y).decision_function(rows).shape == (120, 3)


def test_columns_keep_their_names():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({f"f{k}": X[:, k] for k in range(5)})
    model = BlockwiseClassifier(make_pipeline(StandardScaler(), SGDClassifier()), block_size=50)
    model.fit(table, Y)
    assert model.score(table, Y) > 0.8
    with pytest.raises(ValueError, match="feature names should match"):
        model.predict(table[[f"f{k}" for k in reversed(range(5))]])
