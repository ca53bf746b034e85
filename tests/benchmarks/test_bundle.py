import pytest

from benchmarks import bundle
from fer_classic.exceptions import DataNotFoundError
from fer_classic.persistence import load_model
from fer_classic.recipes import make_recipe
from tests.benchmarks.conftest import make_faces


@pytest.fixture
def small(monkeypatch):
    """Small data, a quick recipe, and another cropper than that for faces."""

    def make(name):
        return make_recipe("majority")

    monkeypatch.setattr(bundle, "load_fer2013", lambda home: make_faces("fer2013"))
    monkeypatch.setattr(bundle, "make_recipe", make)


def test_a_model_its_card_and_a_page(small, tmp_path, capsys):
    assert bundle.main(["svm_fast", "--output", str(tmp_path)]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["svm_fast.joblib", "svm_fast.md"]
    _, card = load_model(tmp_path / "svm_fast.joblib")
    assert (card["recipe"], card["n_images"]) == ("svm_fast", 48)
    assert card["dataset"]["split"] == ["Training"]
    assert card["scores"]["n_items"] == 32
    for field in ("intended_use", "not_intended", "weaknesses", "licence"):
        assert len(card[field]) > 50
    page = (tmp_path / "svm_fast.md").read_text("utf-8")
    accuracy = 100 * card["scores"]["accuracy"]["value"]
    assert f"| accuracy | {accuracy:.1f} [" in page
    assert "**Intended use.** Naming the apparent expression" in page
    assert f"accuracy {accuracy:.1f}" in capsys.readouterr().out


def test_what_is_too_large_is_not_written(small, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(bundle, "_TOO_LARGE", 1000)
    assert bundle.main(["svm_fast", "--output", str(tmp_path)]) == 1
    assert "may take 1,000; nothing was written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_without_the_data(tmp_path, monkeypatch, capsys):
    def load(home):
        raise DataNotFoundError("no FER2013 here")

    monkeypatch.setattr(bundle, "load_fer2013", load)
    assert bundle.main(["--output", str(tmp_path)]) == 1
    assert "no FER2013 here" in capsys.readouterr().err


def test_an_unknown_name(capsys):
    with pytest.raises(SystemExit) as end:
        bundle.main(["svm_slow"])
    assert end.value.code == 2
    assert "svm_slow" in capsys.readouterr().err
