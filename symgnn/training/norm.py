"""Batch normalisation whose statistics belong to the weights they are used with.

Running averages lag behind weights that still move, and in these networks a small change of weights moves the
mean of an aggregate by many of its standard deviations; averaged weights have no statistics of their own at all.
So the statistics are computed anew from all training glasses before every evaluation ("precise" statistics: Wu
and Johnson, Rethinking Batch in BatchNorm, 2021; for averaged weights: Izmailov et al., UAI 2018).
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
