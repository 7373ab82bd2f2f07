"""Participation counts, and the statistics that keep length and elements out of the comparison."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest, kstest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import (
    Cycles,
    Filtration,
    atom_participation,
    compare_participation,
    cycles_through,
    edge_participation,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)
from tests.conftest import make_random_glass


def hand_made_cycles() -> Cycles:
    """Two squares that share edge 0 (atoms 0, 1), and a ring of three edges round the cell."""
    vertices = [np.array([0, 1, 2, 3]), np.array([0, 1, 4, 5]), np.array([0, 6, 7])]
    edges = [np.array([0, 1, 2, 3]), np.array([0, 4, 5, 6]), np.array([0, 7, 8])]
    turns = np.array([[0, 0, 0], [0, 0, 0], [0, -1, 0]])
    return Cycles(vertices, edges, np.array([8.0, 8.0, 9.0]), np.ones(3, dtype=bool), turns)


def test_counts_of_hand_made_cycles():
    cycles = hand_made_cycles()
    assert edge_participation(cycles, 10).tolist() == [2, 1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert edge_participation(cycles, 10, include_winding=True).tolist() == [3, 1, 1, 1, 1, 1, 1, 1, 1, 0]
    assert atom_participation(cycles, 9).tolist() == [2, 2, 1, 1, 1, 1, 0, 0, 0]
    assert atom_participation(cycles, 9, include_winding=True).tolist() == [3, 2, 1, 1, 1, 1, 1, 1, 0]
    assert cycles_through(cycles, 0).tolist() == [0, 1, 2]
    assert cycles_through(cycles, 5).tolist() == [1]
    assert cycles_through(cycles, 9).tolist() == []


def test_counts_of_a_glass_add_up():
    filtration = rips_filtration(make_random_glass(120, seed=7), 4.0)
    cycles = representative_cycles(persistent_homology(filtration))
    counts = edge_participation(cycles, len(filtration), include_winding=True)
    assert counts.sum() == cycles.sizes.sum()
    assert atom_participation(cycles, 120, include_winding=True).sum() == cycles.sizes.sum()
    for edge in (0, 10, int(np.argmax(counts))):
        assert len(cycles_through(cycles, edge)) == counts[edge]


def synthetic(n_edges: int, seed: int) -> tuple[Filtration, Glass, np.ndarray]:
    """Edges of random lengths and elements whose mean participation depends on both, steeply on length."""
    rng = np.random.default_rng(seed)
    n_atoms = 200
    species = rng.choice([29, 40], size=n_atoms)
    pairs = np.sort(np.array([rng.choice(n_atoms, 2, replace=False) for _ in range(n_edges)]), axis=1)
    lengths = np.sort(rng.uniform(2.3, 4.0, size=n_edges))
    images = np.zeros((n_edges, 3), dtype=np.int64)
    glass = Glass(species, rng.uniform(size=(n_atoms, 3)) * 30, np.zeros((3, 3)), (False, False, False))
    expected = 6 * np.exp(-(lengths - 2.3) / 0.3) + (species[pairs] == 29).sum(axis=1)
    return Filtration("rips", pairs, images, lengths, n_atoms, 4.0), glass, rng.poisson(expected)


FILTRATION, GLASS, COUNTS = synthetic(4000, seed=0)


def p_values(select, n: int, counts=COUNTS, **options) -> np.ndarray:
    """p of n selections select(generator)."""
    return np.array(
        [
            compare_participation(
                FILTRATION, GLASS, counts, select(np.random.default_rng(seed)), seed, n_draws=400, **options
            ).p_value
            for seed in range(1000, 1000 + n)
        ]
    )


def test_p_is_uniform_under_the_null():
    found = p_values(lambda rng: rng.choice(4000, 150, replace=False), 300)
    assert kstest(found, "uniform").pvalue > 0.01
    assert binomtest(int((found <= 0.05).sum()), 300, 0.05).pvalue > 0.01


def test_p_is_small_for_a_planted_effect():
    def enriched(rng):
        return rng.choice(4000, 150, replace=False, p=(COUNTS + 1) / (COUNTS + 1).sum())

    assert np.median(p_values(enriched, 20)) < 0.01
    result = compare_participation(FILTRATION, GLASS, COUNTS, enriched(np.random.default_rng(0)), 0)
    assert result.selected_mean > result.matched_band[1] > result.matched_mean > result.matched_band[0]
    assert result.effect_size > 0.2

    depleted = p_values(
        lambda rng: rng.choice(4000, 150, replace=False, p=np.exp(-COUNTS) / np.exp(-COUNTS).sum()), 5
    )
    assert (depleted < 0.01).all()  # fewer cycles than their like is a finding too


def test_p_is_not_small_where_length_alone_drives_the_selection():
    weight = 1 / (1 + np.exp((FILTRATION.lengths - 2.7) / 0.1))  # short edges are "important"

    def short(rng):
        return rng.choice(4000, 200, replace=False, p=weight / weight.sum())

    results = [
        compare_participation(FILTRATION, GLASS, COUNTS, short(np.random.default_rng(seed)), seed)
        for seed in range(20)
    ]
    for result in results:  # the naive control calls this enrichment
        assert result.selected_mean > 1.6 * result.all_mean
    assert abs(np.mean([result.effect_size for result in results])) < 0.05
    found = p_values(short, 200)
    assert binomtest(int((found <= 0.05).sum()), 200, 0.05).pvalue > 0.01
    # without the control by length (one bin for all) the same selections look like a discovery
    assert (p_values(short, 20, length_bin=100.0) < 0.01).all()


def test_p_is_not_small_where_elements_alone_drive_the_selection():
    copper = (GLASS.species[FILTRATION.pairs] == 29).all(axis=1)
    found = p_values(lambda rng: rng.choice(np.flatnonzero(copper), 150, replace=False), 200)
    assert binomtest(int((found <= 0.05).sum()), 200, 0.05).pvalue > 0.01


def test_means_and_band_against_closed_forms():
    """Expectation and spread of stratified draws, worked out edge by edge."""
    rng = np.random.default_rng(3)
    selected = rng.choice(4000, 120, replace=False)
    result = compare_participation(FILTRATION, GLASS, COUNTS, selected, 1, length_bin=0.1, n_draws=4000)
    bins = np.floor(FILTRATION.lengths / 0.1)
    zirconium = (GLASS.species[FILTRATION.pairs] == 40).sum(axis=1)
    like = [np.flatnonzero((bins == bins[e]) & (zirconium == zirconium[e])) for e in selected]
    assert result.n_selected == 120
    assert result.selected_mean == pytest.approx(COUNTS[selected].mean())
    assert result.all_mean == pytest.approx(COUNTS.mean())
    assert result.matched_mean == pytest.approx(np.mean([COUNTS[edges].mean() for edges in like]))
    variance = np.mean([COUNTS[edges].var() for edges in like])
    assert result.effect_size == pytest.approx(
        (COUNTS[selected].mean() - result.matched_mean) / variance**0.5
    )

    # Draws without replacement: m of M edges have a total of variance m (M - m) / (M - 1) × that of one edge.
    strata = {tuple(edges) for edges in like}
    total = 0.0
    for edges in map(list, strata):
        m, M = len(np.intersect1d(edges, selected)), len(edges)
        total += m * (M - m) / (M - 1) * COUNTS[edges].var()
    low, high = result.matched_band
    assert (high - low) / 2 == pytest.approx(1.96 * total**0.5 / 120, rel=0.06)
    assert (high + low) / 2 == pytest.approx(result.matched_mean, rel=0.03)


def small_case() -> tuple[Filtration, Glass, np.ndarray]:
    """Six Cu-Cu edges: four of 2.51-2.54 Å, two alone in their bins (2.61, 2.91 Å)."""
    lengths = np.array([2.51, 2.52, 2.53, 2.54, 2.61, 2.91])
    pairs = np.array([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])
    glass = Glass([29] * 4, np.eye(4, 3) * 3, np.zeros((3, 3)), (False, False, False))
    return (
        Filtration("rips", pairs, np.zeros((6, 3), dtype=np.int64), lengths, 4, 4.0),
        glass,
        np.array([4, 0, 2, 0, 9, 1]),
    )


def test_strata_without_control_and_edges_beyond_the_cutoff_are_told():
    filtration, glass, counts = small_case()
    result = compare_participation(filtration, glass, counts, [0, 0, 4, -1, -1, -1], 0)
    assert (result.n_selected, result.n_unmatched, result.n_beyond_cutoff) == (1, 1, 3)
    assert result.selected_mean == 4
    assert result.matched_mean == pytest.approx(1.5)  # of 4, 0, 2, 0
    assert result.matched_band == (0, 4)
    assert result.all_mean == pytest.approx(16 / 6)
    assert result.p_value == pytest.approx(0.5, abs=0.06)  # one of four is as large, two-sided

    result = compare_participation(filtration, glass, counts, [0], 0, candidates=[0, 1, 5, -1])
    assert result.matched_mean == pytest.approx(2)  # of 4, 0
    assert result.all_mean == pytest.approx(5 / 3)


def test_equal_participation_is_no_effect():
    filtration, glass, _ = small_case()
    result = compare_participation(filtration, glass, np.ones(6), [0, 1], 0)
    assert (result.p_value, result.effect_size) == (1, 0)


def test_p_is_never_zero():
    """Where no draw of 99 is as extreme, p is 2 (0 + 1) / (99 + 1)."""
    counts = np.where(np.arange(4000) < 200, 1000, 0)
    selected = np.arange(0, 200, 2)
    found = compare_participation(FILTRATION, GLASS, counts, selected, 0, n_draws=99, length_bin=9.0)
    assert found.selected_mean > found.matched_band[1]
    assert found.p_value == pytest.approx(0.02)


def test_the_seed_decides_the_draws():
    selected = np.arange(0, 4000, 40)
    one, same, other = (
        compare_participation(FILTRATION, GLASS, COUNTS, selected, seed) for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_nothing_to_compare_is_an_error_that_says_so():
    filtration, glass, counts = small_case()
    with pytest.raises(InputError, match="none of the 2 selected edges is within the cutoff of 4 Å"):
        compare_participation(filtration, glass, counts, [-1, -1], 0)
    with pytest.raises(InputError, match="nothing to compare with"):
        compare_participation(filtration, glass, counts, [4, 5], 0)
    with pytest.raises(InputError, match="selected_edge_ids run from 0 to 6"):
        compare_participation(filtration, glass, counts, [0, 6], 0)
    with pytest.raises(InputError, match="shape"):
        compare_participation(filtration, glass, counts[:5], [0], 0)
    with pytest.raises(InputError, match="length_bin"):
        compare_participation(filtration, glass, counts, [0], 0, length_bin=0.0)
