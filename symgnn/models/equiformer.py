"""Equiformer: equivariant graph attention.

Liao and Smidt, ICLR 2023 (arXiv 2206.11990); section and equation numbers are those of that paper.
    x_i           = features of degree l = 0, 1, 2: scalars, vectors, symmetric traceless matrices   (section 3.1)
    x_i^0         = element embedding + edge-degree embedding sum_j R(r_ij) x_j Y(r_ij)              (section 4.4)
    f_ij          = W_s x_j + W_t x_i + R(r_ij)                             scalars of an edge       (eq. 1, 2)
    z_ij          = a . LeakyReLU(f_ij), alpha_ij = softmax_j(z_ij)         per head                 (eq. 3)
    v_ij          = (W_v x_j) (x)_{R(r_ij)} Y(r_ij)                         depth-wise tensor product (eq. 4, linear)
    m_i           = sum_j alpha_ij v_ij                                                              (eq. 5)
    x_i          += feed-forward with gates sigmoid(scalars) on degrees above 0                      (section 4.3)
What differs from the published model:
- messages are linear in the neighbour's features (the paper's ablation "linear messages"), so that the sum over
  neighbours runs in fused kernels; the published ones pass a gate and a second tensor product per edge;
- f_ij reads scalars and length only: angles enter it through the scalars of earlier layers;
- degrees above 0 travel between atoms nearer than `angular_cutoff` (first shell) with a smooth cutoff of its own:
  farther edges carry little angular information. Attention and scalars read all edges;
- the paths of one pair of degrees share their radial weights; odd couplings (1 x 1 -> 1), which mix parities, are
  left out: the model is equivariant under O(3), as the paper's E(3) variant;
- softmax hides how many neighbours there are: the logarithm of its denominator is passed on, and the edge-degree
  embedding, which knows elements here, is a sum;
- what an atom receives passes batch instead of layer normalisation, with a soft limit (`LimitedNorm`,
  `LimitedTensorNorm`), and the feed-forward reads the lengths of its vectors and matrices;
- attention and feed-forward share one residual update; sizes are modest (one CPU core).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import attend, sum_neighbors
from symgnn.nn.limited_norm import LimitedNorm
from symgnn.nn.radial import RadialFunction, cosine_cutoff
from symgnn.nn.tensors import LimitedTensorNorm, NeighborProducts, TensorLinear, component_harmonics

Features = tuple[Tensor, Tensor, Tensor]  # (N, C_l, 2l + 1) for l = 0, 1, 2

EMBEDDING_PATHS = {(0, 1): (1,), (0, 2): (2,)}
ALL_PATHS = {
    (0, 1): (1,),
    (0, 2): (2,),
    (1, 0): (1,),
    (1, 1): (0, 2),
    (1, 2): (1,),
    (2, 0): (2,),
    (2, 1): (1,),
    (2, 2): (0, 2),
}
SCALAR_PATHS = {(1, 1): (0,), (2, 2): (0,)}  # the last layer: its vectors and matrices are not read


@dataclass(frozen=True)
class Edges:
    """All edges (for attention and scalars) and the near ones (for directions), with their strengths."""

    graph: AtomGraph
    strength: Tensor  # (E,)
    near: Tensor  # (E',) int64, which edges are near
    near_graph: AtomGraph
    near_strength: Tensor  # (E',) falls to 0 at the angular cutoff as well
    harmonics: Features  # (E', 2l + 1)


class Update(nn.Module):
    """What an atom received -> the change of its features: normalise, mix, gate."""

    def __init__(
        self, *, own: int, received: tuple[int, int, int], channels: tuple[int, int, int], dropout: float
    ):
        super().__init__()
        self.channels = channels
        self.scalar_norm = LimitedNorm(received[0] + received[1] + received[2])
        self.norms = nn.ModuleList(LimitedTensorNorm(count) for count in received[1:] if count)
        self.mix = nn.ModuleList(
            TensorLinear(count, out) for count, out in zip(received[1:], channels[1:], strict=True) if count
        )
        gates = sum(out for count, out in zip(received[1:], channels[1:], strict=True) if count)
        self.network = nn.Sequential(
            nn.Linear(own + sum(received), 2 * channels[0]),
            nn.SiLU(),
            nn.Dropout(dropout),
            nn.Linear(2 * channels[0], channels[0] + gates),
        )

    def forward(self, own: Tensor, scalars: Tensor, tensors: Sequence[Tensor]) -> list[Tensor]:
        """own (N, own), scalars (N, received[0]), tensors (N, received[l], 2l + 1)
        -> changes (N, channels[l], 2l + 1), of degree 0 only where `tensors` is empty."""
        normed = [norm(tensor) for norm, tensor in zip(self.norms, tensors, strict=True)]
        lengths = [tensor.square().mean(-1) for tensor in normed]
        hidden = self.network(torch.cat([own, self.scalar_norm(torch.cat([scalars, *lengths], 1))], 1))
        change, *gates = hidden.split([self.channels[0], *(mix.weight.shape[0] for mix in self.mix)], 1)
        turned = [
            mix(tensor) * torch.sigmoid(gate)[..., None]
            for mix, tensor, gate in zip(self.mix, normed, gates, strict=True)
        ]
        return [change[..., None], *turned]


class EdgeDegreeEmbedding(nn.Module):
    """Section 4.4: the first features of degree 0, 1, 2 are sums over neighbours, by element and length."""

    def __init__(
        self, *, channels: tuple[int, int, int], cutoff: float, angular_cutoff: float, dropout: float
    ):
        super().__init__()
        self.value = nn.Linear(channels[0], channels[0], bias=False)
        self.filter = RadialFunction(width=channels[0], cutoff=cutoff)
        self.products = NeighborProducts(channels=channels, paths=EMBEDDING_PATHS)
        self.near_filter = RadialFunction(width=sum(self.products.path_channels), cutoff=angular_cutoff)
        self.update = Update(own=channels[0], received=channels, channels=channels, dropout=dropout)

    def forward(self, edges: Edges, atoms: Tensor) -> list[Tensor]:
        graph, near = edges.graph, edges.near_graph
        density = sum_neighbors(graph, self.value(atoms), self.filter(graph.length) * edges.strength[:, None])
        weights = self.near_filter(near.length) * edges.near_strength[:, None]
        _, vectors, matrices = self.products(near, (atoms[..., None],), weights, edges.harmonics)
        return self.update(atoms, density, (vectors, matrices))


class GraphAttention(nn.Module):
    """Section 4.3: (N, C_l, 2l + 1) features -> their changes. `last`: scalars only."""

    def __init__(
        self,
        *,
        channels: tuple[int, int, int],
        heads: int,
        hidden: int,
        cutoff: float,
        angular_cutoff: float,
        dropout: float,
        last: bool,
    ):
        super().__init__()
        self.heads = heads
        self.from_source = nn.Linear(channels[0], hidden, bias=False)
        self.from_target = nn.Linear(channels[0], hidden, bias=False)
        self.filter = RadialFunction(width=hidden + channels[0], cutoff=cutoff)
        self.logit = nn.Linear(hidden, heads, bias=False)  # a
        self.self_logit = nn.Linear(channels[0], heads)
        self.value = nn.Linear(channels[0], channels[0], bias=False)
        self.products = NeighborProducts(channels=channels, paths=SCALAR_PATHS if last else ALL_PATHS)
        self.near_filter = RadialFunction(width=sum(self.products.path_channels), cutoff=angular_cutoff)
        out = [self.products.out_channels(degree) for degree in range(3)]
        received = (channels[0] + heads + out[0], out[1], out[2])
        self.update = Update(own=channels[0], received=received, channels=channels, dropout=dropout)

    def forward(self, edges: Edges, features: Features) -> list[Tensor]:
        graph, near = edges.graph, edges.near_graph
        atoms = features[0][..., 0]
        radial, gates = self.filter(graph.length).split([self.logit.in_features, atoms.shape[1]], 1)
        joint = (
            self.from_source(atoms).index_select(0, graph.source)
            + self.from_target(atoms).index_select(0, graph.target)
            + radial
        )  # f_ij
        logits = self.logit(F.leaky_relu(joint, negative_slope=0.2))  # z_ij
        mixed, total = attend(
            graph,
            self.value(atoms).unflatten(1, (self.heads, -1)),
            logits,
            self.self_logit(atoms),
            gates=gates.unflatten(1, (self.heads, -1)),
            edge_weight=edges.strength,
        )
        # The same attention on the near edges. A removed edge's logit may exceed the total: the clamp keeps its exp
        # finite before it meets strength 0.
        above = logits.index_select(0, edges.near) - total.index_select(0, near.target)
        alpha = above.clamp(max=30.0).exp() * edges.near_strength[:, None]  # (E', heads)
        weights = self.near_filter(near.length).unflatten(1, (-1, self.heads)) * alpha[:, None]
        scalars, *tensors = self.products(near, features, weights.flatten(1), edges.harmonics)
        received = torch.cat([mixed.flatten(1), total, scalars[..., 0]], 1)
        return self.update(atoms, received, [tensor for tensor in tensors if tensor is not None])


class Equiformer(BarrierModel):
    """Edge-degree embedding, then layers of equivariant graph attention. Invariant under rotation and reflection.

    channels        of scalars, vectors and matrices; multiples of heads
    depth           attention layers; the last makes scalars only
    hidden          width of f_ij
    angular_cutoff  Å, how far vectors and matrices travel in one step
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        channels: Sequence[int] = (32, 8, 4),
        depth: int = 3,
        heads: int = 4,
        hidden: int = 16,
        angular_cutoff: float = 3.8,
        dropout: float = 0.0,
    ):
        super().__init__(
            elements=elements, cutoff=cutoff, n_layers=depth + 1
        )  # the embedding reads edges too
        if len(channels) != 3 or any(count % heads for count in channels):
            raise ValueError(
                f"channels {list(channels)} found, expected three multiples of the {heads} heads"
            )
        self.angular_cutoff = float(angular_cutoff)
        sizes = {
            "channels": tuple(channels),
            "cutoff": cutoff,
            "angular_cutoff": angular_cutoff,
            "dropout": dropout,
        }
        self.atom_encoder = nn.Embedding(len(self.elements), channels[0])
        self.edge_degree = EdgeDegreeEmbedding(**sizes)
        self.layers = nn.ModuleList(
            GraphAttention(heads=heads, hidden=hidden, last=number == depth - 1, **sizes)
            for number in range(depth)
        )
        self.decoder = readout(channels[0], channels[0])

    def edges(self, graph: AtomGraph, edge_weight: Tensor | None) -> Edges:
        strength = self.edge_strength(graph, edge_weight)
        near_graph, near = graph.within(self.angular_cutoff)
        near_strength = strength.index_select(0, near) * cosine_cutoff(near_graph.length, self.angular_cutoff)
        directions = near_graph.vector / near_graph.length[:, None]
        return Edges(graph, strength, near, near_graph, near_strength, component_harmonics(directions))

    def trim_edges(self, edges: Edges, layers_done: int, features: Features) -> tuple[Edges, list[Tensor]]:
        """`trim` for both kinds of edges."""
        graph, features, [strength] = self.trim(edges.graph, layers_done, features, [edges.strength])
        near_values = [edges.near, edges.near_strength, *edges.harmonics]
        near_graph, _, near_values = self.trim(edges.near_graph, layers_done, edges=near_values)
        near, near_strength, *harmonics = near_values
        return Edges(graph, strength, near, near_graph, near_strength, tuple(harmonics)), features

    def tensors(self, graph: AtomGraph, edge_weight: Tensor | None) -> list[list[Tensor]]:
        """Features (N, C_l, 2l + 1) after the embedding and after every layer; the last are scalars only.
        N is the number of atoms that the layer works on."""
        edges = self.edges(graph, edge_weight)
        atoms = self.atom_encoder(self.element_index(graph))
        first, *higher = self.edge_degree(edges, atoms)
        states = [[atoms[..., None] + first, *higher]]
        for depth, layer in enumerate(self.layers, start=1):  # the embedding was one layer
            edges, features = self.trim_edges(edges, depth, states[-1])
            changes = layer(edges, features)
            states.append([old + change for old, change in zip(features, changes, strict=False)])
        return states

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        return self.tensors(graph, edge_weight)[-1][0][..., 0]
