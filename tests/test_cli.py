"""The command line as a user runs it: results, one-line errors with exit code 2, nothing half-written."""

import json
import os
import pickle
import re
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from symgnn.cli import main
from symgnn.glass import Glass
from symgnn.homology import persistence
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import load_checkpoint, save_checkpoint
from symgnn.io.structures import read_glass, write_extxyz
from tests.conftest import make_random_glass
from tests.models.test_contract import make


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder with a small glass and an untrained checkpoint."""
    folder = tmp_path_factory.mktemp("cli")
    glass = make_random_glass(120, seed=7)
    write_extxyz(folder / "glass.xyz", replace(glass, barriers=np.linspace(1, 2, 120)))
    model = make("symgnn", {"heads": [2, 1]})
    card = Card(model="symgnn", settings={"heads": [2, 1]}, scores={})
    save_checkpoint(folder / "untrained", model, card)
    return folder


@pytest.fixture
def run(place, monkeypatch, capfd):
    """Call the command line inside this process, in `place`; gives exit code and outputs."""

    def call(*arguments, cache=place / "cache"):
        monkeypatch.chdir(place)
        monkeypatch.setenv("SYMGNN_DATA", str(place / "data"))
        monkeypatch.setenv("SYMGNN_CACHE", str(cache))
        monkeypatch.setenv("COLUMNS", "160")
        monkeypatch.setattr(sys, "argv", ["symgnn", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ending:
            main()
        out, err = capfd.readouterr()
        return subprocess.CompletedProcess(arguments, ending.value.code or 0, out, err)

    return call


def test_as_a_process_of_its_own(place):
    """Exit code, streams and the absence of a traceback, as a shell sees them."""
    environment = {**os.environ, "SYMGNN_DATA": str(place / "data")}
    command = [sys.executable, "-c", "from symgnn.cli import main; main()", "predict", "absent.xyz"]
    result = subprocess.run(command, cwd=place, env=environment, capture_output=True, text=True, timeout=300)
    assert result.stdout == ""
    assert_refused(result, "absent.xyz")


def assert_refused(result, *words):
    assert result.returncode == 2, result.stderr
    error = result.stderr
    assert error.startswith("Error: ")
    assert error.find("\n") == len(error) - 1, "one line, and no empty one"
    assert "Traceback" not in error
    for word in words:
        assert word in error


def test_predict(run, place, tmp_path):
    result = run("predict", "glass.xyz", "--checkpoint", "untrained", "-o", tmp_path)
    assert result.returncode == 0, result.stderr
    name = f"glass.{load_checkpoint(place / 'untrained').label}.predicted"
    table = np.genfromtxt(tmp_path / f"{name}.csv", delimiter=",", names=True, dtype=None, encoding="utf-8")
    written = read_glass(tmp_path / f"{name}.xyz")
    assert len(table) == 120
    assert np.allclose(table["predicted_barrier_eV"], written.properties["predicted_barrier"], atol=1e-6)
    assert np.allclose(table["barrier_eV"], np.linspace(1, 2, 120), atol=1e-6)
    assert written.notes["checkpoint"] == load_checkpoint(place / "untrained").full_name
    assert len(list(tmp_path.iterdir())) == 2


def test_explain_stores_its_result(run, place, tmp_path):
    arguments = (
        "explain",
        "glass.xyz",
        "--atom",
        3,
        "--checkpoint",
        "untrained",
        "--setting",
        "steps=5",
        "-o",
        tmp_path,
    )
    result = run(*arguments)
    assert result.returncode == 0, result.stderr
    assert "the top 50 removed" in result.stdout
    assert "Polyhedron: " in result.stdout
    name = load_checkpoint(place / "untrained").label
    assert (tmp_path / f"glass.atom3.{name}.gnn_explainer.csv").is_file()
    stored = list((place / "cache" / "explanations").glob("*.npz"))
    assert len(stored) == 1
    before = stored[0].stat().st_ino
    assert run(*arguments).returncode == 0
    assert stored[0].stat().st_ino == before, "the second run reads the stored result"


def test_explain_many_atoms(run, place, tmp_path):
    arguments = ("explain", "glass.xyz", "--atoms", "top:3,0", "--checkpoint", "untrained", "-o", tmp_path)
    result = run(*arguments, "--method", "gradient")
    assert result.returncode == 0, result.stderr
    names = {path.name for path in tmp_path.iterdir()}
    endings = ("importance.xyz", "pairs.csv", "edges.csv", "atoms.csv")
    stem = f"glass.{load_checkpoint(place / 'untrained').label}.gradient"
    assert names == {f"{stem}.{ending}" for ending in endings}
    assert len((tmp_path / f"{stem}.atoms.csv").read_text().splitlines()) in (4, 5)


def test_the_folder_of_checkpoints_can_be_chosen(run, place, tmp_path, monkeypatch):
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(place))
    done = run("predict", "glass.xyz", "--checkpoint", "untrained", "-o", tmp_path)
    assert done.returncode == 0, done.stderr
    assert read_glass(tmp_path / "glass.untrained.predicted.xyz").notes["checkpoint"] == "untrained"
    monkeypatch.setenv("SYMGNN_CHECKPOINTS", str(tmp_path / "nowhere"))
    done = run("predict", "glass.xyz", "--checkpoint", "untrained", "-o", tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: SYMGNN_CHECKPOINTS: ")
    assert done.stderr.count("\n") == 1


def test_checkpoints_of_one_name_have_different_labels(place):
    found = [load_checkpoint(name) for name in ("symgnn", "symgnn/seed1", place / "untrained")]
    assert [one.label for one in found] == ["symgnn", "symgnn-seed1", f"{place.name}-untrained"]
    assert [one.argument for one in found] == ["symgnn", "symgnn/seed1", str(place / "untrained")]


def test_evaluate_explanations(run, place, tmp_path):
    options = ("--atoms", "0,1", "--checkpoint", "untrained", "-o", tmp_path)
    result = run("explain", "glass.xyz", "--evaluate", *options)
    assert result.returncode == 0, result.stderr
    table = next(tmp_path.glob("*.methods.md")).read_text()
    for method in ("gnn_explainer", "gradient", "random"):
        assert f"| {method} " in table


def test_topology(run, place, tmp_path):
    result = run("topology", "glass.xyz", "-o", tmp_path)
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "glass.topology"
    assert {path.name for path in folder.iterdir()} == {
        "diagrams.csv", "cycles.json", "participation.csv", "alpha_diagrams.csv", "alpha_cycles.json",
    }  # fmt: skip
    rings = json.loads((folder / "cycles.json").read_text())["cycles"]
    (said,) = re.findall(r"winding cycles +│ +(\d+)", result.stdout)
    assert int(said) == sum(ring["winding"] for ring in rings)


def test_topology_with_all_its_options(run, place, tmp_path):
    """On glasses whose cell holds a ball of 4.2 Å; the other one has half as many atoms."""
    write_extxyz(tmp_path / "big.xyz", make_random_glass(240, seed=3))
    write_extxyz(tmp_path / "other.xyz", make_random_glass(120, seed=5))
    result = run(
        "topology", tmp_path / "big.xyz", "-o", tmp_path, "--voids", "--exact", "--image",
        "--around", 17, "--radius", 5.5, "--against", tmp_path / "other.xyz",
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    folder = tmp_path / "big.topology"
    names = {"voids.csv", "image.csv", "around_17.csv", "distances_other.csv"}
    assert names <= {path.name for path in folder.iterdir()}
    assert not list(folder.glob(".*")), "no temporary files"
    distances = (folder / "distances_other.csv").read_text().splitlines()
    assert [line.split(",")[0] for line in distances[1:]] == ["0", "1", "2"]
    said = " ".join(result.stdout.split())
    rings = json.loads((folder / "cycles.json").read_text())["cycles"]
    before, total, after = re.search(r"Strict cycles: (\d+) of (\d+) as computed, (\d+) after", said).groups()
    assert int(total) == len(rings)
    assert int(before) < int(after) == sum(ring["strict"] for ring in rings)
    assert "birth 2 to 5 Å, persistence 0 to 2 Å, pixels of 0.05 Å" in said
    assert "within 5.5 Å" in said
    assert "Wasserstein / Å per atom" in said


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--radius", 8], ["--radius found without --around, expected --around ATOM with it"]),
        (["--around", 120], ["atom 120 found, expected 0..119"]),
        (["--around", 3, "--radius", 3], ["radius 3.0 Å found", "above the cutoff of 4 Å"]),
        (["--against", "absent.xyz"], ["absent.xyz: no such file"]),
        (["--cutoff", -1], ["cutoff -1.0 Å found"]),
        (["--voids"], ["120 atoms found, expected at most 100", "dimension 2"]),
    ],
)
def test_topology_refuses_in_one_line_and_writes_nothing(run, place, tmp_path, monkeypatch, options, words):
    monkeypatch.setitem(persistence.MAX_POINTS, 2, 100)
    result = run("topology", "glass.xyz", "-o", tmp_path, *options)
    assert_refused(result, *words)
    assert not list(tmp_path.iterdir())


def test_topology_leaves_nothing_of_another_cutoff(run, place, tmp_path):
    write_extxyz(tmp_path / "big.xyz", make_random_glass(240, seed=3))
    arguments = ("topology", tmp_path / "big.xyz", "-o", tmp_path)
    assert run(*arguments, "--around", 5, "--radius", 5.5, "--image").returncode == 0
    folder = tmp_path / "big.topology"
    (folder / "mine.csv").touch()
    assert run(*arguments, "--cutoff", 3, "--radius", 5).returncode == 2
    assert (folder / "around_5.csv").exists(), "a run that fails changes nothing"
    assert run(*arguments, "--cutoff", 3, "--image").returncode == 0
    assert {path.name for path in folder.iterdir()} == {
        "diagrams.csv", "cycles.json", "participation.csv", "alpha_diagrams.csv", "alpha_cycles.json", "image.csv",
        "mine.csv",
    }  # fmt: skip


def test_structure(run, place, tmp_path):
    result = run("structure", "glass.xyz", "-o", tmp_path)
    assert result.returncode == 0, result.stderr
    lines = (tmp_path / "glass.local_structure.csv").read_text().splitlines()
    assert len(lines) == 121
    assert lines[0].startswith("atom,element,voronoi_index")


def test_atoms_without_neighbours(run, place, tmp_path):
    far = np.eye(3) * 20
    write_extxyz(tmp_path / "far.xyz", Glass([29, 40, 29], far, np.eye(3) * 60, (True, True, True)))
    arguments = ("explain", tmp_path / "far.xyz", "--checkpoint", "untrained", "-o", tmp_path)
    result = run(*arguments, "--atoms", "all", "--method", "gradient")
    assert result.returncode == 0, result.stderr
    assert "nan" not in result.stdout
    assert "Warning" not in result.stderr
    result = run(*arguments, "--atom", 1, "--method", "gradient")
    assert result.returncode == 0, result.stderr
    assert "No local structure" in result.stderr


def test_explain_warns_of_another_composition(run, place, tmp_path):
    model, folder = make("symgnn", {"heads": [2, 1]}), tmp_path / "copper"
    card = Card(model="symgnn", settings={"heads": [2, 1]}, composition={"Cu": [0.9, 1.0]})
    save_checkpoint(folder, model, card)
    for option in ("--atom", "--atoms"):
        result = run(
            "explain", "glass.xyz", option, 1, "--method", "gradient", "--checkpoint", folder, "-o", tmp_path
        )
        assert result.returncode == 0, result.stderr
        assert "Composition outside the training data" in result.stderr


COMMANDS_THAT_WRITE = (
    ("predict", "glass.xyz", "--checkpoint", "untrained"),
    ("explain", "glass.xyz", "--atom", "1", "--checkpoint", "untrained"),
    ("explain", "glass.xyz", "--atoms", "all", "--checkpoint", "untrained"),
    ("explain", "glass.xyz", "--evaluate", "--checkpoint", "untrained"),
    ("findings", "glass.xyz", "--checkpoint", "untrained"),
    ("topology", "glass.xyz"),
    ("structure", "glass.xyz"),
)


@pytest.mark.parametrize("arguments", COMMANDS_THAT_WRITE, ids=" ".join)
def test_a_folder_that_cannot_be_written_is_refused_at_once(run, place, tmp_path, arguments):
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "below", "/proc/nothing"):
        assert_refused(run(*arguments, "-o", folder), str(folder), "expected a folder that files")


def test_an_unusable_cache_is_refused_at_once(run, place, tmp_path):
    (tmp_path / "file").touch()
    for arguments in COMMANDS_THAT_WRITE[1:5]:
        result = run(*arguments, "-o", tmp_path / "out", cache=tmp_path / "file")
        assert_refused(result, "file/explanations")
    assert not (tmp_path / "out").exists()


def test_a_disk_that_fails_ends_in_one_line(run, place, monkeypatch):
    def full(*glass, **settings):
        raise OSError(28, "No space left on device", "diagrams.csv")

    monkeypatch.setattr("symgnn.homology.files.write_topology", full)
    result = run("topology", "glass.xyz")
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1] == "Error: diagrams.csv: No space left on device"


@pytest.mark.parametrize(
    "arguments",
    [
        ("explain", "glass.xyz", "--atom", "1", "--seed", "-1"),
        ("explain", "glass.xyz", "--atom", "1", "--top", "0"),
        ("explain", "glass.xyz", "--atoms", "all", "--workers", "0"),
        ("findings", "glass.xyz", "--seed", "-1"),
        ("findings", "glass.xyz", "--workers", "-2"),
        ("train-explainer", "untrained", "--seed", "-1"),
        ("train", "--seed", "-1"),
        ("combine", "untrained", "--output-dir", "x", "--seed", "-1"),
        ("simulate", "glass", "-o", "x.xyz", "--seed", "-1"),
    ],
    ids=" ".join,
)
def test_numbers_out_of_range(run, place, arguments):
    result = run(*arguments)
    assert_refused(result, f"Invalid value for '{arguments[-2]}'")


@pytest.mark.parametrize(
    ("option", "work"), [("--atoms", "batch.explain_batch"), ("--evaluate", "benchmark.compare_methods")]
)
def test_cancelled_says_that_a_rerun_goes_on(run, place, tmp_path, monkeypatch, option, work):
    def stopped(*what, **settings):
        raise KeyboardInterrupt

    monkeypatch.setattr(f"symgnn.explanations.{work}", stopped)
    arguments = ("--atoms", "all") if option == "--atoms" else (option,)
    result = run("explain", "glass.xyz", *arguments, "--checkpoint", "untrained", "-o", tmp_path)
    assert result.returncode == 130
    assert result.stderr.splitlines()[-2:] == [
        "What is finished is kept: the same command goes on where it stopped.",
        "Cancelled.",
    ]


def test_graph(run, place, tmp_path):
    pytest.importorskip("dgl")
    result = run("graph", "glass.xyz", "-o", tmp_path / "graphs.bin")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "graphs.bin").stat().st_size > 1000


def test_train_evaluate_and_fetch_on_the_paper(run, place, raw_data, tmp_path):
    result = run(
        "train", "--max-epoch", 1, "--eval-interval", 1, "--data", raw_data, "--output-dir", tmp_path / "run",
        "--config", _small_config(tmp_path),
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    assert {path.name for path in (tmp_path / "run").iterdir()} == {
        "weights.safetensors", "card.json", "curve.csv", "last.pt", "train.log",
    }  # fmt: skip
    assert "INFO epoch 1: loss" in (tmp_path / "run" / "train.log").read_text()
    card = load_checkpoint(tmp_path / "run").card
    assert card.split.train == [f"train{k}" for k in range(6)]
    assert card.split.validation == ["train6"]
    assert card.scores == {}, "training does not look at test glasses"
    result = run("evaluate", tmp_path / "run", "--split", "validation", "--data", raw_data)
    assert result.returncode == 0, result.stderr
    scores = json.loads((tmp_path / "run" / "card.json").read_text())["scores"]
    assert scores["train6"]["pearson"] == pytest.approx(card.selected.pearson, abs=1e-4)

    trained = tmp_path / "run"
    result = run("train-explainer", trained, "--atoms", 12, "--epochs", 1, "--data", raw_data)
    assert result.returncode == 0, result.stderr
    assert "of the top 10 edges shared" in result.stdout
    out = tmp_path / "amortised"
    result = run(
        "explain", "glass.xyz", "--atoms", "0-9", "--method", "amortised", "--checkpoint", trained, "-o", out
    )
    assert result.returncode == 0, result.stderr
    assert len(next(out.glob("*.amortised.atoms.csv")).read_text().splitlines()) == 11

    result = run("data", "fetch", "--from", raw_data, "--to", tmp_path / "copy")
    assert result.returncode == 0, result.stderr
    assert (tmp_path / "copy" / "train6.pickle").read_bytes() == (raw_data / "train6.pickle").read_bytes()


def test_evaluate_all_and_the_table(run, place, raw_data, tmp_path):
    root = tmp_path / "checkpoints"
    card = Card(model="symgnn", settings={"heads": [2, 1]}, n_parameters=77)
    save_checkpoint(root / "mine", make("symgnn", {"heads": [2, 1]}), card)
    result = run("evaluate", "--table-only", "--root", root)
    assert result.returncode == 0, result.stderr
    assert "| `mine` | 1 | – |" in (root / "README.md").read_text()
    result = run("evaluate", "--root", root, "--data", raw_data)
    assert result.returncode == 0, result.stderr
    scores = json.loads((root / "mine" / "card.json").read_text())["scores"]
    assert {"train6", "test0"} <= set(scores)
    for text in (result.stdout, (root / "README.md").read_text()):
        assert f"{scores['test0']['mae_eV']:.3f}" in text
    assert run("evaluate", "untrained", "--root", root, "--data", raw_data, "--split", "test").returncode == 0
    assert "untrained" not in (root / "README.md").read_text()


def _small_config(folder):
    path = folder / "small.yaml"
    path.write_text("model: symgnn\nsettings: {width: 4, heads: [1]}\n")
    return path


class RunsACommand:
    def __reduce__(self):
        return (os.system, ("touch owned",))


BAD_FILES = {
    "empty.xyz": (b"", "empty.xyz"),
    "one.xyz": (b'1\nLattice="9 0 0 0 9 0 0 0 9"\nCu 0 0 0\n', "at least 2"),
    "nan.xyz": (b'2\nLattice="9 0 0 0 9 0 0 0 9"\nCu 0 0 0\nZr nan 0 0\n', "nan.xyz"),
    "element.xyz": (b'2\nLattice="9 0 0 0 9 0 0 0 9"\nCu 0 0 0\nXx 3 0 0\n', "element.xyz"),
    "aluminium.xyz": (b'2\nLattice="4 0 0 0 4 0 0 0 4" pbc="T T T"\nCu 0 0 0\nAl 2 0 0\n', "Al"),
    "no_cell.xyz": (b"2\n\nCu 0 0 0\nZr 3 0 0\n", "no direction"),
    "script.xyz": (b"2\n</script><script>alert(1)</script>\nCu 0 0 0\nZr 3 0 0\n", "no direction"),
    "twice.xyz": (b'2\nLattice="9 0 0 0 9 0 0 0 9"\nCu 0 0 0\nZr 0 0 0\n', "listed twice"),
    "truncated.pickle": (pickle.dumps({"positions": [1.0] * 1000}, 4)[:500], "truncated.pickle"),
    "malicious.pickle": (pickle.dumps(RunsACommand(), 4), "system"),
    "types.data": (b"LAMMPS\n\n2 atoms\n1 atom types\n0 9 xlo xhi\n0 9 ylo yhi\n0 9 zlo zhi\n\nAtoms # atomic\n\n"
                   b"1 1 0 0 0\n2 1 3 0 0\n", "--types"),
    "unknown.docx": (b"PK", "ending"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_FILES)
def test_bad_files_end_in_one_line(run, place, tmp_path, name):
    content, word = BAD_FILES[name]
    (tmp_path / name).write_bytes(content)
    result = run("predict", tmp_path / name, "--checkpoint", "untrained", "-o", tmp_path / "out")
    assert_refused(result, word)
    assert not (tmp_path / "out").exists(), "nothing half-written stays"
    assert not (place / "owned").exists()
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("predict", "glass.xyz", "--checkpoint", "nowhere"), "nowhere"),
        (("predict", "absent.xyz", "--checkpoint", "untrained"), "absent.xyz"),
        (("explain", "glass.xyz", "--atom", "500", "--checkpoint", "untrained"), "expected 0..119"),
        (("topology", "glass.xyz", "--cutoff", "-1"), "cutoff -1.0"),
        (("report", "glass.xyz", "--atom", "9999"), "atom 9999 found"),
        (
            ("explain", "glass.xyz", "--atom", "1", "--method", "attention", "--checkpoint", "mpnn"),
            "attention",
        ),
        (("explain", "glass.xyz", "--atom", "1", "--checkpoint", "mlp"), "reads no edges"),
        (("explain", "glass.xyz", "--checkpoint", "untrained"), "expected one of --atom, --atoms and --map"),
        (
            ("explain", "glass.xyz", "--atom", "1", "--replica", "glass.xyz"),
            "--replica found with --atom, expected",
        ),
        (("explain", "glass.xyz", "--atom", "1", "--evaluate"), "--atom found with --evaluate"),
        (("explain", "glass.xyz", "--setting", "steps=3", "--evaluate"), "--setting found with --evaluate"),
        (("explain", "glass.xyz", "--top", "3", "--evaluate"), "expected it with --atom or --atoms only"),
        (("explain", "glass.xyz", "--atom", "1", "--workers", "2"), "with --atoms or --evaluate only"),
        (
            ("explain", "glass.xyz", "--evaluate", "--method", "random", "--method", "random"),
            "--method random found twice",
        ),
        (("explain", "glass.xyz", "--atoms", "Ni", "--checkpoint", "untrained"), "atoms 'Ni' found"),
        (
            ("explain", "glass.xyz", "--atom", "1", "--method", "x", "--checkpoint", "untrained"),
            "method 'x' found",
        ),
        (
            ("explain", "glass.xyz", "--atom", "1", "--method", "amortised", "--checkpoint", "untrained"),
            "/untrained`",
        ),
        (("train-explainer", "untrained", "--epochs", "0"), "epochs 0"),
        (("train-explainer", "untrained", "--data", "."), "symgnn data fetch"),
        (("predict", "glass.xyz", "--checkpoint", "untrained", "--types", "1:Cu:Zr"), "1=Cu,2=Zr"),
        (("train", "--model-name", "resnet"), "resnet"),
        (("train", "--device", "cuda:77", "--data", "."), "cuda:77"),
        (("train", "--data", "."), "symgnn data fetch"),
        (("train", "--max-epoch", "0"), "max_epoch 0"),
        (
            ("train", "--model-name", "ridge", "--start-from", "ridge"),
            "start_from 'ridge' found, expected none",
        ),
        (("data", "fetch", "--from", "."), "holds none"),
        (("evaluate", "untrained", "--data", "."), "symgnn data fetch"),
        (("evaluate", "nowhere", "--data", "."), "checkpoint 'nowhere' not found"),
        (("combine", "untrained", "--output-dir", "x", "--data", "."), "expected at least two different"),
        (("combine", "mlp", "egat", "mlp", "--output-dir", "x", "--data", "."), "mlp, egat, mlp found"),
        (("report", "glass.xyz", "--atom", "1", "-o", "."), ".: a folder found, expected the name of a file"),
        (
            ("simulate", "verify", "glass.xyz", "--relax", "."),
            ".: a folder found, expected the name of a file",
        ),
        (("evaluate", "untrained", "--split", "tests", "--data", "."), "expected one of train, validation"),
        (("evaluate", "--table-only", "--root", "data"), "no checkpoint found"),
    ],
)
def test_bad_options_end_in_one_line(run, place, arguments, word):
    assert_refused(run(*arguments), word)


def test_damaged_checkpoints(run, place, tmp_path):
    for name, damage in (("weights.safetensors", b"x"), ("card.json", b"{")):
        folder = tmp_path / name
        card = Card(model="symgnn", settings={"heads": [2, 1]})
        save_checkpoint(folder, make("symgnn", {"heads": [2, 1]}), card)
        (folder / name).write_bytes(damage)
        assert_refused(run("predict", "glass.xyz", "--checkpoint", folder), name)
