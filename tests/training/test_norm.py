"""Statistics of batch normalisation: equal to a direct average."""

import torch
from torch import nn

from symgnn.training.norm import settle_norm


def test_settled_statistics_are_the_average_over_all_inputs():
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Dropout(0.5)).train()
    inputs = [torch.randn(50, 3) + shift for shift in range(3)]
    model(inputs[0] * 100)  # a history that has to be forgotten
    settle_norm(model, inputs)
    hidden = [model[0](x) for x in inputs]
    assert torch.allclose(model[1].running_mean, torch.stack([h.mean(0) for h in hidden]).mean(0), atol=1e-5)
    assert torch.allclose(model[1].running_var, torch.stack([h.var(0) for h in hidden]).mean(0), atol=1e-4)
    assert model[1].momentum == 0.1
    assert not any(module.training for module in model.modules())
