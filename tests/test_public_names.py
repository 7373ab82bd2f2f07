"""`import symgnn`: what it offers, that it is light, and that it takes what people have."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from ase.build import bulk

import symgnn
from tests.conftest import REPOSITORY

HEAVY = {"torch", "numpy", "pandas", "scipy", "ase", "streamlit", "dgl", "pydantic"}


def test_importing_it_imports_nothing_heavy():
    code = "import sys, symgnn; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not HEAVY & set(loaded.stdout.split())


@pytest.mark.parametrize("name", symgnn.__all__)
def test_every_name_is_there_and_kept(name):
    value = getattr(symgnn, name)
    assert vars(symgnn)[name] is value, "the next use finds it at once"


def test_names_are_listed_before_they_are_used():
    code = "import symgnn; print(*set(symgnn.__all__) - set(dir(symgnn)))"
    missing = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not missing.stdout.split()


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'explian'"):
        _ = symgnn.explian


def test_type_checkers_see_the_names_that_there_are():
    """The imports under TYPE_CHECKING are those that happen at run time."""
    tree = ast.parse(Path(symgnn.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    stated = {
        alias.asname or alias.name: (node.module, alias.name) for node in block.body for alias in node.names
    }
    assert stated == symgnn._PLACES
    assert set(symgnn.__all__) == {*stated, "__version__"}


@pytest.fixture(scope="module")
def sample():
    return symgnn.read(REPOSITORY / "data" / "samples" / "Cu64Zr36_500_1e12.xyz")


def test_glass_and_atoms_give_the_same(sample):
    checkpoint, atoms = symgnn.load_checkpoint("symgnn"), sample.to_ase()
    barriers = checkpoint.predict(sample)
    assert barriers.shape == (len(sample),)
    assert np.array_equal(barriers, checkpoint.predict(atoms))
    of_glass, of_atoms = (
        symgnn.explain(checkpoint, structure, 7, method="gradient") for structure in (sample, atoms)
    )
    assert of_glass.prediction == pytest.approx(barriers[7], abs=1e-5)
    assert np.array_equal(of_glass.importance, of_atoms.importance)
    assert of_glass.fidelity["k_others"] > 0
    diagrams = [symgnn.topology(structure).persistence.h1 for structure in (sample, atoms)]
    assert len(diagrams[0]) > 0
    assert np.array_equal(diagrams[0].birth, diagrams[1].birth)


def test_what_is_neither_is_refused(sample):
    with pytest.raises(symgnn.InputError, match=r"ndarray found, expected a symgnn.Glass or an ase.Atoms"):
        symgnn.topology(sample.positions)
    with pytest.raises(symgnn.InputError, match=r"NoneType found, expected a symgnn.Glass or an ase.Atoms"):
        symgnn.write("nothing.xyz", None)
    assert not Path("nothing.xyz").exists()


def test_writing_and_reading_again(sample, tmp_path):
    symgnn.write(tmp_path / "again.xyz", sample.to_ase())
    again = symgnn.read(tmp_path / "again.xyz")
    assert again.content_hash == sample.content_hash
    assert dict(again.properties).keys() == dict(sample.properties).keys()


def test_objects_show_themselves_in_one_line():
    """Typed at a prompt, a result is a line about it and not its arrays."""
    atoms = bulk("Cu", cubic=True).repeat(3)
    glass = symgnn.Glass.from_ase(atoms)
    checkpoint = symgnn.load_checkpoint("symgnn")
    explanation = symgnn.explain(checkpoint, glass, 5, method="gradient")
    shown = [repr(one) for one in (glass, checkpoint, explanation, symgnn.topology(glass))]
    assert all(len(text) < 200 and "\n" not in text for text in shown)
    for text, part in zip(
        shown, ("108 atoms", "'symgnn'", f"atom 5, {explanation.prediction:.3f} eV", " loops"), strict=True
    ):
        assert part in text
