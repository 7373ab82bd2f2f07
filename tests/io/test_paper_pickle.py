"""The allow-listed unpickler: the paper's files come through whole, all else is refused in one line."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.io.formats.paper_pickle import MAX_OPERATIONS, parse_paper_pickle, read_paper_pickle


def content(n: int = 4) -> dict:
    """What a file of the paper holds, in its dtypes."""
    rng = np.random.default_rng(0)
    return {
        "__header__": b"MATLAB 5.0 MAT-file",
        "__version__": "1.0",
        "__globals__": [],
        "box": np.array([10.0, 11.0, 12.0], np.float32),
        "pos": np.arange(n, dtype=np.uint16)[:, None],
        "positions": np.asfortranarray(rng.uniform(-5, 5, (n, 3))),
        "pot": rng.uniform(-6, -3, n).astype(np.float32),
        "press": rng.normal(size=n).astype(np.float32),
        "trajectory_start_velocities": rng.uniform(1, 2, n).astype(np.float32),
        "types": np.array([1, 2] * (n // 2), np.int32),
        "von": rng.uniform(size=n).astype(np.float32),
    }


def changed(**arrays) -> bytes:
    return pickle.dumps({**content(), **arrays}, protocol=4)


def assert_refused(data: bytes, *words: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_paper_pickle(data, "glass7.pickle")
    message = str(caught.value)
    assert message.startswith("glass7.pickle: ")
    assert message.isprintable(), message
    assert len(message) < 400, message
    for word in words:
        assert word in message, message


@pytest.mark.parametrize(
    ("protocol", "core"),
    [(3, b"numpy.core."), (3, b"numpy._core."), (4, None)],  # paths in numpy 1, in numpy 2, in this numpy
)
def test_reads_what_numpy_pickled(tmp_path, protocol, core):
    written = content()
    data = pickle.dumps(written, protocol=protocol)
    if core:
        data = data.replace(b"numpy._core.", b"numpy.core.").replace(b"numpy.core.", core)
    (tmp_path / "glass7.pickle").write_bytes(data)
    glass = read_paper_pickle(tmp_path / "glass7.pickle")
    assert glass.name == "glass7"
    assert glass.symbols == ["Cu", "Zr", "Cu", "Zr"]
    assert glass.pbc.all()
    np.testing.assert_array_equal(glass.positions, written["positions"])
    np.testing.assert_array_equal(glass.cell, np.diag([10.0, 11.0, 12.0]))
    np.testing.assert_array_equal(glass.barriers, written["trajectory_start_velocities"])
    for field, key in {"potential_energy": "pot", "pressure": "press", "von_mises": "von"}.items():
        np.testing.assert_array_equal(glass.properties[field], written[key])


def test_foreign_byte_order_is_read():
    glass = parse_paper_pickle(changed(pot=np.array([-1.5, -2.5, -3.5, -4.5], ">f4")), "glass7.pickle")
    assert glass.properties["potential_energy"].tolist() == [-1.5, -2.5, -3.5, -4.5]


class Runs:
    """Pickles as a call."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


@pytest.mark.parametrize("protocol", [0, 1, 2, 3, 4, 5])
def test_code_is_named_and_not_run(tmp_path, protocol):
    proof = tmp_path / "ran"
    bomb = Runs(os.system, f"touch {proof}")
    data = pickle.dumps({**content(), "types": bomb}, protocol=protocol)
    pickle.loads(data)  # noqa: S301 (the control: this pickle does run code)
    assert proof.exists()
    proof.unlink()
    word = "posix.system" if protocol == 4 else ""  # the others ask for something else first
    assert_refused(data, "refused", word)
    assert_refused(pickle.dumps(bomb, protocol=protocol), "refused, it asks for posix.system")
    assert not proof.exists()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (eval, "builtins.eval"),
        (np.load, "numpy.load"),
        (np.fromfile, "fromfile"),
        (getattr, "builtins.getattr"),
    ],
)
def test_other_globals_are_refused(function, name):
    assert_refused(pickle.dumps(Runs(function, "1"), protocol=4), "refused", name)


def test_every_truncation_is_refused():
    data = changed()
    for length in range(1, len(data)):
        with pytest.raises(InputError, match=r"^glass7\.pickle: "):
            parse_paper_pickle(data[:length], "glass7.pickle")


def test_every_flipped_byte_is_read_or_refused():
    data = bytearray(changed())
    for position in range(len(data)):
        data[position] ^= 0x55
        message = "glass7.pickle: read"
        try:
            parse_paper_pickle(bytes(data), "glass7.pickle")
        except InputError as error:
            message = str(error)
        assert message.startswith("glass7.pickle: "), (position, message)
        assert message.isprintable(), (position, message)
        data[position] ^= 0x55


def test_objects_of_numpy_are_not_built():
    assert_refused(changed(pot=np.array([Runs(os.getcwd)] * 4, object)), "refused", "posix.getcwd")
    assert_refused(changed(pot=np.array([None] * 4, object)), "pot", "dtype", "O8")
    assert_refused(changed(pot=np.zeros(4, [("a", "f4")])), "pot", "dtype", "V4")
    assert_refused(changed(pot=np.array(["a"] * 4)), "pot", "dtype", "U1")
    assert_refused(changed(pot=np.ma.masked_array([1.0] * 4)), "refused", "numpy.ma")


def test_bytes_must_fill_the_shape():
    data = pickle.dumps(content(), protocol=4)
    assert b"K\x04K\x03\x86" in data
    assert_refused(data.replace(b"K\x04K\x03\x86", b"K\xffK\x03\x86"), "(255, 3)", "bytes")


def test_memory_bombs_are_refused():
    put_far_away = pickle.PROTO + b"\x04" + pickle.EMPTY_DICT + pickle.LONG_BINPUT + b"\xff\xff\xff\x7f."
    assert_refused(put_far_away, str(MAX_OPERATIONS))
    assert_refused(pickle.dumps(list(range(2 * MAX_OPERATIONS)), protocol=4), str(MAX_OPERATIONS))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", ["empty"]),
        (b"not a pickle at all", ["not a whole pickle"]),
        (pickle.dumps([1, 2]), ["list", "expected a dict"]),
        (pickle.dumps({}), ["positions", "missing", "found none"]),
        (pickle.dumps({"positions": 1, "<b>": 2}), ["box", "missing", "found positions, _b_"]),
        (changed(positions=[[0.0, 0.0, 0.0]]), ["positions", "list", "expected an array"]),
        (changed(positions=np.zeros((4, 2))), ["positions", "(4, 2)", "expected (4, 3)"]),
        (changed(positions=np.zeros((4, 3), int)), ["positions", "int64", "expected floating-point"]),
        (changed(positions=np.full((4, 3), np.nan)), ["positions", "[0, 0]", "nan", "finite"]),
        (changed(box=np.zeros((3, 3), np.float32)), ["box", "(3, 3)", "expected (3,)"]),
        (changed(box=np.array([1, -1, 1], np.float32)), ["box", "-1.0", "positive"]),
        (changed(types=np.zeros(4, np.float32)), ["types", "float32", "expected integers"]),
        (changed(types=np.array([1, 2, 3, 1], np.int32)), ["types", "atom 2 is 3", "1 (Cu) or 2 (Zr)"]),
        (changed(types=np.array([1, 2, 1], np.int32)), ["types", "(3,)", "expected (4,)"]),
        (changed(pot=np.array([0, 1, np.inf, 0], np.float32)), ["pot", "[2]", "inf"]),
        (changed(trajectory_start_velocities=np.array(1.0)), ["trajectory_start_velocities"]),
        (changed(trajectory_start_velocities=np.ones((4, 1))), ["trajectory_start_velocities", "(4, 1)"]),
    ],
)
def test_malformed_content(data, words):
    assert_refused(data, *words)


def test_one_atom_is_refused():
    one = {
        key: value[:1] if isinstance(value, np.ndarray) and key != "box" else value
        for key, value in content().items()
    }
    with pytest.raises(InputError, match="at least 2"):
        parse_paper_pickle(pickle.dumps(one, protocol=4), "glass7.pickle")


def test_real_files_equal_plain_unpickling(raw_data):
    glass = read_paper_pickle(raw_data / "test0.pickle")
    reference = pickle.loads((raw_data / "test0.pickle").read_bytes())  # noqa: S301 (verified in test_datasets)
    assert (len(glass), glass.composition, glass.name) == (3000, "Cu64Zr36", "test0")
    np.testing.assert_array_equal(glass.positions, reference["positions"])
    np.testing.assert_array_equal(glass.barriers, reference["trajectory_start_velocities"])
    np.testing.assert_array_equal(glass.species == 40, reference["types"] == 2)
    np.testing.assert_array_equal(np.diag(glass.cell), reference["box"])
    assert glass.number_density == pytest.approx(0.0631, abs=1e-4)
