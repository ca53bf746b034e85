import json

import pytest

from benchmarks.bundle import describe, main
from benchmarks.run import main as run_main
from fer_classic.exceptions import DataNotFoundError
from fer_classic.persistence import BUNDLED, bundled_path, load_model, save_model
from fer_classic.recipes import make_recipe
from tests.benchmarks.conftest import make_faces, no_pictures

# One test image of the small data is also in Training.
PROTOCOL = (
    "official: fitted on Training, scored on PublicTest (leaky: same duplicate on both sides)"
)


def make(name, **settings):
    """A quick recipe, and another cropper than that for faces."""
    return make_recipe("majority", **settings)


def load(home):
    return make_faces("fer2013")


@pytest.fixture
def bundle(tmp_path):
    """Run the program on small data; models and cards go to ``tmp_path / "out"``."""

    def bundle(*arguments, **outside):
        folders = ["--results", tmp_path / "results", "--output", tmp_path / "out"]
        options = {"load": load, "make": make} | outside
        return main(list(map(str, [*arguments, *folders])), **options)

    return bundle


@pytest.fixture
def kept(tmp_path):
    """Make the model that a run keeps; gives its path."""

    def kept(*arguments):
        command = ["--dataset", "fer2013", "--recipes", "svm_fast", "--keep-models", *arguments]
        command += ["--output", str(tmp_path / "results")]
        code = run_main(command, load=lambda *_: load(None), make=make, draw=no_pictures)
        assert code == 0
        return tmp_path / "results" / "fer2013" / "models" / "svm_fast-official.joblib"

    return kept


def no_data(home):
    raise DataNotFoundError("no FER2013 here")


def test_a_model_its_card_and_a_page(bundle, tmp_path, capsys):
    assert bundle("svm_fast") == 0
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == ["svm_fast.joblib", "svm_fast.md"]
    _, card = load_model(out / "svm_fast.joblib")
    assert (card["recipe"], card["n_images"]) == ("svm_fast", 48)
    assert card["dataset"]["split"] == ["Training"]
    assert card["protocol"] == PROTOCOL
    assert card["scores"]["n_items"] == 32
    for field in ("intended_use", "not_intended", "weaknesses", "licence"):
        assert len(card[field]) > 50
    page = (out / "svm_fast.md").read_text("utf-8")
    accuracy = 100 * card["scores"]["accuracy"]["value"]
    assert f"| accuracy | {accuracy:.1f} [" in page
    assert "**Intended use.** Naming the apparent expression" in page
    assert f"accuracy {accuracy:.1f}" in capsys.readouterr().out


@pytest.mark.parametrize("name", BUNDLED)
def test_the_pages_of_the_bundled_models_say_what_their_cards_say(name):
    path = bundled_path(name)
    page, card = path.with_suffix(".md").read_text("utf-8"), load_model(path).card
    # The size is that of all parts of a fusion.
    n_bytes = 1e6 * float(page.partition(" MB.")[0].rpartition(", ")[2])
    assert page == describe(name, card, n_bytes)
    assert ("benchmarks.bundle" in page) != ("training" in card)


def test_a_fit_is_recorded_as_that_of_a_run(bundle, tmp_path):
    assert bundle("svm_fast") == 0
    (line,) = (tmp_path / "results" / "fer2013" / "svm_fast.jsonl").read_text("utf-8").splitlines()
    record, card = json.loads(line), load_model(tmp_path / "out" / "svm_fast.joblib").card
    assert (record["protocol"], record["fold"]) == ("official", "PublicTest")
    assert record["metrics"] == card["scores"]


def test_a_model_that_a_run_has_kept_is_not_fitted_again(bundle, kept, tmp_path):
    stored = load_model(kept()).card
    assert bundle("svm_fast", load=no_data) == 0
    card = load_model(tmp_path / "out" / "svm_fast.joblib").card
    assert card == stored | {name: card[name] for name in card.keys() - stored.keys()}
    assert bundle("svm_fast", "--force", load=no_data) == 1


def test_the_card_says_below_which_probability_faces_are_uncertain(bundle, tmp_path):
    assert bundle("svm_fast") == 0
    threshold = load_model(tmp_path / "out" / "svm_fast.joblib").card["min_probability"]
    assert set(threshold) == {"value", "coverage", "error", "n_items", "measured_on"}
    assert threshold["measured_on"] == PROTOCOL
    assert threshold["n_items"] == 32
    page = (tmp_path / "out" / "svm_fast.md").read_text("utf-8")
    at = f"at a probability of {threshold['value']:.2f} or more"
    assert f"| coverage {at} | {100 * threshold['coverage']:.1f} |" in page
    assert f"| error {at} | {100 * threshold['error']:.1f} |" in page


def test_a_kept_model_without_a_threshold_gets_one(bundle, kept, tmp_path):
    path = kept()
    model, card = load_model(path)
    measured = card["min_probability"]
    save_model(model, path, card=card | {"min_probability": None})
    assert bundle("svm_fast", load=no_data) == 1
    assert bundle("svm_fast") == 0
    threshold = load_model(tmp_path / "out" / "svm_fast.joblib").card["min_probability"]
    assert threshold == measured | {"measured_on": "PublicTest of fer2013"}


def test_out_of_fold_scores_choose_the_threshold(bundle, tmp_path):
    quick = {"components__n_components": 6, "svm__kernel": "rbf", "svm__alpha": 0.2}

    def make(name, **settings):
        return make_recipe("pixels_svm", **quick, **settings)

    assert bundle("svm_fast", make=make) == 0
    threshold = load_model(tmp_path / "out" / "svm_fast.joblib").card["min_probability"]
    assert threshold["measured_on"] == "out-of-fold scores of the training part"
    assert threshold["n_items"] == 48
    page = (tmp_path / "out" / "svm_fast.md").read_text("utf-8")
    assert "chosen on 48 images (out-of-fold scores of the training part)" in page
    path = tmp_path / "results" / "fer2013" / "models" / "svm_fast-official.joblib"
    model, card = load_model(path)
    older = threshold | {"value": 0.9, "measured_on": "PublicTest of fer2013"}
    for stored in (None, older):
        save_model(model, path, card=card | {"min_probability": stored})
        assert bundle("svm_fast", make=make) == 0
        card = load_model(tmp_path / "out" / "svm_fast.joblib").card
        assert card["min_probability"] == threshold


def test_a_file_that_is_named(bundle, kept, tmp_path, capsys):
    path = kept().rename(tmp_path / "mine.joblib")
    assert bundle("svm_fast", "--model", path, load=no_data) == 0
    assert bundle("svm_fast", "--model", tmp_path / "none.joblib", load=no_data) == 1
    assert "none.joblib" in capsys.readouterr().err


def test_settings_have_a_file_of_their_own(bundle, kept):
    path = kept("--set", "majority__strategy=most_frequent")
    assert not path.exists()
    assert bundle("svm_fast", load=no_data) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"recipe": "cnn"}, "is a model of the recipe 'cnn', not of 'svm_fast'"),
        ({"dataset": {"name": "jaffe", "split": None}}, "was not fitted on Training of fer2013"),
        ({"scores": None}, "holds no scores"),
        ({"parameters": {"majority__strategy": "uniform"}}, "majority__strategy='uniform'"),
    ],
)
def test_another_model_is_not_taken(bundle, kept, capsys, tmp_path, changes, problem):
    path = kept()
    model, card = load_model(path)
    save_model(model, path, card=card | changes)
    assert bundle("svm_fast", load=no_data) == 1
    message = capsys.readouterr().err
    assert problem in message
    assert "--force" in message
    assert not list((tmp_path / "out").iterdir())


def test_a_fit_that_fails(bundle, capsys, tmp_path):
    def fails(name):
        return make_recipe("majority", majority__strategy="nonsense")

    assert bundle("svm_fast", make=fails) == 1
    assert "svm_fast: error: InvalidParameterError" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


def test_what_is_too_large_is_not_written(bundle, tmp_path, capsys):
    assert bundle("svm_fast", most_bytes=1000) == 1
    assert "may take 1,000; nothing was written" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


def test_without_the_data(bundle, capsys):
    assert bundle(load=no_data) == 1
    assert "no FER2013 here" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["svm_slow"], "svm_slow"),
        (["--model", "a.joblib"], "--model takes one NAME"),
        (["svm_fast", "--model", "a.joblib", "--force"], "does not go with --force"),
    ],
)
def test_wrong_usage(arguments, words, capsys):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    assert words in capsys.readouterr().err
