"""The detector that suits frames, where time matters more than small faces."""

from fer_classic.faces import make_detector

__all__ = ["make_frame_detector"]

# The Haar cascade then takes three quarters of the time in frames of 640x480, and finds as many
# faces.
_SHORTER_SIDE = 270


def make_frame_detector(detector="haar", **parameters):
    """Make the detector that suits frames, where time matters more than small faces.

    Parameters
    ----------
    detector : str or object, default="haar"
        A name out of :data:`~fer_classic.faces.DETECTORS`, or a detector.
    **parameters
        Parameters of the named detector.

    Returns
    -------
    detector : object
        As :func:`~fer_classic.faces.make_detector` makes it; "haar", by its name, on frames that
        are reduced to 270 pixels on the shorter side.
    """
    if isinstance(detector, str) and detector == "haar":
        parameters = {"shorter_side": _SHORTER_SIDE} | parameters
    return make_detector(detector, **parameters)
