import pytest

from fer_classic.exceptions import UnknownNameError
from fer_classic.faces import DETECTORS, HaarDetector, make_detector


@pytest.mark.parametrize("name", DETECTORS)
def test_every_name_makes_a_detector(name):
    assert callable(make_detector(name).detect)


def test_by_name():
    assert isinstance(make_detector("haar"), HaarDetector)


def test_a_detector_is_itself(fixed_detector):
    detector = fixed_detector()
    assert make_detector(detector) is detector


def test_an_unknown_name_gets_close_matches():
    with pytest.raises(UnknownNameError, match=r"unknown detector 'harr'. Did you mean 'haar'"):
        make_detector("harr")


@pytest.mark.parametrize("thing", [None, 3, object()])
def test_what_cannot_detect(thing):
    with pytest.raises(TypeError, match=r"one of \('haar',\) or have a method detect\(image\)"):
        make_detector(thing)
