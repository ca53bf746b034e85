"""Windows to learn from: faces that fill them, faces that do not, and what is no face."""

from dataclasses import dataclass

import torch
from torch.nn.functional import affine_grid, grid_sample, interpolate

__all__ = ["Windows", "face_windows", "other_windows"]

FITS = (0.2, 0.25)  # a face fills a window up to this shift, and this logarithm of its side
MISSES = (0.35, 0.5)  # from here on the window shows no face


@dataclass
class Windows:
    """Windows and what they show.

    Parameters
    ----------
    images : tensor of shape (n, 1, s, s), float32
        Grey levels, 0 to 255.
    is_face : tensor of shape (n,), float32
        1 or 0.
    places : tensor of shape (n, 3), float32
        Shift of the face in x and y and logarithm of its side, relative to the window's side; of
        no meaning where there is no face.
    """

    images: torch.Tensor
    is_face: torch.Tensor
    places: torch.Tensor

    def __add__(self, other):
        pairs = zip(vars(self).values(), vars(other).values(), strict=True)
        return Windows(*(torch.cat(pair) for pair in pairs))


def _uniform(n, low, high):
    return torch.empty(n).uniform_(low, high)


def _coin(n, probability):
    return torch.rand(n) < probability


def _theta(places, *, context, angles, aspect, mirrored):
    """Affine maps from the patch, which is ``context`` windows wide, into the picture of a face."""
    shrink = torch.exp(-places[:, 2])
    cos, sin = torch.cos(angles), torch.sin(angles)
    rows = torch.stack(
        [torch.stack([cos, sin], 1), torch.stack([-sin * aspect, cos * aspect], 1)], 1
    )
    linear = rows * shrink[:, None, None]
    linear[:, 0] *= torch.where(mirrored, -1.0, 1.0)[:, None]
    offset = -(linear @ (2 * places[:, :2, None]))
    return torch.cat([linear * context, offset], dim=2)


def _soft_edges(side):
    """Square and oval, 1 inside and 0 at the edges of a face's picture."""
    line = torch.linspace(-1, 1, side)
    square = ((1 - line.abs()) / 0.12).clamp(0, 1)
    radius = (line[:, None] ** 2 / 1.1 + line[None, :] ** 2 / 0.95).sqrt()
    oval = ((1.08 - radius) / 0.2).clamp(0, 1)
    return torch.stack([square[:, None] * square[None, :], oval])[:, None]


def _disturb(images):
    """Light, darkness, blur, low resolution and noise, each window its own."""
    n, _, side, _ = images.shape
    blurred = torch.nn.functional.avg_pool2d(images, 3, 1, 1, count_include_pad=False)
    images = torch.lerp(images, blurred, (_coin(n, 0.3) * torch.rand(n)).view(-1, 1, 1, 1))
    low = _coin(n, 0.25)
    if side > 24 and low.any():
        size = int(torch.randint(side * 4 // 10, side * 9 // 10, ()))
        small = interpolate(images[low], size=(size, size), mode="area")
        images[low] = interpolate(small, size=(side, side), mode="bilinear", align_corners=False)
    line = torch.linspace(-1, 1, side)
    slope = _uniform(2 * n, -0.5, 0.5).view(2, n, 1, 1, 1) * _coin(n, 0.5).view(1, n, 1, 1, 1)
    images = images * (1 + slope[0] * line.view(1, 1, 1, -1) + slope[1] * line.view(1, 1, -1, 1))
    gamma = torch.exp(_uniform(n, -0.5, 0.5)).view(-1, 1, 1, 1)
    images = 255 * (images.clamp(0, 255) / 255) ** gamma
    gain = torch.where(_coin(n, 0.3), torch.exp(_uniform(n, -2.7, 0)), _uniform(n, 0.6, 1.15))
    images = images * gain.view(-1, 1, 1, 1)
    noise = (_coin(n, 0.4) * _uniform(n, 0, 5)).view(-1, 1, 1, 1)
    images = images + noise * torch.randn_like(images) * gain.view(-1, 1, 1, 1).clamp(max=1)
    return images.round_().clamp_(0, 255)


def _cover(images, covers):
    """Lay a part of another picture over some windows, as hands, hair and glasses do."""
    side = images.shape[-1]
    for index in torch.nonzero(_coin(len(images), 0.15)).flatten().tolist():
        h, w = (torch.randint(side // 6, side // 3 + 1, (2,))).tolist()
        y, x = int(torch.randint(0, side - h, ())), int(torch.randint(0, side - w, ()))
        images[index, :, y : y + h, x : x + w] = covers[index, :, y : y + h, x : x + w]


def _cut_off(images, side):
    """Let some faces leave the picture, whose edge goes on in their place."""
    n, patch = len(images), images.shape[-1]
    for index in torch.nonzero(_coin(n, 0.15)).flatten().tolist():
        edge = (patch - side) // 2 + int(torch.randint(1, side * 2 // 5, ()))
        image = images[index] if torch.rand(()) < 0.5 else images[index].transpose(1, 2)
        if torch.rand(()) < 0.5:
            image[:, :, :edge] = image[:, :, edge : edge + 1].clone()
        else:
            image[:, :, -edge:] = image[:, :, -edge - 1 : -edge].clone()


def _random_places(n, shift, sizes):
    """Shifts in x and y up to ``shift``, and logarithms of the side, ``(n, 3)``."""
    return torch.cat([_uniform(2 * n, -shift, shift).view(n, 2), _uniform(n, *sizes)[:, None]], 1)


def _places(n, share_missed):
    """Where the faces lie: most fill the window, the others are shifted, too large or small."""
    places = _random_places(n, 0.18, (-0.24, 0.24))
    missed = _coin(n, share_missed)
    far = _random_places(n, 0.75, (-1.2, 1.4))
    # A part of a large face may lie anywhere in it.
    far[:, :2] *= torch.exp(far[:, 2:].clamp(min=0)) * 0.8
    places = torch.where(missed[:, None], far, places)
    shift = places[:, :2].abs().amax(1)
    size = places[:, 2].abs()
    fits = (shift <= FITS[0]) & (size <= FITS[1])
    return places, fits, fits | (shift >= MISSES[0]) | (size >= MISSES[1])


def face_windows(faces, others, *, side, context, share_missed=0.35):
    """Put faces into windows.

    Parameters
    ----------
    faces : tensor of shape (n, 1, h, h), float32
        Pictures that a face fills.
    others : tensor of shape (n, 1, p, p), float32
        What is around some of the faces.
    side : int
        Pixels of the window.
    context : float
        Side of what is returned over that of the window, which lies in its middle.
    share_missed : float, default=0.35
        Share of windows that are no faces, since the face is too large or small for them or lies
        too far off.

    Returns
    -------
    windows : Windows
        Those that are neither are left out.
    """
    places, fits, clear = _places(len(faces), share_missed)
    faces, others, places, fits = faces[clear], others[clear], places[clear], fits[clear]
    n, patch = len(faces), round(side * context)
    # Beyond a third of a turn upside down, a face is no longer one that is looked for.
    angles = torch.where(_coin(n, 0.7), _uniform(n, -0.25, 0.25), _uniform(n, -0.6, 0.6))
    overturned = _coin(n, 0.04)
    angles = angles + torch.where(overturned, torch.pi, 0.0)
    theta = _theta(
        places,
        context=context,
        angles=angles,
        aspect=_uniform(n, 0.9, 1.12),
        mirrored=_coin(n, 0.5),
    )
    grid = affine_grid(theta, (n, 1, patch, patch), align_corners=False)
    images = grid_sample(faces, grid, padding_mode="reflection", align_corners=False)
    edges = _soft_edges(faces.shape[-1])[(_coin(n, 0.5)).long()]
    mask = grid_sample(edges, grid, align_corners=False)
    around = interpolate(others, size=(patch, patch), mode="bilinear", align_corners=False)
    images = torch.where(_coin(n, 0.6).view(-1, 1, 1, 1), torch.lerp(around, images, mask), images)
    _cover(images, around)
    _cut_off(images, side)
    return Windows(_disturb(images), (fits & ~overturned).float(), places)


def other_windows(others, *, side, context, turned=True):
    """Make windows of pictures without faces.

    Parameters
    ----------
    others : tensor of shape (n, 1, p, p), float32
    side : int
        Pixels of the window.
    context : float
        As of :func:`face_windows`.
    turned : bool, default=True
        Turn and flip them any way, which is right for what is no face anyway.

    Returns
    -------
    windows : Windows
    """
    n, patch = len(others), round(side * context)
    angles = torch.randint(0, 4, (n,)) * (torch.pi / 2) * (_coin(n, 0.5) & turned)
    places = _random_places(n, 0.04, (-0.08, 0.12))
    theta = _theta(
        places,
        context=1.0,
        angles=angles + _uniform(n, -0.1, 0.1),
        aspect=torch.ones(n),
        mirrored=_coin(n, 0.5),
    )
    grid = affine_grid(theta, (n, 1, patch, patch), align_corners=False)
    images = grid_sample(others, grid, padding_mode="reflection", align_corners=False)
    return Windows(_disturb(images), torch.zeros(n), torch.zeros(n, 3))
