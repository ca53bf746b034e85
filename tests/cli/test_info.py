from fer_classic.cli import main
from fer_classic.persistence import bundled_path, load_model, save_model
from fer_classic.recipes import list_recipes


def test_versions_recipes_and_data_sets(fer2013_csv, capsys):
    assert main(["info", "--data-dir", str(fer2013_csv)]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    table = {line[0]: line[1] if len(line) > 1 else "" for line in lines}
    assert table["fer_classic"]
    assert set(list_recipes()) < set(table)
    assert all(table[name] for name in list_recipes())
    assert table["fer2013"] == str(fer2013_csv / "fer2013.csv")
    assert table["svm_fast"] == str(bundled_path("svm_fast"))
    assert table["jaffe"] == table["ckplus"] == "not found"


def test_what_a_model_file_holds(model_file, few_faces, capsys):
    assert main(["info", "--model", str(model_file)]) == 0
    out = capsys.readouterr().out
    lines = [line.split(maxsplit=1) for line in out.splitlines()]
    assert ["recipe", "mine"] in lines
    assert ["n_images", str(len(few_faces.target))] in lines
    assert ["size", "48"] in lines
    assert "None" not in out


def test_what_a_model_holds_that_comes_along(capsys):
    assert main(["info", "--model", "svm_fast"]) == 0
    out = capsys.readouterr().out
    assert "not what the person feels" in out
    assert "PublicTest" in out


def test_a_missing_model_file(capsys):
    assert main(["info", "--model", "none.skops"]) == 1
    assert "no such model file: none.skops" in capsys.readouterr().err


def test_a_folder_is_no_model_file(tmp_path, capsys):
    assert main(["info", "--model", str(tmp_path)]) == 1
    assert f"{tmp_path} is a folder; give a model file." in capsys.readouterr().err
    assert main(["convert", str(tmp_path), "-o", str(tmp_path / "new.joblib")]) == 1
    assert f"{tmp_path} is a folder; give a model file." in capsys.readouterr().err


def test_a_folder_of_data_sets_is_not_of_a_model(capsys):
    assert main(["info", "--model", "cnn", "--data-dir", "."]) == 2
    assert "--data-dir is of the list of data sets" in capsys.readouterr().err


def test_a_card_cannot_write_to_the_terminal(model_file, capsys):
    model, card = load_model(model_file)
    save_model(model, model_file, card=card | {"recipe": "\x1b]0;mine\x07\naccuracy 99.9"})
    assert main(["info", "--model", str(model_file)]) == 0
    out = capsys.readouterr().out
    assert "\x1b" not in out
    assert r"\x1b]0;mine\x07\naccuracy 99.9" in out
