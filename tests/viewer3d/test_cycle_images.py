"""Walking round representative cycles in space."""

import numpy as np

from symgnn.homology import glass_topology
from symgnn.viewer3d.cycle_images import cycle_images
from symgnn.viewer3d.environment import unwrapped_path


def test_cycles_of_a_glass_close_in_space_unless_they_wind(random_glass):
    topology = glass_topology(random_glass)
    cycles = topology.cycles
    assert len(cycles) > 20
    for row in range(len(cycles)):
        atoms = cycles.vertices[row]
        images = cycle_images(topology.filtration, cycles, row)
        path = unwrapped_path(random_glass, np.append(atoms, atoms[0]), images)
        steps = np.linalg.norm(np.diff(path, axis=0), axis=1)
        np.testing.assert_allclose(steps, topology.filtration.lengths[cycles.edges[row]], atol=1e-6)
        assert np.allclose(path[0], path[-1]) != cycles.winding[row]
