import json
import os
from pathlib import Path

import pytest

from fer_classic.faces import make_detector
from fer_classic.live import Recognizer, StreamRecognizer
from fer_classic.live._describe import describe_recognizer, describe_source, describe_stream


def stream(model, *, card=None, recognizer=None, **options):
    return StreamRecognizer(Recognizer(model, card=card, **(recognizer or {})), **options)


class OwnDetector:
    def detect(self, image):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"recognizer": {"detector": "haar"}}, {"detector", "frame_detector"}),
        ({"recognizer": {"detector": make_detector("pyramid", min_size=0.1)}}, None),
        ({"recognizer": {"frame_detector": "haar"}}, {"frame_detector"}),
        ({"recognizer": {"detector": OwnDetector()}}, {"detector", "frame_detector"}),
        ({"recognizer": {"views": "flip"}}, {"views"}),
        ({"recognizer": {"upright": False}}, {"upright"}),
        ({"recognizer": {"min_probability": 0.5}}, {"min_probability"}),
        ({"card": {"created": "today"}}, {"model"}),
        ({"card": {"created": "today", "file_digest": "ab"}}, {"model"}),
        ({"smoothing": "none"}, {"smoothing"}),
        ({"smoothing": "majority"}, {"smoothing"}),
        ({"window": 3}, {"window"}),
        ({"detect_every": 1}, {"detect_every"}),
        ({"max_missed_frames": 1}, {"max_missed_frames"}),
    ],
)
def test_all_that_changes_a_row_is_described(changes, names, fitted_model):
    usual = describe_stream(stream(fitted_model))
    assert describe_stream(stream(fitted_model)) == usual
    other = describe_stream(stream(fitted_model, **changes))
    differ = {name for name in usual if usual[name] != other[name]}
    assert differ == names if names else "detector" in differ
    assert json.loads(json.dumps(other)) == other


def test_the_digest_of_a_file_goes_before_the_date(fitted_model):
    cards = ({"created": date, "file_digest": "ab"} for date in ("today", "yesterday"))
    one, other = (describe_recognizer(Recognizer(fitted_model, card=card)) for card in cards)
    assert one == other


def test_a_source_is_known_by_its_place_and_not_named(tmp_path, monkeypatch):
    (tmp_path / "secret.mp4").touch()
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    place = describe_source("secret.mp4")
    assert place == describe_source(str(tmp_path / "secret.mp4"))
    assert place == describe_source(os.path.join("other", "..", "secret.mp4"))
    others = ["other", "other/secret.mp4", "http://me:secret@host/secret.mp4", "0", "*.png"]
    digests = {describe_source(other) for other in others}
    assert len(digests - {place}) == len(others)
    assert all(set(digest) <= set("0123456789abcdef") for digest in digests)
    assert describe_source(os.fsdecode(b"\xff.mp4")) != place
    assert Path("secret.mp4").stat().st_size == 0
