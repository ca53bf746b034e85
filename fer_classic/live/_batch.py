"""Recognition in very many photos, by several processes, into a folder of tables."""

import copy
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from fer_classic.exceptions import FerClassicError, OutputExistsError, SinkError
from fer_classic.live._photos import recognize_photos
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import PhotoResult
from fer_classic.live._run import run_live
from fer_classic.live.sources import open_source
from fer_classic.live.tables._parquet import arrow_table, read_table, write_table
from fer_classic.live.tables._schema import SCHEMA_VERSION, frame_rows, photo_rows, table_columns
from fer_classic.utils._files import atomic_path, check_outputs
from fer_classic.utils._limits import limit_pixels, pixel_limit

__all__ = ["PhotoCounts", "recognize_in_blocks", "recognize_in_parts", "recognize_videos"]

# Readers of a folder of Parquet files pass over names that begin like this.
_PLAN = "_parts.json"
# Unreadable photos that are named.
_NAMED = 20
# Photos for a worker at a time, where they come back in order.
_BLOCK = 8


@dataclass
class PhotoCounts:
    """What was found in many photos.

    Parameters
    ----------
    n_photos, n_faces, n_unreadable : int
        Photos, faces in them, photos that could not be read.
    problems : list of str
        Why the first of those could not be read.
    """

    n_photos: int = 0
    n_faces: int = 0
    n_unreadable: int = 0
    problems: list[str] = field(default_factory=list)

    def add(self, n_photos: int, table: Any) -> None:
        """Count the rows of a part.

        Parameters
        ----------
        n_photos : int
            Its photos.
        table : pyarrow.Table
            Its rows.
        """
        faces, errors = (table.column(name).to_pylist() for name in ("face", "error"))
        self.n_photos += n_photos
        self.n_faces += sum(face is not None for face in faces)
        problems = [error for error in errors if error is not None]
        self.n_unreadable += len(problems)
        self.problems += problems[: _NAMED - len(self.problems)]


def recognize_in_blocks(
    photos: Sequence[str | PathLike], recognizer: Recognizer, *, keep_images: bool
) -> Iterator[PhotoResult]:
    """Find the faces in photos as :func:`recognize_photos` does, by the workers of joblib.

    Parameters
    ----------
    photos : sequence of str or path-like
        Files; the workers read them.
    recognizer : Recognizer
        Finds and names the faces of each photo.
    keep_images : bool
        Whether the results hold the pictures, which travel between processes then.

    Yields
    ------
    result : PhotoResult
        For each photo, in order.
    """
    blocks = [photos[start : start + _BLOCK] for start in range(0, len(photos), _BLOCK)]
    task = _task(_recognize)
    calls = (task(recognizer, block, keep_images) for block in blocks)
    for results in Parallel(return_as="generator")(calls):
        yield from results


def _task(work):
    """Make calls for joblib that carry the limit of pixels, which may differ among computers."""
    return partial(delayed(_within_limit), pixel_limit(), work)


def _within_limit(max_pixels, work, *arguments):
    if pixel_limit() == max_pixels:
        return work(*arguments)
    with limit_pixels(max_pixels):
        return work(*arguments)


def _recognize(recognizer, photos, keep_images):
    results = recognize_photos(photos, recognizer)
    return [result if keep_images else replace(result, image=None) for result in results]


def recognize_in_parts(
    photos: Sequence[str | PathLike],
    recognizer: Recognizer,
    folder: str | PathLike,
    *,
    part_size: int = 500,
    resume: bool = False,
    report: Callable[[int], object] | None = None,
) -> PhotoCounts:
    """Find the faces in very many photos, and write a folder of Parquet tables.

    The folder can be read as one table, with ``pandas.read_parquet(folder)`` for example. Each part
    appears when it is complete, in any order, so that a run that was stopped or killed can be
    resumed.

    Parameters
    ----------
    photos : sequence of str or path-like
        Files; the workers read them.
    recognizer : Recognizer
        Finds and names the faces of each photo.
    folder : str or path-like
        Where the parts go, ``part-00000.parquet`` and so on; their columns are those of
        :class:`PhotoTable`.
    part_size : int, default=500
        Number of photos in a part.
    resume : bool, default=False
        Do only the parts that are missing.
    report : callable, optional
        ``report(n_photos)`` is called after each part, with its number of photos.

    Returns
    -------
    counts : PhotoCounts
        Of all parts, those of earlier runs included.

    Raises
    ------
    OutputExistsError
        If the folder has parts, and ``resume`` is not set.
    SinkError
        If the parts that are to be resumed are of other photos, another model or other settings.
    MissingDependencyError
        If pyarrow is not installed.

    See Also
    --------
    joblib.parallel_config : number of processes, or another backend, that does the work.
    """
    columns = table_columns(recognizer.classes, photos=True)
    # Before anything is done: whether it can be written.
    arrow_table([], columns)
    folder = Path(folder)
    blocks = [photos[start : start + part_size] for start in range(0, len(photos), part_size)]
    _settle(folder, _describe(photos, recognizer, part_size), resume=resume)
    counts, todo = PhotoCounts(), []
    for number, block in enumerate(blocks):
        path = _part(folder, number)
        if not path.exists():
            todo.append(number)
            continue
        counts.add(len(block), read_table(path))
        if report is not None:
            report(len(block))
    task = _task(_work)
    calls = (task(recognizer, blocks[number], number) for number in todo)
    for number, rows in Parallel(return_as="generator_unordered")(calls):
        table = arrow_table(rows, columns)
        write_table(_part(folder, number), table)
        counts.add(len(blocks[number]), table)
        if report is not None:
            report(len(blocks[number]))
    return counts


def recognize_videos(
    videos: Sequence[str | PathLike],
    recognizer: Any,
    folder: str | PathLike,
    *,
    resume: bool = False,
    overwrite: bool = False,
) -> Iterator[tuple[str, int, str | None]]:
    """Name the expressions in every frame of many videos, and write a table of each.

    Parameters
    ----------
    videos : sequence of str or path-like
        Videos, folders of images, or patterns of them; the workers of joblib read them.
    recognizer : StreamRecognizer
        Each video gets a copy of it, so that no track goes on from one to the next.
    folder : str or path-like
        Where the Parquet tables go, ``<name of the video>.parquet`` each, when they are complete.
    resume : bool, default=False
        Pass over the videos that have a table.
    overwrite : bool, default=False
        Replace their tables.

    Yields
    ------
    video : str
        A video that is done, in any order.
    n_frames : int
        Frames in its table.
    problem : str or None
        Why it, or a part of it, could not be read; one without any frame gets no table.

    Raises
    ------
    OutputExistsError
        If there is a table already, and neither ``resume`` nor ``overwrite`` is set.
    SinkError
        If two videos have the same name, or the tables that are there are of another model or other
        settings.
    MissingDependencyError
        If pyarrow is not installed.
    """
    columns = table_columns(recognizer.classes)
    arrow_table([], columns)
    paths = _video_tables(videos, Path(folder))
    if not resume:
        check_outputs(*paths.values(), overwrite=overwrite, resumable=True)
    todo = [video for video, path in paths.items() if not (resume and path.exists())]
    plan = _describe_stream(recognizer)
    known = _read_plan(Path(folder)) if resume else None
    if known is None:
        _write_plan(Path(folder), plan)
    else:
        _compare_plans(Path(folder), plan, known)
    task = _task(_watch)
    calls = (task(recognizer, video) for video in todo)
    for video, rows, n_frames, problem in Parallel(return_as="generator_unordered")(calls):
        if n_frames:
            write_table(paths[video], arrow_table(rows, columns))
        yield video, n_frames, problem


def _video_tables(videos, folder):
    paths: dict[str, Path] = {}
    for video in dict.fromkeys(map(str, videos)):
        path = folder / f"{Path(video).stem}.parquet"
        if path in paths.values():
            raise SinkError(
                f"two videos are called {path.stem!r}, and would have the same table in {folder}; "
                "rename one, or write them to two folders."
            )
        paths[video] = path
    return paths


class _Rows(AbstractContextManager):
    """A sink that keeps the rows of a video."""

    def __init__(self, classes):
        self.classes, self.rows, self.n_frames = classes, [], 0

    def write(self, result):
        self.rows += frame_rows(result, self.classes)
        self.n_frames += 1

    def __exit__(self, *exc_info):
        return None


def _watch(recognizer, video):
    """Give the rows of a video; what a worker does."""
    sink, problem = _Rows(recognizer.classes), None
    try:
        source = open_source(video)
        # Within one process all calls get the same object.
        run_live(source, copy.deepcopy(recognizer), sink)
        problem = getattr(source, "damage", None)
    except (FerClassicError, OSError) as error:
        problem = str(error)
    return video, sink.rows, sink.n_frames, problem


def _part(folder: Path, number: int) -> Path:
    return folder / f"part-{number:05d}.parquet"


def _describe(photos, recognizer, part_size) -> dict[str, Any]:
    """Describe the work, so that parts of other work are not taken for its own."""
    digest = hashlib.sha256()
    for photo in photos:
        digest.update(str(photo).encode("utf-8", "surrogateescape") + b"\0")
    return {
        "schema": SCHEMA_VERSION,
        "part_size": part_size,
        "n_photos": len(photos),
        "photos": digest.hexdigest()[:32],
    } | _settings(recognizer)


def _settings(recognizer) -> dict[str, Any]:
    """Describe the model and how it is used."""
    return {
        "classes": list(recognizer.classes),
        "created": recognizer.card.get("created"),
        "detector": _named(recognizer.detector),
        "views": recognizer.views,
        "upright": recognizer.upright,
        "min_probability": recognizer.min_probability,
    }


def _named(detector) -> str:
    # The representation of other objects holds their address.
    return repr(detector) if hasattr(detector, "get_params") else type(detector).__qualname__


def _describe_stream(recognizer) -> dict[str, Any]:
    """Describe how frames are recognised."""
    return {
        "schema": SCHEMA_VERSION,
        **_settings(recognizer.recognizer),
        "frame_detector": _named(recognizer.recognizer.frame_detector),
        "smoothing": type(recognizer.smoothing).__name__,
        "window": recognizer.window,
        "detect_every": recognizer.detect_every,
    }


def _settle(folder: Path, plan: dict[str, Any], *, resume: bool) -> None:
    """Write down what the folder is for, or check that it is for this."""
    found = _read_plan(folder)
    if found is None and not any(folder.glob("part-*.parquet")):
        _write_plan(folder, plan)
        return
    if not resume:
        raise OutputExistsError(
            f"{folder} has parts of a table and was not changed; name another folder, or do the "
            "missing parts with resume=True (--resume)."
        )
    _compare_plans(folder, plan, found or {})


def _read_plan(folder: Path) -> dict[str, Any] | None:
    path = folder / _PLAN
    if not path.exists():
        return None
    try:
        return dict(json.loads(path.read_text()))
    except (ValueError, TypeError):
        return {}


def _write_plan(folder: Path, plan: dict[str, Any]) -> None:
    with atomic_path(folder / _PLAN) as temporary:
        temporary.write_text(json.dumps(plan, indent=1) + "\n")


def _compare_plans(folder: Path, plan: dict[str, Any], found: dict[str, Any]) -> None:
    if found != plan:
        changed = [name for name, value in plan.items() if found.get(name) != value]
        raise SinkError(
            f"{folder} cannot be resumed: its tables are of other work ({', '.join(changed)} "
            "differ); give the same model and options, and the same photos, or another folder."
        )


def _work(recognizer, photos, number):
    """Give the rows of some photos; what a worker does."""
    rows = []
    for result in recognize_photos(photos, recognizer):
        rows += photo_rows(result.photo, result.faces, recognizer.classes, error=result.error)
    return number, rows
