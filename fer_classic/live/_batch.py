"""Recognition in very many photos, by several processes, into a folder of tables."""

import copy
import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import Any

from fer_classic.exceptions import FerClassicError, OutputExistsError, SinkError
from fer_classic.live._describe import describe_recognizer, describe_source, describe_stream
from fer_classic.live._photos import recognize_photos
from fer_classic.live._recognizer import Recognizer
from fer_classic.live._results import PhotoResult
from fer_classic.live._run import run_live
from fer_classic.live._workers import call_workers
from fer_classic.live.sources import open_source
from fer_classic.live.sources._cameras import without_password
from fer_classic.live.tables._parquet import arrow_table, read_table, write_table
from fer_classic.live.tables._parquet import read_settings as read_table_settings
from fer_classic.live.tables._schema import frame_rows, photo_rows, table_columns
from fer_classic.live.tables._settings import name_changes, read_settings, write_settings
from fer_classic.utils._files import check_outputs

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
    calls = ((recognizer, block, keep_images) for block in blocks)
    for results in call_workers(_recognize, calls):
        yield from results


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
    _check_or_write_plan(folder, _describe(photos, recognizer, part_size), resume=resume)
    counts, todo = PhotoCounts(), []
    for number, block in enumerate(blocks):
        path = _part(folder, number)
        if not path.exists():
            todo.append(number)
            continue
        counts.add(len(block), read_table(path))
        if report is not None:
            report(len(block))
    calls = ((recognizer, blocks[number], number) for number in todo)
    for number, rows in call_workers(_work, calls, ordered=False):
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

    Returns
    -------
    done : iterator of tuple
        For each video that is done, in any order: ``video``, as a str; ``n_frames``, the number of
        frames in its table; and ``problem``, why it, or a part of it, could not be read, or None.
        One without any frame gets no table.

    Raises
    ------
    OutputExistsError
        At once, if two videos would have the same table, or if there is a table already, and
        neither ``resume`` nor ``overwrite`` is set.
    SinkError
        At once, if the tables that are there are of another model or other settings.
    MissingDependencyError
        If pyarrow is not installed.
    """
    columns = table_columns(recognizer.classes)
    arrow_table([], columns)
    folder = Path(folder)
    tables = _video_tables(videos, folder)
    settings = describe_stream(recognizer)
    if resume:
        _check_tables(folder, tables, settings)
    else:
        check_outputs(*tables, overwrite=overwrite, resumable=True)
    todo = {video: path for path, video in tables.items() if not (resume and path.exists())}
    return _write_tables(todo, recognizer, columns, settings)


def _write_tables(todo, recognizer, columns, settings):
    calls = ((recognizer, video) for video in todo)
    for video, rows, n_frames, problem in call_workers(_watch, calls, ordered=False):
        if n_frames:
            own = settings | {"source": describe_source(video)}
            write_table(todo[video], arrow_table(rows, columns), settings=own)
        yield video, n_frames, problem


def _video_tables(videos, folder):
    """Name the table of each video; gives the videos by their tables."""
    tables: dict[Path, str] = {}
    for video in map(str, videos):
        path = folder / f"{_stem(video)}.parquet"
        other = tables.setdefault(path, video)
        if other != video:
            first, second = map(without_password, (other, video))
            raise OutputExistsError(
                f"{first} and {second} would have the same table, {path}; rename one, or write "
                "them to two folders."
            )
    return tables


def _stem(video):
    path = Path(without_password(video))
    # Folders such as "." have no name of their own.
    return (path.resolve() if path.is_dir() else path).stem


def _check_tables(folder, tables, settings):
    """Check that what is in a folder is of this model and these settings, and of these videos."""
    for path in sorted(folder.glob("*.parquet")):
        found = read_table_settings(path)
        source = found.pop("source", None)
        changed = name_changes(settings, found)
        if changed:
            raise SinkError(
                f"{folder} cannot be resumed: {path.name} is of other work ({changed} differ); "
                "give the same model and options, or another folder."
            )
        if path in tables and source != describe_source(tables[path]):
            video = without_password(tables[path])
            raise SinkError(
                f"{folder} cannot be resumed: {path.name} is not of {video} but of another video "
                "of that name; rename one, or give another folder."
            )


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
        **describe_recognizer(recognizer),
        "part_size": part_size,
        "n_photos": len(photos),
        "photos": digest.hexdigest()[:32],
    }


def _check_or_write_plan(folder: Path, plan: dict[str, Any], *, resume: bool) -> None:
    """Check that the folder holds parts of this plan; in an empty one, write the plan down."""
    found = read_settings(folder / _PLAN)
    if found is None and not any(folder.glob("*.parquet")):
        write_settings(folder / _PLAN, plan)
        return
    if not resume:
        raise OutputExistsError(
            f"{folder} has parts of a table and was not changed; name another folder, or do the "
            "missing parts with resume=True (--resume)."
        )
    changed = name_changes(plan, found or {})
    if changed:
        raise SinkError(
            f"{folder} cannot be resumed: its tables are of other work ({changed} differ); give "
            "the same model and options, and the same photos, or another folder."
        )


def _work(recognizer, photos, number):
    """Give the rows of some photos; what a worker does."""
    rows = []
    for result in recognize_photos(photos, recognizer):
        rows += photo_rows(result.photo, result.faces, recognizer.classes, error=result.error)
    return number, rows
