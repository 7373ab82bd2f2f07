"""Persistent homology of glasses, a ring of atoms for each class of loops, and which edges lie on them."""

from symgnn.topology.alpha import AlphaComplex, alpha_complex, alpha_cycles
from symgnn.topology.alpha_persistence import AlphaPersistence, alpha_diagrams, alpha_persistence
from symgnn.topology.cycles import Cycles, representative_cycles, torus_bars
from symgnn.topology.filtration import Filtration, edge_ids, rips_filtration
from symgnn.topology.participation import (
    ParticipationComparison,
    atom_participation,
    compare_participation,
    cycles_through,
    edge_participation,
)
from symgnn.topology.persistence import Diagram, Persistence, persistent_homology
from symgnn.topology.summary import AlphaTopology, GlassTopology, alpha_topology, glass_topology

__all__ = [
    "AlphaComplex",
    "AlphaPersistence",
    "AlphaTopology",
    "Cycles",
    "Diagram",
    "Filtration",
    "GlassTopology",
    "ParticipationComparison",
    "Persistence",
    "alpha_complex",
    "alpha_cycles",
    "alpha_diagrams",
    "alpha_persistence",
    "alpha_topology",
    "atom_participation",
    "compare_participation",
    "cycles_through",
    "edge_ids",
    "edge_participation",
    "glass_topology",
    "persistent_homology",
    "representative_cycles",
    "rips_filtration",
    "torus_bars",
]
