"""The glasses of the SymGNN paper, one pickle each, read without letting the pickle run any code.

Keys of a file and their units, as established in data/README.md (N atoms):

    positions                    (N, 3) float  Å, centred on 0
    box                          (3,)   float  Å, edges of the orthorhombic periodic cell
    types                        (N,)   int    1 = Cu, 2 = Zr
    trajectory_start_velocities  (N,)   float  the energy barrier in eV (the name stems from another data set)
    pot                          (N,)   float  potential energy in eV           -> field potential_energy
    press                        (N,)   float  −(σxx + σyy + σzz) / 1e7 bar Å³   -> field pressure
    von                          (N,)   float  √2 × von Mises stress / 1e7 bar Å³ -> field von_mises

Further keys (an index and a MATLAB header) are ignored. Such a pickle names three NumPy globals: ndarray,
dtype and the function that makes an empty array. Here they stand for the two small classes below, so that not
even NumPy's own unpickling sees the file; any other global is refused.
"""

from __future__ import annotations

import io
import math
import os
import pickle
import pickletools
from dataclasses import replace
from pathlib import Path

import numpy as np

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.reading import MAX_ATOMS, checked_size, clean_name, one_line, read_bytes

ATOMIC_NUMBER_OF_TYPE = {1: 29, 2: 40}  # Cu, Zr
FIELD_OF_KEY = {"pot": "potential_energy", "press": "pressure", "von": "von_mises"}
LABEL_KEY = "trajectory_start_velocities"
REQUIRED_KEYS = ("positions", "box", "types", LABEL_KEY, *FIELD_OF_KEY)

MAX_PICKLE_BYTES = 256 * 2**20  # 2,000,000 atoms take 100 MB
MAX_OPERATIONS = 10_000  # a file of the paper has 310
_DTYPES = {"f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"}


def read_paper_pickle(path: str | os.PathLike) -> Glass:
    """Read one glass of the paper's data set: barriers in eV and the fields of the module docstring.

    Raises InputError, naming file and key, where the file is not such a pickle or asks for any other global.
    """
    path = Path(path)
    return parse_paper_pickle(read_bytes(path, MAX_PICKLE_BYTES), path.name)


def parse_paper_pickle(data: bytes, name: str) -> Glass:
    """The same from the bytes of a file called `name` (an upload)."""
    shown = clean_name(Path(name).name)
    content = _unpickle(checked_size(data, shown, MAX_PICKLE_BYTES), shown)

    arrays = {key: _numbers(content[key], shown, key) for key in REQUIRED_KEYS}
    n = len(arrays["positions"]) if arrays["positions"].ndim else 0
    if n > MAX_ATOMS:
        raise InputError(f"{shown}: {n} atoms, the limit is {MAX_ATOMS}")
    shapes = {"positions": (n, 3), "box": (3,)}
    for key, array in arrays.items():
        _check(array, shown, key, shapes.get(key, (n,)), kinds="iu" if key == "types" else "f")

    types, box = arrays["types"], arrays["box"].astype(float)
    strange = ~np.isin(types, list(ATOMIC_NUMBER_OF_TYPE))
    if strange.any():
        atom = int(np.argmax(strange))
        raise InputError(f"{shown}: types of atom {atom} is {types[atom]}, expected 1 (Cu) or 2 (Zr)")
    if (box <= 0).any():
        raise InputError(f"{shown}: box is {box.tolist()}, expected three positive edges in Å")
    glass = Glass(
        species=np.where(types == 1, ATOMIC_NUMBER_OF_TYPE[1], ATOMIC_NUMBER_OF_TYPE[2]),
        positions=arrays["positions"],
        cell=np.diag(box),
        pbc=(True, True, True),
        barriers=arrays[LABEL_KEY],
        properties={field: arrays[key] for key, field in FIELD_OF_KEY.items()},
        name=shown,  # so that errors name the file
        notes={"source": f"{shown}, a pickle of the SymGNN paper's kind"},
    )
    return replace(glass, name=clean_name(Path(name).stem))


class _Dtype:
    """Stands for numpy.dtype; only its code and byte order are kept."""

    __slots__ = ("code", "order")

    def __init__(self, code, align=False, copy=False):
        self.code, self.order = code, "="

    def __setstate__(self, state):
        self.order = state[1]

    def numpy(self) -> np.dtype | None:
        """The dtype where it is one of plain numbers."""
        if self.code not in _DTYPES or self.order not in ("=", "<", ">", "|"):
            return None
        return np.dtype(self.code).newbyteorder(self.order)


class _Array:
    """Stands for numpy's `_reconstruct`: an empty array whose content follows as shape, dtype and bytes."""

    __slots__ = ("code", "content")

    def __init__(self, kind, shape, code):
        if kind != "ndarray" or shape != (0,):
            raise InputError(f"array of kind {kind!r} and first shape {shape!r}, expected an ndarray")
        self.code, self.content = None, None

    def __setstate__(self, state):
        _version, shape, dtype, fortran, data = state
        self.code, numpy_dtype = dtype.code, dtype.numpy()
        if numpy_dtype is None:
            return  # told with the name of the key in _numbers
        expected = math.prod(shape) * numpy_dtype.itemsize
        if any(not isinstance(edge, int) or edge < 0 for edge in shape) or len(data) != expected:
            raise InputError(f"array of shape {shape} holds {len(data)} bytes, expected {expected}")
        self.content = np.frombuffer(data, numpy_dtype).reshape(shape, order="F" if fortran else "C")


_GLOBALS = {
    **{(f"numpy.{core}.multiarray", "_reconstruct"): _Array for core in ("core", "_core")},  # numpy 1 and 2
    ("numpy", "ndarray"): "ndarray",
    ("numpy", "dtype"): _Dtype,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module, name):
        try:
            return _GLOBALS[module, name]
        except KeyError:
            raise InputError(f"refused, it asks for {module}.{name}; only NumPy arrays are read") from None


def _unpickle(data: bytes, shown: str) -> dict:
    """The pickled dict, arrays as `_Array`; it has all the required keys. No code of the file is run."""
    try:
        for count, (operation, argument, _position) in enumerate(pickletools.genops(data)):
            if count >= MAX_OPERATIONS or ("PUT" in operation.name and argument >= MAX_OPERATIONS):
                raise InputError(f"more than {MAX_OPERATIONS} pickle operations")
        content = _Unpickler(io.BytesIO(data)).load()
    except InputError as error:
        raise InputError(f"{shown}: {one_line(error)}") from None
    except Exception as error:  # a damaged pickle can fail in any way
        raise InputError(f"{shown}: not a whole pickle: {one_line(error)}") from None
    if not isinstance(content, dict):
        raise InputError(f"{shown}: holds a {type(content).__name__}, expected a dict of arrays")
    missing = [key for key in REQUIRED_KEYS if key not in content]
    if missing:
        found = clean_name(", ".join(map(str, content)), longest=120) or "none"
        raise InputError(f"{shown}: key(s) {', '.join(missing)} missing, found {found}")
    return content


def _numbers(value, shown: str, key: str) -> np.ndarray:
    if not isinstance(value, _Array):
        raise InputError(f"{shown}: {key} is a {type(value).__name__}, expected an array")
    if value.content is None:
        found = clean_name(str(value.code))
        raise InputError(f"{shown}: {key} has dtype {found}, expected one of {', '.join(sorted(_DTYPES))}")
    return value.content


def _check(array: np.ndarray, shown: str, key: str, shape: tuple[int, ...], *, kinds: str) -> None:
    if array.dtype.kind not in kinds:
        expected = "integers" if "i" in kinds else "floating-point numbers"
        raise InputError(f"{shown}: {key} has dtype {array.dtype}, expected {expected}")
    if array.shape != shape:
        raise InputError(f"{shown}: {key} has shape {array.shape}, expected {shape}")
    if not np.isfinite(array).all():
        index = np.argwhere(~np.isfinite(array))[0]
        found = f"{key} at index {index.tolist()} is {array[tuple(index)]}"
        raise InputError(f"{shown}: {found}, expected a finite number")
