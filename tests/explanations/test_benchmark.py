"""Measures of explanations against closed forms; stability; and a broken explainer that they expose."""

import csv
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest
import torch

from symgnn.errors import InputError
from symgnn.explanations.benchmark import compare_methods
from symgnn.explanations.benchmark_record import BenchmarkRecords
from symgnn.explanations.benchmark_tables import CURVES, MEASURES
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.fidelity import characterization, curve_area, relative_change, sparsity
from symgnn.explanations.methods.base import Attribution, Method
from symgnn.explanations.methods.baselines import RandomEdges
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.methods.occlusion import Occlusion
from symgnn.explanations.stability import check_replica, compare, compare_by_hops, rotated, shuffled_weights
from symgnn.glass import Glass


@dataclass(frozen=True)
class ConstantMask(Method):
    """Broken on purpose: all edges are equally important."""

    name: ClassVar[str] = "constant"

    def attribute(self, model, fields, *, seed=0, progress=None):
        return Attribution(torch.ones(fields.n_pairs))


def test_closed_forms():
    assert relative_change([-0.2, 0.1], 0.4).tolist() == [0.5, 0.25]
    assert characterization(0.5, 0.5) == 0.5
    assert characterization(2.0, 0.0) == 1.0
    assert characterization(1.0, 3.0) == characterization(0.0, 1.0) == 0.0
    assert characterization(0.25, 0.0) == pytest.approx(0.4)
    assert curve_area([1, 10, 100], np.array([3.0, 3.0, 3.0])) == pytest.approx(3)
    assert curve_area([1, 10, 100], np.array([0.0, 1.0, 2.0])) == pytest.approx(1)
    assert sparsity(np.full(40, 0.3)) == pytest.approx(0)
    assert sparsity(np.eye(10)[0]) == pytest.approx(0.9)
    assert sparsity(np.repeat([1.0, 0.0], [5, 15])) == pytest.approx(0.75)
    assert sparsity(np.zeros(4)) == 0


def test_a_rotated_glass_keeps_lengths_and_angles(glass):
    for seed in (0, 1):
        turned = rotated(glass, seed)
        assert np.allclose(turned.cell @ turned.cell.T, glass.cell @ glass.cell.T)
        assert np.allclose(turned.positions @ turned.positions.T, glass.positions @ glass.positions.T)
        assert not np.allclose(turned.positions, glass.positions)
    handed = {np.sign(np.linalg.det(rotated(glass, seed).cell)) for seed in range(8)}
    assert handed == {1, -1}, "rotations and reflections"


def test_explanations_are_compared_edge_by_edge(symgnn_checkpoint, glass):
    """An atom that is stated in another periodic image is the same atom."""
    moved = glass.positions.copy()
    moved[5] += glass.cell[1]
    shifted = Glass(glass.species, moved, glass.cell, glass.pbc)
    method = GradientTimesWeight()
    (first,) = explain_atoms(symgnn_checkpoint, glass, [3], method=method)
    (second,) = explain_atoms(symgnn_checkpoint, shifted, [3], method=method)
    same, correlation = compare(first, second, len(glass), 10)
    assert same > 0.6
    assert correlation > 0.95
    (turned,) = explain_atoms(symgnn_checkpoint, rotated(glass, 1), [3], method=method)
    assert compare(first, turned, len(glass), 10)[1] > 0.99


def test_shuffled_weights_are_the_same_numbers_elsewhere(symgnn_checkpoint, glass):
    shuffled = shuffled_weights(symgnn_checkpoint, 0)
    assert shuffled.key != symgnn_checkpoint.key
    changed = 0
    for before, after in zip(symgnn_checkpoint.model.parameters(), shuffled.model.parameters(), strict=True):
        assert torch.equal(before.flatten().sort().values, after.flatten().sort().values)
        changed += not torch.equal(before, after)
    assert changed > 5
    (first,) = explain_atoms(symgnn_checkpoint, glass, [3], method=GradientTimesWeight())
    (second,) = explain_atoms(shuffled, glass, [3], method=GradientTimesWeight())
    assert compare(first, second, len(glass), 10)[1] < 0.9


def test_a_broken_explainer_is_exposed(known_reason, glass, tmp_path):
    """On a model with a planted reason honest methods find it; equal importance does not, and shows it."""
    everyone = explain_atoms(known_reason, glass, list(range(60)), method=GradientTimesWeight())
    atoms = [found.atom for found in sorted(everyone, key=lambda found: -found.prediction)[:12]]
    methods = [ConstantMask(), RandomEdges(), GradientTimesWeight(), Occlusion()]
    found = compare_methods(known_reason, glass, atoms, methods, n_stability=3, folder=tmp_path, workers=1)
    mean = {m.name: {c: (found.interval(m.name, c) or (None,))[0] for c in MEASURES} for m in methods}
    for name in ("gradient", "occlusion"):
        # the planted reason is a kind of edge, so random edges of the same kind carry it too: the control is as good
        assert mean[name]["area_plus"] > mean["constant"]["area_plus"] + 0.5
        assert mean[name]["area_minus"] < mean["constant"]["area_minus"] - 0.5
        assert mean[name]["characterization"] > 0.5
        assert mean[name]["sparsity"] > 0.8
        assert mean[name]["rotation"] == 1
        assert mean[name]["signed"] < -0.2
    for name in ("constant", "random"):
        low, high = (found.interval(name, c) for c in ("area_plus", "area_plus_control"))
        assert low[1] <= high[2], "no better than its control"
        assert mean[name]["area_plus"] < 0.85 * mean["gradient"]["area_plus"]
    assert mean["constant"]["sparsity"] == pytest.approx(0, abs=1e-9)
    assert mean["constant"]["weights"] == mean["constant"]["weights_ranks"] == 1, (
        "it notices no other weights"
    )
    assert mean["gradient"]["plus_excess"] == pytest.approx(
        mean["gradient"]["plus"] - mean["gradient"]["plus_control"]
    )
    assert mean["random"]["seed"] < 0.5
    names = list(found.records)
    assert np.allclose(np.diag(found.agreement), 1)
    gradient, occlusion, chance = (names.index(name) for name in ("gradient", "occlusion", "random"))
    assert found.agreement[gradient, occlusion] > found.agreement[gradient, chance] + 0.5


def test_a_benchmark_goes_on_where_it_was_stopped(known_reason, glass, tmp_path, monkeypatch):
    def stop(done, total):
        raise KeyboardInterrupt

    methods, atoms = [GradientTimesWeight()], [1, 2, 3]
    with pytest.raises(KeyboardInterrupt):
        compare_methods(
            known_reason,
            glass,
            atoms,
            methods,
            n_stability=0,
            folder=tmp_path / "a",
            workers=1,
            progress=stop,
        )
    computed = []
    compute = BenchmarkRecords.compute
    monkeypatch.setattr(BenchmarkRecords, "compute", lambda *a: computed.append(a) or compute(*a))
    done = []
    resumed = compare_methods(
        known_reason, glass, atoms, methods, n_stability=0, folder=tmp_path / "a", workers=1,
        progress=lambda *step: done.append(step),
    )  # fmt: skip
    assert len(computed) == 2
    assert done == [(2, 3), (3, 3)]
    whole = compare_methods(
        known_reason, glass, atoms, methods, n_stability=0, folder=tmp_path / "b", workers=1
    )
    assert whole.records == resumed.records


def test_others_compare_as_one_process_does(symgnn_checkpoint, glass, tmp_path, cluster):
    methods, noise = (
        [GradientTimesWeight(), RandomEdges()],
        np.random.default_rng(0).normal(0, 0.01, (150, 3)),
    )
    replica = replace(glass, positions=glass.positions + noise)
    one, *others = (
        compare_methods(
            symgnn_checkpoint, glass, [3, 7, 9], methods, replica=replica, n_stability=2,
            folder=tmp_path / f"{k}", **how,
        )
        for k, how in enumerate(({"workers": 1}, {"workers": 2}, {"scheduler": cluster.address}))
    )  # fmt: skip
    for other in others:
        assert np.array_equal(one.agreement, other.agreement)
        for name, of in one.records.items():
            for atom, measures in of.items():
                assert other.records[name][atom] == pytest.approx(measures, abs=1e-5), (name, atom)


def test_a_replica_is_the_same_glass_but_for_noise(known_reason, glass):
    noise = np.random.default_rng(0).normal(0, 0.01, glass.positions.shape)
    check_replica(glass, replace(glass, positions=glass.positions + noise + glass.cell[0]))
    other = replace(glass, positions=np.random.default_rng(1).permutation(glass.positions), name="other")
    fewer = Glass(glass.species[:-1], glass.positions[:-1], glass.cell, glass.pbc, name="fewer")
    for replica, message in ((other, r"other: atoms .* Å \(median\) from"), (fewer, "fewer: other atoms")):
        with pytest.raises(InputError, match=message):
            compare_methods(known_reason, glass, [0], [GradientTimesWeight()], replica=replica)


def test_ranks_hop_sizes_do_not_see_distance(symgnn_checkpoint, glass):
    """Importance by hops alone, with noise: correlated over all edges, not within hops."""
    (found,) = explain_atoms(symgnn_checkpoint, glass, [3], method=RandomEdges())
    found = replace(found, hops=np.arange(len(found.hops)) % 4)
    noise = np.random.default_rng(0).uniform(0, 0.1, (2, len(found.hops)))
    one, other = (replace(found, importance=1 / (1 + found.hops) - part) for part in noise)
    assert compare(one, other, len(glass), 10)[1] > 0.5
    assert abs(compare_by_hops(one, other)) < 0.1
    assert compare_by_hops(one, one) == pytest.approx(1)


def test_the_files(known_reason, glass, tmp_path):
    found = compare_methods(
        known_reason, glass, [1, 2], [GradientTimesWeight()], n_stability=1, folder=tmp_path / "c", workers=1
    )
    table, text, curves = found.write(tmp_path / "out" / "glass.methods")
    rows = {row["measure"]: row for row in csv.DictReader(table.open())}
    assert rows["plus"]["atoms"] == "2"
    assert rows["rotation"]["atoms"] == "1"
    assert "replica" not in rows
    assert (
        float(rows["sparsity"]["low"]) <= float(rows["sparsity"]["mean"]) <= float(rows["sparsity"]["high"])
    )
    assert text.read_text().startswith("| measure | gradient |")
    lines = list(csv.DictReader(curves.open()))
    assert len(lines) == len(CURVES) * len(found.budgets)
    at_10 = {row["curve"]: float(row["mean"]) for row in lines if row["edges"] == "10"}
    assert at_10["plus"] == pytest.approx(float(rows["plus"]["mean"]), rel=1e-4)
    assert at_10["removal_eV"] == pytest.approx(float(rows["signed"]["mean"]), rel=1e-4)
    everything = [found.curve("gradient", name)[-1, 0] for name in ("plus", "minus")]
    assert everything[0] > 0
    assert everything[1] == pytest.approx(0, abs=1e-5), "3000 edges are all that there are"
