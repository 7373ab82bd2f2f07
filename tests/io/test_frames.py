"""Files of several frames: all of them, one of them, in bounded memory, with errors that name the frame."""

import gzip
import re
import tracemalloc
from dataclasses import replace

import ase.io
import numpy as np
import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.frames import predict_frames
from symgnn.inference.predict import load_checkpoint, predict
from symgnn.io.frames import read_frame, read_frames, read_frames_bytes
from symgnn.io.structures import extxyz_lines, read_glass, write_extxyz


def shaken(n, seed):
    """n atoms of a shaken simple cubic crystal, in a box."""
    rng, sides = np.random.default_rng(seed), np.array([12.0, 12.0, 3.0 * ((n + 15) // 16)])
    grid = np.stack(np.meshgrid(*(np.arange(0, side, 3.0) for side in sides), indexing="ij"), axis=-1)
    positions = grid.transpose(2, 0, 1, 3).reshape(-1, 3)[:n] + rng.uniform(0, 0.3, (n, 3))
    return Glass(rng.choice([29, 40], n), positions, np.diag(sides), (True,) * 3, name=f"shaken{seed}")


@pytest.fixture(scope="module")
def glasses():
    """Three glasses of different sizes with a column each."""
    made = [shaken(n, seed) for seed, n in enumerate((64, 80, 64))]
    return [one.with_properties(shade=np.arange(len(one)) * 0.5) for one in made]


def as_xyz(path, glasses):
    path.write_text("".join(line for one in glasses for line in extxyz_lines(one)))


def as_dump(path, glasses):
    text = ""
    for step, one in enumerate(glasses):
        lines = ["ITEM: UNITS", "metal", "ITEM: TIMESTEP", str(step), "ITEM: NUMBER OF ATOMS", str(len(one)),
                 "ITEM: BOX BOUNDS pp pp pp", *(f"0 {side!r}" for side in np.diag(one.cell).tolist()),
                 "ITEM: ATOMS id element x y z shade"]  # fmt: skip
        for atom, (symbol, position) in enumerate(zip(one.symbols, one.positions.tolist(), strict=True)):
            lines.append(f"{atom + 1} {symbol} {' '.join(map(repr, position))} {0.5 * atom}")
        text += "\n".join(lines) + "\n"
    path.write_text(text)


def as_traj(path, glasses):
    ase.io.write(path, [one.to_ase() for one in glasses])


WRITERS = {"many.xyz": as_xyz, "many.dump": as_dump, "many.traj": as_traj}


@pytest.mark.parametrize("name", WRITERS)
def test_all_frames_in_their_order(name, glasses, tmp_path):
    WRITERS[name](tmp_path / name, glasses)
    found = list(read_frames(tmp_path / name))
    assert [len(one) for one in found] == [64, 80, 64]
    for index, (one, expected) in enumerate(zip(found, glasses, strict=True)):
        assert one.positions == pytest.approx(expected.positions, abs=1e-6)
        assert (one.species == expected.species).all()
        assert one.cell == pytest.approx(expected.cell)
        if not name.endswith(".traj"):  # ASE does not keep other columns there
            assert one.properties["shade"] == pytest.approx(expected.properties["shade"])
        assert one.name.endswith(f", frame {index}")
    assert found[-1].content_hash == read_glass(tmp_path / name).content_hash
    for index in (0, 1, 2, -1, -2, -3):
        assert read_frame(tmp_path / name, index).content_hash == found[index].content_hash
    for index in (3, -4):
        with pytest.raises(InputError, match=f"{name}: frame {index} found, but the file has 3, from 0"):
            read_frame(tmp_path / name, index)


@pytest.mark.parametrize("name", WRITERS)
def test_compressed(name, glasses, tmp_path):
    WRITERS[name](tmp_path / name, glasses)
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress((tmp_path / name).read_bytes()))
    assert [len(one) for one in read_frames(packed)] == [64, 80, 64]
    if not name.endswith(".traj"):
        packed.write_bytes(packed.read_bytes()[:-40])
        with pytest.raises(InputError, match=f"{name}.gz: "):
            list(read_frames(packed))


def test_other_formats_have_one_frame(tmp_path):
    glass = shaken(32, 4)
    ase.io.write(tmp_path / "one.cif", glass.to_ase())
    assert [len(one) for one in read_frames(tmp_path / "one.cif")] == [32]


def test_empty_lines_and_vectors_below(tmp_path):
    rows = "Cu 0 0 0\nZr 2.8 0 0\n"
    (tmp_path / "a.xyz").write_text(
        f"2\nfirst\n{rows}VEC1 9 0 0\nVEC2 0 9 0\nVEC3 0 0 9\n\n\n2\nsecond\n{rows}\n"
    )
    first, second = read_frames(tmp_path / "a.xyz")
    assert first.cell == pytest.approx(9 * np.eye(3))
    assert not second.cell.any()


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("a.xyz", "2\n\nCu 0 0 0\nZr 2.8 0 0\n2\n\nCu 0 0 0\nZr 2.8 0\n", "frame 1 (lines counted in it): line 4"),
        ("a.xyz", "2\n\nCu 0 0 0\nZr 2.8 0 0\n5\n\nCu 0 0 0\nZr 2.8 0 0\n", "frame 1 (lines counted in it): 5 atoms"),
        ("a.xyz", "2\n\nCu 0 0 0\nZr 2.8 0 0\nrubbish\n", "frame 1 (lines counted in it): "),
        ("a.xyz", "2\n\nCu 0 0 0\nZr 2.8 0 0\n2\n\nCu 0 0 0\nZr .1 0 0\n", "frame 1 (lines counted in it): Cu (atom"),
        ("a.xyz", "", "no frames"),
        ("a.dump", "ITEM: TIMESTEP\n0\nITEM: NUMBER OF ATOMS\n2\n", "frame 0 (lines counted in it): "),
        ("a.dump", "nothing\n", "frame 0 (lines counted in it): no line 'ITEM: TIMESTEP'"),
        ("a.traj", "nothing\n", "not readable as ASE trajectory"),
    ],
)  # fmt: skip
def test_damaged_frames(name, text, words, tmp_path):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as caught:
        list(read_frames(tmp_path / name))
    assert str(caught.value).startswith(f"{name}: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_is_before_a_damaged_frame_is_given(tmp_path):
    (tmp_path / "a.xyz").write_text("2\n\nCu 0 0 0\nZr 2.8 0 0\n2\n\nCu 0 0 0\n")
    frames = read_frames(tmp_path / "a.xyz")
    assert len(next(frames)) == 2
    with pytest.raises(InputError, match="frame 1"):
        next(frames)


def test_missing_files_and_unknown_endings(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        list(read_frames(tmp_path / "none.xyz"))
    with pytest.raises(InputError, match="not supported"):
        list(read_frames(tmp_path / "none.pdf"))


@pytest.mark.parametrize(("name", "write"), [("many.xyz", as_xyz), ("many.dump", as_dump)])
def test_memory_is_that_of_one_frame(name, write, tmp_path):
    few, many = [shaken(320, 0)] * 3, [shaken(320, 0)] * 40
    peaks = []
    for one in (few, many):
        write(tmp_path / name, one)
        tracemalloc.start()
        assert sum(1 for _ in read_frames(tmp_path / name)) == len(one)
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]


def test_predictions_of_all_frames(glasses, tmp_path):
    checkpoint = load_checkpoint("symgnn")
    result = predict_frames(tmp_path, "many", iter(glasses), checkpoint)
    assert result.structure.name == "many.symgnn.frames.xyz"
    found = list(read_frames(result.structure))
    for row, (one, glass) in enumerate(zip(found, glasses, strict=True)):
        barriers = predict(checkpoint, glass)
        assert one.properties["predicted_barrier"] == pytest.approx(barriers)
        assert result.table["mean_barrier_eV"][row] == pytest.approx(barriers.mean())
        assert result.table["atoms"][row] == len(glass)
    assert result.table_file.read_text().count("\n") == 4


def test_nothing_is_written_where_a_frame_fails(glasses, tmp_path):
    checkpoint = load_checkpoint("symgnn")
    gold = replace(glasses[1], species=np.full(80, 79))
    with pytest.raises(InputError, match="element Au"):
        predict_frames(tmp_path, "many", [glasses[0], gold], checkpoint)
    with pytest.raises(InputError, match="no frames"):
        predict_frames(tmp_path, "many", [], checkpoint)
    assert list(tmp_path.iterdir()) == []


def test_the_command(glasses, tmp_path):
    as_xyz(tmp_path / "many.xyz", glasses)
    run = ["predict", str(tmp_path / "many.xyz"), "-o", str(tmp_path), "--frame"]
    done = CliRunner().invoke(app, [*run, "all"])
    assert done.exit_code == 0, done.output
    assert "3 frames: predicted barrier" in done.output
    assert re.search(r"lowest \d\.\d{3} eV in frame \d, highest \d\.\d{3} eV in frame \d", done.output)
    assert (tmp_path / "many.symgnn.frames.csv").is_file()
    done = CliRunner().invoke(app, [*run, "1"])
    assert "80 atoms" in done.output
    wrong = CliRunner().invoke(app, [*run, "last"])
    assert "--frame 'last' found, expected all or a number" in str(wrong.exception)


def test_one_frame_written_is_as_before(glasses, tmp_path):
    write_extxyz(tmp_path / "one.xyz", glasses[0])
    assert (tmp_path / "one.xyz").read_text() == "".join(extxyz_lines(glasses[0]))


@pytest.mark.parametrize("name", WRITERS)
def test_an_upload_has_the_same_frames_as_the_file(name, glasses, tmp_path):
    WRITERS[name](tmp_path / name, glasses)
    content = (tmp_path / name).read_bytes()
    uploaded = list(read_frames_bytes(f"C:\\some\\{name}", content))
    assert [one.name for one in uploaded] == [one.name for one in read_frames(tmp_path / name)]
    assert [one.content_hash for one in uploaded] == [
        one.content_hash for one in read_frames(tmp_path / name)
    ]
    packed = list(read_frames_bytes(f"{name}.gz", gzip.compress(content)))
    assert [one.content_hash for one in packed] == [one.content_hash for one in uploaded]


def test_an_upload_that_breaks_off_names_its_frame(glasses, tmp_path):
    as_xyz(tmp_path / "many.xyz", glasses)
    content = (tmp_path / "many.xyz").read_bytes()[:-200]
    with pytest.raises(InputError, match=r"many.xyz: frame 2"):
        list(read_frames_bytes("many.xyz", content))
    with pytest.raises(InputError, match=r"many.xyz: the file is empty"):
        list(read_frames_bytes("many.xyz", b""))
