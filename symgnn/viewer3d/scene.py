"""3D scenes as a stream of viewer commands, written by py3Dmol and read back as plain data.

py3Dmol turns each call into one line of JavaScript. `commands` parses these lines into
[target, method, arguments] with an allow-list of methods, so that the browser replays data and never
evaluates code. Only numbers, colours of our own and element symbols enter a scene: text from a file cannot.
Bonds are drawn inside the model, which is an order of magnitude faster than a shape for each.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

import numpy as np
import py3Dmol
from ase.data import atomic_numbers, covalent_radii

from symgnn.viewer3d.colors import EXPLAINED, faded

METHODS = {"viewer": {"addModel", "addLine", "addSphere"}, "model": {"addAtoms"}}
"""What a scene may call, on the viewer and on the model added last."""

_LINE = re.compile(r"\t+viewer_UNIQUEID(\.getModel\(\))?\.(\w+)\((.*)\);")
_COLOR = re.compile(r"#[0-9a-f]{6}")


@dataclass(frozen=True, eq=False)
class Sites:
    """Spheres to draw.

    atom      (M,) int      index in the glass; a click returns it
    species   (M,) int      atomic numbers
    position  (M, 3) float  Å
    color     M colours '#rrggbb'
    radius    (M,) float    Å
    value     (M,) float    shown while the pointer is over the sphere; NaN for none
    """

    atom: np.ndarray
    species: np.ndarray
    position: np.ndarray
    color: list[str]
    radius: np.ndarray
    value: np.ndarray

    def __len__(self) -> int:
        return len(self.atom)


@dataclass(frozen=True, eq=False)
class Bonds:
    """Sticks between sites: ends (B, 2) int rows of Sites, B colours, radius (B,) Å."""

    ends: np.ndarray = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    color: list[str] = field(default_factory=list)
    radius: np.ndarray = field(default_factory=lambda: np.zeros(0))


def sphere_radii(species: np.ndarray, scale: float = 0.5) -> np.ndarray:
    """(N,) radii of spheres in Å: covalent radii times a scale."""
    return covalent_radii[np.asarray(species)] * scale


def scene(
    sites: Sites,
    *,
    bonds: Bonds | None = None,
    cell: np.ndarray | None = None,
    marked: np.ndarray | None = None,
) -> list[list]:
    """Commands that draw sites, bonds, the 12 edges of a cell (3, 3) Å, and a halo round the marked sites."""
    view = py3Dmol.view()
    view.addModel()
    view.getModel().addAtoms(_atoms(sites, bonds or Bonds()))
    _add_cell(view, cell)
    for site in np.asarray([] if marked is None else marked, dtype=np.int64):
        halo = {"center": _point(sites.position[site]), "radius": round(float(sites.radius[site]) + 0.35, 3)}
        view.addSphere({**halo, "color": EXPLAINED, "opacity": 0.35})
    return commands(view)


def cell_lines(cell: np.ndarray | None) -> list[list]:
    """Commands that draw the 12 edges of a cell (3, 3) Å; none for None."""
    view = py3Dmol.view()
    _add_cell(view, cell)
    return commands(view)


def _add_cell(view: py3Dmol.view, cell: np.ndarray | None) -> None:
    for start, end in [] if cell is None else cell_edges(cell):
        view.addLine({"start": _point(start), "end": _point(end), "color": "#9aa0a8"})


def commands(view: py3Dmol.view) -> list[list]:
    """The view's command stream as [target, method, arguments], target being 'viewer' or 'model'.

    Raises ValueError for a line that is not one allowed call with JSON arguments.
    """
    stream = []
    for line in view.updatejs.splitlines():
        match = _LINE.fullmatch(line)
        if match is None:
            raise ValueError(f"not a command of a scene: {line[:80]!r}")
        target = "model" if match[1] else "viewer"
        if match[2] not in METHODS[target]:
            raise ValueError(f"a scene may not call {match[2]} on the {target}")
        stream.append([target, match[2], json.loads(f"[{match[3]}]")])
    return stream


def cell_edges(cell: np.ndarray) -> np.ndarray:
    """(12, 2, 3) Å, ends of the edges of the parallelepiped with one corner at the origin."""
    corners = np.array([[i, j, k] for i in (0, 1) for j in (0, 1) for k in (0, 1)])
    edges = [(a, b) for a in range(8) for b in range(a + 1, 8) if np.abs(corners[a] - corners[b]).sum() == 1]
    return (corners @ np.asarray(cell, dtype=float))[np.array(edges)]


def context_color(color: str) -> str:
    """The colour of an atom that is only context: pale, its element still recognisable."""
    return faded(color, 0.72)


def _atoms(sites: Sites, bonds: Bonds) -> list[dict]:
    """3Dmol's atom specifications, each with its bonds and their style."""
    values = np.round(np.asarray(sites.value, dtype=float), 4)
    columns = zip(
        (_SYMBOLS[number] for number in np.asarray(sites.species).tolist()),
        np.round(np.asarray(sites.position, dtype=float), 3).tolist(),
        np.asarray(sites.atom).tolist(),
        [value if known else None for value, known in zip(values.tolist(), np.isfinite(values), strict=True)],
        np.round(np.asarray(sites.radius, dtype=float), 3).tolist(),
        map(_safe, sites.color),
        strict=True,
    )
    atoms = [
        {
            "elem": symbol,
            "x": x,
            "y": y,
            "z": z,
            "serial": atom,
            "properties": {"value": value},
            "style": {"sphere": {"radius": radius, "color": color}},
        }
        for symbol, (x, y, z), atom, value, radius, color in columns
    ]
    for (a, b), color, radius in zip(np.asarray(bonds.ends).tolist(), bonds.color, bonds.radius, strict=True):
        look = {"color1": _safe(color), "color2": color, "radius": round(float(radius), 3), "iswire": False}
        for here, there in ((a, b), (b, a)):
            atom = atoms[here]
            atom["style"].setdefault("stick", {"radius": 0.1, "color": atom["style"]["sphere"]["color"]})
            atom.setdefault("bonds", []).append(there)
            atom.setdefault("bondOrder", []).append(1)
            atom.setdefault("bondStyles", []).append(look)
    return atoms


_SYMBOLS = {number: symbol for symbol, number in atomic_numbers.items()}


def _safe(color: str) -> str:
    if not _COLOR.fullmatch(color):
        raise ValueError(f"{color!r} is not a colour #rrggbb")
    return color


def _point(position: np.ndarray) -> dict[str, float]:
    x, y, z = np.round(np.asarray(position, dtype=float), 3).tolist()
    return {"x": x, "y": y, "z": z}
