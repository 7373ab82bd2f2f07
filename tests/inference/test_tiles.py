"""Tiles together give what the whole glass gives, for every model, in any cell."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference import predict as prediction
from symgnn.inference import tiles as tiling
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import load_checkpoint, predict, predict_tiled, predict_with_uncertainty
from symgnn.inference.tiles import expected_edges, tile_size, tiles
from symgnn.io.structures import read_glass
from tests.conftest import make_random_glass
from tests.models.test_contract import CASES, FIELDS, make

SPACING = 2.7  # Å; the density of the glass


def shaken_crystal(*counts, seed=0):
    """Cu and Zr atoms on a sheared grid of so many places along each cell vector, shaken, some images away."""
    rng = np.random.default_rng(seed)
    shear = np.array([[1.0, 0.1, 0.0], [-0.2, 1.0, 0.1], [0.1, 0.3, 1.0]]) * SPACING
    places = np.array(list(np.ndindex(*counts))) + rng.uniform(-0.12, 0.12, (np.prod(counts), 3))
    cell = shear * np.array(counts)[:, None]
    shift = rng.integers(-1, 2, (len(places), 3)) @ cell
    glass = Glass(rng.choice([29, 40], len(places)), places @ shear + shift, cell, [True] * 3, name="shaken")
    return glass.with_properties(**dict(zip(FIELDS, rng.normal(size=(len(FIELDS), len(glass))), strict=True)))


def checkpoint_of(model):
    return Checkpoint(
        folder=Path("untrained"), model=model, card=Card(model="untrained", settings={}), key="0"
    )


@pytest.fixture(scope="module")
def shallow():
    """A model that sees 3 Å far."""
    return make("symgnn", {"heads": [1], "cutoff": 3.0})


@pytest.mark.parametrize("case", CASES)
def test_every_model_predicts_the_same_in_tiles(case):
    name, settings = CASES[case]
    model = make(name, settings)
    reach = max(model.n_layers * model.cutoff, 10.0)
    glass = shaken_crystal(3, 3, int(4.3 * reach / SPACING))
    cut = list(tiles(glass, model, tile=1.1 * reach))
    assert len(cut) == 4
    assert all(len(part.graph.species) < len(glass) for part in cut)
    tiled = predict_tiled(checkpoint_of(model), glass, tile=1.1 * reach).barriers
    whole = model.requires_grad_(False)(build_graph(glass, model.cutoff, model.inputs)).numpy()
    assert whole.std() > 1e-4
    assert np.abs(tiled - whole).max() < 1e-5 * max(1, np.abs(whole).max())  # float32


def test_tiles_along_all_directions(shallow):
    glass = shaken_crystal(10, 9, 11)
    cut = list(tiles(glass, shallow, tile=10.0))
    assert len(cut) == 3 * 3 * 3
    assert sorted(np.concatenate([part.atoms for part in cut])) == list(range(len(glass)))
    tiled = predict_tiled(checkpoint_of(shallow), glass, tile=10.0).barriers
    assert np.abs(tiled - predict(checkpoint_of(shallow), glass)).max() < 1e-5


def test_a_halo_that_is_too_thin_would_be_noticed(shallow, monkeypatch):
    glass = shaken_crystal(10, 9, 11)
    monkeypatch.setattr(shallow, "n_layers", 0.5)
    tiled = predict_tiled(checkpoint_of(shallow), glass, tile=10.0).barriers
    assert np.abs(tiled - predict(checkpoint_of(shallow), glass)).max() > 1e-3


def test_a_direction_that_would_wrap_onto_itself_stays_whole(shallow):
    glass = shaken_crystal(4, 10, 10)  # 10 Å thin: two tiles of 5 Å would have halos of 3 Å on both sides
    (first, *others) = tiles(glass, shallow, tile=7.0)
    assert len(others) == 4 * 4 - 1
    assert len(first.atoms) < len(first.graph.species) < len(glass)
    tiled = predict_tiled(checkpoint_of(shallow), glass, tile=7.0).barriers
    assert np.abs(tiled - predict(checkpoint_of(shallow), glass)).max() < 1e-5
    small = make_random_glass(60, seed=2)
    (only,) = tiles(small, shallow, tile=1000.0)
    assert (only.atoms == np.arange(60)).all()
    assert only.graph.n_edges == build_graph(small, 3.0).n_edges


def test_atoms_in_vacuum(shallow):
    """A particle and a lone atom in a wide box: empty tiles are left out, a tile of one atom gets its number."""
    particle = shaken_crystal(4, 4, 4)
    positions = np.vstack([particle.wrapped(), [[80.0, 80.0, 80.0]]])
    glass = Glass([*particle.species, 40], positions, np.eye(3) * 120, [True] * 3)
    cut = list(tiles(glass, shallow, tile=20.0))
    assert len(cut) < 6**3
    assert min(len(part.atoms) for part in cut) == 1
    tiled = predict_tiled(checkpoint_of(shallow), glass, tile=20.0).barriers
    assert np.abs(tiled - predict(checkpoint_of(shallow), glass)).max() < 1e-5
    density = expected_edges(glass, 3.0) / len(glass) / (4 / 3 * np.pi * 27)
    assert density > 0.02, "the density of the particle, not of the box"


def test_graphs_are_no_larger_than_promised(shallow, monkeypatch):
    glass = shaken_crystal(24, 24, 24)
    assert expected_edges(glass, 3.0) == pytest.approx(build_graph(glass, 3.0).n_edges, rel=0.3)
    monkeypatch.setattr(tiling, "MOST_EDGES", 10_000)
    assert tile_size(glass, shallow) < 40
    cut = list(tiles(glass, shallow))
    assert len(cut) > 1
    assert max(part.graph.n_edges for part in cut) < 13_000


def test_big_glasses_are_tiled_on_their_own(shallow, monkeypatch):
    glass, calls = shaken_crystal(10, 9, 11), []
    whole = predict_with_uncertainty(checkpoint_of(shallow), glass, progress=lambda *call: calls.append(call))
    assert calls == []
    monkeypatch.setattr(prediction, "MOST_EDGES", 1000)
    monkeypatch.setattr(tiling, "MOST_EDGES", 1000)
    tiled = predict_with_uncertainty(checkpoint_of(shallow), glass, progress=lambda *call: calls.append(call))
    assert np.abs(tiled.barriers - whole.barriers).max() < 1e-5
    done = [call[0] for call in calls]
    assert done == sorted(done)
    assert calls[-1] == (len(glass), len(glass))
    with pytest.raises(InputError, match="periodic along ab"):
        predict(checkpoint_of(shallow), replace(glass, pbc=[True, True, False]))


def test_the_shipped_checkpoint_on_the_paper(raw_data):
    """train0 twice along its first vector, 16,000 atoms, in two tiles: twice the prediction of train0."""
    shipped, glass = load_checkpoint("symgnn"), read_glass(raw_data / "train0.pickle")
    twice = Glass(
        np.tile(glass.species, 2),
        np.vstack([glass.positions, glass.positions + glass.cell[0]]),
        glass.cell * [[2], [1], [1]],
        glass.pbc,
    )
    once, calls = predict_with_uncertainty(shipped, glass), []
    tiled = predict_tiled(shipped, twice, tile=51.0, progress=lambda *call: calls.append(call))
    assert [done for done, _ in calls] == [8000, 16000]
    assert np.abs(tiled.barriers - np.tile(once.barriers, 2)).max() < 1e-5
    if once.sigma is not None:
        assert np.abs(tiled.sigma - np.tile(once.sigma, 2)).max() < 1e-5
