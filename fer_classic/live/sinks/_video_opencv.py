"""Videos by OpenCV: at a constant rate, and without sound."""

from fer_classic.exceptions import SinkError
from fer_classic.utils._opencv import check_name, cv2

__all__ = ["CODECS", "OpenCVVideo"]

CODECS = {".mp4": ("mp4v", "MPEG-4"), ".avi": ("MJPG", "Motion JPEG")}
"""Code and name of the codec by the suffix of a file."""


class OpenCVVideo:
    """A video that OpenCV writes.

    Parameters
    ----------
    path : pathlib.Path
        The file; its suffix determines the codec.
    size : tuple of two int
        Width and height of the frames.
    fps : float
        Frames a second.
    sound : ignored
        OpenCV writes no sound.
    writer : callable, default=cv2.VideoWriter
        Opens a video: ``writer(path, fourcc, fps, size)``.

    Attributes
    ----------
    content : str
        Codec and sound, for messages.

    Raises
    ------
    SinkError
        If this build of OpenCV cannot write the codec, or the name of the file is not UTF-8.
    """

    def __init__(self, path, *, size, fps, sound=None, writer=cv2.VideoWriter):
        check_name(path, SinkError)
        self.path = path
        code, name = CODECS[path.suffix.lower()]
        self.content = f"{name} without sound"
        self._video = writer(str(path), cv2.VideoWriter_fourcc(*code), fps, size)
        if not self._video.isOpened():
            others = " or ".join(CODECS.keys() - {path.suffix.lower()})
            raise SinkError(
                f"this build of OpenCV has no codec {code} for {size[0]}x{size[1]} at {fps:g} "
                f"frames a second. Try a name that ends in {others}."
            )

    def write(self, picture, seconds):
        """Add a frame; its time follows from the rate."""
        self._video.write(picture)

    def close(self):
        """Finish the file.

        Returns
        -------
        n_frames : int
            Number of frames in the file, since OpenCV does not report those that it could not
            write.
        """
        self._video.release()
        video = cv2.VideoCapture(str(self.path))
        try:
            return int(video.get(cv2.CAP_PROP_FRAME_COUNT)) if video.isOpened() else 0
        finally:
            video.release()
