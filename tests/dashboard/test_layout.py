"""Numbers as the pages write them."""

import pytest

from dashboard.layout import signed


@pytest.mark.parametrize(
    ("value", "text"), [(0.125, "+0.12"), (-0.05, "−0.05"), (-0.001, "0.00"), (0, "0.00")]
)
def test_signed_numbers_have_a_minus_sign(value, text):
    assert signed(value, 2) == text
