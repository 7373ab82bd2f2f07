"""A committee: several trained models whose predicted barriers are averaged (Hansen and Salamon, IEEE TPAMI 1990).

Models that err differently, such as a network and a linear model on wider surroundings, are better together than
each alone; models that differ only in their seed show how much of a prediction is chance.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from symgnn.graph.atom_graph import AtomGraph
from symgnn.models.base import BarrierModel


class Committee(BarrierModel):
    """The mean of its members' barriers, with equal weights.

    members  name and settings of every member's model, {"model": ..., "settings": {...}}

    widths   how many of the numbers that `embed` gives are each member's

    A member reads the edges within its own cutoff. Members that read further inputs of the atoms all read the same.
    Made by `average`, not trained.
    """

    def __init__(self, *, members: Sequence[Mapping[str, Any]]):
        from symgnn.models import build_model  # which lists this class

        if not members:
            raise ValueError("no members found, expected at least one")
        models = [build_model(member["model"], dict(member["settings"])) for member in members]
        known = {model.elements for model in models}
        reading = {model.inputs for model in models if model.inputs}
        if len(known) > 1 or len(reading) > 1:
            raise ValueError(
                f"members for elements {known} and inputs {reading or 'none'} found, expected the same of all"
            )
        super().__init__(
            elements=models[0].elements,
            cutoff=max(model.cutoff for model in models),
            n_layers=max(model.n_layers for model in models),
            inputs=next(iter(reading), ()),
        )
        self.is_invariant = all(model.is_invariant for model in models)
        self.takes_any_neighbor = all(model.takes_any_neighbor for model in models)
        self.widths = [model.decoder[-1].in_features for model in models]
        self.decoder = nn.Sequential(nn.Linear(sum(self.widths), 1))
        for model in models:  # their last layers become one
            model.decoder = model.decoder[:-1]
        self.members = nn.ModuleList(models)

    def embed(self, graph: AtomGraph, edge_weight: Tensor | None) -> Tensor:
        """The members' last hidden layers, side by side."""
        features = []
        for member in self.members:
            part, weight = graph, edge_weight
            if member.cutoff < self.cutoff:
                part, kept = graph.within(member.cutoff)
                weight = None if edge_weight is None else edge_weight.index_select(0, kept)
            features.append(member.decoder(member.embed(part, weight)))
        return torch.cat(features, 1)

    def barriers_of_members(self, features: Tensor) -> Tensor:
        """(K, N) eV from `features` (N, F): their mean over the members is the committee's barrier, their differences
        between two glasses are those of the members."""
        last = self.decoder[-1]
        weights = last.weight[0].to(features.dtype).split(self.widths)
        parts = zip(features.split(self.widths, 1), weights, strict=True)
        own = torch.stack([len(weights) * (part @ weight) for part, weight in parts])
        return self.target_mean + self.target_scale * (own + last.bias)


@torch.no_grad()
def average(models: Sequence[BarrierModel], specifications: Sequence[Mapping[str, Any]]) -> Committee:
    """A committee of trained models; specifications as in Committee, in the same order.

    Its target scale is the first member's.
    """
    committee = Committee(members=specifications)
    committee.target_mean.copy_(models[0].target_mean)
    committee.target_scale.copy_(models[0].target_scale)
    weights, bias = [], 0.0
    for member, model in zip(committee.members, models, strict=True):
        member.load_state_dict({name: model.state_dict()[name] for name in member.state_dict()})
        last, factor = model.decoder[-1], model.target_scale / committee.target_scale / len(models)
        weights.append(last.weight[0] * factor)
        offset = (model.target_mean - committee.target_mean) / committee.target_scale / len(models)
        bias = bias + last.bias[0] * factor + offset
    committee.decoder[-1].weight.copy_(torch.cat(weights)[None])
    committee.decoder[-1].bias.fill_(bias)
    return committee.eval()
