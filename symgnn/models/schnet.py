"""SchNet: continuous-filter convolutions.

Schütt, Kindermans, Sauceda, Chmiela, Tkatchenko, Müller, NeurIPS 2017 (arXiv 1706.08566), and Schütt, Sauceda,
Kindermans, Tkatchenko, Müller, J. Chem. Phys. 148, 241722 (2018). Section and equation numbers are those of 2017:
    x_i^0     = a_{Z_i}                                            one vector per element (section 4.1)
    cfconv    : y_i = sum_j x_j * W^l(|r_i - r_j|)                 elementwise product (eq. 2)
    x_i^(l+1) = x_i^l + atomwise(ssp(atomwise(cfconv(atomwise(x_i^l)))))     interaction block (section 4.1)
    ssp(x)    = ln(e^x / 2 + 1 / 2)
What differs from the published model:
- filters W are evaluated on a grid of lengths, with SiLU inside and a linear end (`RadialFunction`): an edge
  costs one look-up;
- messages fall smoothly to 0 at the cutoff, so that a neighbour crossing it changes nothing;
- what an atom receives is standardised and softly limited (`LimitedNorm`), and dropped out in training: sums over
  30 neighbours train slowly otherwise;
- every atom has a barrier of its own, so that atoms are not summed to an energy, and the decoder uses SiLU.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel, readout
from symgnn.nn.aggregate import sum_neighbors
from symgnn.nn.limited_norm import LimitedNorm
from symgnn.nn.radial import RadialFunction


class ShiftedSoftplus(nn.Module):
    """ssp(x) = ln(e^x / 2 + 1 / 2): smooth, and 0 at 0."""

    def forward(self, values: Tensor) -> Tensor:
        return F.softplus(values) - math.log(2.0)


class Interaction(nn.Module):
    """An interaction block: (N, width) atoms -> (N, width)."""

    def __init__(self, *, width: int, cutoff: float, n_basis: int, dropout: float):
        super().__init__()
        self.filter = RadialFunction(width=width, cutoff=cutoff, n_basis=n_basis)
        self.value = nn.Linear(width, width, bias=False)
        self.norm = LimitedNorm(width)
        self.update = nn.Sequential(
            nn.Linear(width, width), ShiftedSoftplus(), nn.Dropout(dropout), nn.Linear(width, width)
        )

    def cfconv(self, graph: AtomGraph, values: Tensor, strength: Tensor) -> Tensor:
        """Eq. 2, with each message scaled by the strength of its edge: (N, width) -> (N, width)."""
        return sum_neighbors(graph, values, self.filter(graph.length) * strength[:, None])

    def forward(self, graph: AtomGraph, atoms: Tensor, strength: Tensor) -> Tensor:
        received = self.cfconv(graph, self.value(atoms), strength)
        return atoms + self.update(self.norm(received))


class SchNet(BarrierModel):
    """Interaction blocks on element vectors. Invariant: it reads lengths only.

    width     of the atoms' states and the filters
    n_layers  interaction blocks
    n_basis   Gaussians of the length that a filter reads
    """

    def __init__(
        self,
        *,
        elements: Sequence[str] = ("Cu", "Zr"),
        cutoff: float = 5.0,
        width: int = 64,
        n_layers: int = 3,
        n_basis: int = 32,
        dropout: float = 0.0,
    ):
        super().__init__(elements=elements, cutoff=cutoff, n_layers=n_layers)
        self.atom_encoder = nn.Embedding(len(self.elements), width)
        self.interactions = nn.ModuleList(
            Interaction(width=width, cutoff=cutoff, n_basis=n_basis, dropout=dropout) for _ in range(n_layers)
        )
        self.decoder = readout(width, width)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        strength = self.edge_strength(graph, edge_weight)
        atoms = self.atom_encoder(self.element_index(graph))  # x^0
        for depth, interaction in enumerate(self.interactions):
            graph, [atoms], [strength] = self.trim(graph, depth, [atoms], [strength])
            atoms = interaction(graph, atoms, strength)  # x^(l+1)
        return atoms
