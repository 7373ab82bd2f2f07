"""The signed map of a whole glass: the sum of the explanations of its atoms, in one pass or tile by tile."""

import csv
from dataclasses import replace

import ase.io
import numpy as np
import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.methods.integrated_gradients import IntegratedGradients
from symgnn.explanations.signed_map import signed_map, write_signed_map
from symgnn.inference.predict import load_checkpoint
from symgnn.inference.tiles import tiles
from symgnn.io.structures import write_extxyz
from tests.conftest import make_random_glass

METHODS = [GradientTimesWeight(), IntegratedGradients(), IntegratedGradients(points=5, baseline=0.5)]
SIDE_BY_SIDE = 10


def summed(checkpoint, glass, method):
    """The effects of the explanations of all atoms, added up by edge."""
    total = {}
    for first in range(0, len(glass), SIDE_BY_SIDE):
        atoms = range(first, min(first + SIDE_BY_SIDE, len(glass)))
        for alone in explain_atoms(checkpoint, glass, atoms, method=method):
            for pair, image, effect in zip(
                alone.pairs.tolist(), alone.images.tolist(), alone.effect, strict=True
            ):
                total[(*pair, *image)] = total.get((*pair, *image), 0.0) + effect
    return total


def by_edge(result):
    ends = zip(result.pairs.tolist(), result.images.tolist(), result.pair_effect.tolist(), strict=True)
    return {(*pair, *image): effect for pair, image, effect in ends}


@pytest.mark.parametrize("method", METHODS, ids=["gradient", "integrated", "integrated from .5"])
def test_the_map_is_the_sum_of_single_explanations(method):
    checkpoint, glass = load_checkpoint("symgnn"), make_random_glass(60, 12)
    result = signed_map(checkpoint, glass, method)
    expected = summed(checkpoint, glass, method)
    found = by_edge(result)
    assert set(found) == set(expected)  # every edge of the glass, once
    assert np.array([found[edge] - expected[edge] for edge in expected]) == pytest.approx(0, abs=2e-6)
    assert max(expected.values()) > 1e-3  # else nothing was compared
    assert min(expected.values()) < -1e-3


@pytest.mark.parametrize("name", ["committee", "equiformer"])
def test_other_models_too(name):
    glass, checkpoint = make_random_glass(40, 3), load_checkpoint(name)
    result = signed_map(checkpoint, glass)
    expected, found = summed(checkpoint, glass, GradientTimesWeight()), by_edge(result)
    largest = max(map(abs, expected.values()))
    differences = np.array([found[edge] - expected.get(edge, 0.0) for edge in found])
    assert differences == pytest.approx(0, abs=1e-6 * max(largest, 1.0))


def test_tiles_give_the_same_map(known_reason):
    glass = make_random_glass(800, 5)
    glass = replace(glass, positions=glass.positions + 40.0)  # as read: not wrapped into the cell
    assert len(list(tiles(glass, known_reason.model, tile=9.0))) > 8
    whole, tiled = signed_map(known_reason, glass), signed_map(known_reason, glass, tile=9.0)
    assert np.abs(whole.pair_effect).max() > 0.1
    assert tiled.pair_effect == pytest.approx(whole.pair_effect, abs=2e-6)
    assert tiled.atom_effect == pytest.approx(whole.atom_effect, abs=5e-6)


def test_what_is_known_beforehand(known_reason, glass):
    """Every short mixed bond raises the barriers of both its atoms by .2 eV, no other edge does anything."""
    result = signed_map(known_reason, glass)
    species = glass.species[result.pairs]
    matters = (species[:, 0] != species[:, 1]) & (result.lengths < 3)
    assert matters.any()
    assert result.pair_effect == pytest.approx(np.where(matters, 0.4, 0.0), abs=1e-6)
    assert result.atom_effect.sum() == pytest.approx(result.pair_effect.sum())
    atom = int(result.pairs[matters][0, 0])
    touching = (result.pairs == atom).any(1) & matters
    assert result.atom_effect[atom] == pytest.approx(0.2 * touching.sum(), abs=1e-6)


def test_refused(known_reason, glass):
    with pytest.raises(
        InputError, match=r"gnn_explainer found, expected one of integrated_gradients, gradient, stretch$"
    ):
        signed_map(known_reason, glass, GNNExplainer())
    with pytest.raises(InputError, match="reads no edges"):
        signed_map(load_checkpoint("mlp"), glass)


def test_progress_can_stop_it(known_reason, glass):
    steps = []
    signed_map(
        known_reason, glass, IntegratedGradients(), progress=lambda done, total: steps.append((done, total))
    )
    assert steps == [(1, 3), (2, 3), (3, 3)]

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        signed_map(known_reason, glass, progress=stop)


def test_its_files(known_reason, glass, tmp_path):
    result = signed_map(known_reason, glass)
    structure, table = write_signed_map(tmp_path, "glass.known", glass, result)
    assert ase.io.read(structure).arrays["effect"] == pytest.approx(result.atom_effect)
    with table.open() as file:
        rows = list(csv.DictReader(file))
    assert [float(row["effect_eV"]) for row in rows] == pytest.approx(result.pair_effect, abs=1e-5)
    assert [int(row["atom_j"]) for row in rows] == result.pairs[:, 1].tolist()


def test_the_command(tmp_path):
    write_extxyz(tmp_path / "glass.xyz", make_random_glass(60, 3))
    done = CliRunner().invoke(app, ["explain", str(tmp_path / "glass.xyz"), "--map", "-o", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "glass.symgnn.gradient.map.xyz").is_file()
    assert (tmp_path / "glass.symgnn.gradient.map.csv").is_file()
    both = CliRunner().invoke(app, ["explain", str(tmp_path / "glass.xyz"), "--map", "--atom", "3"])
    assert isinstance(both.exception, InputError)
