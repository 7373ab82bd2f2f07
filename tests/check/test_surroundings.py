"""Distance of surroundings from training data: what is relaxed is inside, what is shaken, strained or other is not."""

from dataclasses import replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from ase import Atoms

from benchmarks.surroundings import exchanged, strained, with_noise
from symgnn.check.surroundings import (
    AVERAGED_WITHIN,
    CUTOFF,
    Surroundings,
    densities,
    fit_surroundings,
    paper_surroundings,
    shortest_distances,
)
from symgnn.descriptors import local_densities, shell_radii
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import build_graph
from symgnn.io.structures import read_glass
from symgnn.nn.radial import cosine_cutoff
from symgnn.paths import samples_folder
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def sample():
    return read_glass(samples_folder() / "Cu64Zr36_500_1e12.xyz")


@pytest.fixture(scope="module")
def crowd():
    """Glasses of one kind."""
    return [make_random_glass(200, seed) for seed in range(6)]


def test_shortest_distances_are_those_of_the_elements_asked_for(sample):
    atoms = sample.to_ase()
    away = atoms.get_all_distances(mic=True) + 10 * np.eye(len(atoms))
    kinds = [np.array(sample.symbols) == element for element in ("Cu", "Zr")]
    expected = [[away[np.ix_(one, other)].min() for other in kinds] for one in kinds]
    np.testing.assert_allclose(shortest_distances(sample, ("Cu", "Zr")), expected)
    atoms += Atoms("H2", positions=atoms.positions[:2] + 0.8)  # an element that nobody asks for
    np.testing.assert_allclose(shortest_distances(Glass.from_ase(atoms), ("Cu", "Zr")), expected)


def test_densities_are_those_of_the_descriptors(sample):
    graph = build_graph(sample, CUTOFF)
    element = F.one_hot((graph.species == 40).long(), 2).float()
    by_shell = local_densities(graph, cosine_cutoff(graph.length, CUTOFF), element, shell_radii(CUTOFF))
    shells = len(shell_radii(CUTOFF))
    own = densities(sample, ["Cu", "Zr"]).reshape(500, 2, shells)
    assert own == pytest.approx(by_shell.reshape(500, shells, 2).permute(0, 2, 1).numpy(), abs=1e-4)


def test_training_atoms_have_a_distance_of_1(crowd):
    """Mahalanobis: the mean square over the atoms that were fitted is 1, but for what is cut as rounding."""
    fitted = fit_surroundings(crowd)
    far = {one: fitted.distance(one) for one in crowd}
    assert np.mean([np.square(d).mean() for d in far.values()]) == pytest.approx(1, abs=0.1)
    assert (fitted.elements, fitted.calibrated_on) == (("Cu", "Zr"), 1200)
    assert fitted.density == pytest.approx(
        [min(one.number_density for one in crowd), max(one.number_density for one in crowd)]
    )


def test_the_average_is_over_the_neighbours(crowd):
    fitted = fit_surroundings(crowd)
    glass, graph = crowd[0], build_graph(crowd[0], AVERAGED_WITHIN)
    values = densities(glass, fitted.elements)
    alone = np.empty(len(glass))
    for atom, number in enumerate(glass.species):
        row = 0 if number == 29 else 1
        alone[atom] = np.square(
            (values[atom] - fitted.mean[row]) / fitted.deviation[row] @ fitted.whitening[row]
        ).mean()
    around = [alone[graph.source[graph.target == atom].numpy()] for atom in range(len(glass))]
    expected = [np.mean([own, *others]) for own, others in zip(alone, around, strict=True)]
    assert fitted.distance(glass) == pytest.approx(np.sqrt(expected), rel=1e-6)


def test_percentiles_are_of_held_out_glasses(crowd):
    """Atoms of a new glass of the kind are spread evenly over the percentiles; those of the fit itself are nearer."""
    fitted = fit_surroundings(crowd)
    new = [fitted.percentile(fitted.distance(make_random_glass(200, seed))) for seed in range(20, 26)]
    assert np.mean(new) == pytest.approx(
        50, abs=12
    )  # the fit to all has more atoms than those that calibrate
    assert (np.concatenate(new) > 95).mean() == pytest.approx(0.05, abs=0.05)
    own = np.concatenate([fitted.percentile(fitted.distance(one)) for one in crowd])
    assert own.mean() < np.mean(new)
    together = fit_surroundings(crowd[:1] * 2, groups=[0, 0])  # nothing can be held out
    apart = fit_surroundings([crowd[0], crowd[0]], groups=[0, 1])
    assert together.quantiles == pytest.approx(apart.quantiles)


def test_replicas_are_held_out_together(crowd):
    """A replica among the training glasses makes a glass look nearer than a new one is."""
    few = [*crowd[:3], *crowd[:3]]
    together, apart = fit_surroundings(few, groups=[0, 1, 2, 0, 1, 2]), fit_surroundings(few)
    assert together.quantiles[500] > apart.quantiles[500]


def test_percentiles_are_never_0_or_100(crowd):
    fitted = fit_surroundings(crowd)
    low, high = fitted.percentile(np.array([0.0, 1e9]))
    assert (low, high) == (pytest.approx(100 * 0.5 / 1200), pytest.approx(100 * (1 - 0.5 / 1200)))


def outside(glass):
    reference = paper_surroundings()
    return (reference.percentile(reference.distance(glass)) > 95).mean()


def test_what_is_unlike_the_paper(sample):
    assert outside(sample) < 0.10
    assert outside(with_noise(sample, 0.06)) > 0.5
    assert outside(strained(sample, np.array([0.04, 0, 0]))) > 0.3
    assert outside(strained(sample, np.full(3, -0.02))) > 0.9
    assert outside(exchanged(sample, 0.1)) > 0.9
    assert outside(read_glass(samples_folder() / "Cu50Zr50_500_1e13.xyz")) > 0.4


def test_it_knows_turned_and_moved_glasses(sample):
    reference, turn = paper_surroundings(), np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    turned = replace(sample, positions=(sample.positions + 3.0) @ turn, cell=sample.cell @ turn)
    assert reference.distance(turned) == pytest.approx(reference.distance(sample), abs=1e-6)


def test_it_is_kept_in_a_file(crowd, tmp_path):
    fitted = fit_surroundings(crowd)
    fitted.save(tmp_path / "own.npz")
    read = Surroundings.load(tmp_path / "own.npz")
    assert read.elements == fitted.elements
    assert read.distance(crowd[0]) == pytest.approx(fitted.distance(crowd[0]), rel=1e-3)
    (tmp_path / "bad.npz").write_bytes(b"nothing")
    for name in ("bad.npz", "missing.npz"):
        with pytest.raises(InputError, match=f"{name}: not readable"):
            Surroundings.load(tmp_path / name)


def test_refused(sample):
    gold = replace(sample, species=np.where(np.arange(500) == 7, 79, sample.species))
    with pytest.raises(InputError, match="element Au found, but the training glasses have Cu, Zr only"):
        paper_surroundings().distance(gold)
    with pytest.raises(InputError, match="none found"):
        fit_surroundings([])
    with pytest.raises(InputError, match="not periodic in all directions"):
        fit_surroundings([replace(sample, pbc=np.array([True, True, False]))])


def test_the_paper_has_what_its_files_have():
    reference = paper_surroundings()
    assert (reference.elements, reference.calibrated_on) == (("Cu", "Zr"), 40_000)
    assert reference.fraction == pytest.approx(np.array([[0.64, 0.64], [0.36, 0.36]]), abs=0.01)
    assert (reference.density > 0.0625).all()
    assert (reference.density < 0.0635).all()
    assert np.allclose(reference.shortest, reference.shortest.T)
    assert torch.tensor(reference.shortest).min() > 1.8
