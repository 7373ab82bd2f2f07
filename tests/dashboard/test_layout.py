"""Numbers as the pages write them."""

import numpy as np
import pandas as pd
import pytest

from dashboard.layout import signed, with_signs


@pytest.mark.parametrize(
    ("value", "text"), [(0.125, "+0.12"), (-0.05, "−0.05"), (-0.001, "0.00"), (0, "0.00")]
)
def test_signed_numbers_have_a_minus_sign(value, text):
    assert signed(value, 2) == text


def test_a_table_with_signs_is_sorted_as_numbers_and_shows_a_minus_sign():
    table = pd.DataFrame({"name": ["a", "b", "c"], "change": [-0.1234, 1.0, np.nan]})
    shown = with_signs(table, {"change": 2, "absent": 3})
    assert shown.data["change"].tolist()[:2] == [-0.1234, 1.0]
    html = shown.to_html()
    assert "−0.12" in html
    assert "+1.00" in html
    assert "nan" not in html
