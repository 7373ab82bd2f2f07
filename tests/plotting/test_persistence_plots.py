"""Persistence image plots: the array drawn, axes and colour bar titled, one colour scale for two images."""

import numpy as np

from symgnn.homology import Diagram
from symgnn.homology.images import PersistenceImage, persistence_image
from symgnn.plotting.persistence_plots import persistence_image_plot


def image(points, dimension: int = 1, n_atoms: int | None = None) -> PersistenceImage:
    birth, death = np.asarray(points, dtype=float).reshape(-1, 2).T
    number = np.arange(len(birth))
    return persistence_image(Diagram(dimension, number, number, birth, death), n_atoms=n_atoms)


def test_what_is_drawn_is_the_image():
    drawn = image([[2.5, 3.3], [3.0, 3.2]], n_atoms=50)
    figure = persistence_image_plot(drawn)
    heatmap = figure.data[0]
    np.testing.assert_array_equal(heatmap.z, drawn.values)
    np.testing.assert_array_equal(heatmap.x, drawn.births)
    np.testing.assert_array_equal(heatmap.y, drawn.persistences)
    assert (heatmap.zmin, heatmap.zmax) == (0, drawn.values.max())
    assert figure.layout.xaxis.title.text == "Birth of the loop (Å)"
    assert figure.layout.yaxis.title.text == "Persistence (Å)"
    assert "Å per atom" in heatmap.colorbar.title.text
    assert "atom" not in persistence_image_plot(image([[2.5, 3.3]])).data[0].colorbar.title.text
    assert all(len(color) == 7 and color.startswith("#") for _, color in heatmap.colorscale)


def test_an_empty_image_says_so():
    figure = persistence_image_plot(image([], dimension=2))
    assert not figure.data
    assert "No voids (H2)" in figure.layout.annotations[0].text
