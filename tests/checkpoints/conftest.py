"""The committed checkpoints that read edges, in float64, on a sample of the project.

Freshly initialised models, as in tests/models/test_contract.py, respond by thousandths of an eV: an error of .5 eV in a
trained model can hide there. Trained ones move by .3 to 25 eV when edges go. In float64 what has to be equal agrees to
1e-12 eV or better, in float32 to some 1e-5 eV only: so these tests cast model and graph to float64, and what they find
is an error of the code and not of rounding. Predictions of the project itself are in float32.
"""

from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.graph.neighbors import neighbor_list
from symgnn.inference.card import CARD, read_card
from symgnn.inference.checkpoint import list_checkpoints, load_checkpoint
from symgnn.io.structures import read_glass
from symgnn.models import BarrierModel, build_model
from symgnn.paths import checkpoint_folder
from tests.conftest import REPOSITORY

FIELDS = ("potential_energy", "pressure", "von_mises", "log_mean_square_displacement")
SAMPLE = REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"


def reads_edges(name):
    card = read_card(checkpoint_folder() / name / CARD)
    return build_model(card.model, card.settings).n_layers > 0


NAMES = [name for name in list_checkpoints() if reads_edges(name)]


@dataclass(frozen=True, eq=False)
class Case:
    """A checkpoint's model in float64, the sample with all fields, its graph and barriers (N,) in eV."""

    name: str
    model: BarrierModel
    glass: object
    graph: AtomGraph
    barriers: torch.Tensor

    def predict(self, graph, edge_weight=None):
        with torch.no_grad():
            return self.model(graph, edge_weight)


def with_physics(glass):
    """The glass with what some models read: made up where its file does not hold it, different for every atom."""
    rng = np.random.default_rng(0)
    made_up = {name: rng.normal(size=len(glass)) for name in FIELDS}
    return glass.with_properties(
        **{name: glass.properties.get(name, values) for name, values in made_up.items()}
    )


def exact_graph(model, glass):
    """`build_graph` with vectors, lengths and inputs that were never rounded to float32."""
    graph, found = build_graph(glass, model.cutoff, model.inputs), neighbor_list(glass, model.cutoff)
    inputs = np.stack([glass.properties[name] for name in model.inputs], 1) if model.inputs else graph.inputs
    return replace(
        graph,
        vector=torch.from_numpy(found.vector),
        length=torch.from_numpy(found.length),
        inputs=torch.as_tensor(inputs, dtype=torch.float64),
    )


@pytest.fixture(scope="package")
def sample():
    return with_physics(read_glass(SAMPLE))


@pytest.fixture(scope="package", params=NAMES)
def case(request, sample):
    model = load_checkpoint(request.param).model.double()
    graph = exact_graph(model, sample)
    with torch.no_grad():
        return Case(request.param, model, sample, graph, model(graph))
