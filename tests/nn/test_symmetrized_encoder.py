"""The symmetrization module: what is invariant, what is not, and the table against direct averages."""

from dataclasses import replace

import pytest
import torch

from symgnn.graph.atom_graph import build_graph
from symgnn.nn.orthogonal import random_orthogonal
from symgnn.nn.radial import interpolate
from symgnn.nn.symmetrized_encoder import SymmetrizedEncoder
from tests.conftest import make_random_glass


@pytest.fixture
def graph():
    return build_graph(make_random_glass(60, seed=4), 5.0)


def encoder(kind, **options):
    torch.manual_seed(0)
    return SymmetrizedEncoder(width=8, cutoff=5.0, symmetrization=kind, **options).eval()


def change_under_rotation(module, graph):
    q = random_orthogonal(1, torch.Generator().manual_seed(1))[0]
    turned = replace(graph, vector=graph.vector @ q.T)
    before, after = module(graph), module(turned)
    return ((after - before).abs().max() / before.std()).item()


def test_only_the_uniform_measure_is_invariant(graph):
    assert change_under_rotation(encoder("haar"), graph) == 0
    assert change_under_rotation(encoder("learned"), graph) > 1e-3
    assert change_under_rotation(encoder("identity"), graph) > 1e-2


def test_table_equals_the_average_over_many_rotations(graph):
    module = encoder("haar", quadrature_degree=19)
    vectors = graph.vector[:40]
    q = random_orthogonal(4000, torch.Generator().manual_seed(0))
    sampled = module.encode(torch.einsum("kab,eb->kea", q, vectors))
    error = sampled.std(0) / len(q) ** 0.5
    table = interpolate(module.radial_table(), graph.length[:40], 5.0)
    assert ((table - sampled.mean(0)).abs() < 5 * error + 1e-4).all()


def test_quadrature_and_grid_have_converged(graph):
    coarse, fine = encoder("haar"), encoder("haar", quadrature_degree=19, n_knots=1024)
    spread = fine(graph).std()
    assert ((coarse(graph) - fine(graph)).abs().max() / spread).item() < 0.1


@pytest.mark.parametrize("kind", ["haar", "learned", "identity"])
def test_well_conditioned_at_the_start(kind):
    """Over bond lengths g has mean 0 and spread 1, and two lengths .5 Å apart differ clearly."""
    module = encoder(kind)
    values = module.radial_table()[module.grid > 2.0]
    assert values.mean(0).abs().max() < 1e-4
    assert (values.std(0) - 1).abs().max() < 1e-3
    table = interpolate(module.radial_table(), torch.arange(2.0, 5.0, 0.5), 5.0)
    assert (table.diff(dim=0).norm(dim=1) > 0.5).all()


def test_unknown_symmetrization_is_refused():
    with pytest.raises(ValueError, match="expected haar, learned or identity"):
        encoder("sometimes")
