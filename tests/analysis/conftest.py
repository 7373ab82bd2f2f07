"""Receptive fields with known counts, made by hand."""

from dataclasses import dataclass

import numpy as np
import pytest


@dataclass
class Field:
    """Edges of many receptive fields whose cycles fall steeply with length, as in a glass."""

    field: np.ndarray
    length: np.ndarray
    kind: np.ndarray
    cycles: np.ndarray


def make_fields(rng, n_fields=20, n_edges=400):
    n = n_fields * n_edges
    field = np.repeat(np.arange(n_fields), n_edges)
    length, kind = rng.uniform(2.3, 5.0, n), rng.integers(0, 2, n)
    mean = np.where(length < 4, 4 * np.exp(-2 * (length - 2.3)) * (1 + kind), 0)
    mean = mean * rng.gamma(4, 1 / 4, n_fields)[field]  # a field has more cycles than another
    return Field(field, length, kind, rng.poisson(mean))


@pytest.fixture
def fields():
    return make_fields(np.random.default_rng(3))
