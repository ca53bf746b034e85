import sys

import numpy as np
import pytest

from fer_classic.analysis import analyze
from fer_classic.exceptions import ImageReadError, MissingDependencyError
from tests.analysis.conftest import BRIGHT, DARK, picture

# The folder holds a photo that is damaged.
pytestmark = pytest.mark.filterwarnings(
    "ignore:.* photos cannot be read:fer_classic.exceptions.DataWarning"
)


def test_a_data_frame(folder, options):
    pandas = pytest.importorskip("pandas")
    result = analyze(folder, **options)
    table = result.to_dataframe()
    assert list(table.columns) == list(result.rows[0])
    assert table["expression"].tolist()[:3] == ["happy", "sad", "no face"]
    assert table["expression"].isna().tolist() == [False, False, False, True]
    assert table["x"].dtype == pandas.Int64Dtype()


def test_without_pandas_there_are_rows(options, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    result = analyze(BRIGHT, **options)
    assert result.rows[0]["expression"] == "happy"
    with pytest.raises(MissingDependencyError, match=r"fer-classic\[table\]"):
        result.to_dataframe()


def test_boxes_are_made_smaller_with_the_photo(options):
    result = analyze(picture(200, (800, 1200, 3)), **options)
    assert result.annotated().shape == (800, 1200, 3)
    small = result.annotated(longest=120, chart=False)
    assert small.shape == (80, 120, 3)
    # The box of 50 pixels becomes one of 5, so that the rest stays as it was.
    assert small[40:].std() < small[:20].std()


def test_photos_are_read_again_to_be_drawn(folder, options):
    result = analyze(folder, **options)
    assert [number for number, _ in result.pictures(9, longest=60)] == [0, 1, 2]
    assert [number for number, _ in result.pictures(1, longest=60)] == [0]
    (folder / "a.png").unlink()
    assert [number for number, _ in result.pictures(9, longest=60)] == [1, 2]
    with pytest.raises(ImageReadError):
        analyze([b"no"], **options).annotated()


def test_a_plot(folder, options):
    pytest.importorskip("matplotlib.figure")
    result = analyze(folder, **options)
    ax = result.plot(max_photos=2)
    assert [text.get_text() for text in ax.texts] == ["a.png", "b.png"]
    assert ax.get_title() == "2 of 4 photos"
    assert len(ax.images) == 2
    assert result.plot(ax=ax) is ax
    (alone,) = analyze(BRIGHT, **options).plot().images
    # RGB, and in colour.
    drawn = np.asarray(alone.get_array())
    np.testing.assert_array_equal(drawn[..., ::-1], analyze(BRIGHT, **options).annotated())


def test_what_cannot_be_drawn(options):
    with pytest.raises(ValueError, match="none of 1 photos can be read and drawn"):
        analyze([b"no"], **options).plot()
    with pytest.raises(ValueError, match="max_photos must be 1 or more"):
        analyze(BRIGHT, **options).plot(max_photos=0)


def test_in_one_line(folder, options):
    assert repr(analyze([BRIGHT, DARK], **options)) == "<PhotoAnalysis: 2 photos, 2 faces>"
    assert repr(analyze(folder, **options)) == "<PhotoAnalysis: 4 photos, 2 faces, 1 not readable>"
