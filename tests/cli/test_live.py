import argparse
import inspect
import json
import re
from pathlib import Path

import pytest

from fer_classic.cli import _live, main
from fer_classic.cli._arguments import UsageError
from fer_classic.exceptions import DisplayError, FerClassicWarning
from fer_classic.faces import DETECTORS, make_detector
from fer_classic.live import (
    CameraSource,
    Recognizer,
    StreamRecognizer,
    StreamSource,
    load_labels,
    open_source,
)
from fer_classic.live.drawing import _fonts
from fer_classic.persistence import load_bundled

CLASSES = ("happy", "sad")


def parse(*arguments):
    parser = argparse.ArgumentParser()
    _live.add_recognizer_arguments(parser)
    _live.add_stream_arguments(parser)
    _live.add_drawing_arguments(parser)
    return parser.parse_args(arguments)


@pytest.mark.parametrize(
    ("argument", "function", "parameter"),
    [
        ("model", load_bundled, "name"),
        ("detector", Recognizer, "detector"),
        ("views", Recognizer, "views"),
        ("upright", Recognizer, "upright"),
        ("min_probability", Recognizer, "min_probability"),
        ("detect_every", StreamRecognizer, "detect_every"),
        ("smoothing", StreamRecognizer, "smoothing"),
        ("smoothing_window", StreamRecognizer, "window"),
        ("retries", CameraSource, "retries"),
        ("retries", StreamSource, "retries"),
        ("retries", open_source, "retries"),
    ],
)
def test_defaults_are_those_of_python(argument, function, parameter):
    expected = inspect.signature(function).parameters[parameter].default
    assert getattr(parse(), argument) == expected
    assert type(getattr(parse(), argument)) is type(expected)


def test_a_recognizer_without_arguments_is_that_of_python():
    made = _live.make_stream_recognizer(parse())
    model, card = load_bundled()
    plain = StreamRecognizer(Recognizer(model, card=card))
    for mine, theirs in ((made, plain), (made._tracker, plain._tracker)):
        numbers = [{k: v for k, v in vars(x).items() if type(v) is int} for x in (mine, theirs)]
        assert numbers[0] == numbers[1]
    assert type(made.smoothing) is type(plain.smoothing)
    assert vars(made.smoothing) == vars(plain.smoothing)
    for name in ("detector", "frame_detector"):
        mine, theirs = (getattr(one.recognizer, name) for one in (made, plain))
        assert (type(mine), mine.get_params()) == (type(theirs), theirs.get_params())
    assert made.recognizer._geometry == plain.recognizer._geometry


@pytest.mark.parametrize(
    ("arguments", "settings", "of_frames"),
    [
        ([], {"min_size": 0.07}, {"min_size": 0.12}),
        (["--min-face", "0.05"], {"min_size": 0.05}, {}),
        (["--detector", "haar", "--min-face", "40"], {"min_size": 40}, {"shorter_side": 270}),
        (
            ["--detector", "yunet", "--detector-threshold", "0.6", "--min-face", "0"],
            {"score_threshold": 0.6, "min_size": 0},
            {"longer_side": 320},
        ),
        (
            ["--detector", "yunet", "--detector-model", "a.onnx"],
            {"model": "a.onnx"},
            {"longer_side": 320},
        ),
        (["--detector", "mtcnn", "--min-face", "0.2"], {"min_size": 0.2}, {}),
        (["--detector", "blazeface", "--detector-threshold", "0.3"], {"score_threshold": 0.3}, {}),
    ],
)
def test_settings_of_the_detector(arguments, settings, of_frames):
    recognizer = _live.make_recognizer(parse(*arguments))
    photos, frames = recognizer.detector.get_params(), recognizer.frame_detector.get_params()
    assert photos | settings == photos
    assert frames == photos | of_frames


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--detector", "haar", "--detector-threshold", "0.5"],
            r"--detector-threshold: the detector haar has no .*--detector .*blazeface.*yunet",
        ),
        (
            ["--detector", "haar", "--detector-model", "a.onnx"],
            r"--detector-model: the detector haar .*yunet",
        ),
    ],
)
def test_settings_that_a_detector_does_not_have(arguments, message):
    with pytest.raises(UsageError, match=message):
        _live.make_recognizer(parse(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["--detector-threshold", "0"],
        ["--detector-threshold", "1"],
        ["--detector-threshold", "high"],
        ["--detector-threshold", "nan"],
        ["--min-face", "-1"],
        ["--min-face", "inf"],
        ["--min-face", "1e7"],
        ["--min-probability", "nan"],
        ["--min-probability", "1.5"],
        ["--min-face", "10%"],
        ["--min-face", ""],
    ],
)
def test_values_that_are_out_of_range(arguments, capsys):
    with pytest.raises(SystemExit) as end:
        parse(*arguments)
    assert end.value.code == 2
    assert f"argument {arguments[0]}: must" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--min-face", "0"], "--min-face 0: the detector pyramid needs"),
        (
            ["--detector-model", "a.onnx"],
            "--detector-model a.onnx goes with --detector blazeface or yunet; the default is pyr",
        ),
        (
            ["--detector", "yunet", "--detector-model", "."],
            r"--detector-model \. is a folder",
        ),
    ],
)
def test_settings_that_do_not_suit_the_detector(arguments, message):
    with pytest.raises(UsageError, match=message):
        _live.make_recognizer(parse(*arguments))


def test_the_default_detector_takes_a_folder(tmp_path):
    made = _live.make_recognizer(parse("--detector-model", str(tmp_path)))
    assert made.detector.model == str(tmp_path)


@pytest.mark.parametrize("name", ["in", ".csv", "a.xls"])
def test_names_that_are_no_table(name):
    message = f"--table {name}: the name must end in .csv, .jsonl or .parquet."
    with pytest.raises(UsageError, match=re.escape(message)):
        _live.check_table(Path(name))


def test_the_help_states_the_defaults_of_the_detectors():
    """They are written by hand."""
    group = argparse.ArgumentParser()
    _live.add_recognizer_arguments(group)
    text = " ".join(group.format_help().split())
    for parameter, words in (("score_threshold", "{:g} for {}"), ("min_size", "{:g} for {}")):
        for name in DETECTORS:
            default = make_detector(name).get_params().get(parameter)
            if default:
                assert words.format(default, name) in text


@pytest.mark.parametrize("argument", ["--upright", "--no-upright"])
def test_faces_are_turned_upright_or_not(argument):
    made = _live.make_recognizer(parse(argument))
    assert made.upright == (argument == "--upright")


def drawing(*arguments):
    return _live.make_drawing(parse(*arguments), CLASSES).keywords


def test_labels_without_a_font_are_names_with_a_warning(monkeypatch):
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    _fonts.find_font.cache_clear()
    said = "drawn with their original names, without --labels zh: no font .* can show '高兴'"
    with pytest.warns(FerClassicWarning, match=said):
        keywords = drawing("--labels", "zh")
    names = (*CLASSES, "uncertain", "no face", "small", "blurred", "turned")
    assert keywords == {"labels": {name: name for name in names}, "font": None}


def test_a_font_of_ones_own_that_lacks_letters_is_an_error(monkeypatch):
    font = next((f for f in _fonts._INSTALLED if f.endswith("DejaVuSans.ttf")), None)
    try:
        _fonts._sized(font, 16)
    except OSError:
        pytest.skip("OpenCV brings no font here")
    with pytest.raises(DisplayError, match="lacks letters of '高兴'"):
        drawing("--labels", "zh", "--font", font)


def test_labels_that_ascii_can_show():
    assert drawing("--labels", "it")["labels"] == load_labels("it", names=CLASSES)
    assert drawing()["labels"]["uncertain"] == "uncertain"


@pytest.mark.filterwarnings("always::fer_classic.exceptions.FerClassicWarning")
def test_predict_goes_on_without_a_font(model_file, photos, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(_fonts, "_INSTALLED", ())
    _fonts.find_font.cache_clear()
    copies = tmp_path / "copies"
    arguments = ["predict", "--model", model_file, photos, "--annotate", copies, "--labels", "zh"]
    assert main(list(map(str, arguments))) == 0
    assert len(list(copies.iterdir())) == 3
    out, err = capsys.readouterr()
    assert "无人脸" in out
    assert (
        err.count("warning: expressions are drawn with their original names, without --labels zh")
        == 1
    )


def test_printed_rows_have_labels_and_json_has_names(model_file, photos, capsys):
    french = load_labels("fr")
    arguments = ["predict", "--model", str(model_file), str(photos), "--labels", "fr"]
    assert main(arguments) == 0
    _, none, *rows = (line.split("\t") for line in capsys.readouterr().out.splitlines())
    assert none[3] == "aucun visage"
    assert len(rows) == 3
    for *_, expression, scores in rows:
        ranked = [score.partition("=")[0] for score in scores.split()]
        assert ranked[0] == expression
        assert set(ranked) <= set(french.values())
        assert len(ranked) == 8
    assert main([*arguments, "--json"]) == 0
    names = {json.loads(line)["expression"] for line in capsys.readouterr().out.splitlines()}
    assert names <= {"no face", *french}


def test_labels_that_do_not_exist_are_an_error_without_pictures_too(model_file, photos, capsys):
    arguments = ["predict", "--model", str(model_file), str(photos), "--labels", "tlh"]
    assert main(arguments) == 2
    assert "unknown labels 'tlh'" in capsys.readouterr().err
