"""Local axes against NumPy's eigenvectors, their gradient against finite differences, and the degenerate cases."""

import numpy as np
import pytest
import torch
from ase.build import bulk

from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.nn.local_frames import SIGNS, _Eigenvectors, local_axes
from tests.conftest import make_random_glass


def test_axes_are_the_principal_axes_of_the_neighbors():
    graph = build_graph(make_random_glass(60, seed=1), 4.0)
    strength = torch.rand(graph.n_edges, generator=torch.Generator().manual_seed(0))
    axes = local_axes(graph, strength)
    for atom in range(0, 60, 7):
        incoming = graph.target == atom
        v, s = graph.vector[incoming].double().numpy(), strength[incoming].double().numpy()
        values, expected = np.linalg.eigh((v * s[:, None]).T @ v)
        assert values[0] < values[1] < values[2]
        overlap = np.abs(expected.T @ axes[atom].double().numpy())
        assert overlap == pytest.approx(np.eye(3), abs=1e-5)


def test_signs_are_all_eight():
    assert len({tuple(row) for row in SIGNS.tolist()}) == 8
    assert SIGNS.abs().eq(1).all()


def test_gradient_by_finite_differences():
    matrices = torch.diag_embed(torch.tensor([[1.0, 4.0, 9.0], [2.0, 30.0, 50.0]], dtype=torch.float64))
    matrices = matrices + 0.3 * torch.randn(2, 3, 3, dtype=torch.float64)

    def axes(matrix):
        found = _Eigenvectors.apply(matrix + matrix.mT)
        return found * torch.sign(torch.diagonal(found, dim1=1, dim2=2))[:, None, :].detach()

    assert torch.autograd.gradcheck(axes, (matrices.requires_grad_(),), atol=1e-5)


def crystal():
    atoms = bulk("Cu", "fcc", a=3.6, cubic=True).repeat(3)
    return Glass(atoms.numbers, atoms.positions, atoms.cell[:], [True] * 3)


@pytest.mark.parametrize(
    "glass",
    [
        Glass([29, 40], [[0, 0, 0], [50, 0, 0]], np.zeros((3, 3)), [False] * 3),
        Glass([29, 40], [[0, 0, 0], [1.0, 2.0, 0.5]], np.zeros((3, 3)), [False] * 3),
        Glass([29] * 5, np.c_[2.5 * np.arange(5), np.zeros((5, 2))], np.zeros((3, 3)), [False] * 3),
        crystal(),
    ],
    ids=["isolated", "pair", "row", "crystal"],
)
def test_axes_and_gradients_stay_finite_where_axes_are_not_unique(glass):
    graph = build_graph(glass, 4.0)
    strength = torch.ones(graph.n_edges, requires_grad=True)
    axes = local_axes(graph, strength)
    assert torch.allclose(axes.mT @ axes, torch.eye(3).expand_as(axes), atol=1e-5)
    (axes * torch.randn(axes.shape, generator=torch.Generator().manual_seed(0))).sum().backward()
    assert torch.isfinite(strength.grad).all()
