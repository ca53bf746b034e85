import json
import shutil

import pytest

from fer_classic.cli import main
from fer_classic.utils import read_image

pytestmark = pytest.mark.usefixtures("use_few_faces")


def test_a_readable_text(capsys):
    assert main(["audit", "--dataset", "drawn"]) == 0
    out = capsys.readouterr().out
    assert "drawn" in out
    assert "contempt" in out


def test_json(few_faces, capsys):
    assert main(["audit", "--dataset", "drawn", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["name"], report["n_images"]) == ("drawn", len(few_faces.target))


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [([], [0.99, 0.9]), (["--near", "0.95", "1"], [1.0, 0.95]), (["--near"], [])],
)
def test_nearly_identical_images_by_correlation(arguments, expected, capsys):
    assert main(["audit", "--dataset", "drawn", "--json", *arguments]) == 0
    report = json.loads(capsys.readouterr().out)
    assert [groups["correlation"] for groups in report["near"]] == expected


def test_a_correlation_that_is_none(capsys):
    assert main(["audit", "--dataset", "drawn", "--near", "0.5"]) == 2
    assert "from 0.9 to 1" in capsys.readouterr().err


def test_class_folders(class_folders, few_faces, capsys):
    assert main(["audit", "--images", str(class_folders), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["name"], report["n_images"]) == ("folder", len(few_faces.target))


def test_subjects_of_class_folders(class_folders, capsys):
    arguments = ["audit", "--images", str(class_folders), "--json", "--subject-pattern"]
    assert main([*arguments, r"(\d)\.png"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["subjects"] == 10
    with pytest.raises(SystemExit, match="2"):
        main([*arguments, "("])
    assert "--subject-pattern: is not a regular expression" in capsys.readouterr().err
    assert main(["audit", "--dataset", "drawn", "--subject-pattern", "(.)"]) == 2
    assert "--subject-pattern requires --images" in capsys.readouterr().err


@pytest.mark.parametrize(("protocol", "torn"), [("kfold", True), ("group-kfold", False)])
def test_duplicates_across_the_folds_of_a_protocol(protocol, torn, class_folders, capsys):
    for path in list(class_folders.rglob("*.png")):
        shutil.copy(path, path.with_stem(f"{path.stem}-again"))
    arguments = ["audit", "--images", str(class_folders), "--protocol", protocol, "--json"]
    assert main(arguments) == 0
    assert (json.loads(capsys.readouterr().out)["identical"]["across_folds"] > 0) == torn


@pytest.mark.parametrize(("protocol", "code"), [("k-fold", 2), ("official", 1)])
def test_a_protocol_that_does_not_fit(protocol, code, capsys):
    assert main(["audit", "--dataset", "drawn", "--protocol", protocol]) == code
    assert "error:" in capsys.readouterr().err


def test_a_picture_of_the_class_counts(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["audit", "--dataset", "drawn", "--picture", "new/counts.png"]) == 0
    assert min(read_image(tmp_path / "new" / "counts.png").shape[:2]) > 200


def test_a_picture_that_is_there_is_left_alone(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    (tmp_path / "counts.png").write_text("mine")
    arguments = ["audit", "--dataset", "drawn", "--near", "--picture", "counts.png"]
    assert main(arguments) == 2
    out, err = capsys.readouterr()
    assert (out, "counts.png exists" in err, "--overwrite" in err) == ("", True, True)
    assert (tmp_path / "counts.png").read_text() == "mine"
    assert main([*arguments, "--overwrite"]) == 0
    assert read_image(tmp_path / "counts.png").ndim == 3


def test_a_picture_of_an_unknown_kind(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    assert main(["audit", "--dataset", "nowhere", "--picture", "counts.txt"]) == 2
    assert "--picture counts.txt: the name must end in .png" in capsys.readouterr().err
    assert not list(tmp_path.glob("*counts*"))


def test_outputs_are_checked_before_any_work(tmp_path, capsys):
    pytest.importorskip("matplotlib")
    arguments = ["audit", "--dataset", "nowhere", "--labels"]
    assert main([*arguments, "--picture", "a.png", "--sheet", str(tmp_path / "a.png")]) == 2
    assert "a.png is named for two outputs" in capsys.readouterr().err
    assert main([*arguments, "--csv", "/proc/none/a.csv"]) == 1
    assert "error: /proc/none/a.csv: " in capsys.readouterr().err


def test_a_missing_data_set(capsys):
    assert main(["audit", "--dataset", "ckplus", "--data-dir", "nowhere"]) == 1
    assert "CK+ was not found" in capsys.readouterr().err
