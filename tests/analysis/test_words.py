from pathlib import Path

import pytest

from fer_classic.analysis._words import counted, short_name


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((0, "face"), "0 faces"),
        ((1, "face"), "1 face"),
        ((2000, "face"), "2,000 faces"),
        ((2, "person", "people"), "2 people"),
    ],
)
def test_counts(arguments, words):
    assert counted(*arguments) == words


def test_names():
    assert short_name(Path("folder/photo.jpg")) == "photo.jpg"
    assert short_name("image 3") == "image 3"
    name = short_name(Path("folder") / ("x" * 100 + ".jpg"))
    assert len(name) < 40
    assert name.endswith("x.jpg")
