"""Overlap of explanations, and what chance and matched edges would give: by brute force and by drawing."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.methods.baselines import NearestEdges, RandomEdges
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.methods.integrated_gradients import IntegratedGradients
from symgnn.explanations.overlap import overlap, overlap_table, shared_when_matched, shuffled_correlation
from symgnn.stats import jaccard, permutation_draw, rank_correlation, shuffled_within
from tests.conftest import make_random_glass


def made(importance, *, lengths=None, hops=None, method="a", atom=0, first_edge=0):
    n = len(importance)
    return Explanation(
        atom=atom, prediction=1.0, method=method, settings={}, seed=0, glass_key="g", checkpoint_key="c",
        pairs=np.column_stack([np.zeros(n), np.arange(n) + 1 + first_edge]), images=np.zeros((n, 3)),
        lengths=np.full(n, 2.6) if lengths is None else lengths, importance=importance, mask=None,
        hops=np.zeros(n) if hops is None else hops,
    )  # fmt: skip


@pytest.fixture(scope="module")
def copper():
    glass = make_random_glass(30, 2)
    return replace(glass, species=np.full(30, 29))


def test_chance_is_the_mean_over_all_sets(copper):
    """6 edges, sets of 2: the second set takes every pair of edges once."""
    first = made(np.array([1, 0.9, 0.1, 0.1, 0.1, 0.1]))
    found = []
    for chosen in combinations(range(6), 2):
        importance = np.full(6, 0.1)
        importance[list(chosen)] = 1.0
        one = overlap(first, made(importance, method="b"), copper, k=2)
        found.append(one.jaccard)
        assert one.shared == len({0, 1} & set(chosen))
    assert one.jaccard_chance == pytest.approx(np.mean(found))
    assert one.jaccard_matched == pytest.approx(one.jaccard_chance)  # one stratum
    assert (one.first, one.second, one.k, one.edges) == ("a", "b", 2, 6)


def test_matched_edges_share_what_strata_give_away(copper):
    """Two short edges among eight: who names the short ones shares them with everyone who does."""
    lengths = np.array([2.3, 2.3, 3.1, 3.1, 3.1, 3.1, 3.1, 3.1])
    short = np.array([1, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1])
    found = overlap(
        made(short, lengths=lengths), made(short[[1, 0, 2, 3, 4, 5, 6, 7]], lengths=lengths), copper, k=2
    )
    assert found.jaccard == found.jaccard_matched == found.p_matched == 1
    assert found.jaccard_chance < 0.3
    by_hops = overlap(made(short, hops=lengths > 3), made(short, hops=lengths > 3), copper, k=2)
    assert by_hops.jaccard_matched == 1
    one_stratum = overlap(made(short), made(short), copper, k=2)
    assert one_stratum.p_matched == pytest.approx(1 / 28)


def test_the_distribution_is_that_of_draws():
    rng = np.random.default_rng(0)
    stratum = rng.integers(0, 4, 40)
    first, second = (rng.choice(40, 12, replace=False) for _ in range(2))
    drawn = [len(np.intersect1d(first, permutation_draw(stratum, second, rng))) for _ in range(4000)]
    expected = shared_when_matched(stratum, first, second)
    assert len(expected) == 13
    assert expected.sum() == pytest.approx(1)
    assert np.bincount(drawn, minlength=13) / 4000 == pytest.approx(expected, abs=0.03)
    of_jaccard = np.arange(13) / (24 - np.arange(13))
    assert np.mean([j / (24 - j) for j in drawn]) == pytest.approx(expected @ of_jaccard, abs=0.01)


def test_ranks_within_strata_are_shuffled():
    rng = np.random.default_rng(1)
    stratum = rng.integers(0, 3, 60)
    first, second = stratum + rng.random(60), stratum + 0.7 * rng.random(60).round(1)
    drawn = [rank_correlation(first, shuffled_within(stratum, second, rng)) for _ in range(1000)]
    assert shuffled_correlation(stratum, first, second) == pytest.approx(np.mean(drawn), abs=0.01)
    assert shuffled_correlation(stratum, first, np.ones(60)) == 0
    assert shuffled_correlation(np.arange(60), first, second) == pytest.approx(
        rank_correlation(first, second)
    )


def test_edges_that_only_one_has_do_not_count(copper):
    """The second explanation lacks the edges 0 to 2, the first those beyond 9."""
    first, second = made(np.linspace(1, 0.1, 10)), made(np.linspace(1, 0.1, 10), first_edge=3)
    found = overlap(first, second, copper, k=3)
    assert (found.edges, found.shared, found.rank_correlation) == (7, 3, pytest.approx(1))


def test_a_table_of_methods(symgnn_checkpoint, glass):
    methods = [GradientTimesWeight(), IntegratedGradients(), NearestEdges(), RandomEdges()]
    explained = [explain_atoms(symgnn_checkpoint, glass, [7], method=method)[0] for method in methods]
    table = overlap_table(explained, glass, k=20).set_index(["first", "second"])
    assert len(table) == 6
    alike, chance = table.loc[("gradient", "integrated_gradients")], table.loc[("gradient", "random")]
    tops = [one.top(20) for one in explained]
    assert alike.jaccard == pytest.approx(jaccard(tops[0], tops[1]))
    assert alike.rank_correlation == pytest.approx(
        rank_correlation(explained[0].importance, explained[1].importance)
    )
    assert alike.jaccard > alike.jaccard_matched > 5 * alike.jaccard_chance
    assert alike.p_matched < 0.2 < chance.p_matched
    assert abs(chance.rank_correlation) < 0.2
    named = overlap_table(explained[:2], glass, names=["one", "two"])
    assert (named["first"][0], named["second"][0]) == ("one", "two")


def test_refused(copper):
    one = made(np.linspace(1, 0.1, 10))
    for other, k, words in (
        (made(np.linspace(1, 0.1, 10), atom=1), 3, "explanations of atoms 0 and 1 found"),
        (made(np.linspace(1, 0.1, 10), first_edge=50), 3, "no edge in common"),
        (one, 0, "k 0 found"),
    ):
        with pytest.raises(InputError, match=words):
            overlap(one, other, copper, k=k)
    far = made(np.linspace(1, 0.1, 10), first_edge=30)
    with pytest.raises(InputError, match=r"an edge of atom 40 found, expected atoms 0\.\.29"):
        overlap(far, far, copper)
    with pytest.raises(InputError, match="names a, a found"):
        overlap_table([one, one], copper)
    with pytest.raises(InputError, match="1 explanations"):
        overlap_table([one], copper)


def test_importance_of_atoms(symgnn_checkpoint, glass):
    for method in (GradientTimesWeight(), NearestEdges()):
        (explained,) = explain_atoms(symgnn_checkpoint, glass, [7], method=method)
        atoms = explained.atom_importance(len(glass))
        by_hand = np.zeros(len(glass))
        for (i, j), value in zip(explained.pairs, explained.importance, strict=True):
            by_hand[i] += value
            by_hand[j] += value
        assert atoms == pytest.approx(by_hand)
        effect = explained.atom_effect(len(glass))
        if explained.effect is None:
            assert effect is None
        else:
            assert effect.sum() == pytest.approx(explained.effect.sum())
            touching = (explained.pairs == 7).sum(1) * explained.effect
            assert effect[7] == pytest.approx(touching.sum() / 2)
