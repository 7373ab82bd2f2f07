"""Walking round representative cycles in space."""

import numpy as np

from symgnn.homology import glass_topology
from symgnn.viewer3d.cycle_images import cycle_images


def test_cycles_of_a_glass_close_in_space_unless_they_wind(random_glass):
    topology = glass_topology(random_glass)
    cycles = topology.cycles
    assert len(cycles) > 20
    for row in range(len(cycles)):
        atoms = cycles.vertices[row]
        images = cycle_images(topology.filtration, cycles, row)
        ring = random_glass.positions[np.append(atoms, atoms[0])]
        steps = np.diff(ring, axis=0) + images @ random_glass.cell
        np.testing.assert_allclose(
            np.linalg.norm(steps, axis=1), topology.filtration.lengths[cycles.edges[row]], atol=1e-6
        )
        assert np.allclose(steps.sum(axis=0), 0) != cycles.winding[row]
