"""The tones of a face: skin, mouth, eyes, brows, hair, glasses.

Every ``paint_*`` function takes the current image and returns a new one. ``masks`` is the coverage
of the parts of the face, ``who`` the person, ``shape`` the curves.
"""

import numpy as np

from fer_classic.datasets._drawing._curves import ellipse, mirrored, smooth

__all__ = [
    "paint_body_and_hair",
    "paint_brows",
    "paint_eyes",
    "paint_glasses",
    "paint_mouth",
    "skin_tone",
]

_LONG_HAIR = 0.55  # hair volume from which hair falls behind the cheeks


def skin_tone(canvas, shape, who, masks):
    """Return the skin tone under uniform light, with furrows, beard, lid creases and nostrils."""
    coarse = canvas.grain((who.texture, 1), (0.05, 0.05))
    fine = canvas.grain((who.texture, 2), (0.012, 0.012))
    skin = who.skin * (1.0 + 0.02 * coarse + 0.012 * fine)
    skin *= 1.0 - 0.24 * np.minimum(masks["folds"], 1.2)
    if who.beard:
        hairs = np.clip(0.75 + 0.25 * canvas.grain((who.texture, 3), (0.006, 0.02)), 0.0, 1.0)
        beard = who.beard * hairs * canvas.fill(_beard(shape, who), blur=0.06)
        skin = _over(skin, beard, who.hair * (0.35 * who.skin + 0.5))
    lid_creases = [lid - (0.0, 0.045) for lid in shape.upper_lids]
    skin *= 1.0 - 0.28 * canvas.stroke(*lid_creases, width=0.02, blur=0.012)
    nostrils = [ellipse(ala[-1], (0.055, 0.026)) for ala in shape.alae]
    skin *= 1.0 - 0.75 * canvas.fill(*nostrils, blur=0.01)
    wings = [ala[len(ala) // 3 :] for ala in shape.alae]
    return skin * (1.0 - 0.35 * canvas.stroke(*wings, width=0.02, blur=0.012))


def paint_mouth(canvas, tone, shape, who, masks):
    """Paint the lips, and between them teeth, tongue and the dark of the mouth."""
    lips = np.minimum(0.92 * masks["upper_lip"] + masks["lower_lip"], 1.0)
    tone = tone * (1.0 - (1.0 - who.lip_tone) * lips)
    floor = shape.lip_lower_inner[:, 1].max()
    inside = 0.10 + 0.13 * canvas.bump((0.0, floor), (0.16, 0.06))
    inside = _over(inside, canvas.fill(*shape.teeth, blur=0.008), 0.72)
    tone = _over(tone, masks["mouth"], inside)
    return tone * (1.0 - 0.6 * canvas.stroke(shape.lip_upper_inner, width=0.022, blur=0.008))


def paint_eyes(canvas, tone, shape, who, masks, shading):
    """Paint the eyeballs, shaded by the upper lids, and the lashes."""
    ball = 0.80 * np.clip(0.55 + 0.45 * shading, 0.5, 1.1)
    for center in shape.irises:
        ball = _over(ball, canvas.fill(ellipse(center, 0.105), blur=0.008), who.iris)
        ball = _over(ball, canvas.fill(ellipse(center, 0.045)), 0.03)
        ball = _over(ball, canvas.fill(ellipse(center - (0.035, 0.04), 0.022)), 0.95)
    ball *= 1.0 - 0.4 * canvas.stroke(*shape.upper_lids, width=0.05, blur=0.02)
    tone = _over(tone, masks["eyes"], ball)
    tone *= 1.0 - 0.75 * canvas.stroke(*shape.upper_lids, width=0.028, blur=0.006)
    return tone * (1.0 - 0.3 * canvas.stroke(*shape.lower_lids, width=0.016, blur=0.008))


def paint_brows(canvas, tone, shape, who):
    """Paint the brows in the tone of the hair."""
    hairs = np.clip(0.95 + 0.1 * canvas.grain((who.texture, 4), (0.012, 0.008)), 0.0, 1.0)
    brows = who.brow_tone * hairs * canvas.fill(*shape.brows, blur=0.012)
    return _over(tone, brows, 0.5 * who.hair + 0.02)


def paint_body_and_hair(canvas, tone, shape, who, masks):
    """Paint everything around the face, from back to front.

    Returns the image on a black background, and the coverage of that background.
    """
    chin = float(shape.outline[:, 1].max())
    neck = canvas.fill(mirrored([(0.0, 0.9), (0.55, 0.9), (0.62, 2.6), (0.0, 2.6)]), blur=0.01)
    clothes = canvas.fill(_clothes(), blur=0.01)
    ears = canvas.fill(*[ellipse((x, 0.15), (0.11, 0.26)) for x in (-1.02, 1.02)], blur=0.012)
    hair = canvas.fill(_hair(who), blur=0.015)
    behind = hair if who.hair_volume > _LONG_HAIR else np.zeros_like(hair)
    in_front = hair * (1.0 - canvas.fill(_hair_opening(who), blur=0.02))

    strands = 1.0 + 0.16 * canvas.grain((who.texture, 5), (0.012, 0.08))
    shine = 1.0 + 0.5 * canvas.bump((-0.35, -1.15), (0.5, 0.16))
    hair_tone = 0.02 + who.hair * strands * shine
    under_chin = np.clip((chin + 0.5 - canvas.y) / 0.5, 0.0, 1.0)
    layers = (
        (behind, 0.7 * hair_tone),
        (neck, 0.8 * who.skin * (1.0 - 0.4 * under_chin)),
        (clothes, 0.75 - 0.5 * who.skin),
        (ears, 0.75 * who.skin),
        (masks["head"], tone),
        (in_front, hair_tone),
    )
    picture = person = np.zeros(canvas.shape, np.float32)
    for coverage, layer in layers:
        picture = _over(picture, coverage, layer)
        person = _over(person, coverage, 1.0)
    return picture, person


def paint_glasses(canvas, tone, who):
    """Paint dark rims around the eyes."""
    angle = np.linspace(0.0, 2.0 * np.pi, 40)
    rounded = np.column_stack([np.cos(angle), np.sin(angle)])
    rim = np.sign(rounded) * np.abs(rounded) ** 0.7 * (0.29, 0.20) + (who.eye_spacing + 0.01, 0.04)
    temple = np.array([(0.74, 0.0), (1.0, -0.02)])
    bridge = np.array([(-0.17, 0.0), (0.0, -0.03), (0.17, 0.0)])
    other_side = (-1.0, 1.0)
    frame = (rim, rim * other_side, temple, temple * other_side, bridge)
    return _over(tone, canvas.stroke(*frame, width=0.03, blur=0.006), 0.08)


def _over(under, coverage, tone):
    """Blend a tone over an image."""
    return under + coverage * (tone - under)


def _beard(shape, who):
    low = float(shape.outline[:, 1].max()) + 0.05
    return mirrored([
        (0.0, who.nose_length + 0.17), (who.mouth_width + 0.14, who.mouth_height - 0.12),
        (0.72, 0.85), (0.97, 0.2), (1.1, 0.6), (0.8, low), (0.0, low),
    ])  # fmt: skip


def _clothes():
    shoulder = smooth([(0.0, 2.35), (0.42, 2.05), (1.0, 2.25), (1.75, 2.55), (2.15, 3.2)])
    return mirrored([*shoulder, (2.4, 6.0), (0.0, 6.0)])


def _hair(who):
    """Return the outer contour of the hair: the enlarged head, down to the end of the hair."""
    grow = 0.05 + 0.16 * who.hair_volume
    long = who.hair_volume > _LONG_HAIR
    end = 0.24 + 1.2 * who.hair_volume if long else -0.15
    top = smooth([
        (0.0, -1.43 - grow), (0.38, -1.40 - grow), (0.72 + 0.6 * grow, -1.18 - 0.9 * grow),
        (0.95 + grow, -0.75), (1.03 + grow, -0.2), (1.02 + grow, end),
    ])  # fmt: skip
    return mirrored([*top, (0.85, end + 0.1), (0.0, end + 0.1)])


def _hair_opening(who):
    """Return the part of the hair's area in which the face is visible."""
    hairline = smooth([
        (0.0, who.hairline + 0.06 * who.fringe), (0.42, who.hairline - 0.02 * who.fringe),
        (0.76, who.hairline + 0.24), (0.90, -0.35), (0.97, 0.15), (0.97, 1.0),
    ])  # fmt: skip
    return mirrored([*hairline, (0.6, 2.2), (0.0, 2.2)])
