"""Persistence images against closed forms, numerical integration and gudhi."""

from __future__ import annotations

import numpy as np
import pytest
from gudhi.representations import PersistenceImage as GudhiImage
from scipy.integrate import dblquad
from scipy.stats import norm

from symgnn.errors import InputError
from symgnn.homology import Diagram, persistent_homology, rips_filtration
from symgnn.homology.images import ImageGrid, persistence_image
from symgnn.io.formats.paper_pickle import read_paper_pickle
from tests.conftest import make_random_glass

WIDE = ImageGrid(birth=(0.0, 6.0), persistence=(-2.0, 4.0))  # nothing of a class at (2..4, 0.5..2) is outside


def diagram(points, dimension: int = 1) -> Diagram:
    birth, death = np.asarray(points, dtype=float).reshape(-1, 2).T
    number = np.arange(len(birth))
    return Diagram(dimension, number, np.where(np.isfinite(death), number, -1), birth, death)


def test_one_class_sums_to_its_persistence():
    image = persistence_image(diagram([[2.5, 3.3]]), grid=WIDE)
    assert image.values.sum() == pytest.approx(0.8)
    assert image.outside == pytest.approx(0, abs=1e-12)
    row, column = np.unravel_index(image.values.argmax(), image.values.shape)
    assert abs(image.births[column] - 2.5) <= 0.026
    assert abs(image.persistences[row] - 0.8) <= 0.026


def test_pixels_equal_the_integral_of_the_gaussian():
    image = persistence_image(diagram([[2.52, 3.3]]), sigma=0.1)
    rng = np.random.default_rng(0)
    for column, row in zip(rng.integers(5, 16, 8), rng.integers(10, 22, 8), strict=True):
        x, y = image.births[column], image.persistences[row]
        mass, _ = dblquad(
            lambda p, b: 0.78 * norm.pdf(b, 2.52, 0.1) * norm.pdf(p, 0.78, 0.1),
            x - 0.025, x + 0.025, y - 0.025, y + 0.025,
        )  # fmt: skip
        assert image.values[row, column] == pytest.approx(mass, rel=1e-6)


def test_a_corner_of_four_pixels_shares_its_class_equally():
    image = persistence_image(diagram([[3.0, 4.0]]), grid=ImageGrid((2, 4), (0, 2), 1.0), sigma=0.01)
    np.testing.assert_allclose(image.values, np.full((2, 2), 0.25))
    image = persistence_image(diagram([[2.5, 3.0]]), grid=ImageGrid((2, 4), (0, 2), 1.0), sigma=0.01)
    np.testing.assert_allclose(image.values, [[0.5, 0], [0, 0]], atol=1e-12)  # row 0 lies at the bottom


def test_agrees_with_gudhi_in_small_pixels():
    h1 = persistent_homology(rips_filtration(make_random_glass(120, seed=7), 4.0)).h1
    grid = ImageGrid((1.5, 4.5), (0.0, 2.0), 0.02)
    image = persistence_image(h1, grid=grid, sigma=0.1)
    points = np.column_stack([h1.birth, h1.death])[h1.finite]
    assert len(points) > 20
    # gudhi evaluates the density at points, from the first to the last of the range
    ranges = [image.births[0], image.births[-1], image.persistences[0], image.persistences[-1]]
    shape = [len(image.births), len(image.persistences)]
    other = GudhiImage(bandwidth=0.1, weight=lambda point: point[1], resolution=shape, im_range=ranges)
    density = other.fit_transform([points])[0].reshape(shape[::-1])
    np.testing.assert_allclose(image.values, density * 0.02**2, atol=0.005 * image.values.max())


def test_images_add_up_and_per_atom_is_a_division():
    one, other = [[2.5, 3.3]], [[2.7, 3.1], [2.8, 2.9]]
    both = persistence_image(diagram(one + other)).values
    parts = persistence_image(diagram(one)).values + persistence_image(diagram(other)).values
    np.testing.assert_allclose(both, parts, atol=1e-14)
    shared = persistence_image(diagram(one + other), n_atoms=20)
    np.testing.assert_allclose(20 * shared.values, both)
    assert (shared.unit, persistence_image(diagram(one)).unit) == ("Å per atom", "Å")


def test_what_lies_outside_is_told():
    half = persistence_image(diagram([[2.0, 3.0]]))  # on the left border
    assert half.outside == pytest.approx(0.5)
    far = persistence_image(diagram([[0.0, 2.6]] * 5, dimension=0))  # parts are born at 0 Å
    assert far.outside == pytest.approx(1.0)
    grid = ImageGrid(birth=(-0.5, 0.5), persistence=(1.5, 3.5))
    assert persistence_image(diagram([[0.0, 2.6]] * 5, dimension=0), grid=grid).values.sum() == pytest.approx(
        13
    )


def test_classes_alive_at_the_cutoff_are_left_out_and_counted():
    image = persistence_image(diagram([[2.5, 3.3], [2.6, np.inf]]), grid=WIDE)
    assert (image.n_classes, image.n_infinite) == (1, 1)
    assert image.values.sum() == pytest.approx(0.8)
    empty = persistence_image(diagram([]))
    assert empty.values.shape == (40, 60)
    assert not empty.values.any()
    assert empty.outside == empty.n_classes == 0


def test_grid_and_options_are_checked():
    grid = ImageGrid()
    np.testing.assert_allclose(grid.edges("birth")[[0, -1]], [2, 5])
    assert np.diff(grid.edges("persistence")) == pytest.approx(0.05)
    for wrong in ({"birth": (3, 2)}, {"birth": (2, 2)}, {"persistence": (0, 0.33)}, {"birth": (2, np.inf)}):
        with pytest.raises(InputError, match="ascending range of whole pixels"):
            ImageGrid(**wrong)
    with pytest.raises(InputError, match="pixel"):
        ImageGrid(pixel=0)
    for options in ({"sigma": 0}, {"sigma": np.nan}, {"n_atoms": 0}):
        with pytest.raises(InputError, match="image"):
            persistence_image(diagram([[2, 3]]), **options)


def test_the_default_grid_holds_the_loops_and_voids_of_test0(raw_data):
    glass = read_paper_pickle(raw_data / "test0.pickle")
    found = persistent_homology(rips_filtration(glass, 5.0), max_dimension=2)
    for part in (found.h1, found.h2):
        image = persistence_image(part, n_atoms=len(glass))
        assert 0 < image.outside < 0.03  # what the Gaussians throw below the diagonal
        total = part.persistence[part.finite].sum() / len(glass)
        assert image.values.sum() == pytest.approx(total, rel=0.03)
