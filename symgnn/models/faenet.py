"""FAENet: frame averaging instead of equivariant layers.

Duval, Schmidt, Hernandez-Garcia, Miret, Malliaros, Bengio, Rolnick, ICML 2023 (arXiv 2305.05577), section 4; frame
averaging after Puny et al., ICLR 2022 (arXiv 2110.03336).
    e_ij       = sigma( MLP( RBF(r_ij) || x_ij ) )          x_ij: edge vector in a frame    (embedding block)
    f_ij       = sigma( MLP( e_ij || h_i || h_j ) )         filter                          (interaction block)
    h_i^(l+1)  = h_i + mean over frames MLP( norm( sum_j h_j * f_ij ) )
    output     = MLP( h^(0) || ... || h^(L) )               jumping connections             (output block)
What differs from the published model:
- frames are local: the principal axes of the receiving atom's neighbourhood (`local_frames`), with their 8 signs.
  Published are those of the whole structure; a periodic glass has none, and they would make an atom depend on all
  others;
- so frames are averaged in every update of every atom, not at the output: exactly invariant in evaluation, where all
  8 are used. In training every atom has one at random in each step, as in the paper's stochastic frame averaging;
- messages carry the strength of their edge and fall smoothly to 0 at the cutoff; so does the weight of a neighbour
  in the frames;
- the length enters through a network evaluated on a grid (`RadialFunction`), f's network is one linear layer;
- `LimitedNorm` instead of graph normalisation, and the update reads h_i as well; no tags, periods or groups of
  elements, and no sum over atoms: every atom has a barrier of its own.
An atom whose axes are not unique, as in a perfect cubic crystal, has no invariant frame: a limit of frame averaging.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_neighbors
from symgnn.nn.limited_norm import LimitedNorm
from symgnn.nn.local_frames import SIGNS, local_axes
from symgnn.nn.radial import RadialFunction


class Interaction(nn.Module):
    """(N, width) atoms and their edges, encoded in K frames (E, width) each -> updated atoms."""

    def __init__(self, *, width: int, dropout: float):
        super().__init__()
        self.from_edge = nn.Linear(width, width)
        self.from_source = nn.Linear(width, width, bias=False)
        self.from_target = nn.Linear(width, width, bias=False)
        self.value = nn.Linear(width, width, bias=False)
        self.norm = LimitedNorm(width)
        self.update = nn.Sequential(
            nn.Linear(2 * width, width), nn.SiLU(), nn.Dropout(dropout), nn.Linear(width, width)
        )

    def forward(
        self, graph: AtomGraph, atoms: Tensor, encodings: Sequence[Tensor], strength: Tensor
    ) -> Tensor:
        ends = self.from_source(atoms).index_select(0, graph.source) + self.from_target(atoms).index_select(
            0, graph.target
        )
        values = self.value(atoms)
        updates = [self.update_in_frame(graph, atoms, values, ends, e, strength) for e in encodings]
        return atoms + sum(updates) / len(updates)

    def update_in_frame(
        self, graph: AtomGraph, atoms: Tensor, values: Tensor, ends: Tensor, edges: Tensor, strength: Tensor
    ) -> Tensor:
        filters = F.silu(self.from_edge(edges) + ends)  # f_ij
        received = sum_neighbors(graph, values, filters * strength[:, None])
        return self.update(torch.cat([atoms, self.norm(received)], 1))


class FAENet(BarrierModel):
    """Invariant under rotation and reflection in evaluation: every update is an average over 8 local frames.

    width     of atom and edge states
    n_layers  interaction blocks
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 32,
        n_layers: int = 3,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=n_layers)
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.from_vector = nn.Linear(3, width, bias=False)
        self.from_length = RadialFunction(width=width, cutoff=cutoff)
        self.interactions = nn.ModuleList(Interaction(width=width, dropout=dropout) for _ in range(n_layers))
        self.decoder = readout((n_layers + 1) * width, width)
        self.register_buffer("signs", SIGNS, persistent=False)

    def encode_edges(self, graph: AtomGraph, strength: Tensor) -> list[Tensor]:
        """e_ij (E, width) in each of the 8 frames of the receiving atom; in training, in one drawn per atom."""
        axes = local_axes(graph, strength).flatten(1).index_select(0, graph.target).unflatten(1, (3, 3))
        projected = (graph.vector[:, :, None] * axes).sum(1)  # (E, 3), up to signs
        radial = self.from_length(graph.length)
        if self.training:
            drawn = torch.randint(len(self.signs), (graph.n_atoms,), device=graph.device)
            signs = [self.signs.index_select(0, drawn).index_select(0, graph.target)]
        else:
            signs = list(self.signs)
        return [F.silu(self.from_vector(projected * sign) + radial) for sign in signs]

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        strength = self.edge_strength(graph, edge_weight)
        atoms = self.atom_encoder(self.element_index(graph))  # h^0
        encodings = self.encode_edges(graph, strength)
        states = [atoms]
        for depth, interaction in enumerate(self.interactions):
            graph, states, [strength, *encodings] = self.trim(graph, depth, states, [strength, *encodings])
            states.append(interaction(graph, states[-1], encodings, strength))  # h^(l+1)
        return torch.cat(states, 1)
