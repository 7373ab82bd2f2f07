"""The potential's functions against the closed form written out by hand."""

from __future__ import annotations

import json
from importlib import resources

import numpy as np
import pytest
from scipy.interpolate import CubicSpline

from symgnn.simulate.potential import TABLE_SPACING, mendelev2009

PAIRS = [(0, 0, "CuCu"), (0, 1, "CuZr"), (1, 1, "ZrZr")]


@pytest.fixture(scope="module")
def coefficients() -> dict:
    text = resources.files("symgnn.simulate").joinpath("mendelev2009.json").read_text(encoding="utf-8")
    return json.loads(text)


def tabulated(a: int, b: int, first: int, r: np.ndarray) -> np.ndarray:
    """Value from the table that the kernels read; first = 0 for rho, 4 for phi."""
    potential = mendelev2009()
    row = ((r - potential.r_min) / TABLE_SPACING).astype(int)
    u = r - potential.r_min - row * TABLE_SPACING
    return sum(potential.pair_table[a, b, row, first + k] * u**k for k in range(4))


@pytest.mark.parametrize(("a", "b", "pair"), PAIRS)
def test_density_is_the_sum_of_powers(coefficients, a, b, pair):
    function = coefficients["rho"][pair]
    for r in (1.5, 2.5, 3.0, 4.45, 5.9):
        terms = iter(function["coef"])
        expected = 0.0
        for knot in function["knots"]:
            for power in function["powers"]:
                coefficient = next(terms)
                if r < knot:
                    expected += coefficient * (knot - r) ** power
        assert mendelev2009().density(a, b, r) == pytest.approx(expected, rel=1e-12)
        assert mendelev2009().density(b, a, r) == mendelev2009().density(a, b, r)


@pytest.mark.parametrize(("a", "b", "pair"), PAIRS)
def test_pair_energy_is_an_exponential_inside_and_powers_outside(coefficients, a, b, pair):
    function = coefficients["phi"][pair]
    c = function["expcubic"]
    r = function["r2"] - 0.3
    expected = np.exp(c[0] + c[1] * r + c[2] * r**2 + c[3] * r**3)
    assert mendelev2009().pair_energy(a, b, r) == pytest.approx(expected, rel=1e-12)
    r = max(function["knots"]) - 0.7  # beyond every other knot: one term per power
    last = function["coef"][-len(function["powers"]) :]
    expected = sum(k * 0.7**n for k, n in zip(last, function["powers"], strict=True))
    assert mendelev2009().pair_energy(a, b, r) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("a", "b", "pair"), PAIRS)
def test_the_two_parts_of_the_pair_energy_meet(coefficients, a, b, pair):
    r2 = coefficients["phi"][pair]["r2"]
    inside, outside = mendelev2009().pair_energy(a, b, np.array([r2 - 1e-9, r2 + 1e-9]))
    assert inside == pytest.approx(outside, abs=5e-5)


@pytest.mark.parametrize(("a", "b", "pair"), PAIRS)
def test_tables_agree_with_the_closed_form(coefficients, a, b, pair):
    potential = mendelev2009()
    r = np.random.default_rng(1).uniform(potential.r_min, 7.6, 20_000)
    np.testing.assert_allclose(tabulated(a, b, 0, r), potential.density(a, b, r), rtol=0, atol=1e-9)
    r = r[np.abs(r - coefficients["phi"][pair]["r2"]) > 10 * TABLE_SPACING]
    np.testing.assert_allclose(tabulated(a, b, 4, r), potential.pair_energy(a, b, r), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(("a", "b", "pair"), PAIRS)
def test_nothing_acts_beyond_the_cutoff(a, b, pair):
    potential = mendelev2009()
    cutoff = potential.cutoff[a, b]
    assert cutoff == (6.0 if pair == "CuCu" else 7.6)
    beyond = np.array([cutoff, cutoff + 0.5])
    assert (potential.pair_energy(a, b, beyond) == 0).all()
    assert (potential.density(a, b, beyond) == 0).all()
    just_inside = cutoff - 0.05
    assert 0 < abs(potential.pair_energy(a, b, just_inside)) + potential.density(a, b, just_inside) < 1e-4


@pytest.mark.parametrize(("a", "element"), [(0, "Cu"), (1, "Zr")])
def test_embedding_is_a_root_and_a_table(coefficients, a, element):
    function = coefficients["F"][element]
    for k in (1, 60, 137, 400):  # at the table's points the spline is the table
        rho = k * function["drho"]
        expected = function["A"] * np.sqrt(rho) + function["table"][k]
        assert mendelev2009().embedding(a, rho) == pytest.approx(expected, abs=1e-9)
    spline = CubicSpline(np.arange(len(function["table"])) * function["drho"], function["table"])
    assert mendelev2009().embedding(a, 20.2) == pytest.approx(function["A"] * np.sqrt(20.2) + spline(20.2))
    assert mendelev2009().embedding(a, 0.0) == pytest.approx(0, abs=1e-9)


def test_file_says_where_it_comes_from(coefficients):
    assert "Philosophical Magazine 89, 967" in coefficients["citation"]
    assert "CDDL-1.0" in coefficients["notice"]
    notice = resources.files("symgnn.simulate").joinpath("NOTICE.txt").read_text(encoding="utf-8")
    assert "CDDL-1.0" in notice
    assert "openkim-models" in notice
