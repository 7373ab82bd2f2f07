"""Keep large freed buffers in the process, where the C library allows it.

A training step on CPU allocates and frees edge-sized tensors of many megabytes. By default glibc takes each
from the kernel with mmap and gives it back at once, so that every step touches all its pages anew. With mmap
off and a high trim threshold the pages stay. For a training step of SymGNN on 8000 atoms that gained a factor of 1.17
on one thread and 1.06 on two (`python benchmarks/allocator.py train0.pickle --steps 12`).
"""

from __future__ import annotations

import ctypes
import sys

_M_TRIM_THRESHOLD = -1  # names and values of glibc's malloc.h
_M_MMAP_MAX = -4
_NEVER = 2**31 - 1  # the largest threshold mallopt's int argument can say


def keep_large_buffers() -> bool:
    """Apply the setting to this process. Called once by every entry point; True where it took effect.

    Does nothing (and returns False) on platforms without glibc.
    """
    if not sys.platform.startswith("linux"):
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # musl, for one
        return False
    return bool(mallopt(_M_MMAP_MAX, 0)) and bool(mallopt(_M_TRIM_THRESHOLD, _NEVER))
