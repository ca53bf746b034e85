"""Drawn people for the browser: photos, and the videos of its fake camera and for the upload."""

import cv2
import numpy as np

from fer_classic.datasets import draw_portrait

__all__ = ["HAPPY", "SURPRISED", "encode", "people", "write_camera", "write_clip"]

# Action units, of faces that every detector and model of the package sees.
HAPPY = {6: 0.9, 12: 1.0, 25: 0.8}
SURPRISED = {1: 1.0, 2: 1.0, 5: 0.6, 26: 1.0}


def people(*units, shape=(240, 180)):
    """People beside each other, a BGR picture."""
    return cv2.cvtColor(
        np.hstack([draw_portrait(each, shape=shape)[0] for each in units]), cv2.COLOR_GRAY2BGR
    )


def encode(picture, ending=".png"):
    """Content of an image file."""
    return cv2.imencode(ending, picture)[1].tobytes()


def _frames(n_frames):
    """Somebody who is happy, then surprised, and moves."""
    faces = [people(units, shape=(240, 320)) for units in (HAPPY, SURPRISED)]
    for number in range(n_frames):
        yield np.roll(faces[2 * number // n_frames], number % 8 - 4, axis=1)


def write_camera(path):
    """Write what Chromium takes for a camera, which it shows over and over."""
    with open(path, "wb") as file:
        file.write(b"YUV4MPEG2 W320 H240 F10:1 Ip A1:1 C420jpeg\n")
        for frame in _frames(20):
            file.write(b"FRAME\n" + cv2.cvtColor(frame, cv2.COLOR_BGR2YUV_I420).tobytes())
    return path


def write_clip(path, *, n_frames=10):
    """Write a video file."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 10, (320, 240))
    for frame in _frames(n_frames):
        writer.write(frame)
    writer.release()
    return path
