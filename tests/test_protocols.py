"""Objects with the right methods are sources, sinks or detectors; mypy checks this file too."""

from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, assert_type

import numpy as np
import pytest

from fer_classic.faces import (
    DETECTORS,
    BlazeFaceDetector,
    Detector,
    HaarDetector,
    MTCNNDetector,
    PyramidDetector,
    YuNetDetector,
    crop_face,
    make_detector,
)
from fer_classic.live import (
    ArraySource,
    CameraSource,
    ImageSource,
    LiveStats,
    MultiSink,
    NullSink,
    Sink,
    Source,
    StreamSource,
    TableSink,
    VideoSink,
    VideoSource,
    WindowSink,
    open_source,
    run_live,
)
from fer_classic.live.sources import Latest
from fer_classic.persistence import LoadedModel, load_bundled
from fer_classic.recipes import list_recipes
from fer_classic.utils import as_gray, read_image


class Blank:
    """A source that inherits nothing."""

    def __iter__(self) -> Iterator[tuple[int, float, np.ndarray]]:
        yield 7, 0.5, np.zeros((4, 6), np.uint8)


class Middle:
    """A detector that inherits nothing."""

    def detect(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return np.array([[1, 1, 2, 2]]), np.ones(1, np.float32)


class Notes:
    """A sink that inherits nothing."""

    def __init__(self) -> None:
        self.indices: list[int] = []
        self.closed = False

    def __enter__(self) -> "Notes":
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.closed = True

    def write(self, frame: Any) -> None:
        self.indices.append(frame.index)


class Everyone:
    """A recognizer that detects no face."""

    def recognize(self, frame: np.ndarray) -> list:
        return []


def test_classes_that_inherit_nothing_run() -> None:
    sink = Notes()
    stats = run_live(Blank(), Everyone(), sink)
    assert_type(stats, LiveStats)
    assert (stats.frames, sink.indices, sink.closed) == (1, [7], True)


def test_a_generator_is_a_source() -> None:
    frames = (item for item in Blank())
    assert run_live(frames, Everyone(), NullSink()).frames == 1


def test_a_detector_that_inherits_nothing_is_made() -> None:
    detector = Middle()
    assert make_detector(detector) is detector


SOURCES: list[Source] = [
    ArraySource([]),
    CameraSource(),
    ImageSource("."),
    Latest([]),
    StreamSource("rtsp://host/path"),
    VideoSource("talk.mp4"),
    Blank(),
]
SINKS: list[type[Sink]] = [NullSink, MultiSink, TableSink, VideoSink, WindowSink, Notes]
OWN: list[Detector] = [
    HaarDetector(),
    BlazeFaceDetector(),
    MTCNNDetector(),
    PyramidDetector(),
    YuNetDetector(),
    Middle(),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_sources(source: Source) -> None:
    assert isinstance(source, Source)
    assert not isinstance(source, Sink | Detector)


@pytest.mark.parametrize("sink", SINKS)
def test_sinks(sink: type[Sink]) -> None:
    assert issubclass(sink, Sink)
    assert not issubclass(sink, Source | Detector)


@pytest.mark.parametrize("detector", OWN, ids=lambda detector: type(detector).__name__)
def test_detectors(detector: Detector) -> None:
    assert isinstance(detector, Detector)


def test_every_named_detector_is_listed() -> None:
    named = {path.partition(":")[2] for path in DETECTORS.values()}
    assert named == {type(detector).__name__ for detector in OWN} - {"Middle"}


@pytest.mark.parametrize("other", [object(), "haar", [1, 2]])
def test_other_objects_do_not_match_the_protocols(other: object) -> None:
    assert not isinstance(other, Sink | Detector)


def test_types_that_callers_see(tmp_path: Path) -> None:
    assert_type(load_bundled(), LoadedModel)
    assert_type(list_recipes(), list[str])
    assert_type(make_detector("haar"), Detector)
    image = np.zeros((8, 8), np.uint8)
    assert_type(as_gray(image), np.ndarray)
    assert crop_face(image, (2, 2, 4, 4), size=(3, 5)).shape == (3, 5)
    (tmp_path / "face.pgm").write_bytes(b"P5 2 1 255\n\x00\xff")
    assert read_image(tmp_path / "face.pgm").shape == (1, 2, 3)
    assert open_source(str(tmp_path / "face.pgm")).n_frames == 1
