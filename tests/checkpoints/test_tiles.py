"""Tiles give what the whole glass gives, for every committed checkpoint, and a halo 5% too thin is noticed."""

import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.predict import load_checkpoint, predict_graph, predict_tiled
from symgnn.inference.tiles import tiles
from tests.checkpoints.conftest import NAMES, with_physics

ROUNDING = 2e-13  # of the largest barrier, in float64 (found: 4e-15 at most)
SHORT = 0.95
FEELS_LITTLE = {"committee", "committee-physics", "committee-flexibility", "dimenet"}
"""Of these the last 5% of the reach change less than that: the reach of a committee is that of its deepest member with
the widest cutoff of all, and DimeNet's messages fall off fastest."""


def chains(cutoff):
    """Two chains of atoms that nearly lose sight of each other, .955 cutoffs apart, and tiles whose faces cut the one
    just below an atom, the other just above one: the message of an atom n steps outside still arrives, from .955 of
    the halo's width. Coordinates are multiples of 1/64 Å: no rounding, neither in float32 nor across images."""
    n, step = 64, math.ceil(0.955 * cutoff * 64) / 64
    x = np.arange(n) * step
    first, second = np.zeros((2, n, 3))
    first[:, 0], second[:, 0] = x, x + step - 1 / 64
    first[:, 1:], second[:, 1:] = 16.0, (48.0, 16.0)
    species = np.random.default_rng(0).choice([29, 40], 2 * n)
    glass = Glass(species, np.concatenate([first, second]), np.diag([n * step, 64.0, 32.0]), [True] * 3)
    return with_physics(glass), 16 * step


def double(graph):
    vector = graph.vector.double()
    return replace(graph, vector=vector, length=vector.norm(dim=1), inputs=graph.inputs.double())


@torch.no_grad()
def error_of_tiles(model, glass, tile, share=1.0):
    """Largest difference between tiles and whole glass over the largest barrier, in float64; share: of the reach."""
    whole = model(double(build_graph(glass, model.cutoff, model.inputs))).numpy()
    seen = SimpleNamespace(n_layers=share * model.n_layers, cutoff=model.cutoff, inputs=model.inputs)
    parts = list(tiles(glass, seen, tile=tile))
    assert len(parts) == 4
    assert max(part.graph.n_atoms for part in parts) < len(glass)
    tiled = np.full(len(glass), np.nan)
    for part in parts:
        tiled[part.atoms] = model(double(part.graph)).numpy()[part.rows]
    return np.abs(tiled - whole).max() / np.abs(whole).max()


@pytest.mark.parametrize("name", NAMES)
def test_tiles_of_a_chain(name):
    model = load_checkpoint(name).model.double()
    glass, tile = chains(model.cutoff)
    assert error_of_tiles(model, glass, tile) < ROUNDING
    noticed = error_of_tiles(model, glass, tile, share=SHORT) > ROUNDING
    assert noticed == (name not in FEELS_LITTLE), "what the test would say of a halo that is 5% too thin"


@pytest.mark.parametrize("name", ["symgnn", "equiformer", "ridge-physics"])
def test_tiles_of_a_sample(name, sample):
    """Four copies of the sample in a row, in tiles of one: barriers and their uncertainty four times."""
    copies, checkpoint = 4, load_checkpoint(name)
    places = [sample.positions + k * sample.cell[0] for k in range(copies)]
    row = Glass(
        np.tile(sample.species, copies),
        np.concatenate(places),
        sample.cell * [[copies], [1], [1]],
        sample.pbc,
    ).with_properties(**{key: np.tile(values, copies) for key, values in sample.properties.items()})
    once = predict_graph(checkpoint, build_graph(sample, checkpoint.cutoff, checkpoint.model.inputs))
    calls = []
    tiled = predict_tiled(checkpoint, row, tile=20.0, progress=lambda *call: calls.append(call))
    assert calls[-1] == (2000, 2000)
    assert len(calls) == copies
    assert np.abs(tiled.barriers - np.tile(once.barriers, copies)).max() < 1e-4  # float32
    assert np.abs(tiled.sigma / np.tile(once.sigma, copies) - 1).max() < 1e-4
