import numpy as np

from benchmarks.experiments.data import Data
from tests.benchmarks.conftest import make_faces


def test_items_are_found_by_their_place_in_the_data_set():
    bunch = make_faces()
    data = Data.of(bunch)
    part = data.at(np.array([3, 20, 41]))
    again = part.with_values(part.values * 2.0).at(np.array([41, 3]))
    np.testing.assert_array_equal(again.values, bunch.images[[41, 3]] * 2.0)
    assert again.labels.tolist() == data.labels[[41, 3]].tolist()
    assert again.units.tolist() == data.units[[41, 3]].tolist()
    assert (again.name, again.digest, again.bunch) == (data.name, data.digest, None)
    assert len(again) == 2
    assert data.bunch is bunch


def test_permuted_labels():
    data = Data.of(make_faces(n_subjects=30))
    permuted = data.with_permuted_labels(3)
    assert (data.permuted, permuted.permuted) == (None, 3)
    assert permuted.digest == data.digest
    names = permuted.bunch.target_names
    assert permuted.labels.tolist() == names[permuted.bunch.target].tolist()
    assert data.bunch.target.tolist() == make_faces(n_subjects=30).target.tolist()
    # Images of a unit with one label still share one, and the label is another than before.
    pairs = set(zip(data.units, data.labels, strict=True))
    shared = set(zip(data.units, data.labels, permuted.labels, strict=True))
    assert len(shared) == len(pairs)
    assert 0.1 < (data.labels == permuted.labels).mean() < 0.4
    again = data.with_permuted_labels(3)
    assert again.labels.tolist() == permuted.labels.tolist()
    assert data.with_permuted_labels(4).labels.tolist() != permuted.labels.tolist()


def test_labels_of_single_images_are_permuted_one_by_one():
    bunch = make_faces("fer2013")
    bunch.target[-1] = bunch.target[1]  # the twins
    data = Data.of(bunch)
    labels = data.with_permuted_labels(0).labels
    assert labels[1] == labels[-1]
    assert sorted(labels[:-1]) == sorted(data.labels[:-1])
    assert (labels == data.labels).mean() < 0.5
