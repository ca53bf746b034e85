"""Rendering of a frontal face: its relief, lit from one direction, and its tones."""

import math
from dataclasses import dataclass

import numpy as np

from fer_classic.datasets._drawing._canvas import Canvas
from fer_classic.datasets._drawing._curves import between
from fer_classic.datasets._drawing._paint import (
    paint_body_and_hair,
    paint_brows,
    paint_eyes,
    paint_glasses,
    paint_mouth,
    skin_tone,
)
from fer_classic.utils._opencv import cv2

__all__ = ["Light", "render_face"]


@dataclass(frozen=True, kw_only=True)
class Light:
    """Directional and ambient light."""

    azimuth: float = -20.0
    """Azimuth in degrees; negative is from the left of the image."""
    elevation: float = 25.0
    """Elevation in degrees above the camera."""
    ambient: float = 0.45
    """Ambient fraction of the light, 0 to 1."""

    def direction(self):
        """Return the unit vector towards the light: to the right, downwards, towards the camera."""
        azimuth, elevation = math.radians(self.azimuth), math.radians(self.elevation)
        flat = math.cos(elevation)
        return math.sin(azimuth) * flat, -math.sin(elevation), math.cos(azimuth) * flat


def render_face(shape, who, light, *, window, scale):
    """Render a frontal face.

    Parameters
    ----------
    shape : FaceShape
        Positions of the features.
    who : Identity
        The person: tones, hair and so on.
    light : Light
        The lighting.
    window : tuple of four float
        Part of the face plane to render: ``left, top, right, bottom`` in face units.
    scale : float
        Pixels per face unit.

    Returns
    -------
    tone : ndarray of shape (h, w), float32
        Grey values, 0 to 1, of the person on black.
    person : ndarray of shape (h, w), float32
        Coverage, 0 to 1, of the person; the rest is background.
    depth : ndarray of shape (h, w), float32
        Depth of the head towards the camera, in face units.
    """
    canvas = Canvas(window, scale)
    masks = _masks(canvas, shape)
    depth = _head_depth(canvas, shape)
    relief = _relief(canvas, shape, who, masks)
    shading = _shade(canvas, depth + relief, relief, light)
    # The rim of the head faces away from every light.
    shading *= 0.25 + 0.75 * canvas.blur(masks["head"], 0.09)

    tone = shading * skin_tone(canvas, shape, who, masks)
    tone = paint_mouth(canvas, tone, shape, who, masks)
    tone = paint_eyes(canvas, tone, shape, who, masks, shading)
    tone = paint_brows(canvas, tone, shape, who)
    if who.glasses:
        tone = paint_glasses(canvas, tone, who)
    tone, person = paint_body_and_hair(canvas, np.clip(tone, 0.0, 1.0), shape, who, masks)
    return tone, person, depth


def _masks(canvas, shape):
    lids = zip(shape.upper_lids, shape.lower_lids, strict=True)
    eyes = [between(upper, lower) for upper, lower in lids]
    return {
        "head": canvas.fill(shape.outline, blur=0.012),
        "upper_lip": canvas.fill(between(shape.lip_top, shape.lip_upper_inner)),
        "lower_lip": canvas.fill(between(shape.lip_lower_inner, shape.lip_bottom)),
        "mouth": canvas.fill(between(shape.lip_upper_inner, shape.lip_lower_inner)),
        "folds": canvas.creases(shape.folds, width=0.055, blur=0.018),
        "eyes": canvas.fill(*eyes),
    }


def _head_depth(canvas, shape):
    """Return the depth of a head that is round horizontally and rather flat vertically."""
    top, bottom = shape.outline[:, 1].min(), shape.outline[:, 1].max()
    middle, half = float(top + bottom) / 2, float(bottom - top) / 2
    inside = 1.0 - (canvas.x / 1.08) ** 2 - np.abs((canvas.y - middle) / (half + 0.08)) ** 3
    return 0.95 * np.sqrt(np.maximum(inside, 0.03))


def _relief(canvas, shape, who, masks):
    """Return the relief on the head, in face units: nose, cheeks, lips, and hollows."""
    bump = canvas.bump
    relief = _nose(canvas, shape) + 0.06 * bump((0.0, 1.0), (0.36, 0.24))
    for sign, cheek, ala in zip((-1, 1), shape.cheeks, shape.alae, strict=True):
        relief += 0.045 * bump((sign * 0.40, -0.28), (0.24, 0.09))  # ridge of the brow
        relief -= 0.12 * bump((sign * 0.40, -0.04), (0.19, 0.13))  # socket of the eye
        relief += 0.065 * bump((sign * who.eye_spacing, 0.0), (0.15, 0.10))  # eyeball
        relief += 0.08 * bump(ala.mean(axis=0) * (0.95, 1.0), (0.06, 0.06))
        relief += cheek[2] * bump(cheek[:2], (0.22, 0.17))
        relief -= 0.05 * bump((sign * 0.66, 0.92), (0.14, 0.22))  # hollow of the cheek
        relief -= 0.05 * bump((sign * 0.88, -0.35), (0.12, 0.2))  # temple
    relief += shape.chin_boss[2] * bump(shape.chin_boss[:2], (0.22, 0.14))
    relief += 0.03 * canvas.blur(masks["upper_lip"], 0.025)
    relief += 0.05 * canvas.blur(masks["lower_lip"], 0.03)
    relief -= 0.06 * canvas.blur(masks["mouth"], 0.02)
    return relief - 0.05 * masks["folds"]


def _nose(canvas, shape):
    """Return a ridge that rises and widens downwards, and ends behind the tip."""
    tip_x, tip_y = shape.nose_tip.tolist()
    along = np.clip((canvas.y + 0.16) / (tip_y + 0.16), 0.0, 1.0)
    end = 0.5 - 0.5 * np.tanh((canvas.y - tip_y - 0.04) / 0.044)
    ridge = along**1.3 * end * np.exp(-0.5 * (canvas.x / (0.075 + 0.045 * along)) ** 2)
    return 0.27 * ridge + 0.05 * canvas.bump((tip_x, tip_y), (0.09, 0.07))


def _shade(canvas, surface, relief, light):
    """Return the light at each point: Lambert's law, with less ambient light in hollows."""
    per_unit = canvas.scale / 8  # the sum of Sobel's weights is 8
    slope_x = cv2.Sobel(surface, cv2.CV_32F, 1, 0, ksize=3, scale=per_unit)
    slope_y = cv2.Sobel(surface, cv2.CV_32F, 0, 1, ksize=3, scale=per_unit)
    right, down, front = light.direction()
    facing = (front - right * slope_x - down * slope_y) / np.sqrt(1 + slope_x**2 + slope_y**2)
    hollow = relief - canvas.blur(relief, 0.2)
    ambient = light.ambient * np.clip(1.0 + 3.0 * hollow, 0.4, 1.5)
    # Normalised so that a surface facing the camera has about its own tone.
    return ambient + (1.0 - light.ambient) * np.maximum(facing, 0.0) / max(front, 0.5)
