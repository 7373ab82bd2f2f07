"""Attention rollout: how much of what the centre attends to has come along each edge.

Abnar and Zuidema, ACL 2020 (arXiv 2005.00928): every layer passes on half of an atom's own state (the residual
connection) and half of its attention, averaged over heads. Followed back from the centre through all layers, each
edge's flow is what remains of 1; a pair's strength is the flow over both directions and all layers.

Attention says where a model looks, not what it makes of it: the messages are gated and passed through networks. It is
here to be compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import torch

from symgnn.errors import InputError
from symgnn.explanations.methods.base import Attribution, Method, Progress
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.inference.checkpoint import Checkpoint
from symgnn.models import BarrierModel
from symgnn.models.egat import EGAT
from symgnn.models.equiformer import Equiformer
from symgnn.models.symgnn import SymGNN
from symgnn.nn.aggregate import recorded_attention

WITH_ATTENTION = (SymGNN, EGAT, Equiformer)


@dataclass(frozen=True)
class Attention(Method):
    """For models of one stack of attention layers: SymGNN, EGAT, Equiformer. No sign, no settings, no randomness."""

    name: ClassVar[str] = "attention"
    title: ClassVar[str] = "Attention"
    signed: ClassVar[bool] = False
    passes: ClassVar[int] = 1

    @classmethod
    def supports(cls, checkpoint: Checkpoint) -> bool:
        return isinstance(checkpoint.model, WITH_ATTENTION)

    @torch.no_grad()
    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        if not isinstance(model, WITH_ATTENTION):
            raise InputError(
                f"method attention: model {type(model).__name__} found, expected one with attention (SymGNN, EGAT, "
                "Equiformer)"
            )
        with recorded_attention() as layers:
            fields.predict(model)
        relevance = torch.zeros(fields.graph.n_atoms, device=fields.graph.device)
        relevance[: len(fields)] = 1.0
        flow = torch.zeros(fields.graph.n_edges, device=fields.graph.device)
        for graph, over_edges, over_self in reversed(layers):
            passed = relevance.index_select(0, graph.target) * over_edges.mean(1) / 2
            flow[: graph.n_edges] += passed
            relevance[: graph.n_atoms] *= (1 + over_self.mean(1)) / 2
            relevance.index_add_(0, graph.source, passed)
        strength = flow.new_zeros(fields.n_pairs).index_add(0, fields.pair, flow)
        return Attribution(strength)
