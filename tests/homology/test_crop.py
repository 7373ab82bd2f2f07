"""Parts of a glass around an atom."""

from dataclasses import replace

import numpy as np
import pytest

from symgnn.errors import InputError
from symgnn.homology.crop import nearest_atoms
from tests.conftest import make_random_glass


def test_the_nearest_atoms_stand_as_they_do_around_the_atom():
    glass = make_random_glass(120, seed=5)
    crop, numbers = nearest_atoms(glass, 17, 30)
    assert len(crop) == 30
    assert not crop.pbc.any()
    np.testing.assert_array_equal(crop.species, glass.species[numbers])
    distances = glass.to_ase().get_distances(17, range(120), mic=True)
    expected = np.sort(np.argsort(distances)[:30])
    assert numbers.tolist() == expected.tolist()
    np.testing.assert_allclose(np.linalg.norm(crop.positions, axis=1), distances[numbers], atol=1e-9)
    vectors = glass.to_ase().get_distances(17, range(120), mic=True, vector=True)
    np.testing.assert_allclose(crop.positions, vectors[numbers], atol=1e-9)


def test_labels_and_properties_stay_with_their_atoms():
    glass = make_random_glass(40, seed=6)
    labelled = replace(glass, barriers=np.arange(40.0), properties={"pressure": 100.0 + np.arange(40)})
    crop, numbers = nearest_atoms(labelled, 3, 10)
    assert numbers.tolist() != list(range(10))
    assert crop.barriers.tolist() == numbers.tolist()
    assert crop.properties["pressure"].tolist() == (100 + numbers).tolist()


def test_a_crop_is_at_most_the_glass_and_of_an_atom_that_exists():
    glass = make_random_glass(40, seed=6)
    crop, numbers = nearest_atoms(glass, 3, 5000)
    assert len(crop) == 40
    assert numbers.tolist() == list(range(40))
    with pytest.raises(InputError, match="atom 40"):
        nearest_atoms(glass, 40, 10)
