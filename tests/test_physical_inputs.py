"""Models with physical inputs, for glasses whose files do not state them."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip(
    "numba", reason="energies and stresses are computed with numba: pip install symgnn[physics]"
)

from symgnn import physical_inputs
from symgnn.analysis.important_edges import explained_fields
from symgnn.benchmark.evaluation import inference_time, invariance_error
from symgnn.benchmark.scores import score
from symgnn.errors import InputError
from symgnn.explanations.batch import explain_batch, unexplained
from symgnn.explanations.benchmark import compare_methods
from symgnn.explanations.explain import cached_explanation, explain, stored_explanation
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.inference.predict import (
    load_checkpoint,
    predict,
    predict_tiled,
    predict_with_uncertainty,
    readable,
    write_prediction,
)
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.models import build_model
from symgnn.physical_inputs import NOTE, with_physical_inputs
from symgnn.training.closed_form import fit_ridge
from symgnn.training.config import TrainingConfig
from symgnn.training.run import calibrate, train_checkpoint
from tests.conftest import REPOSITORY, make_random_glass
from tests.test_recently_used import in_threads

INPUTS = ("potential_energy", "pressure", "von_mises")
SAMPLES = sorted((REPOSITORY / "data" / "samples").glob("*.xyz"))


@pytest.fixture(autouse=True)
def empty():
    physical_inputs._fields.clear()


@pytest.fixture(scope="module")
def whole():
    """A sample with its fields."""
    return read_glass(REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz")


@pytest.fixture(scope="module")
def bare(whole):
    """The same without."""
    return replace(whole, properties={})


@pytest.fixture(scope="module")
def physics():
    return load_checkpoint("ridge-physics")


def test_missing_fields_are_computed_and_noted(whole, bare):
    found = with_physical_inputs(bare, INPUTS)
    for name in INPUTS:
        np.testing.assert_allclose(found.properties[name], whole.properties[name], atol=1e-9)
    assert found.notes[NOTE].startswith(
        "potential_energy, pressure, von_mises: not in the file, computed with"
    )
    assert "Mendelev" in found.notes[NOTE]
    assert set(found.notes) - set(bare.notes) == {NOTE}
    assert found.content_hash == bare.content_hash
    assert found.content_hash_with(INPUTS) != bare.content_hash_with(INPUTS)


def test_fields_of_the_file_are_taken_as_they_are(whole, bare):
    own = np.arange(len(bare), dtype=float)
    found = with_physical_inputs(bare.with_properties(pressure=own), INPUTS)
    np.testing.assert_array_equal(found.properties["pressure"], own)
    np.testing.assert_allclose(found.properties["von_mises"], whole.properties["von_mises"], atol=1e-9)
    assert found.notes[NOTE].startswith("potential_energy, von_mises: not")


def test_what_lacks_nothing_is_left_alone(whole, bare):
    assert with_physical_inputs(whole, INPUTS) is whole
    assert with_physical_inputs(bare, ()) is bare
    assert with_physical_inputs(bare, ("charge",)) is bare, "no energy or stress"


def test_glasses_that_the_potential_does_not_take_are_refused_with_the_fields(bare):
    small = make_random_glass(90, seed=1)
    with pytest.raises(
        InputError,
        match=r"random90: per-atom properties pressure, von_mises not found, .*expected them in the file; "
        r"they cannot be computed: opposite faces of the cell are 1\d\.\d\d Å apart",
    ):
        with_physical_inputs(small, ("pressure", "von_mises"))
    alloy = replace(bare, species=np.where(bare.species == 29, 13, 40), name="alloy")
    with pytest.raises(InputError, match=r"alloy: per-atom property pressure not found.*atom \d+ is Al"):
        with_physical_inputs(alloy, ("pressure",))


def test_threads_compute_them_once(bare, monkeypatch):
    from symgnn.simulate import atomic_stress

    computed, fields_of_glass = [], atomic_stress.fields_of_glass
    monkeypatch.setattr(
        atomic_stress, "fields_of_glass", lambda glass: computed.append(1) or fields_of_glass(glass)
    )
    in_threads(lambda number: with_physical_inputs(replace(bare, name=str(number)), INPUTS))
    assert len(computed) == 1


@pytest.mark.parametrize("name", ["ridge-physics", "committee-physics"])
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_samples_get_the_same_barriers_with_and_without_their_fields(name, path):
    checkpoint, glass = load_checkpoint(name), read_glass(path)
    barriers = predict(checkpoint, glass)
    assert 1.0 < barriers.mean() < 2.5
    np.testing.assert_allclose(predict(checkpoint, replace(glass, properties={})), barriers, atol=1e-5)


@pytest.mark.parametrize("name", ["ridge-physics", "committee-physics"])
def test_the_paper_s_glasses_too(raw_data, name):
    checkpoint, glass = load_checkpoint(name), read_glass(raw_data / "test0.pickle")
    change = predict(checkpoint, replace(glass, properties={})) - predict(checkpoint, glass)
    assert np.abs(change).max() < 1e-3  # eV; the labels' noise is .14


def test_tiles_know_them(physics, whole, bare):
    np.testing.assert_allclose(
        predict_tiled(physics, bare, tile=11.0).barriers, predict(physics, whole), atol=1e-4
    )


def test_a_prediction_s_file_says_so(physics, bare, tmp_path):
    glass = readable(physics, bare)
    paths = write_prediction(tmp_path, "mine", glass, physics, predict_with_uncertainty(physics, glass))
    written = read_glass(paths[0])
    assert "pressure" in written.properties
    assert "computed with the Mendelev" in written.notes[NOTE]


def test_explanations_are_those_of_the_glass_with_properties(physics, bare, tmp_path):
    method, full = GradientTimesWeight(), readable(physics, bare)
    one, other = (explain(physics, glass, 7, method=method) for glass in (bare, full))
    assert one.glass_key == other.glass_key == full.content_hash_with(INPUTS)
    np.testing.assert_array_equal(one.effect, other.effect)

    assert stored_explanation(physics, bare, 7, method=method, folder=tmp_path) is None
    cached_explanation(physics, bare, 7, method=method, folder=tmp_path)
    assert stored_explanation(physics, full, 7, method=method, folder=tmp_path) is not None

    how = {"method": method, "folder": tmp_path}
    batch = explain_batch(physics, bare, [1, 7], workers=1, **how)
    assert batch.glass_key == one.glass_key
    assert unexplained(physics, full, [1, 7], **how) == unexplained(physics, bare, [1, 7], **how) == 0
    fields = explained_fields(physics, bare, [1], method=method, workers=1, folder=tmp_path)
    assert "pressure" in fields.glass.properties
    first = compare_methods(physics, bare, [1], [method], replica=bare, n_draws=1, workers=1, folder=tmp_path)
    again = compare_methods(physics, full, [1], [method], replica=full, n_draws=1, workers=1, folder=tmp_path)
    assert first.records == again.records
    assert len(list(tmp_path.glob("benchmark-*.json"))) == 1


def test_a_checkpoint_is_measured_on_them(physics, whole, bare):
    labels = np.linspace(1, 2, len(bare))
    one, other = (score(physics, [replace(glass, barriers=labels)])[bare.name] for glass in (bare, whole))
    assert one == pytest.approx(other, abs=1e-4)
    assert invariance_error(physics, bare).largest < 1e-3
    assert inference_time(physics, bare).seconds > 0


def test_training_reads_them(whole, bare, tmp_path):
    labels = 1.5 + 0.1 * np.random.default_rng(0).normal(size=len(bare))
    settings = {"cutoff": 4.0, "inputs": list(INPUTS)}
    found = []
    for glass in (whole, bare):
        labelled = replace(glass, barriers=labels)
        model = build_model("ridge", settings)
        found.append(fit_ridge(model, [labelled], labelled, penalties=(1.0,)).model)
        calibrate(found[-1], [labelled], labelled)
    for name, value in found[0].state_dict().items():
        assert np.allclose(value, found[1].state_dict()[name], atol=1e-4), name
    labelled = replace(bare, barriers=labels)
    train_checkpoint(TrainingConfig(model="ridge", settings=settings), [labelled], labelled, tmp_path)
    assert load_checkpoint(tmp_path).model.inputs == INPUTS


def command(bare, folder, before="", what=("predict",)):
    write_extxyz(folder / "bare.xyz", bare)
    code = f"import sys; {before}from symgnn.cli import main; main()"
    words = [sys.executable, "-c", code, what[0], "bare.xyz", *what[1:], "--checkpoint", "ridge-physics"]
    return subprocess.run(
        words, cwd=folder, env=os.environ | {"COLUMNS": "200"}, capture_output=True, text=True, timeout=300
    )


def test_the_command_line_says_what_was_computed(bare, tmp_path):
    done = command(bare, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "potential_energy, pressure, von_mises: not in the file, computed with the Mendelev" in done.stderr


def test_an_explanation_says_what_no_edge_stands_for(bare, tmp_path):
    done = command(bare, tmp_path, what=("explain", "--atom", "5", "--method", "nearest", "--top", "3"))
    assert done.returncode == 0, done.stderr
    own = "the atom's own potential energy, pressure and von Mises stress is assigned to no edge"
    assert f"What the model takes from {own}." in done.stderr


def test_without_numba_one_line_names_fields_and_extra(bare, tmp_path):
    done = command(bare, tmp_path, before="sys.modules['numba'] = None; ")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "per-atom properties potential_energy, pressure, von_mises not found" in done.stderr
    assert "pip install symgnn[physics]" in done.stderr
