"""Clips with moving faces, to time and to check recognition in frames."""

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from skimage.data import astronaut

__all__ = ["Clips", "moving_faces"]

# Where the face is in the photo, with hair and chin.
_HEAD = np.s_[20:220, 120:320]


@dataclass(frozen=True)
class Clips:
    """The clips that recognition is timed on: one for each size and number of faces.

    Parameters
    ----------
    sizes : tuple of tuple of two int
        ``(width, height)`` of the frames.
    n_faces : tuple of int
    n_frames : int
    """

    sizes: tuple = ((640, 480), (1280, 720))
    n_faces: tuple = (1, 5)
    n_frames: int = 90

    def __iter__(self):
        """Give name and frames of each clip."""
        for (width, height), n_faces in product(self.sizes, self.n_faces):
            name = f"{width}x{height}, {n_faces} face{'s' * (n_faces > 1)}"
            yield name, moving_faces((width, height), n_faces, self.n_frames)


def moving_faces(size, n_faces, n_frames):
    """Make frames in which copies of a face wander about, come nearer and go away.

    Parameters
    ----------
    size : tuple of two int
        ``(width, height)`` of the frames.
    n_faces : int
        1 to 6.
    n_frames : int

    Returns
    -------
    frames : list of ndarray of shape (height, width, 3), uint8
        BGR.
    """
    width, height = size
    head = np.ascontiguousarray(astronaut()[_HEAD][..., ::-1])
    columns = min(n_faces, 3)
    rows = -(-n_faces // columns)
    cell = np.array([width / columns, height / rows])
    # As large as the cells allow, with room to wander; at most half the frame.
    side = min(0.8 * cell.min(), 0.5 * height)
    ground = np.random.default_rng(0).integers(60, 120, (height, width, 3), dtype=np.uint8)
    ground = cv2.GaussianBlur(ground, (0, 0), 5)
    frames = []
    for k in range(n_frames):
        frame = ground.copy()
        for face in range(n_faces):
            phase = 2 * np.pi * k / 90 + face
            scale = side / len(head) * (1 + 0.08 * np.sin(2 * phase))
            place = cell * (face % columns + 0.5, face // columns + 0.5)
            place += 0.08 * cell * (np.sin(phase), np.cos(1.7 * phase))
            left, top = place - scale * len(head) / 2
            matrix = np.float32([[scale, 0, left], [0, scale, top]])
            cv2.warpAffine(head, matrix, size, dst=frame, borderMode=cv2.BORDER_TRANSPARENT)
        frames.append(frame)
    return frames
