"""Writers of all text formats, made for the tests alone: plain, after each format's own manual, and with its freedoms.

Each takes a glass and a random generator, which draws everything that the format leaves open: the order of atoms and
columns, spelling of flags, scaled or absolute positions, images, comments, blank lines.
"""

from __future__ import annotations

import numpy as np

from symgnn.glass import Glass

TYPE_OF = {29: 1, 40: 2}
SYMBOL_OF = {29: "Cu", 40: "Zr"}


def text(number: float) -> str:
    """A number to its last digit."""
    return repr(float(number))


def lower_triangular(glass: Glass) -> tuple[np.ndarray, np.ndarray]:
    """Cell and positions turned so that the cell has the form of LAMMPS; the volume stays positive."""
    q, r = np.linalg.qr(glass.cell.T)
    turn = q * np.sign(np.diag(r))
    return np.tril(glass.cell @ turn), glass.positions @ turn


def flags(glass: Glass, rng: np.random.Generator) -> str:
    """A spelling of pbc."""
    words = [("F", "T"), ("False", "True"), ("0", "1"), ("f", "p"), (".false.", ".true.")][rng.integers(5)]
    three = [words[int(flag)] for flag in glass.pbc]
    form = ['"{}"', "[{}]", "'{}'", "{{{}}}", '"[{}]"'][rng.integers(5)]
    return form.format([" ", ", "][rng.integers(2)].join(three))


def xyz(glass: Glass, rng: np.random.Generator) -> str:
    """Extended XYZ: columns and keys in any order, after and before words that mean nothing."""
    columns = {
        "species:S:1": [[symbol.upper() if rng.random() < 0.1 else symbol] for symbol in glass.symbols],
        "pos:R:3": [[repr(x) for x in row] for row in glass.positions.tolist()],
        "energy:R:1": [[repr(x)] for x in glass.properties["energy"].tolist()],
        "magmom:I:1": [[str(int(x))] for x in glass.properties["magmom"]],
        "is_cu:L:1": [[["F", "T"][int(z == 29)]] for z in glass.species],
        "velo:R:3": [["0.0", "1.0", "2.0"]] * len(glass),
    }
    order = rng.permutation(list(columns))
    lattice = " ".join(repr(x) for x in glass.cell.ravel().tolist())
    keys = [
        f'{["Lattice", "lattice"][rng.integers(2)]}="{lattice}"',
        f"Properties={':'.join(order)}",
        f"{['pbc', 'PBC'][rng.integers(2)]}={flags(glass, rng)}",
        *rng.choice(["today's", '5"', "E=-3.5", 'note="a b"', "x = 1", "{", "a=b=c", "=", "'tis"], 3),
    ]
    comment = " ".join(rng.permutation(keys))
    rows = [" ".join(word for name in order for word in columns[name][atom]) for atom in range(len(glass))]
    return "\n".join([str(len(glass)), comment, *rows, *[""] * rng.integers(3)])


def lammps_data(glass: Glass, rng: np.random.Generator) -> str:
    """LAMMPS data of style atomic or charge, ids shuffled, positions with or without image flags, box anywhere."""
    cell, positions = lower_triangular(glass)
    origin = rng.uniform(-5, 5, 3)
    images = rng.integers(-1, 2, (len(glass), 3)) * rng.integers(2)
    positions = positions + origin - images @ cell
    ids = np.arange(1, len(glass) + 1) * 3
    labels = bool(rng.integers(2))
    charge = bool(rng.integers(2))
    header = [
        "{} atoms",
        "2 atom types",
        f"{text(cell[1, 0])} {text(cell[2, 0])} {text(cell[2, 1])} xy xz yz",
    ]
    for i, axis in enumerate("xyz"):
        header.append(f"{text(origin[i])} {text(origin[i] + cell[i, i])} {axis}lo {axis}hi")
    lines = ["LAMMPS data file, units = metal", "", *rng.permutation(header)]
    lines = [line.format(len(glass)) for line in lines]
    sections = [["Masses", "", "1 63.546  # Cu", "2 91.224  # Zr"]]
    if labels:
        sections.append(["Atom Type Labels", "", *rng.permutation(["1 Cu", "2 Zr"])])
    names = {29: "Cu", 40: "Zr"} if labels else TYPE_OF
    rows = []
    for atom in rng.permutation(len(glass)):
        words = [
            ids[atom],
            names[glass.species[atom]],
            *([0.25] if charge else []),
            *map(text, positions[atom]),
        ]
        words += images[atom].tolist() if images.any() else []
        rows.append(" ".join(map(str, words)))
    sections.append([f"Atoms  # {'charge' if charge else 'atomic'}", "", *rows])
    if rng.integers(2):
        sections.append(["Velocities", "", *(f"{i} 0.1 0.2 0.3" for i in rng.permutation(ids))])
    for section in rng.permutation(np.array(sections, dtype=object)):
        lines += ["", *section]
    return "\n".join(lines)


def lammps_dump(glass: Glass, rng: np.random.Generator) -> str:
    """A dump of two frames, the second of which is the glass; boundaries, tilt and kind of positions as they come."""
    cell, positions = lower_triangular(glass)
    origin = rng.uniform(-5, 5, 3)
    xy, xz, yz = cell[1, 0], cell[2, 0], cell[2, 1]
    low = origin + np.array([min(0, xy, xz, xy + xz), min(0, yz), 0])
    high = origin + np.diag(cell) + np.array([max(0, xy, xz, xy + xz), max(0, yz), 0])
    scaled, unwrapped = rng.integers(2, size=2)
    names = [f"{axis}{'s' * scaled}{'u' * unwrapped}" for axis in "xyz"]
    values = np.linalg.solve(cell.T, positions.T).T if scaled else positions + origin
    boundary = " ".join("pp" if flag else ["ff", "ss", "mm", "fs"][rng.integers(4)] for flag in glass.pbc)
    columns = {name: [repr(x) for x in values[:, i].tolist()] for i, name in enumerate(names)}
    columns |= {
        "id": [str(3 * i + 3) for i in range(len(glass))],
        "energy": map(repr, glass.properties["energy"].tolist()),
    }
    kind = ["type", "element", "typelabel"][rng.integers(3)]
    columns[kind] = [str(TYPE_OF[z]) if kind == "type" else "Cu" if z == 29 else "Zr" for z in glass.species]
    columns = {name: list(words) for name, words in columns.items()}
    order = rng.permutation(list(columns))
    bounds = [f"{text(low[i])} {text(high[i])} {text((xy, xz, yz)[i])}" for i in range(3)]
    rows = [" ".join(columns[name][atom] for name in order) for atom in rng.permutation(len(glass))]
    first = ["ITEM: TIMESTEP", "0", "ITEM: NUMBER OF ATOMS", "2", "ITEM: BOX BOUNDS pp pp pp", *["0 9"] * 3,
             "ITEM: ATOMS id type x y z", "1 1 0 0 0", "2 2 4 4 4"]  # fmt: skip
    second = ["ITEM: TIMESTEP", "10", "ITEM: NUMBER OF ATOMS", str(len(glass)), f"ITEM: BOX BOUNDS xy xz yz {boundary}",
              *bounds, f"ITEM: ATOMS {' '.join(order)}", *rows]  # fmt: skip
    return "\n".join(["ITEM: UNITS", "metal", *first, *second])


def poscar(glass: Glass, rng: np.random.Generator) -> str:
    """POSCAR: atoms in blocks of one element, direct or Cartesian, with a scale, flags, labels or velocities."""
    scale = [1.0, 2.5, -abs(np.linalg.det(glass.cell))][rng.integers(3)]
    factor = scale if scale > 0 else 1.0
    order = np.argsort(glass.species, kind="stable") if rng.integers(2) else np.arange(len(glass))
    species = glass.species[order]
    starts = np.flatnonzero(np.diff(species, prepend=-1))
    counts = np.diff([*starts, len(glass)])
    symbols = [["Cu", "Cu_pv", "Cu/1a2b"][rng.integers(3)] if z == 29 else "Zr" for z in species[starts]]
    direct, selective, labelled = rng.integers(2, size=3)
    fractions = np.linalg.solve(glass.cell.T, glass.positions.T).T
    values = (fractions if direct else glass.positions / factor)[order]
    rows = []
    for row, z in zip(values, species, strict=True):
        flags_of_atom = ["T", "F", "T"] if selective else []
        rows.append(" ".join([*map(text, row), *flags_of_atom, *([SYMBOL_OF[z]] if labelled else [])]))
    vectors = [" ".join(map(text, row)) for row in glass.cell / factor]
    mode = [["Cartesian", "K"], ["Direct", "direct"]][direct][rng.integers(2)]
    lines = ["a comment", text(scale), *vectors, " ".join(symbols), " ".join(map(str, counts))]
    lines += [*(["Selective dynamics"] if selective else []), mode, *rows]
    if rng.integers(2):
        lines += ["", *["0.1 0.2 0.3"] * len(glass)]
    return "\n".join(lines)


def cif(glass: Glass, rng: np.random.Generator) -> str:
    """CIF of P 1, columns in any order, with and without type symbols; labels in capitals or not."""
    lengths = np.linalg.norm(glass.cell, axis=1)
    unit = glass.cell / lengths[:, None]
    angles = np.degrees(np.arccos([unit[1] @ unit[2], unit[0] @ unit[2], unit[0] @ unit[1]]))
    fractions = np.linalg.solve(glass.cell.T, glass.positions.T).T
    columns = {f"fract_{axis}": [repr(x) for x in fractions[:, i].tolist()] for i, axis in enumerate("xyz")}
    names = [symbol.upper() if rng.integers(2) else symbol for symbol in glass.symbols]
    columns["label"] = [f"{name}{i}" for i, name in enumerate(names)]
    columns |= {"type_symbol": [f"{name}0+" for name in names]} if rng.integers(2) else {}
    columns |= {"occupancy": ["1.0(2)"] * len(glass)} if rng.integers(2) else {}
    order = rng.permutation(list(columns))
    names = ("length_a", "length_b", "length_c", "angle_alpha", "angle_beta", "angle_gamma")
    lines = ["data_a", "_cell_measurement_temperature 293"]
    lines += [f"_cell_{name} {text(value)}" for name, value in zip(names, [*lengths, *angles], strict=True)]
    lines += [
        ["_symmetry_space_group_name_H-M 'P 1'"],
        ["_space_group_IT_number 1"],
        ["loop_", "_symmetry_equiv_pos_as_xyz", "'x, y, z'"],
    ][rng.integers(3)]
    lines += ["loop_", *(f"_atom_site_{name}" for name in order)]
    lines += [" ".join(columns[name][atom] for name in order) for atom in range(len(glass))]
    return "\n".join([*lines, ""])
