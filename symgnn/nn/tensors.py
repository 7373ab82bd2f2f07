"""Features that turn with the glass: degree l = 0, 1, 2, and their products with spherical harmonics.

A feature of degree l has 2l + 1 components and the parity (-1)^l of the spherical harmonic of that degree: a
scalar, a vector, a symmetric traceless 3x3 matrix. Vectors are Cartesian (x, y, z), matrices are given by their
coordinates in the orthonormal basis `MATRICES`. Everything is in "component" normalisation: the squares of the
harmonics sum to 2l + 1, and a product of two features with independent components of variance 1 has variance 1.

Reflections as well as rotations are respected because only couplings of even l1 + l2 + l3 occur (the cross product,
1 x 1 -> 1, would make a pseudovector).
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.nn.aggregate import sum_neighbors
from symgnn.nn.harmonics import spherical_harmonics
from symgnn.nn.limited_norm import LIMIT

Degrees = tuple[int, int]


def _symmetric_traceless_basis() -> Tensor:
    """(5, 3, 3): matrices of xy, yz, (3 z^2 - r^2) / (2 sqrt 3), xz and (x^2 - y^2) / 2, each of norm 1."""
    half = math.sqrt(0.5)
    basis = torch.zeros(5, 3, 3)
    for number, (a, b) in {0: (0, 1), 1: (1, 2), 3: (0, 2)}.items():
        basis[number, a, b] = basis[number, b, a] = half
    basis[2] = torch.diag(torch.tensor([-1.0, -1.0, 2.0])) / math.sqrt(6)
    basis[4] = torch.diag(torch.tensor([half, -half, 0.0]))
    return basis


MATRICES = _symmetric_traceless_basis()


def component_harmonics(direction: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Unit vectors (E, 3) -> features of degree 0, 1, 2: (E, 1), (E, 3), (E, 5); squares sum to 1, 3, 5.

    They are sqrt(2 l + 1) times `spherical_harmonics`; those of degree 1 in the order x, y, z.
    """
    scalar, vector, matrix = spherical_harmonics(direction, 3)
    return scalar, math.sqrt(3) * vector[:, [2, 0, 1]], math.sqrt(5) * matrix


def coupling(first: int, second: int, result: int) -> Tensor:
    """(2 l1 + 1, 2 l2 + 1, 2 l3 + 1): the equivariant bilinear map l1 x l2 -> l3, for l <= 2, l1 + l2 + l3 even.

    Unique up to a factor (Wigner's 3j symbols, here as dot products, outer products and matrix products); its
    squares sum to 2 l3 + 1.
    """
    degrees = (first, second, result)
    if max(degrees) > 2 or sum(degrees) % 2 or max(degrees) > sum(degrees) - max(degrees):
        raise ValueError(
            f"degrees {degrees} found, expected 0 to 2, an even sum, and the triangle inequality"
        )
    if 0 in degrees:  # a scalar times something, or a dot product
        dimension = 2 * max(degrees) + 1
        tensor = torch.eye(dimension).reshape([2 * degree + 1 for degree in degrees])
    elif degrees == (2, 2, 2):
        tensor = torch.einsum("aij,bjk,cki->abc", MATRICES, MATRICES, MATRICES)
    else:  # two vectors and a matrix: v^T M w
        tensor = MATRICES.movedim(0, degrees.index(2))
    return tensor * math.sqrt((2 * result + 1) / tensor.square().sum())


class TensorLinear(nn.Module):
    """Mix the channels of one degree: (N, C, M) -> (N, D, M). No bias: a vector could not be turned."""

    def __init__(self, inputs: int, outputs: int):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / math.sqrt(inputs))

    def forward(self, values: Tensor) -> Tensor:
        return torch.einsum("ncm,dc->ndm", values, self.weight)


class LimitedTensorNorm(nn.BatchNorm1d):
    """(N, C, M) -> (N, C, M): bring every channel's components to mean square 1 over the atoms, limit lengths softly.

    What LimitedNorm is to scalars: batch normalisation without a shift (there is no preferred direction), then
    x / sqrt(1 + |x|^2 / (M LIMIT^2)). The mean square is kept as `running_var`, so that everything that handles
    batch normalisation handles this.
    """

    def __init__(self, channels: int):
        super().__init__(channels, affine=False)

    def forward(self, values: Tensor) -> Tensor:
        if self.training:
            power = values.square().mean((0, 2))
            self.num_batches_tracked += 1
            weight_of_new = 1.0 / float(self.num_batches_tracked) if self.momentum is None else self.momentum
            self.running_var.lerp_(power.detach(), weight_of_new)
        else:
            power = self.running_var
        values = values * (power + self.eps).rsqrt()[:, None]
        return values / (1 + values.square().mean(-1, keepdim=True) / LIMIT**2).sqrt()


class NeighborProducts(nn.Module):
    """Depth-wise tensor products of neighbours' features with the harmonics of the edges, summed over neighbours.

    For every path (l1, l2) with its channels c, degrees l3 that are wanted, and edge weights w:
        out_i[c] = sum_j w_ij[c] C_{l1 l2 l3} (x_j[c] of degree l1, Y_{l2}(direction of the edge))
    x_j[c] are channels mixed per path. The bilinear coupling C is applied after the sum over neighbours, to the
    sum of outer products: per atom instead of per edge, and no edge-sized tensor holds more than w Y.

    channels   of the features, by degree
    paths      {(l1, l2): (l3, ...)}; a path has the channels of l1, or of l2 where l1 is 0
    """

    def __init__(self, *, channels: tuple[int, int, int], paths: dict[Degrees, tuple[int, ...]]):
        super().__init__()
        self.paths = paths
        self.path_channels = [channels[first or second] for first, second in paths]
        self.values = nn.ModuleList(
            TensorLinear(channels[first], count)
            for (first, _), count in zip(paths, self.path_channels, strict=True)
        )
        for (first, second), results in paths.items():
            for result in results:
                tensor = coupling(first, second, result).transpose(0, 1).flatten(0, 1)
                self.register_buffer(f"coupling_{first}{second}{result}", tensor, persistent=False)

    def out_channels(self, degree: int) -> int:
        """How many channels of `degree` leave."""
        pairs = zip(self.paths.values(), self.path_channels, strict=True)
        return sum(count for results, count in pairs if degree in results)

    def forward(
        self, graph: AtomGraph, features: tuple[Tensor, ...], weights: Tensor, harmonics: tuple[Tensor, ...]
    ) -> list[Tensor | None]:
        """features (N, C_l, 2l + 1), weights (E, sum(path_channels)), harmonics (E, 2l + 1)
        -> for every degree l3 (N, out_channels(l3), 2 l3 + 1), None where no path leads there."""
        out = ([], [], [])
        parts = weights.split(self.path_channels, 1)
        for ((first, second), results), linear, weight in zip(
            self.paths.items(), self.values, parts, strict=True
        ):
            edges = weight[:, :, None, None] * harmonics[second][:, None, :, None]  # (E, C, 2 l2 + 1, 1)
            outer = sum_neighbors(graph, linear(features[first])[:, :, None, :], edges).flatten(2)
            for result in results:
                out[result].append(outer @ getattr(self, f"coupling_{first}{second}{result}"))
        return [torch.cat(parts, 1) if parts else None for parts in out]
