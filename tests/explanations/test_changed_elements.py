"""Many changes of elements around one atom in one graph: the barriers are those of copies of the whole glass."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from symgnn.explanations.changed_elements import with_elements
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.checkpoint import load_checkpoint
from tests.checkpoints.conftest import FIELDS, NAMES
from tests.conftest import make_random_glass

MODELS = [name for name in NAMES if not name.startswith("committee-")]  # what they are made of is there
CENTER = 5


@pytest.fixture(scope="module")
def glass():
    bare, rng = make_random_glass(400, 4), np.random.default_rng(4)
    return bare.with_properties(**{name: rng.normal(scale=0.1, size=400) for name in FIELDS})


def swapped(species, atoms):
    species = species.clone()
    species[atoms] = torch.where(species[atoms] == 29, 40, 29)
    return species


@pytest.mark.parametrize("name", MODELS)
@torch.no_grad()
def test_barriers_are_those_of_whole_glasses(name, glass):
    """Neighbours, the atom itself, two at once, nothing, one far away: by trained models."""
    model = load_checkpoint(name).model
    graph = build_graph(glass, model.cutoff, model.inputs)
    near = graph.source[graph.target == CENTER]
    far = int(torch.norm(torch.from_numpy(glass.positions - glass.positions[CENTER]), dim=1).argmax())
    changes = [[int(near[0])], [int(near[-1])], [CENTER], [int(near[1]), int(near[2])], [], [far]]
    species = torch.stack([swapped(graph.species, atoms) for atoms in changes])
    expected = torch.stack([model(replace(graph, species=one))[CENTER] for one in species])
    alone = receptive_fields(graph, [CENTER], model.n_layers)
    shared = with_elements(alone, species[:, alone.atoms], model)
    assert (shared.species[: len(changes)] == species[:, CENTER]).all()
    assert model(shared)[: len(changes)].numpy() == pytest.approx(expected.numpy(), abs=2e-5)
    assert expected.std() > 1e-3


def test_only_what_can_hear_of_a_change_stands_there_again(glass):
    """Two layers: a neighbour's change reaches the atom through itself and through what both have as a neighbour."""
    model = load_checkpoint("symgnn").model
    graph = build_graph(glass, 3.2)
    alone = receptive_fields(graph, [CENTER], 2)
    neighbor = int(graph.source[graph.target == CENTER][0])
    species = swapped(graph.species, [neighbor])[alone.atoms][None]
    shared = with_elements(alone, species, model)
    of_neighbor = set(graph.source[graph.target == neighbor].tolist())
    of_center = set(graph.source[graph.target == CENTER].tolist())
    again = {CENTER, neighbor} | (of_center & of_neighbor)
    assert shared.n_atoms == len(alone.atoms) + len(again)
    assert (torch.diff(shared.target) >= 0).all()
    assert shared.hop_sizes[1] == (shared.n_edges, shared.n_atoms)
