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
