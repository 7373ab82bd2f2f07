"""Colours: exact ends, order, missing values, and what is safe to send to a browser."""

import re

import numpy as np
import pytest
from ase.data import chemical_symbols

from symgnn.viewer3d.colors import (
    IMPORTANCE_SCALE,
    MISSING,
    VALUE_SCALE,
    Limits,
    color_limits,
    element_color,
    faded,
    scale_colors,
)


def lightness(color: str) -> float:
    """CIE L* of a colour '#rrggbb'."""
    rgb = np.array([int(color[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    y = linear @ [0.2126, 0.7152, 0.0722]
    return 116 * np.cbrt(y) - 16 if y > 0.008856 else 903.3 * y


def test_ends_of_the_scale_get_its_end_colors():
    colors = scale_colors(np.array([1.0, 3.0, -5.0, 9.0]), Limits(1.0, 3.0))
    assert colors == [VALUE_SCALE[0], VALUE_SCALE[-1], VALUE_SCALE[0], VALUE_SCALE[-1]]


def test_missing_values_get_the_color_of_missing():
    assert scale_colors(np.array([np.nan, 1.0]), Limits(0.0, 1.0)) == [MISSING, VALUE_SCALE[-1]]


@pytest.mark.parametrize(("scale", "sign"), [(VALUE_SCALE, 1), (IMPORTANCE_SCALE, -1)])
def test_lightness_runs_one_way_so_that_order_is_seen_without_hue(scale, sign):
    colors = scale_colors(np.linspace(0, 1, 30), Limits(0.0, 1.0), scale)
    steps = np.diff([lightness(color) for color in colors])
    assert (sign * steps > 0).all()
    assert np.abs(steps).max() < 3 * np.abs(steps).min() + 2  # and in steps of similar size


def test_limits_leave_out_one_percent_at_each_end_and_say_so():
    limits = color_limits(np.concatenate([np.linspace(1, 2, 398), [-50.0, 70.0]]))
    assert 0.9 < limits.low < 1.1
    assert 1.9 < limits.high < 2.1
    assert limits.clipped_low
    assert limits.clipped_high


@pytest.mark.parametrize("values", [[], [np.nan, np.nan], [1.5, 1.5]])
def test_limits_of_nothing_or_of_one_value_still_span_something(values):
    limits = color_limits(np.array(values))
    assert limits.high - limits.low == pytest.approx(1.0)


def test_every_element_has_a_color_that_shows_on_white():
    for symbol in chemical_symbols[1:]:
        color = element_color(symbol)
        assert re.fullmatch(r"#[0-9a-f]{6}", color)
        assert lightness(color) < 90


def test_faded_goes_to_white():
    assert faded("#204060", 0.0) == "#204060"
    assert faded("#204060", 1.0) == "#ffffff"
