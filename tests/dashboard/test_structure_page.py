"""What page Structure says of a glass in one line."""

from __future__ import annotations

import numpy as np
import pytest

from dashboard.app_pages.structure import box
from symgnn.glass import Glass

CUBE = np.eye(3) * 20.0
SHEARED = np.array([[20.0, 0, 0], [5.0, 19.36491673, 0], [0, 0, 20.0]])  # |b| = 20, gamma = 75.5°


@pytest.mark.parametrize(
    ("cell", "pbc", "text"),
    [
        (CUBE, True, "20.0 × 20.0 × 20.0 Å"),
        (SHEARED, True, "20.0 × 20.0 × 20.0 Å, 90.0°, 90.0°, 75.5°"),
        (CUBE, False, "no cell"),
    ],
)
def test_the_box_is_named_with_its_angles_where_they_are_not_right(cell, pbc, text):
    glass = Glass(
        species=np.array([29, 40]), positions=np.array([[1.0, 1, 1], [4, 4, 4]]), cell=cell, pbc=[pbc] * 3, name="two"
    )  # fmt: skip
    assert box(glass) == text
