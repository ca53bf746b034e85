"""Windows to learn from: faces that fill them, faces that do not, and what is no face."""

from dataclasses import dataclass

import torch
from torch.nn.functional import avg_pool2d, grid_sample, interpolate

from benchmarks.detector.pictures import jpeg

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


def _grid(places, patch, *, context, angles, aspect, mirrored):
    """Where pixels of the patch, ``context`` windows wide, lie in the picture of a face."""
    line = context * (torch.arange(patch) + 0.5) / patch * 2 - context
    x, y, side, cos, sin, aspect, mirror = (
        values.view(-1, 1, 1)
        for values in (
            2 * places[:, 0], 2 * places[:, 1], torch.exp(-places[:, 2]),
            torch.cos(angles), torch.sin(angles), aspect, torch.where(mirrored, -1.0, 1.0),
        )
    )  # fmt: skip
    right, down = side * (line.view(1, 1, -1) - x), side * (line.view(1, -1, 1) - y)
    across = mirror * (cos * right + sin * down)
    along = aspect * (cos * down - sin * right)
    return torch.stack([across, along], dim=-1)


def _inside(grid):
    """1 inside of the square or oval that a face's picture fills, 0 outside, soft between."""
    x, y = grid.unbind(-1)
    square = ((1 - torch.maximum(x.abs(), y.abs())) / 0.12).clamp(0, 1)
    oval = ((1.08 - (y**2 / 1.1 + x**2 / 0.95).sqrt()) / 0.2).clamp(0, 1)
    is_square = _coin(len(grid), 0.5).view(-1, 1, 1)
    return torch.where(is_square, square, torch.minimum(oval, square)).unsqueeze(1)


def _blur(images, probability, times=1):
    """Blur some windows, the more often, the more."""
    chosen = torch.nonzero(_coin(len(images), probability)).flatten()
    sharp = blurred = images[chosen]
    for _ in range(times):
        blurred = avg_pool2d(blurred, 3, 1, 1, count_include_pad=False)
    images[chosen] = torch.lerp(sharp, blurred, torch.rand(len(chosen), 1, 1, 1))
    return images


def _reduce(images):
    """Let some windows come from a smaller picture."""
    side, low = images.shape[-1], _coin(len(images), 0.25)
    size = int(torch.randint(side * 4 // 10, side * 9 // 10, ()))
    small = interpolate(images[low], size=(size, size), mode="area")
    images[low] = interpolate(small, size=(side, side), mode="bilinear", align_corners=False)
    return images


def _compress(images):
    """Let some windows go through JPEG."""
    for index in torch.nonzero(_coin(len(images), 0.06)).flatten().tolist():
        window = images[index, 0].clamp(0, 255).byte().numpy()
        images[index, 0] = torch.from_numpy(jpeg(window, torch.randint(10, 60, ())))
    return images


def _disturb(images):
    """Light, darkness, blur, low resolution, JPEG and noise, each window its own."""
    n, _, side, _ = images.shape
    images = _blur(_blur(images, 0.3), 0.1, times=4)
    if side > 24:
        images = _reduce(images)
    line = torch.linspace(-1, 1, side)
    slope = _uniform(2 * n, -0.7, 0.7).view(2, n, 1, 1, 1) * _coin(n, 0.5).view(1, n, 1, 1, 1)
    images = images * (1 + slope[0] * line.view(1, 1, 1, -1) + slope[1] * line.view(1, 1, -1, 1))
    gamma = torch.exp(_uniform(n, -0.5, 0.5)).view(-1, 1, 1, 1)
    images = _compress(255 * (images.clamp(0, 255) / 255) ** gamma)
    gain = torch.where(_coin(n, 0.3), torch.exp(_uniform(n, -2.7, 0)), _uniform(n, 0.6, 1.15))
    images = images * gain.view(-1, 1, 1, 1)
    noise = (_coin(n, 0.4) * _uniform(n, 0, 5)).view(-1, 1, 1, 1)
    images = images + noise * torch.randn_like(images) * gain.view(-1, 1, 1, 1).clamp(max=1)
    return images.round_().clamp_(0, 255)


def _cover(faces, others):
    """Lay something over some faces: hats, hair and hands at one side, glasses, a patch."""
    n, _, side, _ = faces.shape
    line = torch.linspace(-1, 1, side)
    x, y = line.view(1, 1, 1, -1), line.view(1, 1, -1, 1)
    turn, edge, middle_x, middle_y, wide, high = (
        _uniform(n, *limits).view(-1, 1, 1, 1)
        for limits in (
            (-torch.pi, torch.pi), (0.3, 0.9), (-0.8, 0.8), (-0.8, 0.8), (0.15, 0.45), (0.15, 0.45),
        )
    )  # fmt: skip
    at_side = torch.cos(turn) * x + torch.sin(turn) * y > edge
    glasses = ((x.abs() - 0.37) / 0.3) ** 2 + ((y + 0.2) / 0.22) ** 2 < 1
    patch = ((x - middle_x) / wide) ** 2 + ((y - middle_y) / high) ** 2 < 1
    kind = torch.rand(n).view(-1, 1, 1, 1)
    covered = torch.where(
        kind < 0.12, at_side, torch.where(kind < 0.2, patch, (kind < 0.26) & glasses)
    )
    gray = _uniform(n, 0, 255).view(-1, 1, 1, 1)
    gray = torch.where((kind >= 0.2), 0.3 * gray, gray)
    cover = torch.where(_coin(n, 0.5).view(-1, 1, 1, 1), others, gray)
    return torch.where(covered, cover, faces)


def _cut_off(images, side):
    """Let some faces leave the picture, whose edge goes on in their place."""
    n, patch = len(images), images.shape[-1]
    for axis in (2, 3):
        cut = (patch - side) // 2 + torch.randint(1, side * 2 // 5, (2, n))
        low, high = torch.where(_coin(2 * n, 0.05).view(2, n), cut, 0)
        index = torch.arange(patch).expand(n, patch)
        index = index.clamp(low[:, None], patch - 1 - high[:, None])
        index = index[:, None, :, None] if axis == 2 else index[:, None, None, :]
        images = images.gather(axis, index.expand(images.shape))
    return images


def _turn_head(grid):
    """Squeeze one half of some faces, as a turn of the head to the side does."""
    n = len(grid)
    turn = (_coin(n, 0.35) * _uniform(n, -0.35, 0.35)).view(-1, 1, 1)
    x = grid[..., 0]
    return torch.stack([x + turn * (1 - x.clamp(-1, 1) ** 2), grid[..., 1]], dim=-1)


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
    grid = _grid(
        places,
        patch,
        context=context,
        angles=angles,
        aspect=_uniform(n, 0.82, 1.15),
        mirrored=_coin(n, 0.5),
    )
    grid = _turn_head(grid)
    faces = _cover(faces, interpolate(others.roll(1, 0), size=faces.shape[-2:]))
    images = grid_sample(faces, grid, padding_mode="reflection", align_corners=False)
    # Against the light.
    shade = torch.where(_coin(n, 0.1), torch.exp(_uniform(n, -2, 0)), torch.ones(n))
    images = images * shade.view(-1, 1, 1, 1)
    mask = _inside(grid)
    around = interpolate(others, size=(patch, patch), mode="bilinear", align_corners=False)
    images = torch.where(_coin(n, 0.6).view(-1, 1, 1, 1), torch.lerp(around, images, mask), images)
    images = _cut_off(images, side)
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
    grid = _grid(
        places,
        patch,
        context=1.0,
        angles=angles + _uniform(n, -0.1, 0.1),
        aspect=torch.ones(n),
        mirrored=_coin(n, 0.5),
    )
    images = grid_sample(others, grid, padding_mode="reflection", align_corners=False)
    return Windows(_disturb(images), torch.zeros(n), torch.zeros(n, 3))
