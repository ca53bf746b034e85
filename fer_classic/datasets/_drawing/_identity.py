"""Identities of the drawn faces: the features that do not depend on the expression."""

from dataclasses import dataclass

import numpy as np

__all__ = ["Identity", "sample_identity"]


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Proportions and tones of one person; the defaults are an average person.

    Lengths are in face units (half the width of the head), heights increase downwards from the line
    of the eyes, tones range from 0 (black) to 1 (white).
    """

    jaw: float = 1.0
    """Width of the jaw, as a factor."""
    chin: float = 1.57
    """Height of the tip of the chin."""
    hairline: float = -0.92
    """Height of the hairline."""
    eye_spacing: float = 0.45
    """Distance of each eye from the middle."""
    eye_width: float = 0.235
    """Half the width of an eye."""
    eye_opening: float = 1.0
    """How far the eyes are open, as a factor."""
    eye_tilt: float = 0.0
    """Rise of the outer corners of the eyes."""
    brow_height: float = 0.30
    """Distance of the brows above the eyes."""
    brow_arch: float = 0.05
    """Rise of the brows in their middle."""
    brow_slant: float = 0.0
    """Slope of the brows; positive slopes down outwards."""
    brow_thickness: float = 0.075
    """Thickness of the brows at their inner end."""
    brow_tone: float = 0.75
    """Density of the brows, 0 (none) to 1."""
    nose_length: float = 0.62
    """Height of the tip of the nose."""
    nose_width: float = 0.22
    """Distance of the wings of the nose from the middle."""
    mouth_height: float = 1.0
    """Height of the mouth."""
    mouth_width: float = 0.42
    """Half the width of the mouth."""
    mouth_curve: float = 0.0
    """Rise of the corners of the mouth at rest."""
    upper_lip: float = 0.09
    """Thickness of the upper lip."""
    lower_lip: float = 0.125
    """Thickness of the lower lip."""
    lip_tone: float = 0.66
    """Tone of the lips, as a fraction of the tone of the skin."""
    cheek: float = 1.0
    """Height of the cheekbones, as a factor."""
    skin: float = 0.66
    """Tone of the skin."""
    iris: float = 0.22
    """Tone of the irises."""
    hair: float = 0.16
    """Tone of the hair."""
    hair_volume: float = 0.5
    """Fullness of the hair, 0 to 1; above 0.55 it falls behind the cheeks."""
    fringe: float = 0.0
    """Shape of the hairline, -1 (lower at the temples) to 1 (lower in the middle)."""
    beard: float = 0.0
    """Density of the beard, 0 (none) to 1."""
    age: float = 0.2
    """Depth of the lines of the face at rest, 0 to 1."""
    glasses: bool = False
    """Whether the person wears glasses."""
    texture: int = 0
    """Seed of the texture of skin and hair."""


# Standard deviations over persons; samples beyond twice that are clipped.
_SPREADS = {
    "jaw": 0.06,
    "chin": 0.05,
    "hairline": 0.06,
    "eye_spacing": 0.018,
    "eye_width": 0.014,
    "eye_opening": 0.12,
    "eye_tilt": 0.02,
    "brow_height": 0.03,
    "brow_arch": 0.02,
    "brow_slant": 0.025,
    "brow_thickness": 0.016,
    "brow_tone": 0.12,
    "nose_length": 0.03,
    "nose_width": 0.02,
    "mouth_height": 0.03,
    "mouth_width": 0.03,
    "mouth_curve": 0.018,
    "upper_lip": 0.014,
    "lower_lip": 0.016,
    "lip_tone": 0.05,
    "cheek": 0.25,
}
_HAIR_TONES = (0.08, 0.12, 0.2, 0.32, 0.5)
_FAIR_SKIN = 0.6  # skin tone below which hair has one of the two darkest tones


def sample_identity(rng):
    """Sample an identity.

    Parameters
    ----------
    rng : numpy.random.Generator
        Random number generator.

    Returns
    -------
    identity : Identity
    """
    usual = Identity()
    proportions = {
        name: getattr(usual, name) + spread * float(np.clip(rng.standard_normal(), -2.0, 2.0))
        for name, spread in _SPREADS.items()
    }
    skin = rng.uniform(0.46, 0.8)
    hair = float(rng.choice(_HAIR_TONES if skin > _FAIR_SKIN else _HAIR_TONES[:2]))
    hair_volume = rng.uniform(0.0, 1.0)
    bearded = hair_volume < 0.55 and rng.random() < 0.4
    return Identity(
        **proportions,
        skin=skin,
        iris=rng.uniform(0.12, 0.34),
        hair=hair,
        hair_volume=hair_volume,
        fringe=rng.uniform(-1.0, 1.0),
        beard=rng.uniform(0.2, 0.7) if bearded else 0.0,
        age=rng.uniform(0.0, 0.6),
        glasses=bool(rng.random() < 0.2),
        texture=int(rng.integers(2**31)),
    )
