"""Exchange with DGL: AtomGraph to and from DGLGraph, and the paper's .bin files.

Fields of the paper's graphs (haoyuli02/SymGNN, construct_graph.py), which others' scripts read:
    ndata positions       (N, 3) float64 Å
    ndata type            (N,)   int32    0 = Cu, 1 = Zr, in every file; another element, which the paper does not have,
                                          has 1000 + its atomic number
    edata distances       (E, 1) float32 Å
    edata cross_position  (E, 3) float32 Å, r[dst] - r[src] by minimum image: the opposite of AtomGraph.vector
    labels[name]          (N, 1) float32 energy barriers in eV (the paper's own files standardise them); of glasses with
                                         one name the second is name-2, the third name-3
Ours add ndata atomic_number and edata image, so that nothing is lost on the way back. The paper's files hold
self-loops; ours do so only on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.graph.atom_graph import DEFAULT_CUTOFF, AtomGraph, build_graph
from symgnn.graph.dgl_backend import dgl
from symgnn.io.writing import replacing

if TYPE_CHECKING:
    from dgl import DGLGraph

PAPER_TYPES = {29: 0, 40: 1}  # atomic number -> type
OTHER_TYPES = 1000  # added to the atomic number of every other element


def _require_dgl() -> None:
    if dgl is None:
        raise InputError(
            "DGL is not installed, expected for DGL graphs: pip install symgnn[dgl] (Python 3.11 only)"
        )


def to_dgl(graph: AtomGraph, glass: Glass, *, self_loops: bool = False) -> DGLGraph:
    """A DGLGraph with the paper's fields. `glass` is the one that `graph` was built from."""
    _require_dgl()
    if len(glass) != graph.n_atoms:
        raise InputError(f"{glass.name}: {len(glass)} atoms found, the graph has {graph.n_atoms}")
    result = dgl.graph((graph.source, graph.target), num_nodes=graph.n_atoms)
    types = graph.species + OTHER_TYPES
    for number, kind in PAPER_TYPES.items():
        types[graph.species == number] = kind
    result.ndata["positions"] = torch.from_numpy(glass.positions.copy())
    result.ndata["type"] = types.int()
    result.ndata["atomic_number"] = graph.species
    result.edata["distances"] = graph.length[:, None]
    result.edata["cross_position"] = -graph.vector
    result.edata["image"] = graph.image
    return dgl.add_self_loop(result, fill_data=0.0) if self_loops else result


def from_dgl(graph: DGLGraph) -> AtomGraph:
    """The AtomGraph of a DGLGraph with the fields above; self-loops are dropped.

    In a file of the paper's own making, types 0 and 1 are read as Cu and Zr and images as unknown (zeros).
    Raises InputError naming the field that is missing, or a type that stands for no element.
    """
    _require_dgl()
    for name, data, where in (("type", graph.ndata, "ndata"), ("cross_position", graph.edata, "edata")):
        if name not in data:
            raise InputError(f"DGL graph: {where} {name!r} is missing, found: {', '.join(data) or 'nothing'}")
    source, target = graph.edges()
    vector = -graph.edata["cross_position"].float()
    keep = torch.linalg.norm(vector, dim=1) > 0
    order = torch.nonzero(keep)[:, 0]
    order = order[torch.argsort(target[order], stable=True)]
    species = (
        graph.ndata["atomic_number"] if "atomic_number" in graph.ndata else _species(graph.ndata["type"])
    )
    vector = vector[order]
    image = (
        graph.edata["image"][order]
        if "image" in graph.edata
        else torch.zeros(len(order), 3, dtype=torch.int64)
    )
    return AtomGraph(
        species=species.long(),
        source=source[order].long(),
        target=target[order].long(),
        vector=vector,
        length=torch.linalg.norm(vector, dim=1),
        image=image,
        graph_index=torch.zeros(len(species), dtype=torch.int64),
        inputs=torch.empty(len(species), 0),
    )


def _species(types: torch.Tensor) -> torch.Tensor:
    """(N,) atomic numbers of the types of a file."""
    species = types.long() - OTHER_TYPES
    for number, kind in PAPER_TYPES.items():
        species[types == kind] = number
    wrong = (species < 1) | (species > 118)
    if wrong.any():
        atom = int(wrong.nonzero()[0, 0])
        raise InputError(
            f"DGL graph: ndata 'type' of atom {atom} is {int(types[atom])}, expected 0 (Cu), 1 (Zr) or "
            f"{OTHER_TYPES} + atomic number"
        )
    return species


def label_names(glasses: Sequence[Glass]) -> list[str]:
    """A name for the labels of every glass, each another: that of the glass, with -2, -3, ... where it is taken."""
    names: list[str] = []
    own = {glass.name for glass in glasses}
    for glass in glasses:
        name, number = glass.name, 2
        while name in names or (name != glass.name and name in own):
            name, number = f"{glass.name}-{number}", number + 1
        names.append(name)
    return names


def write_graphs(
    path: Path, glasses: Sequence[Glass], *, cutoff: float = DEFAULT_CUTOFF, self_loops: bool = False
) -> None:
    """Graphs of some glasses as one .bin file; the barriers of those that have them under `label_names`."""
    _require_dgl()
    graphs = [to_dgl(build_graph(glass, cutoff), glass, self_loops=self_loops) for glass in glasses]
    labels = {
        name: torch.tensor(glass.barriers, dtype=torch.float32)[:, None]
        for name, glass in zip(label_names(glasses), glasses, strict=True)
        if glass.barriers is not None
    }
    with replacing(path) as temporary:
        dgl.save_graphs(str(temporary), graphs, labels)


def read_graphs(path: Path) -> tuple[list[AtomGraph], dict[str, torch.Tensor]]:
    """Graphs and labels (name -> (N, 1) eV) of a .bin file."""
    _require_dgl()
    if not Path(path).is_file():
        raise InputError(f"{path}: no such file, expected a DGL .bin file")
    try:
        graphs, labels = dgl.load_graphs(str(path))
    except dgl.DGLError as error:
        raise InputError(f"{path}: not readable as a DGL .bin file: {str(error).splitlines()[-1]}") from None
    return [from_dgl(graph) for graph in graphs], labels
