"""The result for a video."""

from dataclasses import dataclass, field

from fer_classic.analysis._pictures import portrait
from fer_classic.analysis._timeline import Timeline
from fer_classic.analysis._words import counted
from fer_classic.live import Face
from fer_classic.live.tables import frame_rows, rows_to_dataframe

__all__ = ["SeenFrame", "VideoAnalysis"]


@dataclass(frozen=True, eq=False)
class SeenFrame:
    """The faces in a frame, without its picture.

    Parameters
    ----------
    index : int
        Number of the frame, from 0.
    time : float
        Its time in seconds.
    faces : list of Face
        The faces in it, largest first.
    """

    index: int
    time: float
    faces: list[Face] = field(default_factory=list)


class VideoAnalysis:
    """The people in a video, and which expressions they show when.

    In a notebook it shows a table of the people with their portraits and, if matplotlib is
    installed, the timeline; of many people the first ones.

    Parameters
    ----------
    name : str
        Name of the video.
    classes : sequence of str
        The classes of the model, in its order.
    fps : float, optional
        Frames a second.

    Attributes
    ----------
    frames : list of SeenFrame
        Number, time and faces of each frame; the pictures are not kept. An hour at 25 frames a
        second with one face takes about 110 MB.
    timeline : Timeline
        Who shows which expression when.
    portraits : dict of int to ndarray of shape (h, w, 3), uint8
        A small BGR picture of each person, from the frame in which the face is largest.
    damage : str or None
        What is missing of the video; None if nothing is.
    """

    def __init__(self, name, classes, *, fps=None):
        self.name = name
        self.frames = []
        self.timeline = Timeline(classes, fps=fps)
        self.portraits = {}
        self.damage = None
        self._sizes = {}

    @property
    def classes(self):
        """The classes of the model, in its order."""
        return self.timeline.classes

    @property
    def rows(self):
        """The table as a list of dictionaries: a row for each face, and each frame without one."""
        return [row for frame in self.frames for row in frame_rows(frame, self.classes)]

    def add(self, result):
        """Take the faces of the next frame.

        Parameters
        ----------
        result : FrameResult
            A frame and its faces.
        """
        self.frames.append(SeenFrame(result.index, result.time, list(result.faces)))
        self.timeline.write(result)
        for face in result.faces:
            size = min(face.box[2:])
            if size > self._sizes.get(face.track_id, 0):
                picture = portrait(result.image, face.box)
                if picture is not None:
                    self._sizes[face.track_id] = size
                    self.portraits[face.track_id] = picture

    def to_dataframe(self):
        """Make a data frame of the table.

        Returns
        -------
        table : pandas.DataFrame
            A row for each face, and one for each frame without faces; the columns are those of
            ``fer-classic video --table``, see :mod:`fer_classic.live.tables._schema`.

        Raises
        ------
        MissingDependencyError
            If pandas is not installed.
        """
        return rows_to_dataframe(self.rows, self.classes)

    def summary(self, *, to_dataframe=False):
        """Give a row for each person, see :meth:`Timeline.summary`.

        Parameters
        ----------
        to_dataframe : bool, default=False
            Give a ``pandas.DataFrame``; it needs the extra ``table``.

        Returns
        -------
        people : list of dict, or DataFrame
        """
        return self.timeline.summary(to_dataframe=to_dataframe)

    def episodes(self, *, min_seconds=0.0, to_dataframe=False):
        """Give the runs of one expression of one person, see :meth:`Timeline.episodes`.

        Parameters
        ----------
        min_seconds : float, default=0.0
            Shorter runs are left out, and runs that they interrupt are joined.
        to_dataframe : bool, default=False
            Give a ``pandas.DataFrame``; it needs the extra ``table``.

        Returns
        -------
        episodes : list of dict, or DataFrame
        """
        return self.timeline.episodes(min_seconds=min_seconds, to_dataframe=to_dataframe)

    def plot_timeline(self, *, min_seconds=0.0, max_tracks=20, ax=None, title=None):
        """Draw the expressions of each person over time.

        Parameters
        ----------
        min_seconds : float, default=0.0
            As for :meth:`episodes`.
        max_tracks, ax, title
            As for :func:`~fer_classic.plotting.plot_timeline`.

        Returns
        -------
        ax : matplotlib Axes

        Raises
        ------
        MissingDependencyError
            If matplotlib is not installed.
        """
        from fer_classic.plotting import plot_timeline

        return plot_timeline(
            self.episodes(min_seconds=min_seconds),
            seconds=self.timeline.end,
            max_tracks=max_tracks,
            ax=ax,
            title=title,
        )

    plot = plot_timeline

    def __repr__(self):
        seconds = self.timeline.end - self.timeline.start
        frames = counted(len(self.frames), "frame")
        people = counted(len(self.summary()), "person", "people")
        return f"<VideoAnalysis: {self.name}, {frames}, {seconds:.1f} s, {people}>"

    def _repr_html_(self):
        from fer_classic.analysis._html import video_html

        return video_html(self)
