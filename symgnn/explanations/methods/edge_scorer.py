"""The network of the amortised explainer: a number for every pair of a receptive field from what is known without
explaining anything: the states of its atoms and of the centre, and where the pair stands."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.nn.radial import RadialFunction


class EdgeScorer(nn.Module):
    """g(z_i, z_j, z_c) of Luo et al. (NeurIPS 2020, eq. 10), with the lengths that it needs in a glass.

    z     (N, D)  what the explained model's decoder reads of every atom (`BarrierModel.embed`), standardised
    r_ij  Å       length of the pair; d_i, d_j: distances of its ends from the centre c

        u_i  = A z_i + rho(d_i)                 the same for both ends: their order plays no part
        g    = MLP(u_i + u_j + B z_c + lambda(r_ij))
    """

    def __init__(self, *, n_states: int, cutoff: float, n_layers: int, width: int = 64):
        super().__init__()
        self.register_buffer("mean", torch.zeros(n_states))
        self.register_buffer("scale", torch.ones(n_states))
        self.from_state = nn.Linear(n_states, width)
        self.from_center = nn.Linear(n_states, width, bias=False)
        self.from_distance = RadialFunction(width=width, cutoff=n_layers * cutoff, n_basis=16 * n_layers)
        self.from_length = RadialFunction(width=width, cutoff=cutoff)
        self.readout = nn.Sequential(
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, width),
            nn.SiLU(),
            nn.Linear(width, 1),
        )

    def standardise(self, states: Tensor) -> None:
        """Take mean and standard deviation from states (N, D); a column that does not vary stays as it is."""
        self.mean.copy_(states.mean(0))
        deviation = states.std(0)
        self.scale.copy_(torch.where(deviation > 1e-6, deviation, 1.0))

    def end(self, states: Tensor, distance: Tensor) -> Tensor:
        """(n, width) u of atoms with states (n, D) that stand at distances (n,) Å from the centre."""
        return self.from_state((states - self.mean) / self.scale) + self.from_distance(distance)

    def score(self, ends: Tensor, center_states: Tensor, length: Tensor) -> Tensor:
        """(P,) g from u_i + u_j (P, width), states of the centres (P, D) or (1, D), and lengths (P,) Å."""
        center = self.from_center((center_states - self.mean) / self.scale)
        return self.readout(ends + center + self.from_length(length))[:, 0]

    def forward(self, fields: ReceptiveFields, states: Tensor) -> Tensor:
        """(P,) of receptive fields, from the states (N, D) of all atoms of the whole graph."""
        graph, edge = fields.graph, fields.pair_edge
        end = self.end(states.index_select(0, fields.atoms), fields.atom_vector.norm(dim=1))
        both = end.index_select(0, graph.source[edge]) + end.index_select(0, graph.target[edge])
        length = graph.length[edge]
        return torch.cat(
            [
                self.score(ends, states[center][None], lengths)
                for center, ends, lengths in zip(
                    fields.centers,
                    both.split(fields.pairs_per_field),
                    length.split(fields.pairs_per_field),
                    strict=True,
                )
            ]
        )
