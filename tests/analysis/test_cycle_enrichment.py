"""Cycle enrichment: closed forms, a planted effect that is found, and nulls in which nothing is."""

import numpy as np
import pytest
from scipy import stats

from symgnn.analysis.cycle_enrichment import cycle_enrichment
from symgnn.analysis.reach import random_choice
from symgnn.stats import NARROW_LENGTH_BIN, strata
from tests.analysis.conftest import make_fields


def strata_of(fields):
    return strata(fields.length, fields.kind, field=fields.field, length_bin=NARROW_LENGTH_BIN)


def compare(fields, important, **options):
    stratum = strata_of(fields)
    return cycle_enrichment(
        fields.field, stratum, fields.cycles, important, everywhere=float(fields.cycles.mean()), **options
    )


def favour(fields, weight, rng, k=10):
    """(R,) bool: k edges of every field, drawn with that weight."""
    score = np.log(weight) + rng.gumbel(size=len(weight))
    important = np.zeros(len(weight), dtype=bool)
    for number in np.unique(fields.field):
        rows = np.flatnonzero(fields.field == number)
        important[rows[np.argsort(-score[rows])[:k]]] = True
    return important


def test_means_by_hand():
    # field 0: important 5 and 1; the controls of the first are 3 and 1, that of the second 1
    # field 1: important 4, its control 0; and one that has none
    field = np.array([0, 0, 0, 0, 0, 1, 1, 1])
    group = np.array([0, 0, 0, 1, 1, 2, 2, 3])
    cycles = np.array([5, 3, 1, 1, 1, 4, 0, 9])
    important = np.array([1, 0, 0, 1, 0, 1, 0, 1], dtype=bool)
    found = cycle_enrichment(field, group, cycles, important, everywhere=1.5, absent=cycles == 4)
    assert (found.n_atoms, found.n_edges, found.n_unmatched) == (2, 3, 1)
    assert found.important == pytest.approx((3 + 4) / 2)
    assert found.matched == pytest.approx((1.5 + 0) / 2)
    assert found.field == pytest.approx((5 / 3 + 0) / 2)
    assert found.against_matched.ratio == pytest.approx(3.5 / 0.75)
    assert found.against_matched.difference == pytest.approx(2.75)
    assert found.against_matched.cohen_d == pytest.approx(2.75 / np.std([1.5, 4], ddof=1))
    assert found.absent == pytest.approx(1 / 3)
    assert found.everywhere == 1.5


def test_length_alone_fools_the_papers_control_and_not_ours(fields):
    rng = np.random.default_rng(5)
    found = compare(fields, favour(fields, np.exp(-6 * fields.length), rng))
    assert found.against_field.ratio > 2
    assert found.against_field.p_value < 0.001
    assert found.against_matched.p_value > 0.05
    low, high = found.against_matched.ratio_band
    assert low < 1 < high


def test_a_planted_enrichment_is_found(fields):
    rng = np.random.default_rng(6)
    found = compare(fields, favour(fields, np.exp(-6 * fields.length) * np.exp(0.5 * fields.cycles), rng))
    assert found.against_matched.ratio_band[0] > 1.1
    assert found.against_matched.p_value < 0.005
    assert found.against_matched.cohen_d > 0.5


@pytest.mark.parametrize("steepness", [0.0, 6.0])
def test_p_is_uniform_where_importance_knows_length_alone(steepness):
    rng, p = np.random.default_rng(11), []
    fields = make_fields(rng, n_fields=16, n_edges=300)
    stratum = strata_of(fields)
    steps = np.exp(-steepness * 0.05 * np.floor(fields.length / 0.05))  # equal weights within a bin
    for repeat in range(300):
        important = favour(fields, steps, rng)
        found = cycle_enrichment(
            fields.field,
            stratum,
            fields.cycles,
            important,
            everywhere=1.0,
            seed=repeat,
            n_flips=399,
            n_bootstrap=10,
        )
        p.append(found.against_matched.p_value)
    assert stats.kstest(p, "uniform").pvalue > 0.001
    assert np.mean(np.array(p) < 0.05) < stats.binom.ppf(0.999, 300, 0.05) / 300


def test_edges_that_share_cycles_are_no_independent_draws():
    """All cycles of a field pass either its first or its second half: important edges stand together, at random."""
    rng, p = np.random.default_rng(2), []
    for repeat in range(200):
        field = np.repeat(np.arange(20), 40)
        half = np.tile(np.repeat([0, 1], 20), 20)
        busy = rng.integers(0, 2, 20)[field]
        chosen = rng.integers(0, 2, 20)[field]
        important = (half == chosen) & random_choice(2 * field + half, 8, rng)
        found = cycle_enrichment(
            field,
            field,
            3.0 * (half == busy),
            important,
            everywhere=1.0,
            seed=repeat,
            n_flips=399,
            n_bootstrap=10,
        )
        p.append(found.against_matched.p_value)
    assert np.mean(np.array(p) < 0.05) < stats.binom.ppf(0.999, 200, 0.05) / 200


def test_nothing_to_compare():
    none = np.zeros(0, dtype=int)
    assert cycle_enrichment(none, none, none, none.astype(bool), everywhere=np.nan) is None
    alone = np.arange(4)  # every edge is a stratum of its own
    assert cycle_enrichment(np.zeros(4, int), alone, alone, alone < 2, everywhere=1.0) is None


def test_one_atom_says_nothing():
    found = cycle_enrichment(
        np.zeros(4, int), np.zeros(4, int), np.array([3, 1, 1, 1]), np.arange(4) < 1, everywhere=1.0
    )
    assert found.against_matched.p_value == 1.0
    assert found.against_matched.cohen_d == 0.0


def test_no_cycles_anywhere_is_no_difference(fields):
    fields.cycles[:] = 0
    found = compare(fields, random_choice(fields.field, 10, np.random.default_rng(0)))
    assert found.against_matched.p_value == 1.0
    assert np.isnan(found.against_matched.ratio)
