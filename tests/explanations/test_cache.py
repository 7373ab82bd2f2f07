"""Explanations on disk: found again for equal content, never for other content, and not where they are damaged."""

from dataclasses import replace

import numpy as np
import pytest

from symgnn.explanations.benchmark import compare_methods
from symgnn.explanations.benchmark_record import BenchmarkRecords
from symgnn.explanations.explain import cached_explanation, stored_explanation
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.shards import Work
from symgnn.inference.predict import load_checkpoint

METHOD = GradientTimesWeight()


@pytest.fixture
def stressed(glass):
    """A glass with what `ridge-physics` reads, and the same one with other stresses."""
    physics = load_checkpoint("ridge-physics")
    rng = np.random.default_rng(0)
    fields = {name: rng.normal(size=len(glass)) for name in physics.model.inputs}
    return (
        physics,
        glass.with_properties(**fields),
        glass.with_properties(**{n: v + 1 for n, v in fields.items()}),
    )


def test_other_physical_inputs_are_another_explanation(stressed, tmp_path):
    physics, first, second = stressed
    assert first.content_hash == second.content_hash
    found = cached_explanation(physics, first, 3, method=METHOD, folder=tmp_path)
    again = stored_explanation(physics, first, 3, method=METHOD, folder=tmp_path)
    assert np.array_equal(again.importance, found.importance)
    assert stored_explanation(physics, second, 3, method=METHOD, folder=tmp_path) is None
    paths = {Work(physics, glass, METHOD, 0, 50, tmp_path).path([3]) for glass in (first, second)}
    assert len(paths) == 2
    records = BenchmarkRecords(physics, first, None, 0.2, (1, 10), 1, frozenset(), 0, tmp_path)
    records.write((3, METHOD), records.compute((3, METHOD)))
    assert records.read(3, METHOD) is not None
    assert replace(records, glass=second).read(3, METHOD) is None
    watched = replace(records, replica=first, watched=frozenset([3]))
    watched.write((3, METHOD), watched.compute((3, METHOD)))
    assert watched.read(3, METHOD)["measures"]["replica"] == 1
    assert replace(watched, replica=second).read(3, METHOD) is None


def test_an_explanation_of_an_earlier_version_is_computed_anew(
    symgnn_checkpoint, glass, tmp_path, monkeypatch
):
    cached_explanation(symgnn_checkpoint, glass, 3, method=METHOD, folder=tmp_path)
    monkeypatch.setattr("symgnn.explanations.cache.VERSION", 99)
    assert stored_explanation(symgnn_checkpoint, glass, 3, method=METHOD, folder=tmp_path) is None


@pytest.mark.parametrize(
    "damage", [lambda data: data[: len(data) // 2], lambda data: data[:200] + bytes(200) + data[400:]]
)
def test_a_damaged_file_counts_as_none(damage, symgnn_checkpoint, glass, tmp_path):
    found = cached_explanation(symgnn_checkpoint, glass, 3, method=METHOD, folder=tmp_path)
    path = tmp_path / f"{found.key}.npz"
    path.write_bytes(damage(path.read_bytes()))
    assert stored_explanation(symgnn_checkpoint, glass, 3, method=METHOD, folder=tmp_path) is None
    again = cached_explanation(symgnn_checkpoint, glass, 3, method=METHOD, folder=tmp_path)
    assert np.array_equal(again.importance, found.importance)


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"top": []', "\x00"])
def test_a_damaged_record_counts_as_none(text, symgnn_checkpoint, glass, tmp_path):
    def measures():
        return compare_methods(
            symgnn_checkpoint, glass, [3], [METHOD], n_stability=0, folder=tmp_path, workers=1
        ).records

    first = measures()
    (path,) = tmp_path.iterdir()
    path.write_text(text)
    assert measures() == first


def test_what_is_kept_untested_is_tested_once(symgnn_checkpoint, glass, tmp_path, monkeypatch):
    """The dashboard asks for the edges first, the command line for all: both keep the same file."""
    ask = lambda **more: cached_explanation(  # noqa: E731
        symgnn_checkpoint, glass, 3, method=METHOD, folder=tmp_path, **more
    )
    first = ask(tested=False)
    assert not first.fidelity
    monkeypatch.setattr(
        "symgnn.explanations.explain.explain_atoms", lambda *a, **k: pytest.fail("explained again")
    )
    second = ask()
    assert second.fidelity["k"] > 0
    assert second.key == first.key
    assert (second.importance == first.importance).all()
    monkeypatch.setattr(
        "symgnn.explanations.explain.with_fidelity", lambda *a, **k: pytest.fail("tested again")
    )
    assert ask().fidelity == ask(tested=False).fidelity == second.fidelity
    assert len(list(tmp_path.glob("*.npz"))) == 1
