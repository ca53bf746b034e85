"""Frame rates, and the times of frames."""

import math

__all__ = ["check_fps", "frame_times"]


def check_fps(fps):
    """Return a rate, or say that it is none.

    Parameters
    ----------
    fps : float
        Frames a second.

    Returns
    -------
    fps : float
        The same.

    Raises
    ------
    ValueError
        If it is not a positive number.
    """
    if not 0 < fps < math.inf:
        raise ValueError(f"fps={fps} must be a positive number of frames a second.")
    return fps


def frame_times(frames, fps):
    """Turn the time stamps of a file into times that only go forward.

    Parameters
    ----------
    frames : iterable of (int, float)
        Number of each frame, and its time stamp in milliseconds, as the file has it.
    fps : float
        Frames a second.

    Yields
    ------
    index : int
        Number of the frame.
    seconds : float
        The time stamp, to the nanosecond. Where it is missing (negative, not finite), or not later
        than the time of the frame before (0 is what OpenCV gives for a missing one), the time
        follows by the frame rate from the last frame with a good stamp; without any it is the
        number of the frame over ``fps``.
    """
    previous = -1.0
    good_index, good_seconds = 0, 0.0
    for index, stamp in frames:
        # OpenCV computes stamps from whole ticks and leaves 0.30000000000000004 for 0.3.
        seconds = round(stamp / 1000.0, 9)
        if math.isfinite(seconds) and seconds >= 0.0 and seconds > previous:
            good_index, good_seconds = index, seconds
        else:
            seconds = good_seconds + (index - good_index) / fps
        previous = seconds
        yield index, seconds
