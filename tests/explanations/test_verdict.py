"""The verdict on an explanation: yes, no or undecided, with the numbers that it rests on."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.explanations.explain import explain, with_fidelity
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import fidelity, strata_of
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.explanations.verdict import lower_end, verdict
from symgnn.graph.atom_graph import build_graph
from tests.explanations.test_controls import CountsNamedEdges


def explanation_with(**fidelity):
    return Explanation(
        atom=3, prediction=1.7, method="gradient", settings={}, seed=0, glass_key="a", checkpoint_key="b",
        pairs=np.array([[0, 1]]), images=np.zeros((1, 3)), lengths=np.array([2.5]), importance=np.ones(1), mask=None,
        hops=np.zeros(1), fidelity=fidelity,
    )  # fmt: skip


def case(p, draws, k=10, others=10):
    return explanation_with(
        k=k,
        draws=draws,
        k_others=others,
        remove_top=0.031,
        remove_top_matched=0.042,
        remove_top_p=p,
        keep_none=0.07,
    )


@pytest.mark.parametrize(
    ("reached", "draws", "answer"),
    [
        (0, 20, "yes"),  # p = 1/21 = .048
        (0, 18, "undecided"),  # p = 1/19 = .053: no draw reached it, but 18 draws cannot give .05
        (1, 20, "undecided"),  # p = .095
        (3, 20, "undecided"),  # 3 of 20: from .032 on
        (4, 20, "no"),  # 4 of 20: from .057 on
        (20, 20, "no"),
        (9, 200, "yes"),  # p = .0498
        (10, 200, "undecided"),
        (180, 200, "no"),
        (0, 2000, "yes"),
    ],
)
def test_the_answer(reached, draws, answer):
    found = verdict(case((1 + reached) / (1 + draws), draws))
    assert found.answer == answer
    assert f": {answer}, 26% less (p = " in found.text
    assert f"{draws} draws" in found.text


def test_the_sentence():
    assert verdict(case(181 / 201, 200)).text == (
        "These 10 edges matter more than matched control edges: no, 26% less (p = 0.9, threshold 0.05, 200 draws). "
        "Removing them moves the barrier by 0.031 eV, matched control edges by 0.042 eV on average, "
        "removing all edges by 0.070 eV."
    )
    assert (
        "undecided, 26% less (p = 0.053, threshold 0.05, 18 draws: so few cannot reach it)"
        in verdict(case(1 / 19, 18)).text
    )
    assert (
        "undecided, 26% less (p = 0.095, threshold 0.05, 20 draws: more draws decide)"
        in verdict(case(2 / 21, 20)).text
    )
    few = verdict(case(0.9, 9, others=4)).text
    assert ". 4 of the 10 have a matched control. Removing them" in few
    assert ". 1 of the 10 has a matched control. " in verdict(case(0.9, 9, others=1)).text
    assert "a matched control" not in verdict(case(0.9, 9)).text
    one = verdict(case(0.5, 1, k=1, others=1)).text
    assert one.startswith("This edge matters more")
    assert "Removing it moves the barrier" in one
    assert ", 1 draw: so few" in verdict(case(0.5, 1)).text


@pytest.mark.parametrize(
    ("change", "matched", "words"),
    [
        (0.782, 0.761, "yes, 3% more (p"),
        (0.761, 0.762, "yes, under 1% less (p"),
        (0.761, 0.761, "yes, under 1% less (p"),
        (0.762, 0.761, "yes, under 1% more (p"),
        (0.29, 0.1, "yes, 190% more (p"),
        (0.36, 0.1, "yes, 4 times as much (p"),
        (0.0, 0.1, "yes, 100% less (p"),
        (0.123, 0.0004, "yes, 0.123 eV more (p"),
        (0.0003, 0.0, "yes, no difference (p"),
    ],
)
def test_an_answer_says_how_much_the_edges_differ_from_their_control(change, matched, words):
    numbers = case(1 / 201, 200).fidelity | {"remove_top": change, "remove_top_matched": matched}
    assert words in verdict(explanation_with(**numbers)).text


@pytest.mark.parametrize(
    ("reached", "draws", "is_open"),
    [
        (0, 20, True),
        (0, 71, True),
        (0, 72, False),
        (9, 200, False),
        (1, 50, False),  # p = 2/51 = .039: a yes, and not the smallest p of 50 draws
        (1, 20, True),
        (0, 18, True),
        (4, 20, False),
    ],
)
def test_whether_more_draws_decide(reached, draws, is_open):
    """Where none of 71 or 72 draws reaches the change, the 95% interval of p ends at .0506 and .0499."""
    result = verdict(case((1 + reached) / (1 + draws), draws))
    assert result.is_open == is_open
    is_least = f"the smallest p of {draws} draws: more draws decide)" in result.text
    assert is_least == (is_open and result.answer == "yes")


def test_why_all_edges_move_the_barrier_by_less():
    less = verdict(explanation_with(**case(0.9, 200).fidelity | {"keep_none": 0.02})).text
    assert less.endswith(
        "removing all edges by 0.020 eV only: edges that raise it and edges that lower it cancel."
    )
    assert "cancel" not in verdict(case(0.9, 200)).text
    equal = explanation_with(**case(0.9, 200).fidelity | {"keep_none": 0.0306})
    assert "cancel" not in verdict(equal).text, "both are read as 0.031"


def test_the_threshold_is_chosen():
    loose = verdict(case(2 / 21, 20), threshold=0.1)
    assert (loose.answer, loose.threshold) == ("yes", 0.1)
    assert verdict(case(2 / 21, 20), threshold=0.01).answer == "undecided"
    for wrong in (0, 1, -3):
        with pytest.raises(InputError, match="threshold"):
            verdict(case(0.5, 20), threshold=wrong)


def test_nothing_to_compare_with():
    alone = verdict(case(1.0, 20, others=0))
    assert (alone.answer, alone.p, alone.p_low) == ("undecided", None, None)
    assert "no other edges of their length, elements and hops" in alone.text
    assert "0.042" not in alone.text
    empty = verdict(explanation_with(k=0.0))
    assert (empty.answer, empty.k, empty.change) == ("undecided", 0, None)
    for without in ({}, {"k": 5.0}):
        with pytest.raises(
            InputError, match=r"explanation of atom 3 without fidelity found, expected one of symgnn"
        ):
            verdict(explanation_with(**without))


def test_the_interval_of_p():
    """Clopper and Pearson's for 4 of 20 and 15 of 300, from tables: .0573 and .0282."""
    assert lower_end(5 / 21, 20) == pytest.approx(0.0573, abs=1e-4)
    assert lower_end(16 / 301, 300) == pytest.approx(0.0282, abs=1e-4)
    assert lower_end(1 / 21, 20) == 0


def test_a_right_and_a_random_explanation(glass):
    """One edge of each of four strata carries the barrier: naming them holds, naming others like them does not."""
    field = receptive_fields(build_graph(glass, 5.0), [9], 1)
    groups = strata_of(field)
    largest = np.argsort(-np.bincount(groups))[:4]
    first, last = ([np.flatnonzero(groups == one)[end] for one in largest] for end in (0, -1))
    assert np.prod(np.bincount(groups)[largest]) > 25  # ways to take one of each
    model = CountsNamedEdges(field.pair_length[torch.tensor(first)].clone()).eval()
    for rows, answer, change in ((first, "yes", 0.8), (last, "no", 0.0)):
        importance = np.zeros(field.n_pairs)
        importance[rows] = 1.0
        numbers = fidelity(model, field, importance, k=4, n_draws=400)
        found = verdict(explanation_with(**numbers))
        assert (found.answer, found.k, found.draws) == (answer, 4, 400)
        assert found.change == pytest.approx(change, abs=1e-5)
        assert found.change_all == pytest.approx(0.8, abs=1e-5)


def test_edges_without_others_like_them(known_reason, glass):
    """All short mixed bonds of atom 9 are important: no control is left."""
    found = verdict(explain(known_reason, glass, 9, GradientTimesWeight(), k=3, draws=200))
    assert (found.k_others, found.answer) == (0, "undecided")
    assert found.change == pytest.approx(0.6, abs=1e-5)


def test_fidelity_can_be_asked_for_again(known_reason, glass):
    first = explain(known_reason, glass, 9, GradientTimesWeight(), k=3)
    again = with_fidelity(known_reason, glass, first, k=2, draws=50, seed=4)
    assert (again.fidelity["k"], again.fidelity["draws"], first.fidelity["draws"]) == (2, 50, 20)
    assert (
        again.fidelity
        == explain(known_reason, glass, 9, GradientTimesWeight(), k=2, draws=50, seed=4).fidelity
    )
    for wrong, words in (
        ({"glass_key": "x"}, "explanation of glass x found"),
        ({"checkpoint_key": "x"}, "explanation of checkpoint x found"),
    ):
        with pytest.raises(InputError, match=words):
            with_fidelity(known_reason, glass, replace(first, **wrong))
    with pytest.raises(InputError, match="draws 0 found"):
        with_fidelity(known_reason, glass, first, draws=0)
