"""How an atom takes in what it received."""

import numpy as np
import torch

from symgnn.nn.residual_update import ResidualUpdate


def test_update_written_out():
    torch.manual_seed(0)
    update = ResidualUpdate(width=4, dropout=0.5).eval()
    with torch.no_grad():
        update.norm.running_mean.copy_(torch.randn(4))
        update.norm.running_var.copy_(torch.rand(4) + 0.5)
    atoms, received = torch.randn(7, 4), 30 * torch.randn(7, 4)
    w1, b1, w2, b2 = (p.detach().numpy() for p in update.network.parameters())
    mean, variance = update.norm.running_mean.numpy(), update.norm.running_var.numpy()
    limited = 5 * np.tanh((received.numpy() - mean) / np.sqrt(variance + 1e-5) / 5)
    hidden = np.hstack([atoms.numpy(), limited]) @ w1.T + b1
    expected = atoms.numpy() + (hidden / (1 + np.exp(-hidden))) @ w2.T + b2
    np.testing.assert_allclose(update(atoms, received).detach().numpy(), expected, atol=1e-5)
