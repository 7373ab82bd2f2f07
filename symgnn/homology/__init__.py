"""Persistent homology of glasses, a ring of atoms for each class of loops, and which edges lie on them."""

from symgnn.homology.alpha import AlphaComplex, alpha_complex, alpha_cycles
from symgnn.homology.alpha_persistence import AlphaPersistence, alpha_diagrams, alpha_persistence
from symgnn.homology.cycles import Cycles, representative_cycles, torus_bars
from symgnn.homology.filtration import Filtration, edge_ids, rips_filtration
from symgnn.homology.participation import edge_participation
from symgnn.homology.persistence import Diagram, Persistence, persistent_homology
from symgnn.homology.summary import AlphaTopology, GlassTopology, alpha_topology, glass_topology

__all__ = [
    "AlphaComplex",
    "AlphaPersistence",
    "AlphaTopology",
    "Cycles",
    "Diagram",
    "Filtration",
    "GlassTopology",
    "Persistence",
    "alpha_complex",
    "alpha_cycles",
    "alpha_diagrams",
    "alpha_persistence",
    "alpha_topology",
    "edge_ids",
    "edge_participation",
    "glass_topology",
    "persistent_homology",
    "representative_cycles",
    "rips_filtration",
    "torus_bars",
]
