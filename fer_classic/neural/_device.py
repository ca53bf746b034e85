"""Where a network computes, and how precisely."""

import contextlib

import torch

__all__ = ["autocast", "choose_device", "isolated", "training_dtype"]


def choose_device(name, *, fallback):
    """Find the device of that name.

    Parameters
    ----------
    name : str
        ``"auto"`` is the first GPU where there is one, else the CPU; else a name that torch knows.
    fallback : bool
        Take the CPU if that device is not there.

    Returns
    -------
    device : torch.device

    Raises
    ------
    ValueError
        If the name is none, or the device is not there and there is no fallback.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:  # torch built without CUDA asserts
        if fallback:
            return torch.device("cpu")
        raise ValueError(f"device={name!r} cannot be used here: {error}") from error
    return torch.device(name)


def training_dtype(precision, device):
    """Find the dtype in which convolutions are computed during training.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
    device : torch.device

    Returns
    -------
    dtype : torch.dtype
        For "auto" bfloat16 where the processor computes in it, else float32.
    """
    if precision != "auto":
        return getattr(torch, precision)
    return torch.bfloat16 if _has_bfloat16(device) else torch.float32


def _has_bfloat16(device):
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    # Older releases of torch cannot report it.
    capabilities = getattr(torch.cpu, "get_capabilities", dict)()
    return device.type == "cpu" and any(
        capabilities.get(name, False) for name in ("amx_bf16", "avx512_bf16")
    )


def autocast(device, dtype):
    """Compute in ``dtype`` inside the block, where that loses nothing that matters."""
    return torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32)


@contextlib.contextmanager
def isolated(device):
    """Keep torch's global random state as it is, and let equal seeds give equal results."""
    devices = [device] if device.type == "cuda" else []
    with (
        torch.random.fork_rng(devices),
        torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True),
    ):
        yield
