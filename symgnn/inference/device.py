"""Where torch computes: the CPU or a CUDA device."""

from __future__ import annotations

import torch

from symgnn.errors import InputError


def check_device(device: str) -> None:
    """Raise InputError where torch cannot compute on `device`."""
    try:
        torch.zeros(1, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).splitlines()[0]
        raise InputError(
            f"device {device!r} found, expected cpu or a CUDA device that is there: {reason}"
        ) from None


def device_name(device: str | torch.device) -> str:
    """What a card calls it: the GPU's name, or the CPU with the number of threads that torch uses."""
    if torch.device(device).type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"CPU, {torch.get_num_threads()} thread(s)"
