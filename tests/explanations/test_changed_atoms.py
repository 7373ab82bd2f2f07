"""Methods that ask about changed glasses: stretched edges and swapped neighbours."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.methods.stretch import Stretch
from symgnn.explanations.methods.swap import Swap
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.explanations.signed_map import map_methods, signed_map
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from tests.models.test_contract import CASES, make, make_glass


@pytest.mark.parametrize("case", CASES)
def test_stretch_against_finite_differences(case):
    """Of every model: the glass's graph with one pair longer, in double precision."""
    name, settings = CASES[case]
    glass, model = make_glass(150, 12), make(name, settings).requires_grad_(False).double()
    if model.n_layers == 0:
        pytest.skip("reads no edges")
    graph = build_graph(glass, model.cutoff, model.inputs)
    columns = {name: getattr(graph, name).double() for name in ("length", "vector", "inputs")}
    graph = replace(graph, **columns)
    fields = receptive_fields(graph, [4], model.n_layers)
    effect = Stretch().attribute(model, fields).effect
    assert effect.abs().max() > 1e-5
    for row in effect.abs().argsort(descending=True)[:2].tolist():
        barriers = []
        for step in (-1e-4, 1e-4):
            longer = torch.where(graph.pair == fields.pair_number[row], step, 0.0)
            scale = 1 + longer / graph.length
            stretched = replace(graph, length=graph.length + longer, vector=graph.vector * scale[:, None])
            barriers.append(model(stretched)[4].item())
        assert effect[row].item() == pytest.approx(0.1 * np.diff(barriers)[0] / 2e-4, rel=5e-3, abs=1e-7)


def test_the_map_of_stretched_edges_is_the_sum_of_all_explanations(symgnn_checkpoint, glass):
    assert "stretch" in map_methods(symgnn_checkpoint)
    assert "swap" not in map_methods(symgnn_checkpoint)
    whole = signed_map(symgnn_checkpoint, glass, Stretch())
    numbers = {key: row for row, key in enumerate(zip(*whole.pairs.T, *whole.images.T, strict=True))}
    total = np.zeros(len(numbers))
    for one in explain_atoms(symgnn_checkpoint, glass, range(len(glass)), method=Stretch()):
        rows = [numbers[key] for key in zip(*one.pairs.T, *one.images.T, strict=True)]
        total[rows] += one.effect
    assert np.abs(total).max() > 1e-4
    assert whole.pair_effect == pytest.approx(total, abs=1e-5)
    assert signed_map(symgnn_checkpoint, glass, Stretch(amplitude=0.2)).pair_effect == pytest.approx(
        2 * whole.pair_effect, abs=1e-6
    )


def test_swap_is_the_change_in_a_glass_with_the_other_element(symgnn_checkpoint, glass):
    (one,) = explain_atoms(symgnn_checkpoint, glass, [4], method=Swap())
    by_atom = one.atom_effect(len(glass)) * 2  # half of an edge's effect is either end's
    before, tried = symgnn_checkpoint.predict(glass)[4], 0
    for atom in range(len(glass)):
        if atom != 4 and by_atom[atom] and tried < 12:
            species = glass.species.copy()
            species[atom] = 69 - species[atom]
            swapped = symgnn_checkpoint.predict(replace(glass, species=species))[4]
            assert by_atom[atom] == pytest.approx(before - swapped, abs=1e-5)
            tried += 1
    assert tried == 12
    touching = (one.pairs == 4).any(1)
    assert (one.effect[~touching] == 0).all()
    importance = one.atom_importance(len(glass))
    others = np.arange(len(glass)) != 4
    assert np.allclose(importance[others], np.abs(by_atom[others]) / np.abs(one.effect).max(), atol=1e-5)
    (near,) = explain_atoms(symgnn_checkpoint, glass, [4], method=Swap(within=3.0))
    assert (near.effect[near.lengths >= 3] == 0).all()
    assert np.allclose(near.effect[near.lengths < 3], one.effect[one.lengths < 3], atol=1e-6)


def test_swaps_tell_how_far_they_are(symgnn_checkpoint, glass):
    steps = []
    explain_atoms(symgnn_checkpoint, glass, [4, 7], method=Swap(), progress=lambda *step: steps.append(step))
    assert len(steps) > 2
    assert [done for done, _ in steps] == sorted({done for done, _ in steps})
    assert {of for _, of in steps} == {steps[-1][0]}


def test_a_planted_reason_is_found_by_swaps(known_reason, glass):
    """A short Cu-Zr bond is lost, a short bond of like atoms becomes one."""
    graph = build_graph(glass, 5.0)
    short = torch.bincount(graph.target[graph.length < 3], minlength=len(glass))
    (one,) = explain_atoms(known_reason, glass, [int(short.argmax())], method=Swap())
    unlike = glass.species[one.pairs[:, 0]] != glass.species[one.pairs[:, 1]]
    touching = (one.pairs == one.atom).any(1)
    expected = np.where(unlike, 0.2, -0.2) * (touching & (one.lengths < 3))
    assert one.effect == pytest.approx(expected, abs=1e-5)
    assert np.count_nonzero(expected) >= 4


def test_every_copy_of_an_atom_is_swapped():
    """In a cell thinner than two cutoffs a neighbour is one through several images; they share its effect."""
    glass, model = make_glass(24, 3), make("symgnn", {"heads": [2, 1]}).requires_grad_(False)
    checkpoint = Checkpoint(Path("thin"), model, Card(model="symgnn", settings={}), "6" * 16)
    (one,) = explain_atoms(checkpoint, glass, [4], method=Swap())
    by_atom, before = 2 * one.atom_effect(len(glass)), checkpoint.predict(glass)[4]
    shared = [
        a for a in range(24) if a != 4 and ((one.pairs == 4).any(1) & (one.pairs == a).any(1)).sum() > 1
    ]
    assert shared
    for atom in shared[:4]:
        species = glass.species.copy()
        species[atom] = 69 - species[atom]
        assert by_atom[atom] == pytest.approx(
            before - checkpoint.predict(replace(glass, species=species))[4], abs=1e-5
        )


def test_of_three_elements_it_is_the_mean_of_both_swaps():
    plain = make_glass(24, 3)
    glass = replace(plain, species=np.where(np.arange(24) % 3 == 0, 13, plain.species))
    settings = {"heads": [2, 1], "elements": ["Cu", "Zr", "Al"]}
    model = make("symgnn", settings).requires_grad_(False)
    checkpoint = Checkpoint(Path("three"), model, Card(model="symgnn", settings=settings), "6" * 16)
    (one,) = explain_atoms(checkpoint, glass, [4], method=Swap())
    by_atom, before = 2 * one.atom_effect(24), checkpoint.predict(glass)[4]
    strongest = [atom for atom in np.argsort(-np.abs(by_atom)) if atom != 4][:2]
    for atom in strongest:
        after = [
            checkpoint.predict(replace(glass, species=np.where(np.arange(24) == atom, z, glass.species)))[4]
            for z in {13, 29, 40} - {glass.species[atom]}
        ]
        assert by_atom[atom] == pytest.approx(before - np.mean(after), abs=1e-5)
    assert abs(by_atom[strongest[0]]) > 2e-4


def test_settings_are_checked():
    with pytest.raises(InputError, match="amplitude 0 found"):
        Stretch(amplitude=0)
    with pytest.raises(InputError, match="within 0 found"):
        Swap(within=0)
