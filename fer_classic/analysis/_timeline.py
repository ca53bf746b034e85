"""Who showed which expression when, gathered frame by frame."""

from dataclasses import dataclass, field

from fer_classic.live import UNCERTAIN
from fer_classic.live.tables import make_dataframe

__all__ = ["Timeline"]

# Seconds that a frame counts for at most where the frames after it are missing.
_MAX_GAP = 1.0


class Timeline:
    """Gathers who shows which expression when; a sink of frames.

    Its memory grows with the changes of expression and not with the frames, so that it can go along
    with long videos and cameras.

    Parameters
    ----------
    classes : sequence of str
        The classes of the model, in its order.
    fps : float, optional
        Frames a second of the source, from which the duration of the last frame follows. By default
        it is that of the frame before.

    Attributes
    ----------
    n_frames : int
        Number of frames.
    start, end : float
        Time of the first frame, and the end of the last one, in seconds; 0 before there is one.

    See Also
    --------
    fer_classic.live.run_live : takes it as a sink.

    Notes
    -----
    A frame lasts until the next one. Where the numbers of the frames jump, since some could not be
    decoded or came too late, it lasts 1 second at most.
    """

    def __init__(self, classes, *, fps=None):
        self.classes = tuple(classes)
        self.n_frames = 0
        self.start = self.end = 0.0
        self._frame_seconds = 1.0 / fps if fps else None
        self._last = None
        self._current = []
        self._people = {}

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        return None

    def write(self, result):
        """Take the faces of the next frame.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces; those without a track are taken for one person.

        Returns
        -------
        go_on : bool
            Always True.

        Raises
        ------
        ValueError
            If a face has an expression that is none of the classes.
        """
        seconds = 0.0
        if self._last is None:
            self.start = result.time
        else:
            seconds = self._end_last_frame(*self._last, result)
        before = {id(run) for run in self._current}
        faces = {}
        for face in result.faces:
            # Without tracks, the first one counts, which is the largest.
            faces.setdefault(face.track_id, face)
        self._current = [self._add(face, result.time, before) for face in faces.values()]
        self._last = result.index, result.time
        self._set_end(result.time + (self._frame_seconds or seconds))
        self.n_frames += 1
        return True

    def _end_last_frame(self, index, time, following):
        seconds = max(0.0, following.time - time)
        if following.index > index + 1:
            seconds = min(seconds, _MAX_GAP)
        self._set_end(time + seconds)
        return seconds

    def _set_end(self, end):
        self.end = end
        for run in self._current:
            run.end = end

    def _add(self, face, time, before):
        if face.expression not in (*self.classes, UNCERTAIN):
            raise ValueError(
                f"a face has the expression {face.expression!r}, but the timeline is one of "
                f"{list(self.classes)}; make it with the classes of the model."
            )
        person = self._people.setdefault(face.track_id, _Person(face.track_id))
        run = person.runs[-1] if person.runs else None
        if run is None or id(run) not in before or run.expression != face.expression:
            run = _Run(face.expression, time)
            person.runs.append(run)
        person.count(face)
        run.count(face)
        return run

    def episodes(self, *, min_seconds=0.0, to_dataframe=False):
        """Give the runs of one expression of one person.

        Parameters
        ----------
        min_seconds : float, default=0.0
            Shorter runs are left out. Two runs of one expression are joined then if less than
            ``min_seconds`` lie between them, such as a run that was left out.
        to_dataframe : bool, default=False
            Give a ``pandas.DataFrame``; it needs the extra ``table``.

        Returns
        -------
        episodes : list of dict, or DataFrame
            By ``start``: ``track``, ``expression`` (which can be ``"uncertain"``), ``start``,
            ``end`` and ``seconds`` (end - start), ``frames``, and ``mean_score``, the mean score of
            the expression over the frames; None where there are no scores, or it is uncertain.

        Raises
        ------
        ValueError
            If ``min_seconds`` is negative.
        MissingDependencyError
            If pandas is to be used and is not installed.
        """
        if min_seconds < 0:
            raise ValueError(f"min_seconds must be 0 or more, got {min_seconds!r}.")
        rows = [
            {"track": track, **run.as_row()}
            for track, person in self._people.items()
            for run in _joined(person.runs, min_seconds)
        ]
        rows.sort(key=lambda row: row["start"])
        return make_dataframe(rows, _EPISODE) if to_dataframe else rows

    def summary(self, *, to_dataframe=False):
        """Give a row for each person: when in sight, how long, and with which expressions.

        Parameters
        ----------
        to_dataframe : bool, default=False
            Give a ``pandas.DataFrame``; it needs the extra ``table``.

        Returns
        -------
        people : list of dict, or DataFrame
            In the order of their appearance: ``track``, ``first_seen`` and ``last_seen`` (seconds),
            ``seconds`` in sight, ``frames``, ``expression`` (the most frequent one by time),
            ``share_<class>`` and ``share_uncertain`` (of the time in sight, 0 to 1), and
            ``score_<class>``, the mean score over all frames; None where there are no scores.

        Raises
        ------
        MissingDependencyError
            If pandas is to be used and is not installed.
        """
        rows = [person.as_row(self.classes) for person in self._people.values()]
        return make_dataframe(rows, _summary_columns(self.classes)) if to_dataframe else rows


_EPISODE = {
    "track": int,
    "expression": str,
    "start": float,
    "end": float,
    "seconds": float,
    "frames": int,
    "mean_score": float,
}


def _summary_columns(classes):
    columns = {"track": int, "first_seen": float, "last_seen": float}
    columns |= {"seconds": float, "frames": int, "expression": str}
    columns |= {f"share_{name}": float for name in (*classes, UNCERTAIN)}
    return columns | {f"score_{name}": float for name in classes}


@dataclass(eq=False)
class _Run:
    """Frames one after the other in which a person shows one expression."""

    expression: str
    start: float
    end: float = 0.0
    frames: int = 0
    scored: int = 0
    score: float = 0.0

    @property
    def seconds(self):
        return self.end - self.start

    def count(self, face):
        self.frames += 1
        if face.scores and face.expression in face.scores:
            self.scored += 1
            self.score += face.scores[face.expression]

    def joined(self, other):
        counts = self.frames + other.frames, self.scored + other.scored, self.score + other.score
        return _Run(self.expression, self.start, other.end, *counts)

    def as_row(self):
        mean = self.score / self.scored if self.scored else None
        values = (self.expression, self.start, self.end, self.seconds, self.frames, mean)
        return dict(zip(list(_EPISODE)[1:], values, strict=True))


@dataclass(eq=False)
class _Person:
    """All that is known of the face with one number."""

    track: int | None
    runs: list[_Run] = field(default_factory=list)
    scored: int = 0
    scores: dict[str, float] = field(default_factory=dict)

    def count(self, face):
        if face.scores:
            self.scored += 1
            for name, score in face.scores.items():
                self.scores[name] = self.scores.get(name, 0.0) + score

    def as_row(self, classes):
        seconds = sum(run.seconds for run in self.runs)
        frames = sum(run.frames for run in self.runs)
        shares = dict.fromkeys((*classes, UNCERTAIN), 0.0)
        for run in self.runs:
            # A single frame may last no time, as far as is known.
            shares[run.expression] += run.seconds / seconds if seconds else run.frames / frames
        row = {
            "track": self.track,
            "first_seen": self.runs[0].start,
            "last_seen": self.runs[-1].end,
            "seconds": seconds,
            "frames": frames,
            "expression": max(shares, key=shares.__getitem__),
        }
        row |= {f"share_{name}": share for name, share in shares.items()}
        means = {name: score / self.scored for name, score in self.scores.items()}
        return row | {f"score_{name}": means.get(name) for name in classes}


def _joined(runs, min_seconds):
    """Runs that are long enough, without the breaks between them that are too short."""
    kept = []
    for run in runs:
        # Differences of time stamps carry rounding errors.
        if run.seconds < min_seconds - 1e-9:
            continue
        last = kept[-1] if kept else None
        if (
            last is not None
            and last.expression == run.expression
            and run.start - last.end < min_seconds
        ):
            kept[-1] = last.joined(run)
        else:
            kept.append(run)
    return kept
