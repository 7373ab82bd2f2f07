"""Batches: equal to single runs, the same however they are cut short, and their maps and files."""

import csv
import os
import subprocess
import sys

import ase.io
import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.maps import importance_map, write_maps
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.selection import parse_atoms, random_atoms
from symgnn.explanations.shards import Work
from symgnn.graph.atom_graph import build_graph
from symgnn.inference.predict import load_checkpoint
from symgnn.io.structures import read_glass
from tests.conftest import REPOSITORY

ATOMS = list(range(0, 150, 4))  # three shards


@pytest.mark.parametrize("method", [GradientTimesWeight(), GNNExplainer(steps=5)], ids=lambda m: m.name)
def test_a_batch_is_made_of_single_runs(method, symgnn_checkpoint, glass, tmp_path):
    found = explain_batch(symgnn_checkpoint, glass, ATOMS, method=method, folder=tmp_path, workers=1, top=20)
    graph = build_graph(glass, 5.0)
    share, seen = np.zeros(len(graph.pair_edge)), np.zeros(len(graph.pair_edge))
    ends = zip(graph.pair_atoms.tolist(), graph.pair_image.tolist(), strict=True)
    pairs = {(*pair, *image): number for number, (pair, image) in enumerate(ends)}
    for row, atom in enumerate(ATOMS):
        (alone,) = explain_atoms(symgnn_checkpoint, glass, [atom], method=method)
        ends = zip(alone.pairs.tolist(), alone.images.tolist(), strict=True)
        number = np.array([pairs[(*pair, *image)] for pair, image in ends])
        own = found.rank_atom == atom
        assert found.prediction[row] == pytest.approx(alone.prediction, abs=1e-6)
        assert found.n_edges[row] == len(alone.lengths)
        values = dict(zip(number.tolist(), alone.importance.tolist(), strict=True))
        assert [values[pair] for pair in found.pair[own].tolist()] == pytest.approx(
            found.importance[own], abs=1e-4
        )
        assert np.sort(alone.importance)[-20:][::-1] == pytest.approx(found.importance[own], abs=1e-4)
        share[number] += alone.importance / alone.importance.sum()
        seen[number] += 1
    assert np.array_equal(found.seen, seen)
    assert np.allclose(found.fraction, share, atol=1e-5)
    assert found.fraction.sum() == pytest.approx(len(ATOMS))
    assert (found.effect_sum is None) == (method.name == "gnn_explainer")


def test_a_run_that_was_stopped_goes_on_to_the_same_numbers(symgnn_checkpoint, glass, tmp_path, monkeypatch):
    method = GradientTimesWeight()
    whole = explain_batch(symgnn_checkpoint, glass, ATOMS, method=method, folder=tmp_path / "a", workers=1)

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        explain_batch(
            symgnn_checkpoint, glass, ATOMS, method=method, folder=tmp_path / "b", workers=1, progress=stop
        )
    finished = sorted((tmp_path / "b").iterdir())
    assert len(finished) == 1
    finished[0].write_bytes(b"damaged")
    explain_batch(symgnn_checkpoint, glass, ATOMS[:32], method=method, folder=tmp_path / "b", workers=1)
    computed = []
    compute = Work.compute
    monkeypatch.setattr(Work, "compute", lambda *a: computed.append(a) or compute(*a))
    resumed = explain_batch(symgnn_checkpoint, glass, ATOMS, method=method, folder=tmp_path / "b", workers=1)
    assert len(computed) == 1, "two of three shards are read again"
    for name in ("prediction", "pair", "importance", "effect", "fraction", "seen", "effect_sum"):
        assert np.array_equal(getattr(whole, name), getattr(resumed, name)), name


@pytest.mark.parametrize("where", ["two processes", "cluster"])
def test_others_give_what_one_process_gives(symgnn_checkpoint, glass, tmp_path, where, request):
    done = []
    how = {"workers": 2} if where != "cluster" else {"scheduler": request.getfixturevalue("cluster").address}
    method = GradientTimesWeight()
    one = explain_batch(symgnn_checkpoint, glass, ATOMS, method=method, folder=tmp_path / "a", workers=1)
    two = explain_batch(
        symgnn_checkpoint, glass, ATOMS, method=method, folder=tmp_path / "b", **how,
        progress=lambda *step: done.append(step),
    )  # fmt: skip
    assert done[-1] == (len(ATOMS), len(ATOMS))
    for name in ("prediction", "pair", "importance", "effect", "fraction", "seen", "effect_sum"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


def test_atoms_that_are_not_there_are_refused_before_anything_is_computed(symgnn_checkpoint, glass, tmp_path):
    with pytest.raises(InputError, match=r"atom 150 found, expected 0\.\.149"):
        explain_batch(
            symgnn_checkpoint, glass, [0, 150], method=GradientTimesWeight(), folder=tmp_path, workers=1
        )
    assert list(tmp_path.iterdir()) == []


def test_maps_and_their_files(symgnn_checkpoint, glass, tmp_path):
    found = explain_batch(
        symgnn_checkpoint,
        glass,
        [3, 7],
        method=GradientTimesWeight(),
        folder=tmp_path / "cache",
        workers=1,
        top=5,
    )
    graph = build_graph(glass, 5.0)
    maps = importance_map(graph, found)
    assert maps.atom_importance.sum() == pytest.approx(maps.pair_importance.sum())
    assert maps.atom_effect.sum() == pytest.approx(maps.pair_effect.sum())
    once = maps.pair_seen == 1
    assert np.allclose(maps.pair_importance[once], found.fraction[once])
    atom = 11
    ends = graph.pair_atoms.numpy()
    assert maps.atom_importance[atom] == pytest.approx(maps.pair_importance[(ends == atom).any(1)].sum() / 2)

    paths = write_maps(tmp_path / "out", "glass", glass, graph, found)
    read = ase.io.read(paths[0])
    assert np.allclose(read.arrays["importance"], maps.atom_importance, atol=1e-6)
    assert np.allclose(read.arrays["effect"], maps.atom_effect, atol=1e-6)
    tables = [list(csv.DictReader(path.open())) for path in paths[1:]]
    assert [len(table) for table in tables] == [len(graph.pair_edge), 10, 2]
    assert float(tables[0][5]["effect_eV"]) == pytest.approx(maps.pair_effect[5], rel=1e-4)
    assert [row["rank"] for row in tables[1]] == ["1", "2", "3", "4", "5"] * 2
    assert tables[2][0]["predicted_barrier_eV"] == f"{found.prediction[0]:.6f}"


def test_atoms_as_people_write_them(glass):
    predictions = np.arange(150.0)[::-1]
    symbols = np.array(glass.symbols)
    for text, expected in (
        ("all", np.arange(150)),
        ("0,9, 5,5", [0, 5, 9]),
        ("3-6,4", [3, 4, 5, 6]),
        ("Zr", np.flatnonzero(symbols == "Zr")),
        ("top:2", [0, 1]),
        ("bottom:3,0", [0, 147, 148, 149]),
    ):
        assert parse_atoms(text, glass, predictions).tolist() == list(expected)
    drawn = parse_atoms("random:20", glass, predictions, seed=1)
    assert drawn.tolist() == random_atoms(glass, 20, 1).tolist() != random_atoms(glass, 20, 2).tolist()
    assert (symbols[drawn] == "Zr").sum() == 10
    assert len(random_atoms(glass, 150, 0)) == 150


@pytest.mark.parametrize("text", ["", "150", "6-3", "Ni", "top:0", "top:151", "-1", "random:151", "1;2"])
def test_atoms_that_make_no_sense(text, glass):
    with pytest.raises(InputError, match="found, expected"):
        parse_atoms(text, glass, np.zeros(150))


RUN = """
import sys, time
from pathlib import Path
from symgnn.inference.predict import load_checkpoint
from symgnn.explanations.batch import explain_batch
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.io.structures import read_glass

def pause(done, total):
    print(done, flush=True)
    time.sleep(300)

glass, folder = read_glass(sys.argv[1]), Path(sys.argv[2])
explain_batch(load_checkpoint("symgnn"), glass, range(40), method=GradientTimesWeight(), folder=folder, workers=2,
              progress=pause)
"""


def test_a_run_that_is_killed_goes_on_to_the_same_numbers(tmp_path):
    sample = REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz"
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY), "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-c", RUN, str(sample), str(tmp_path / "killed")]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as run:
        done = int(run.stdout.readline())
        run.kill()
    how, steps = {"method": GradientTimesWeight(), "workers": 1}, []
    checkpoint, glass = load_checkpoint("symgnn"), read_glass(sample)
    resumed = explain_batch(
        checkpoint,
        glass,
        range(40),
        folder=tmp_path / "killed",
        progress=lambda *step: steps.append(step),
        **how,
    )
    assert 0 < done < steps[0][0], "what was finished is not computed again"
    whole = explain_batch(checkpoint, glass, range(40), folder=tmp_path / "whole", **how)
    for name in ("prediction", "pair", "importance", "effect", "fraction", "seen", "effect_sum"):
        assert np.array_equal(getattr(whole, name), getattr(resumed, name)), name


def test_a_shard_that_is_removed_during_the_run_is_computed_again(symgnn_checkpoint, glass, tmp_path):
    how = GradientTimesWeight()
    expected = explain_batch(symgnn_checkpoint, glass, ATOMS, method=how, folder=tmp_path / "kept", workers=1)

    def remove_all(done: int, total: int) -> None:
        for path in (tmp_path / "lost").glob("*.npz"):
            path.unlink()

    batch = explain_batch(
        symgnn_checkpoint, glass, ATOMS, method=how, folder=tmp_path / "lost", workers=1, progress=remove_all
    )
    assert np.array_equal(batch.importance, expected.importance)
    assert np.array_equal(batch.fraction, expected.fraction)
