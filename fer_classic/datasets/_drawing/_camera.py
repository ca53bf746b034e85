"""Camera model of the drawn faces: head pose, lighting, framing, blur and noise."""

import math
from dataclasses import dataclass, field, replace

import numpy as np

from fer_classic.datasets._drawing._render import Light, render_face
from fer_classic.utils._opencv import cv2

__all__ = ["View", "photograph", "sample_session", "sample_view", "to_image"]

_MARGIN = 0.2  # face units that a turned head may show beyond the frame


@dataclass(frozen=True, kw_only=True)
class View:
    """Parameters of one photograph; angles in degrees, lengths in face units."""

    yaw: float = 0.0
    """Yaw of the head, -45 to 45; positive is to the right of the image."""
    pitch: float = 0.0
    """Pitch of the head, -45 to 45; positive is down."""
    roll: float = 0.0
    """Roll of the head in the image plane; positive is clockwise."""
    shift: tuple = (0.0, 0.0)
    """Offset of the face from the centre of the image."""
    zoom: float = 1.0
    """Factor on the size of the face, 0.25 to 4."""
    light: Light = field(default_factory=Light)
    """Direction and ambient fraction of the light."""
    exposure: float = 1.0
    """Factor on all grey values."""
    backdrop: tuple = (0.5, 0.0, 0.0)
    """Grey value of the background, and its gradient to the right and downwards."""
    blur: float = 0.0
    """Standard deviation of the lens's blur."""
    noise: float = 0.0
    """Standard deviation of the sensor's noise, of grey values in 0 to 1."""
    seed: int = 0
    """Seed of the noise."""

    def __post_init__(self):
        bounds = {"yaw": (-45.0, 45.0), "pitch": (-45.0, 45.0), "zoom": (0.25, 4.0)}
        for name, (low, high) in bounds.items():
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(
                    f"{name}={value!r} of a View must be between {low:g} and {high:g}."
                )


def sample_session(rng):
    """Sample the parameters that are common to all photographs of one person.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    session : View
    """
    return View(
        pitch=_around(rng, 2.5),
        zoom=rng.uniform(0.95, 1.05),
        light=Light(
            azimuth=_around(rng, 22.0),
            elevation=rng.uniform(0.0, 40.0),
            ambient=rng.uniform(0.35, 0.65),
        ),
        exposure=rng.uniform(0.9, 1.3),
        backdrop=(rng.uniform(0.1, 0.75), _around(rng, 0.06), _around(rng, 0.06)),
        blur=rng.uniform(0.008, 0.022),
        noise=rng.uniform(0.004, 0.014),
    )


def sample_view(session, rng):
    """Sample the parameters of one photograph.

    Parameters
    ----------
    session : View
        As returned by :func:`sample_session`.
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    view : View
    """
    light = session.light
    return replace(
        session,
        yaw=_around(rng, 4.5),
        pitch=session.pitch + _around(rng, 2.5),
        roll=_around(rng, 2.5),
        shift=(_around(rng, 0.025), _around(rng, 0.025)),
        zoom=session.zoom * rng.uniform(0.97, 1.03),
        light=replace(
            light,
            azimuth=light.azimuth + _around(rng, 10.0),
            elevation=light.elevation + _around(rng, 5.0),
        ),
        exposure=session.exposure * rng.uniform(0.9, 1.1),
        seed=int(rng.integers(2**31)),
    )


def _around(rng, spread):
    return spread * float(np.clip(rng.standard_normal(), -2.0, 2.0))


def photograph(shape, who, view, *, size, scale, center):
    """Render a photograph of a face.

    Parameters
    ----------
    shape : FaceShape
        Positions of the features.
    who : Identity
        The person.
    view : View
        The parameters of the photograph.
    size : tuple of two int
        Height and width of the image.
    scale : float
        Pixels per face unit.
    center : tuple of two float
        Point of the face plane, in face units, at the centre of the image.

    Returns
    -------
    image : ndarray of shape ``size``, uint8
    """
    # The frontal face is rendered at a higher resolution, and then warped to its pose.
    fine = 2 if scale < 40 else 1
    fine_size = (fine * size[0], fine * size[1])
    x, y = _face_plane(fine_size, fine * scale, center, view)
    near = (float(x.min()) - _MARGIN, float(y.min()) - _MARGIN)
    far = (float(x.max()) + _MARGIN, float(y.max()) + _MARGIN)
    window = (*near, *far)
    render_scale = max(42.0, 1.2 * scale)
    tone, person, depth = render_face(shape, who, view.light, window=window, scale=render_scale)
    columns, rows = _turn_head(x, y, depth, window, render_scale, view)
    image = _look_up(tone, columns, rows)
    image += (1.0 - _look_up(person, columns, rows)) * _backdrop(fine_size, view)
    return _expose(image, view, size=size, scale=fine * scale)


def _expose(image, view, *, size, scale):
    """Simulate lens and sensor: blur, downsampling, exposure, noise, quantisation."""
    if view.blur:
        image = cv2.GaussianBlur(image, (0, 0), max(view.blur * scale, 0.1))
    if image.shape != size:
        image = cv2.resize(image, size[::-1], interpolation=cv2.INTER_AREA)
    image = image * view.exposure
    if view.noise:
        rng = np.random.default_rng(view.seed)
        image += view.noise * rng.standard_normal(size, dtype=np.float32)
    return np.rint(255.0 * np.clip(image, 0.0, 1.0)).astype(np.uint8)


def _face_plane(size, scale, center, view):
    """Return the face units of every pixel, with framing and roll inverted."""
    rows, columns = np.indices(size, dtype=np.float32)
    x = (columns + 0.5 - size[1] / 2) / (scale * view.zoom) - view.shift[0]
    y = (rows + 0.5 - size[0] / 2) / (scale * view.zoom) - view.shift[1]
    cos, sin = math.cos(math.radians(view.roll)), math.sin(math.radians(view.roll))
    return cos * x + sin * y + center[0], cos * y - sin * x + center[1]


def to_image(point, view, *, size, scale, center):
    """Return the pixel coordinates of a point of the face plane; inverse of framing."""
    dx, dy = point[0] - center[0], point[1] - center[1]
    cos, sin = math.cos(math.radians(view.roll)), math.sin(math.radians(view.roll))
    x, y = cos * dx - sin * dy + view.shift[0], sin * dx + cos * dy + view.shift[1]
    return x * scale * view.zoom + size[1] / 2, y * scale * view.zoom + size[0] / 2


def _turn_head(x, y, depth, window, scale, view):
    """Return the pixels of the frontal face that are visible at ``x, y`` after the rotation."""
    left, top = float(window[0]), float(window[1])
    cos_yaw, sin_yaw = math.cos(math.radians(view.yaw)), math.sin(math.radians(view.yaw))
    cos_pitch, sin_pitch = math.cos(math.radians(view.pitch)), math.sin(math.radians(view.pitch))
    columns, rows = (x - left) * scale - 0.5, (y - top) * scale - 0.5
    # Displacement depends on depth; two fixed-point iterations find the point that moves here.
    for _ in range(2):
        z = _look_up(depth, columns, rows)
        columns = ((x - z * sin_yaw) / cos_yaw - left) * scale - 0.5
        rows = ((y - 0.6 - z * sin_pitch) / cos_pitch + 0.6 - top) * scale - 0.5
    return columns, rows


def _look_up(sheet, columns, rows):
    return cv2.remap(sheet, columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def _backdrop(size, view):
    grey, rightwards, downwards = view.backdrop
    across = np.linspace(-1.0, 1.0, size[1], dtype=np.float32)[None, :]
    down = np.linspace(-1.0, 1.0, size[0], dtype=np.float32)[:, None]
    return np.clip(grey + rightwards * across + downwards * down, 0.0, 1.0)
