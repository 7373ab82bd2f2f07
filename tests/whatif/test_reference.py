"""Results of changes, against relaxation and prediction by other means."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from ase.optimize import FIRE

from symgnn.errors import InputError
from symgnn.inference.card import CARD
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.inference.predict import predict
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.simulate import MendelevCuZr, verify
from symgnn.whatif import MoveAtom, Reference, RemoveAtom, Strain, SwapElement, parse_change, what_if
from symgnn.whatif.ensemble import Ensemble, ensemble_of
from symgnn.whatif.relaxation import Warm, relaxed
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def reference(checkpoint, sample):
    return Reference(checkpoint, sample)


def by_ase(glass, force=2e-4):
    atoms = Atoms(glass.species, glass.positions, cell=glass.cell, pbc=True, calculator=MendelevCuZr())
    FIRE(atoms, logfile=None).run(fmax=force, steps=5000)
    return atoms


@pytest.mark.parametrize("text", ["swap 17=Zr", "remove 30", "exchange {cu},{zr}", "strain 0,0,0.01,0,0,0"])
def test_relaxation_is_ases(checkpoint, sample, reference, text):
    """The minimum of a relaxation of all atoms at once, by another optimiser, and its barriers."""
    cu, zr = (int(np.flatnonzero(sample.species == number)[7]) for number in (29, 40))
    result = reference.ask(parse_change(text.format(cu=cu, zr=zr)), atom=5)
    atoms = by_ase(result.unrelaxed)
    assert verify(result.after).largest_force <= 2e-4
    start = by_ase(reference.glass)
    assert result.energy_change == pytest.approx(
        atoms.get_potential_energy() - start.get_potential_energy(), abs=2e-3
    )
    apart = atoms.positions - result.after.positions
    assert np.abs(apart - apart.mean(0)).max() < 0.02
    expected = predict(checkpoint, replace(result.after, positions=atoms.positions))
    assert result.barriers_after == pytest.approx(expected, abs=2e-3)


def test_what_a_result_says(checkpoint, sample, reference):
    result = reference.ask(RemoveAtom(30), atom=31)
    assert result.given is reference.given
    assert result.is_relaxed
    assert (len(result.after), len(result.barriers_before), result.number_after) == (499, 500, 30)
    assert result.now[29:32].tolist() == [29, -1, 30]
    assert result.kept[result.now[31]] == 31
    assert np.array_equal(result.after.species, sample.species[result.kept])
    before, after = predict(checkpoint, reference.glass), predict(checkpoint, result.after)
    assert result.barriers_before == pytest.approx(before, abs=1e-6)
    assert result.barriers_after == pytest.approx(after, abs=1e-6)
    assert result.barrier_change == pytest.approx(after - before[result.kept], abs=1e-6)
    assert result.sigma is None, "one model does not say how far its difference is off"
    unrelaxed = predict(checkpoint, result.unrelaxed) - before[result.kept]
    assert result.unrelaxed_change == pytest.approx(unrelaxed, abs=1e-6)
    moved = np.linalg.norm(result.after.positions - reference.glass.positions[result.kept], axis=1)
    assert np.array_equal(result.moved, moved)
    assert result.n_moved == (moved > 0.1).sum() > 0
    assert result.energy_change > 1
    assert repr(result).startswith("WhatIf(remove 30, 'Cu64Zr36_500_1e12', relaxed; atom 31: ")


@pytest.mark.parametrize(
    "text", ["strain 0,0,0,0,0,0", "move 17=0,0,0", "swap 17={own}"], ids=["strain", "move", "swap"]
)
@pytest.mark.parametrize("relax", [True, False])
def test_no_change_is_none(checkpoint, sample, relax, text):
    """Also of a glass that is no minimum: it is told from its own relaxation."""
    rough = replace(
        sample, positions=sample.positions + np.random.default_rng(0).normal(scale=0.02, size=(500, 3))
    )
    result = what_if(
        checkpoint, rough, parse_change(text.format(own=sample.symbols[17])), atom=5, relax=relax
    )
    assert np.abs(result.barrier_change).max() <= 1e-6
    assert result.energy_change == (pytest.approx(0, abs=1e-6) if relax else None)
    assert result.moved.max() < 1e-9
    assert np.abs(result.reference.positions - rough.positions).max() > 0.01 or not relax


def test_undone_exactly(checkpoint, sample):
    result = what_if(checkpoint, sample, SwapElement(17, "Zr"), relax=False)
    assert result.given is sample
    assert result.given.properties is sample.properties
    back = SwapElement(17, sample.symbols[17]).apply(result.after)
    assert back.content_hash == sample.content_hash


def test_strain_moves_atoms_with_the_cell(checkpoint, sample):
    result = what_if(checkpoint, sample, Strain.uniaxial("x", 0.01), relax=False)
    assert result.moved.max() < 1e-9
    relaxed_too = what_if(checkpoint, sample, Strain.uniaxial("x", 0.01))
    assert 0.01 < relaxed_too.moved.max() < 1, "what is not affine"
    assert np.array_equal(relaxed_too.after.cell, Strain.uniaxial("x", 0.01).apply(sample).cell)


def test_unrelaxed_where_the_potential_does_not_take_it(checkpoint):
    small = make_random_glass(120, seed=3)
    result = what_if(checkpoint, small, SwapElement(3, "Zr" if small.species[3] == 29 else "Cu"), atom=4)
    assert not result.is_relaxed
    assert "potential needs at least 15.2 Å" in result.note
    assert result.energy_change is None
    assert result.after is result.unrelaxed
    assert np.array_equal(result.barrier_change, result.unrelaxed_change)
    assert "not relaxed" in repr(result)


def test_refused(checkpoint, sample, reference):
    with pytest.raises(
        InputError, match=r"swap 3=Al: element Al found, but checkpoint .*untrained knows Cu, Zr only"
    ):
        reference.ask(SwapElement(3, "Al"))
    with pytest.raises(InputError, match="atom 3 is asked about, but removed"):
        reference.ask(RemoveAtom(3), atom=3)
    with pytest.raises(InputError, match=r"atom 500 found, expected 0\.\.499"):
        reference.ask(RemoveAtom(3), atom=500)
    with pytest.raises(InputError, match="periodic along"):
        Reference(checkpoint, replace(sample, pbc=[True, True, False]))


def test_warm_lists_change_nothing(reference):
    warm = Warm(reference.glass)
    swapped = SwapElement(17, "Zr" if reference.glass.species[17] == 29 else "Cu").apply(reference.glass)
    assert warm.pairs_for(swapped) is warm.pairs_for(swapped) is not None
    assert warm.pairs_for(MoveAtom(3, (0.1, 0, 0)).apply(reference.glass)) is None
    cold, energy = relaxed(swapped, near=np.array([17]))
    same, energy_of_warm = relaxed(swapped, near=np.array([17]), like=warm)
    assert np.allclose(cold.positions, same.positions, atol=1e-6)
    assert energy == pytest.approx(energy_of_warm, abs=1e-8)


def test_models_of_a_difference(sample):
    """Seeds of a checkpoint and members of a committee; each is what the model alone gives."""
    symgnn = load_checkpoint("symgnn")
    ensemble = ensemble_of(symgnn)
    assert ensemble.title == "3 training seeds"
    assert [one.full_name for one in ensemble.seeds] == ["symgnn/seed1", "symgnn/seed2"]
    of_a_seed = ensemble_of(ensemble.seeds[0]).seeds
    assert [one.key for one in of_a_seed] == [symgnn.key, ensemble.seeds[1].key]
    result = Reference(symgnn, sample, relax=False).ask(SwapElement(17, "Zr"), atom=5)
    changes = [
        predict(one, result.after) - predict(one, result.reference) for one in (symgnn, *ensemble.seeds)
    ]
    assert result.barrier_change == pytest.approx(changes[0], abs=1e-6)
    assert result.sigma == pytest.approx(np.std(changes, axis=0, ddof=1), abs=1e-6)

    committee = load_checkpoint("committee")
    result = Reference(committee, sample, relax=False).ask(SwapElement(17, "Zr"), atom=5)
    barriers = ensemble_of(committee).of_glass(result.after)
    assert ensemble_of(committee).title == "3 members of the committee"
    assert barriers.models.mean(0) == pytest.approx(predict(committee, result.after), abs=1e-6)
    ridge = load_checkpoint("ridge")
    member = barriers.models[0] - ensemble_of(committee).of_glass(result.reference).models[0]
    alone = predict(ridge, result.after) - predict(ridge, result.reference)
    assert np.corrcoef(member, alone)[0, 1] > 0.99
    assert ensemble_of(ridge, seeds=()).title == ""


def test_a_large_glass_is_predicted_in_tiles(checkpoint, sample, monkeypatch):
    ensemble = Ensemble(checkpoint, ())
    whole = ensemble.of_glass(sample)
    monkeypatch.setattr("symgnn.whatif.ensemble.MOST_EDGES", 10)
    assert ensemble.of_glass(sample).value == pytest.approx(whole.value, abs=1e-6)


def test_the_changed_glass_is_saved_and_read(checkpoint, reference, tmp_path):
    result = reference.ask(RemoveAtom(30), atom=31)
    write_extxyz(tmp_path / "after.xyz", result.as_glass())
    again = read_glass(tmp_path / "after.xyz")
    assert np.array_equal(again.properties["atom_before"], result.kept)
    assert again.properties["barrier_change"] == pytest.approx(result.barrier_change)
    assert again.notes["change"] == "remove 30"
    assert again.notes["relaxed"] == "yes"


def test_seeds_of_another_cutoff_are_none(checkpoint, tmp_path, monkeypatch):
    """What stands in the folder of a checkpoint is asked with it only where it reads the same graph."""
    for name in (".", "seed1", "seed2"):
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / CARD).touch()
    first = replace(checkpoint, folder=tmp_path)
    nearer = SimpleNamespace(elements=first.elements, cutoff=4.0, inputs=first.model.inputs, n_layers=2)
    others = {"seed1": first, "seed2": SimpleNamespace(card=first.card, model=nearer)}
    monkeypatch.setattr("symgnn.whatif.ensemble.load_checkpoint", lambda folder, device: others[folder.name])
    assert ensemble_of(first).seeds == (first,)
