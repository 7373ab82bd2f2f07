"""A check of arguments that several public functions share."""

from __future__ import annotations

import numpy as np

from symgnn.errors import InputError


def whole_number(name: str, value: object, *, least: int) -> int:
    """The value as an int. Raises InputError, which calls it `name`, where it is no whole number from `least` on."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{name} {value!r} found, expected a whole number from {least}")
    return int(value)
