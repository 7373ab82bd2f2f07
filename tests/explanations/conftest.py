"""A model with a known reason: only bonds between Cu and Zr shorter than 3 Å around an atom matter."""

from pathlib import Path

import pytest
import torch
from torch import nn

from symgnn.explanations.methods.amortised_training import ExplainerTraining, train_explainer
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.models import BarrierModel
from symgnn.nn.aggregate import sum_edges
from tests.conftest import make_random_glass


class CountsShortMixedBonds(BarrierModel):
    """barrier = 1 + .2 eV * (number of Cu-Zr bonds below 3 Å), smeared over two layers of neighbours."""

    def __init__(self, n_layers=1):
        super().__init__(elements=("Cu", "Zr"), cutoff=5.0, n_layers=n_layers)
        self.target_mean.fill_(1.0)
        self.target_scale.fill_(0.3)
        self.decoder = nn.Sequential(nn.Linear(1, 1))
        nn.init.constant_(self.decoder[0].weight, 0.2 / 0.3)
        nn.init.zeros_(self.decoder[0].bias)
        self.requires_grad_(False)

    @staticmethod
    def matters(graph):
        return (graph.species[graph.source] != graph.species[graph.target]) & (graph.length < 3.0)

    def embed(self, graph, edge_weight):
        message = self.matters(graph).float()
        if edge_weight is not None:
            message = message * edge_weight
        return sum_edges(graph, message[:, None])


@pytest.fixture(scope="session")
def glass():
    return make_random_glass(150, seed=12)


@pytest.fixture(scope="session")
def known_reason():
    return Checkpoint(
        Path("known_reason"),
        CountsShortMixedBonds().eval(),
        Card(model="known_reason", settings={}),
        "0" * 16,
    )


@pytest.fixture(scope="session")
def symgnn_checkpoint(tmp_path_factory, glass):
    """Not trained, but with an amortised explainer in its folder."""
    from tests.models.test_contract import make

    model = make("symgnn", {"heads": [2, 1]}).requires_grad_(False)
    checkpoint = Checkpoint(
        tmp_path_factory.mktemp("checkpoints") / "untrained",
        model,
        Card(model="symgnn", settings={}),
        "1" * 16,
    )
    train_explainer(checkpoint, [glass], glass, ExplainerTraining(atoms=12, epochs=2, batch=512, width=8))
    return checkpoint


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)
