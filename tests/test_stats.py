"""Strata, matched controls, intervals and tests: by brute force, against closed forms and against scipy."""

import itertools

import numpy as np
import pytest
from scipy import stats

from symgnn.stats import (
    LENGTH_BIN,
    bootstrap_interval,
    control_interval,
    element_pairs,
    holm,
    jaccard,
    matched_control,
    paired_test,
    percentile_rank,
    percentile_text,
    percentiles,
    permutation_draw,
    permutation_p,
    rank_correlation,
    shuffled_within,
    strata,
)

VALUES = {"field": (0, 1), "length": (2.51, 2.76), "elements": (29029, 29040), "hops": (0, 1)}
ROWS = [dict(zip(VALUES, row, strict=True)) for row in itertools.product(*VALUES.values())]


def strata_of(rows, hops=True):
    column = {name: np.array([row[name] for row in rows]) for name in VALUES}
    return strata(
        column["length"], column["elements"], hops=column["hops"] if hops else None, field=column["field"]
    )


@pytest.mark.parametrize("name", VALUES)
def test_edges_that_differ_in_one_property_alone_are_in_different_strata(name):
    stratum = strata_of(ROWS)
    for one, other in itertools.combinations(range(len(ROWS)), 2):
        differing = [key for key in VALUES if ROWS[one][key] != ROWS[other][key]]
        if differing == [name]:
            assert stratum[one] != stratum[other]
    assert sorted(set(stratum.tolist())) == list(range(16))


def test_what_is_left_out_does_not_count():
    stratum = strata_of(ROWS, hops=False)
    assert len(np.unique(stratum)) == 8
    for one, other in itertools.combinations(range(len(ROWS)), 2):
        same = all(ROWS[one][key] == ROWS[other][key] for key in ("field", "length", "elements"))
        assert (stratum[one] == stratum[other]) == same


@pytest.mark.parametrize("length_bin", [LENGTH_BIN, 0.05])
def test_labels_never_run_into_each_other(length_bin):
    """Random properties of many values: the grouping by brute force."""
    rng = np.random.default_rng(0)
    field, hops = rng.integers(0, 7, 400), rng.integers(0, 4, 400)
    elements, length = rng.choice([29029, 29040, 40040], 400), rng.uniform(2.0, 5.0, 400)
    stratum = strata(length, elements, hops=hops, field=field, length_bin=length_bin)
    facts = np.stack([field, np.floor(length / length_bin), elements, hops], 1)
    assert np.array_equal(stratum[:, None] == stratum, (facts[:, None] == facts).all(2))


def test_the_order_of_the_two_elements_does_not_count():
    species = np.array([29, 40, 29, 40])
    cu_zr, zr_cu, cu_cu, zr_zr = element_pairs(species, [[0, 1], [3, 2], [0, 2], [1, 3]])
    assert cu_zr == zr_cu
    assert len({int(cu_zr), int(cu_cu), int(zr_zr)}) == 3


@pytest.mark.parametrize("seed", range(5))
def test_draws_by_brute_force(seed):
    """Any strata, any choice: as many from every stratum; chosen rows only where the others of a stratum run out."""
    rng = np.random.default_rng(seed)
    stratum = rng.integers(0, 12, 80)
    chosen = rng.choice(80, 30, replace=False)
    wanted = np.bincount(stratum[chosen], minlength=12)
    others = np.bincount(stratum, minlength=12) - wanted
    for draw in range(20):
        drawn = matched_control(stratum, chosen, np.random.default_rng(draw))
        again = np.bincount(stratum[np.intersect1d(drawn, chosen)], minlength=12)
        assert np.array_equal(np.bincount(stratum[drawn], minlength=12), wanted)
        assert np.array_equal(again, np.maximum(wanted - others, 0)), "no more of the chosen than needed"
        assert len(np.unique(drawn)) == 30
        free = permutation_draw(stratum, chosen, np.random.default_rng(draw))
        assert np.array_equal(np.bincount(stratum[free], minlength=12), wanted)


def test_every_edge_of_a_stratum_is_drawn_equally_often():
    stratum, chosen = np.array([0] * 5 + [1] * 3), np.array([0, 1])
    counts, others = np.zeros(8), np.zeros(8)
    for seed in range(2000):
        counts[permutation_draw(stratum, chosen, np.random.default_rng(seed))] += 1
        others[matched_control(stratum, chosen, np.random.default_rng(seed))] += 1
    assert counts[:5] == pytest.approx(800, abs=4 * np.sqrt(2000 * 0.4 * 0.6))
    assert others[2:5] == pytest.approx(4000 / 3, abs=4 * np.sqrt(2000 * 2 / 9))
    assert others[:2].sum() == counts[5:].sum() == others[5:].sum() == 0


def test_matched_controls_are_other_edges_where_there_are_any():
    stratum = np.array([0, 0, 0, 0, 1, 1, 1, 2])
    chosen = np.array([0, 4, 5, 7])
    counts = np.zeros(8)
    for seed in range(300):
        drawn = matched_control(stratum, chosen, np.random.default_rng(seed))
        assert sorted(stratum[drawn]) == [0, 1, 1, 2]
        assert len(set(drawn)) == 4
        counts[drawn] += 1
    assert counts[0] == 0, "its stratum has others"
    assert counts[6] == counts[7] == 300, "the only other one, and the only one at all"
    assert counts[4] + counts[5] == 300, "one chosen edge has to stand in"
    assert counts[1:4].min() > 60


def test_a_shuffle_is_uniform_within_a_stratum():
    stratum, values = np.array([0, 1, 0, 1, 0]), np.arange(5.0)
    counts = np.zeros((5, 5))
    for seed in range(1500):
        shuffled = shuffled_within(stratum, values, np.random.default_rng(seed))
        counts[np.arange(5), shuffled.astype(int)] += 1
    expected = np.where(stratum[:, None] == stratum, 1500 / np.bincount(stratum)[stratum][:, None], 0)
    assert np.abs(counts - expected).max() < 4 * np.sqrt(1500 / 4)


def test_a_shuffle_keeps_the_values_of_every_stratum():
    rng = np.random.default_rng(0)
    stratum, values = rng.integers(0, 5, 200), rng.random(200)
    shuffled = shuffled_within(stratum, values, rng)
    assert not np.array_equal(shuffled, values)
    for number in range(5):
        assert sorted(shuffled[stratum == number]) == sorted(values[stratum == number])


def test_p_of_a_permutation_by_hand():
    drawn = np.array([0.0, 1.0, 2.0, 3.0])
    assert permutation_p(2.0, drawn, large=True) == 3 / 5
    assert permutation_p(2.0, drawn, large=False) == 4 / 5
    assert permutation_p(9.0, drawn, large=True) == 1 / 5, "never 0"


def test_the_interval_of_controls_holds_nineteen_of_twenty_of_all_choices():
    """Two strata of few values: all choices of one of each, enumerated."""
    rng = np.random.default_rng(0)
    stratum = np.repeat([0, 1], [21, 31])
    values = rng.gamma(2, 1, 52)
    chosen = np.array([0, 21])
    means = [(a + b) / 2 for a in values[1:21] for b in values[22:]]
    low, high = control_interval(stratum, values, chosen, n_draws=4000)
    assert np.mean([low <= mean <= high for mean in means]) == pytest.approx(0.95, abs=0.02)
    assert control_interval(stratum, values, chosen, seed=1) != control_interval(stratum, values, chosen)
    assert control_interval(stratum, values, chosen) == control_interval(stratum, values, chosen)


@pytest.mark.parametrize("n", [6, 10, 30])
def test_bootstrap_intervals_cover(n):
    """95% intervals of the mean of n normal numbers hold 0 in 92% of cases or more; plain percentiles of 6: in 83%."""
    rng = np.random.default_rng(1)
    hits = 0
    for trial in range(400):
        mean, low, high = bootstrap_interval(rng.normal(size=n), trial, n_draws=1000)
        assert low <= mean <= high
        hits += low <= 0 <= high
    assert 365 <= hits <= 392


def test_one_value_has_no_interval():
    mean, low, high = bootstrap_interval(np.array([2.0]), 0)
    assert (mean, np.isnan(low), np.isnan(high)) == (2.0, True, True)


def test_percentiles_of_numbers_that_are_not_all_finite():
    assert percentiles(np.arange(1001.0)) == pytest.approx((25, 975))
    assert np.isnan(percentiles(np.array([1.0, np.inf, 2.0]))).all()


def test_sign_flips_agree_with_all_of_them():
    difference = np.array([0.5, 1.0, -0.2, 0.8, 0.3, 0.7, -0.1, 0.4])
    exact = stats.permutation_test(
        (difference,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
    )
    tested = paired_test(difference, np.zeros(8), n_flips=40000)
    assert tested.p_value == pytest.approx(exact.pvalue, abs=0.005)
    assert paired_test(np.zeros(8), difference, n_flips=40000).p_value == pytest.approx(
        tested.p_value, abs=0.005
    )


def test_intervals_of_a_paired_test_agree_with_scipy():
    rng = np.random.default_rng(0)
    first, second = rng.gamma(3, 1, 60), rng.gamma(2, 1, 60)
    expected = stats.bootstrap(
        (first - second,), np.mean, n_resamples=100000, method="percentile", rng=rng
    ).confidence_interval
    tested = paired_test(first, second, n_bootstrap=100000)
    np.testing.assert_allclose(tested.difference_band, expected, atol=0.02)
    assert tested.ratio == pytest.approx(first.sum() / second.sum())


def test_holm_by_hand():
    np.testing.assert_allclose(holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02])
    np.testing.assert_allclose(holm([0.6, 0.9]), [1, 1])
    assert len(holm([])) == 0


def test_jaccard_by_hand():
    assert jaccard(np.array([1, 2, 3]), np.array([2, 3, 4])) == 0.5
    assert jaccard(np.array([]), np.array([])) == 1


def test_rank_correlation():
    x, y = np.random.default_rng(0).normal(size=(2, 50))
    assert rank_correlation(x, y) == pytest.approx(stats.spearmanr(x, y).statistic)
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1)
    assert rank_correlation(np.ones(5), np.ones(5)) == 1
    assert rank_correlation(np.ones(5), np.arange(5)) == 0


def test_a_percentile_is_never_0_or_100():
    values = np.arange(3000.0)
    assert percentile_rank(values, 2999) == pytest.approx(100 * (1 - 0.5 / 3000))
    assert percentile_rank(values, 0) == pytest.approx(100 * 0.5 / 3000)
    assert percentile_rank(values, 1500) == pytest.approx(100 * 1500.5 / 3000)
    assert percentile_rank(np.ones(10), 1.0) == 50  # all equal
    assert percentile_rank([1, 2, 2, 3], 2) == 50
    assert percentile_rank(values, 1e9) < 100  # a value that is not among them
    assert percentile_rank(values, -1) > 0


@pytest.mark.parametrize(
    ("percentile", "text"),
    [(50.2, "50%"), (98.7, "99%"), (99.2, "99.2%"), (99.87, "99.9%"), (99.98, "99.98%"), (99.996, "99.996%"),
     (0.4, "0.4%"), (0.02, "0.02%"), (0.04999, "0.05%"), (99.9999999, "above 99.99999%"), (1e-9, "below 0.00001%")],
)  # fmt: skip
def test_a_percentile_in_words(percentile, text):
    assert percentile_text(percentile) == text
