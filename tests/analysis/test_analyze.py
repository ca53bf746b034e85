import cv2
import numpy as np
import pytest

import fer_classic
from fer_classic.analysis import PhotoAnalysis, VideoAnalysis, analyze
from fer_classic.datasets import load_drawn_faces
from fer_classic.exceptions import DataWarning, ImageReadError, UnknownNameError
from fer_classic.live import ArraySource, Recognizer, recognize_video
from fer_classic.live.tables import frame_rows, photo_rows
from fer_classic.persistence import load_bundled
from tests.analysis.conftest import BRIGHT, DARK, NOBODY


def test_it_is_reached_from_the_package():
    assert fer_classic.analyze is analyze


def test_a_folder(folder, options):
    with pytest.warns(DataWarning, match=r"1 of 4 photos cannot be read: .*d\.png; result\.errors"):
        result = analyze(folder, **options)
    assert isinstance(result, PhotoAnalysis)
    named = [(row["photo"], row["expression"]) for row in result.rows]
    assert named == [
        (str(folder / "a.png"), "happy"),
        (str(folder / "b.png"), "sad"),
        (str(folder / "c.png"), "no face"),
        (str(folder / "d.png"), None),
    ]
    assert "d.png is not an image" in result.rows[3]["error"]
    assert list(result.errors) == [folder / "d.png"]
    # There may be more photos than memory.
    assert [photo.image for photo in result.photos] == [None] * 4


def test_the_rows_are_those_of_the_recognizer(folder, options):
    recognizer = Recognizer(options["model"], detector=options["detector"])
    faces = recognizer.recognize(BRIGHT)
    path = folder / "a.png"
    assert analyze(path, **options).rows == photo_rows(path, faces, recognizer.classes)


def test_pictures_in_memory(options):
    result = analyze([BRIGHT, DARK], **options)
    assert [photo.photo for photo in result.photos] == ["image 0", "image 1"]
    assert result.photos[1].image is DARK
    assert [face.expression for face in result.faces] == ["happy", "sad"]
    _, content = cv2.imencode(".png", BRIGHT)
    assert analyze(content.tobytes(), **options).faces == result.faces[:1]


def test_an_array_that_is_no_picture_is_named(options):
    with pytest.raises(ValueError, match="image 1: floating images hold 0 to 1"):
        analyze([BRIGHT, np.full((80, 120), 200.0)], **options)


def test_a_photo_alone_that_cannot_be_read(folder, options):
    with pytest.raises(ImageReadError, match=r"d.png is not an image"):
        analyze(folder / "d.png", **options)
    with pytest.raises(ImageReadError, match="2 bytes"):
        analyze(b"no", **options)


def test_a_video(options):
    frames = [BRIGHT] * 4 + [DARK] * 4 + [NOBODY] * 2
    chosen = {"detect_every": 1, "smoothing": "none"}
    result = analyze(ArraySource(frames, fps=2), **chosen, **options)
    assert isinstance(result, VideoAnalysis)
    recognizer = Recognizer(options["model"], detector=options["detector"])
    seen = recognize_video(ArraySource(frames, fps=2), recognizer, **chosen)
    assert result.rows == [row for one in seen for row in frame_rows(one, recognizer.classes)]
    assert [(e["expression"], e["start"], e["end"]) for e in result.episodes()] == [
        ("happy", 0.0, 2.0),
        ("sad", 2.0, 4.0),
    ]
    assert result.timeline.end == 5.0


def test_damage_of_a_video_is_reported(options):
    class Damaged(ArraySource):
        damage = "2 frames cannot be decoded"

    assert analyze(Damaged([BRIGHT]), **options).damage == "2 frames cannot be decoded"
    assert analyze(ArraySource([BRIGHT]), **options).damage is None


def test_uncertain(options):
    result = analyze(BRIGHT, min_probability=0.99, **options)
    assert [row["expression"] for row in result.rows] == ["uncertain"]


def test_bundled_models_and_those_that_are_loaded():
    image = load_drawn_faces().images[0]
    by_default = analyze(image)
    assert by_default.classes == tuple(load_bundled().model.classes_)
    assert analyze(image, model=load_bundled()).rows == by_default.rows
    assert analyze(image, model="cnn").rows == by_default.rows
    assert analyze(image, model="svm_fast").rows != by_default.rows


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"model": "svm_fats"}, UnknownNameError, "Did you mean 'svm_fast'"),
        ({"detector": "hair"}, UnknownNameError, "unknown detector"),
        ({"smoothing": "none"}, TypeError, "photos do not take the parameters smoothing"),
        ({"model": 3}, ValueError, "this int is not a fitted classifier"),
    ],
)
def test_wrong_parameters(wrong, error, words, options):
    with pytest.raises(error, match=words):
        analyze(BRIGHT, **(options | wrong))


def test_progress(options, capsys):
    analyze([BRIGHT, DARK], **options)
    assert capsys.readouterr().err == ""
    assert analyze([BRIGHT, DARK], progress=True, **options).faces
    assert analyze(ArraySource([BRIGHT] * 3), progress=True, **options).frames
