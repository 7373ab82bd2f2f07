"""Edge encodings that start as large as atom embeddings."""

from __future__ import annotations

import torch

from symgnn.nn.radial import RadialFunction


class LengthEncoder(RadialFunction):
    """A radial function (E,) Å -> (E, width) that starts with mean 0 and standard deviation 1 in every column.

    Mean and deviation are over lengths between 40% of the cutoff and the cutoff, where a glass has neighbours.
    Freshly drawn weights alone give .03: next to atom embeddings, which start at 1, a network that adds the two
    hardly sees lengths at first.
    """

    def __init__(self, *, width: int, cutoff: float):
        super().__init__(width=width, cutoff=cutoff)
        last = self.network[-1]
        with torch.no_grad():
            values = self.network(self.basis)[int(0.4 * len(self.basis)) :]
            deviation = values.std(0)
            last.weight.div_(deviation[:, None])
            last.bias.sub_(values.mean(0)).div_(deviation)
