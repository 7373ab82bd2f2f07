"""Local frames: axes of every atom's neighbourhood, to describe directions without a preferred direction in space.

Frame averaging (Puny et al., ICLR 2022, arXiv 2110.03336, section 3.1) takes the eigenvectors of the covariance of a
whole point cloud: with their signs free they are 8 frames, and an average over the 8 is exactly equivariant under
O(3). A periodic glass has no such covariance, and one would make every atom depend on every other. Here the
covariance is that of an atom's own neighbours.
"""

from __future__ import annotations

import itertools

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.aggregate import sum_edges

SIGNS = torch.tensor(list(itertools.product([1.0, -1.0], repeat=3)))  # (8, 3)
SMALLEST_GAP = 1e-3  # Å^2; in a glass eigenvalues are near 16 and 1 apart, at least 0.02


def local_axes(graph: AtomGraph, strength: Tensor) -> Tensor:
    """(N, 3, 3) float32: columns are the eigenvectors, by rising eigenvalue, of sum_j s_ij v_ij v_ij^T (float64).

    strength (E,) is s_ij. Signs are arbitrary: average over `SIGNS`. Where eigenvalues coincide (isolated atoms,
    pairs, sites of cubic crystals) the axes within their plane or space are arbitrary, too: for isolated atoms, pairs
    and rows of atoms nothing lies there, but at the sites of a perfect crystal the choice shows.
    """
    vector = graph.vector.double()
    outer = (vector[:, :, None] * vector[:, None, :]).flatten(1) * strength.double()[:, None]
    return _Eigenvectors.apply(sum_edges(graph, outer).unflatten(1, (3, 3))).float()


class _Eigenvectors(torch.autograd.Function):
    """Eigenvectors of symmetric matrices (N, 3, 3), with a gradient that stays finite where eigenvalues coincide.

    u_a . du_b = u_a^T dC u_b / (lambda_b - lambda_a), with 1 / gap replaced by gap / (gap^2 + SMALLEST_GAP^2).
    """

    @staticmethod
    def forward(ctx, covariance: Tensor) -> Tensor:
        values, axes = torch.linalg.eigh(covariance)
        ctx.save_for_backward(values, axes)
        return axes

    @staticmethod
    @once_differentiable
    def backward(ctx, gradient: Tensor) -> Tensor:
        values, axes = ctx.saved_tensors
        gap = values[:, None, :] - values[:, :, None]
        inverse = gap / (gap.square() + SMALLEST_GAP**2)
        turned = axes @ (inverse * (axes.mT @ gradient)) @ axes.mT
        return 0.5 * (turned + turned.mT)
