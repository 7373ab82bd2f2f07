"""AtomGraph to the graphs of other libraries: PyTorch Geometric and NetworkX. For DGL see dgl_files.py.

Edges keep their order and direction (a message runs source -> target). Periodic images make several edges between two
atoms possible, and edges from an atom to its own image.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from ase import Atoms
from ase.data import chemical_symbols

from symgnn.errors import InputError
from symgnn.glass import Glass, as_glass
from symgnn.graph.atom_graph import AtomGraph

if TYPE_CHECKING:
    import networkx
    from torch_geometric.data import Data


def to_pyg(graph: AtomGraph, glass: Glass | Atoms) -> Data:
    """A `torch_geometric.data.Data` of the graph and the glass that it was built from.

    z           (N,) int64      atomic numbers
    pos         (N, 3) float32  Å, as in the glass
    edge_index  (2, E) int64    source, target
    edge_vec    (E, 3) float32  Å, from target to source
    edge_attr   (E, 1) float32  Å, its length
    image       (E, 3) int64    periodic image of the source
    cell        (1, 3, 3) float32 Å; pbc (1, 3) bool
    y           (N,) float32    barriers in eV, absent where the glass has none

    Raises InputError where torch_geometric is not installed or the glass is another one.
    """
    try:
        from torch_geometric.data import Data
    except ImportError:
        raise InputError(
            "torch_geometric is not installed, expected it: pip install torch_geometric"
        ) from None
    glass = _same(graph, glass)
    data = Data(
        z=graph.species,
        pos=torch.tensor(glass.positions, dtype=torch.float32),
        edge_index=torch.stack([graph.source, graph.target]),
        edge_vec=graph.vector,
        edge_attr=graph.length[:, None],
        image=graph.image,
        cell=torch.tensor(glass.cell, dtype=torch.float32)[None],
        pbc=torch.tensor(glass.pbc)[None],
    )
    if glass.barriers is not None:
        data.y = torch.tensor(glass.barriers, dtype=torch.float32)
    return data


def to_networkx(graph: AtomGraph, glass: Glass | Atoms) -> networkx.MultiDiGraph:
    """A `networkx.MultiDiGraph` of the graph and the glass that it was built from; nodes are the atoms 0..N-1.

    nodes  element (chemical symbol), position (three floats, Å) and, where the glass has labels, barrier (eV)
    edges  source -> target, their key the row of the graph: length (Å), vector (Å, from target to source), image (of
           the source, in cell vectors)

    Raises InputError where the glass is another one.
    """
    import networkx

    glass = _same(graph, glass)
    result = networkx.MultiDiGraph(name=glass.name)
    for atom, (symbol, position) in enumerate(zip(glass.symbols, glass.positions.tolist(), strict=True)):
        result.add_node(atom, element=symbol, position=tuple(position))
    if glass.barriers is not None:
        networkx.set_node_attributes(result, dict(enumerate(glass.barriers.tolist())), "barrier")
    columns = (graph.source, graph.target, graph.length, graph.vector, graph.image)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    for key, (source, target, length, vector, image) in enumerate(rows):
        result.add_edge(source, target, key=key, length=length, vector=tuple(vector), image=tuple(image))
    return result


def _same(graph: AtomGraph, structure: Glass | Atoms) -> Glass:
    """The glass, which has the atoms of the graph."""
    glass = as_glass(structure)
    if len(glass) != graph.n_atoms:
        raise InputError(f"{glass.name}: {len(glass)} atoms found, expected the {graph.n_atoms} of the graph")
    other = (graph.species.cpu() != torch.tensor(glass.species)).nonzero()
    if len(other):
        atom = int(other[0, 0])
        expected = chemical_symbols[int(graph.species[atom])]
        raise InputError(
            f"{glass.name}: atom {atom} is {glass.symbols[atom]}, expected {expected} as in the graph"
        )
    return glass
