"""Videos that the tests send."""

import cv2
import numpy as np

# Rough, as faces are followed by what can be told apart in them.
PICTURE = np.random.default_rng(0).integers(0, 60, (40, 80, 3), np.uint8)
PICTURE[:, 40:] += 195
BLACK = np.zeros_like(PICTURE)


def write_video(path, *frames, codec="MJPG", fps=10):
    """Write a video, and give its content."""
    fourcc = cv2.VideoWriter_fourcc(*codec)
    writer = cv2.VideoWriter(str(path), fourcc, fps, frames[0].shape[1::-1])
    for frame in frames:
        writer.write(frame)
    writer.release()
    return path.read_bytes()
