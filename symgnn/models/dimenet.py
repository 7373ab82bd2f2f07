"""DimeNet++: directional messages along the edges of a molecule or a glass.

Gasteiger, Groß, Günnemann, Directional Message Passing for Molecular Graphs (DimeNet, ICLR 2020, arXiv 2003.03123)
and Gasteiger, Giri, Margraf, Günnemann, Fast and Uncertainty-Aware Directional Message Passing for Non-Equilibrium
Molecules (DimeNet++, 2020, arXiv 2011.14115). A message m_ji lives on every edge j -> i and is updated by the
messages that arrive at j, each weighed by its length and the angle kji (first paper, eq. 4; second, figure 2):

    m_ji  = sigma([h_j, h_i, e_RBF(d_ji)] W + b)                                           embedding
    m_ji <- f_update(m_ji, W_up sum_{k != i} (W_down sigma(m_kj W + b) (W e_RBF(d_kj))) * (W a_SBF(d_kj, kji)))
    t_i   = MLP(sum_j (W e_RBF(d_ji)) * m_ji)                                              output, after every block

What differs from the published model:
- the sum over k is computed with the addition theorem of spherical harmonics (nn/triplets.py): the same sum over
  every triplet of 5 Å edges, 8.4 million in a glass of 8000 atoms, at a cost linear in the edges; the published code
  lists triplets, and the SymGNN paper states more than two days of training for it;
- a_SBF is a sum over degrees l of functions of d_kj on a grid of lengths, read by linear interpolation;
- the smooth cutoff is the one that all models of this project share, times the edge weight, instead of u(d), and
  multiplies e_RBF only: through it, every message where it is summed;
- what an edge or an atom receives is standardised and limited (LimitedNorm) before its layers, with dropout in the
  output blocks;
- f_update adds both terms under one sigma and has one residual layer instead of three, the output blocks have one
  hidden layer, messages are 32 wide instead of 128: for time and memory on one CPU core;
- the outputs of all blocks are read together by one decoder instead of adding one number per block.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_edges
from symgnn.nn.bessel import bessel_table
from symgnn.nn.limited_norm import LimitedNorm
from symgnn.nn.radial import interpolate
from symgnn.nn.triplets import Triplets, triplets_of


class DimeNet(BarrierModel):
    """DimeNet++. A prediction is invariant under rotation and reflection: lengths and angles are.

    width          of the messages
    triplet_width  of what travels from edge to edge
    n_blocks       interaction blocks; the depth in edges is one more
    n_radial       Bessel functions of the length
    n_degrees      Legendre polynomials of the angle, degrees 0 to n_degrees - 1 (7: up to l = 6, as published)
    """

    takes_any_neighbor = False  # the edge back is left out of the sum over the neighbours' edges

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        triplet_width: int = 8,
        n_blocks: int = 3,
        n_radial: int = 6,
        n_degrees: int = 7,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=n_blocks + 1)
        self.register_buffer("bessel", bessel_table(n_degrees, n_radial), persistent=False)
        self.embedding = Embedding(n_elements=len(self.elements), width=width, n_radial=n_radial)
        self.interactions = nn.ModuleList(
            Interaction(width=width, triplet_width=triplet_width, n_degrees=n_degrees, n_radial=n_radial)
            for _ in range(n_blocks)
        )
        self.outputs = nn.ModuleList(
            Output(width=width, n_radial=n_radial, dropout=dropout) for _ in range(n_blocks + 1)
        )
        self.decoder = readout((n_blocks + 1) * width, width)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        rbf = interpolate(self.bessel[0], graph.length, self.cutoff)
        rbf = rbf * self.edge_strength(graph, edge_weight)[:, None]  # e_RBF (E, n_radial)
        triplets = triplets_of(graph, len(self.bessel))
        messages = self.embedding(graph, self.element_index(graph), rbf)
        states = [self.read(self.outputs[0], graph, messages, rbf)]
        for depth, interaction in enumerate(self.interactions, start=1):  # the embedding was one layer
            graph, _, [rbf_after] = self.trim(graph, depth, edges=[rbf])
            triplets = triplets.into(graph)
            messages, rbf = interaction(triplets, messages, rbf, self.bessel, self.cutoff), rbf_after
            states.append(self.read(self.outputs[depth], graph, messages, rbf))
        return torch.cat(states, 1)

    def read(self, output: Output, graph: AtomGraph, messages: Tensor, rbf: Tensor) -> Tensor:
        """t_i of the atoms of interest: only the edges into them matter."""
        last, _, [messages, rbf] = self.trim(graph, self.n_layers - 1, edges=[messages, rbf])
        return output(last, messages, rbf)


class Embedding(nn.Module):
    """m_ji (E, width) of the elements (N,) at both ends and of the length."""

    def __init__(self, *, n_elements: int, width: int, n_radial: int):
        super().__init__()
        self.source = nn.Embedding(n_elements, width)  # h_j W_1
        self.target = nn.Embedding(n_elements, width)  # h_i W_2
        self.radial = nn.Linear(n_radial, width)

    def forward(self, graph: AtomGraph, elements: Tensor, rbf: Tensor) -> Tensor:
        ends = self.source.weight[:, None] + self.target.weight[None]  # (elements, elements, width)
        pair = elements.index_select(0, graph.source) * len(ends) + elements.index_select(0, graph.target)
        return F.silu(ends.flatten(0, 1).index_select(0, pair) + self.radial(rbf))


class Interaction(nn.Module):
    """Messages (E, width) -> the first (E', width), those that triplets lead to, updated by what arrives at their
    source."""

    def __init__(self, *, width: int, triplet_width: int, n_degrees: int, n_radial: int):
        super().__init__()
        self.own = nn.Linear(width, width)
        self.arriving = nn.Linear(width, width)
        self.radial = nn.Linear(n_radial, width, bias=False)
        self.down = nn.Linear(width, triplet_width, bias=False)
        self.spherical = nn.Parameter(torch.randn(n_degrees, n_radial, triplet_width) / n_radial**0.5)
        self.norm = LimitedNorm(triplet_width)
        self.up = nn.Linear(triplet_width, width, bias=False)
        self.residual = nn.Linear(width, width)

    def arrives(
        self, triplets: Triplets, messages: Tensor, rbf: Tensor, bessel: Tensor, cutoff: float
    ) -> Tensor:
        """The sum over k, (E', triplet_width)."""
        values = self.down(F.silu(self.arriving(messages)) * self.radial(rbf))
        filters = torch.einsum("lkn,lnd->lkd", bessel, self.spherical)  # W a_SBF without its angular part
        return triplets.sum(values, filters, cutoff)

    def forward(
        self, triplets: Triplets, messages: Tensor, rbf: Tensor, bessel: Tensor, cutoff: float
    ) -> Tensor:
        arguments = (triplets, messages, rbf, bessel, cutoff)
        if torch.is_grad_enabled():
            # Its inner tensors, half a gigabyte for 8000 atoms, are computed again for the gradient instead of kept.
            arrived = checkpoint(self.arrives, *arguments, use_reentrant=False, preserve_rng_state=False)
        else:
            arrived = self.arrives(*arguments)
        messages = messages[: len(arrived)]
        messages = messages + F.silu(self.own(messages) + self.up(self.norm(arrived)))
        return messages + F.silu(self.residual(messages))


class Output(nn.Module):
    """t_i (N, width): what the messages say of the atom that they reach."""

    def __init__(self, *, width: int, n_radial: int, dropout: float):
        super().__init__()
        self.radial = nn.Linear(n_radial, width, bias=False)
        self.norm = LimitedNorm(width)
        self.layers = nn.Sequential(
            nn.Linear(width, width), nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, width)
        )

    def forward(self, graph: AtomGraph, messages: Tensor, rbf: Tensor) -> Tensor:
        return self.layers(self.norm(sum_edges(graph, messages * self.radial(rbf))))
