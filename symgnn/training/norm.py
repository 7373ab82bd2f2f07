"""Batch normalisation whose statistics belong to the weights they are used with.

Running averages lag behind weights that still move, and in these networks a small change of weights moves the
mean of an aggregate by many of its standard deviations. So the statistics are computed anew from all training
glasses before every evaluation ("precise" statistics: Wu and Johnson, Rethinking Batch in BatchNorm, 2021), and
kept fixed for the last part of training: each glass is then standardised as it will be at inference, not by itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import nn

from symgnn.graph.atom_graph import AtomGraph


@torch.no_grad()
def settle_norm(model: nn.Module, graphs: Sequence[AtomGraph]) -> None:
    """Set every running mean and variance to the average over `graphs` at the present weights.

    Leaves the model in evaluation mode.
    """
    layers = [module for module in model.modules() if isinstance(module, nn.BatchNorm1d)]
    model.eval()
    momenta = [layer.momentum for layer in layers]
    for layer in layers:
        layer.reset_running_stats()
        layer.momentum = None  # the plain average over all calls
        layer.train()
    for graph in graphs:
        model(graph)
    for layer, momentum in zip(layers, momenta, strict=True):
        layer.momentum = momentum
    model.eval()


def freeze_norm(model: nn.Module) -> None:
    """Let a model in training mode use its running statistics without changing them."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.eval()
