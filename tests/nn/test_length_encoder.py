"""The start of edge encodings."""

import torch

from symgnn.nn.length_encoder import LengthEncoder


def test_starts_standardised_where_a_glass_has_neighbours():
    torch.manual_seed(0)
    encoder = LengthEncoder(width=6, cutoff=5.0)
    values = encoder(torch.linspace(2.0, 5.0, 2000))
    assert torch.allclose(values.mean(0), torch.zeros(6), atol=0.05)
    assert torch.allclose(values.std(0), torch.ones(6), atol=0.05)
