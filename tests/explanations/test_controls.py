"""The control of an explanation is made of other edges, like the important ones: by brute force, and on a model in
which a few single edges carry everything, so that any control that holds one of them moves the barrier."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest
import torch

from symgnn.explanations.benchmark_record import BenchmarkRecords
from symgnn.explanations.fidelity import fidelity, strata_of
from symgnn.explanations.methods.base import Attribution, Method
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.nn.aggregate import sum_edges
from tests.explanations.conftest import CountsShortMixedBonds

CENTER, N_DRAWS = 9, 20


class CountsNamedEdges(CountsShortMixedBonds):
    """barrier = 1 + .2 eV * (number of edges at the atom that are as long as one of `lengths`): single edges, which
    have nothing in common but that."""

    def __init__(self, lengths):
        super().__init__()
        self.register_buffer("lengths", lengths)

    def embed(self, graph, edge_weight):
        message = torch.isin(graph.length, self.lengths).float()
        return sum_edges(graph, (message if edge_weight is None else message * edge_weight)[:, None])


@pytest.fixture(scope="module")
def field(glass):
    return receptive_fields(build_graph(glass, 5.0), [CENTER], 1)


@pytest.fixture(scope="module")
def crowd(field):
    """Rows of the largest stratum."""
    groups = strata_of(field)
    return np.flatnonzero(groups == np.bincount(groups).argmax())


def named(field, rows):
    return CountsNamedEdges(field.pair_length[torch.from_numpy(rows)].clone()).eval()


def importance_of(field, rows):
    values = np.linspace(0, 0.1, field.n_pairs)
    values[rows] = 1.0
    return values


def test_edges_without_importance_are_not_among_the_most_important(field, crowd):
    few = crowd[:3]
    importance = np.zeros(field.n_pairs)
    importance[few] = 1.0
    model = named(field, few)
    asked, known = (fidelity(model, field, importance, k=k, n_draws=5, seed=0) for k in (50, 3))
    assert asked == known
    assert asked["k"] == 3
    assert fidelity(model, field, 0 * importance, k=50, n_draws=5, seed=0)["k"] == 1


def test_no_edge_of_the_explanation_is_in_its_control(field, crowd):
    """One edge carries .2 eV and has others like it: taking others away changes nothing, keeping them loses all."""
    assert len(crowd) >= 4
    model = named(field, crowd[:1])
    found = fidelity(model, field, importance_of(field, crowd[:1]), k=1, n_draws=N_DRAWS)
    assert found["k_others"] == 1
    assert found["remove_top"] == pytest.approx(0.2, abs=1e-5)
    assert found["remove_top_matched"] == pytest.approx(0, abs=1e-6)
    assert found["keep_top"] == pytest.approx(0, abs=1e-6)
    assert found["keep_top_matched"] == pytest.approx(0.2, abs=1e-5)


def test_the_draws_of_p_hold_the_explanation_too(field, crowd):
    """A permutation test: of the m edges of the stratum the important one is drawn with probability 1 / m."""
    model, importance = named(field, crowd[:1]), importance_of(field, crowd[:1])
    n_draws, chance = 400, 1 / len(crowd)
    found = fidelity(model, field, importance, k=1, n_draws=n_draws, seed=3)
    for name in ("remove_top_p", "keep_top_p"):
        drawn = found[name] * (1 + n_draws) - 1
        assert abs(drawn - n_draws * chance) < 4 * np.sqrt(n_draws * chance * (1 - chance)), name


def test_a_mask_is_compared_with_shuffles_within_strata(field, crowd):
    """A mask of 1 on one edge of m, 0 elsewhere: a shuffle finds that edge with probability 1 / m."""
    model, mask = named(field, crowd[:1]), np.zeros(field.n_pairs)
    mask[crowd[0]] = 1.0
    n_draws, chance = 400, 1 / len(crowd)
    found = fidelity(model, field, mask, mask, k=1, n_draws=n_draws, seed=3)
    assert found["mask_keep"] == pytest.approx(0, abs=1e-6)
    assert found["mask_remove"] == pytest.approx(0.2, abs=1e-5)
    error = 4 * 0.2 * np.sqrt(chance * (1 - chance) / n_draws)
    assert found["mask_remove_matched"] == pytest.approx(0.2 * chance, abs=error)
    assert found["mask_keep_matched"] == pytest.approx(0.2 * (1 - chance), abs=error)


def test_a_benchmark_takes_other_edges_as_control(field, crowd, glass, tmp_path):
    model, importance = named(field, crowd[:1]), importance_of(field, crowd[:1])

    @dataclass(frozen=True)
    class Oracle(Method):
        name: ClassVar[str] = "oracle"

        def attribute(self, model, fields, *, seed=0, progress=None):
            return Attribution(torch.from_numpy(importance).float())

    checkpoint = Checkpoint(Path("named"), model, Card(model="named", settings={}), "3" * 16)
    records = BenchmarkRecords(
        checkpoint, glass, None, 0.2, (1, 5, field.n_pairs), 5, frozenset(), 0, tmp_path
    )
    records.write((CENTER, Oracle()), records.compute((CENTER, Oracle())))
    curves = records.read(CENTER, Oracle())["curves"]
    assert curves["plus"] == pytest.approx([1, 1, 1], abs=1e-4)
    assert curves["minus"] == pytest.approx([0, 0, 0], abs=1e-4)
    assert curves["plus_control"][0] == pytest.approx(0, abs=1e-4), "another edge like it carries nothing"
    assert curves["minus_control"][0] == pytest.approx(1, abs=1e-4)
    assert curves["plus_control"][2] == pytest.approx(1, abs=1e-4), "there are no others than all"
    assert curves["others"][0] == 1
    assert curves["others"][2] == 0
