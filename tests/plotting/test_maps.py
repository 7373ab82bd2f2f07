"""Maps of a whole glass: what is drawn and plotted are the given numbers, controls beside them."""

import numpy as np
import pytest

from symgnn.graph.atom_graph import build_graph
from symgnn.plotting.map_plots import fractions_by_pair, importance_by_barrier, importance_by_length
from symgnn.viewer3d.map_view import inside_cell, mapped_glass
from tests.conftest import make_random_glass


@pytest.fixture(scope="module")
def glass():
    glass = make_random_glass(80, seed=6)
    glass.positions.setflags(write=True)
    return glass


@pytest.fixture(scope="module")
def graph(glass):
    return build_graph(glass, 4.0)


def test_edges_inside_the_cell_are_as_long_as_they_look(glass, graph):
    pairs, images = graph.pair_atoms.numpy(), graph.pair_image.numpy()
    lengths = graph.length[graph.pair_edge].numpy()
    positions = glass.wrapped()
    straight = np.linalg.norm(positions[pairs[:, 1]] - positions[pairs[:, 0]], axis=1)
    inside = inside_cell(glass, pairs, images)
    assert 0.2 < inside.mean() < 0.9
    assert np.allclose(straight[inside], lengths[inside], atol=1e-4)
    assert (straight[~inside] > lengths[~inside] + 1e-3).all()


@pytest.mark.parametrize("signed", [False, True])
def test_the_scene_holds_the_atoms_and_the_edges_inside(signed, glass, graph):
    rng = np.random.default_rng(0)
    atoms, values = rng.normal(size=80), rng.normal(size=30)
    atoms, values = (atoms, values) if signed else (np.abs(atoms), np.abs(values))
    pairs, images = graph.pair_atoms.numpy()[:30], graph.pair_image.numpy()[:30]
    picture = mapped_glass(
        glass, atoms, pairs, images, values, signed=signed, selected=3, shown=np.arange(80)
    )
    (drawn,) = (command[2][0] for command in picture.commands if command[1] == "addAtoms")
    assert len(drawn) == 80
    assert drawn[7]["properties"]["value"] == pytest.approx(1000 * atoms[7], abs=1e-3)
    bonds = sum(len(atom.get("bonds", [])) for atom in drawn) // 2
    assert bonds == inside_cell(glass, pairs, images).sum() > 0
    title = picture.legends[0]["title"]
    assert title == ("Mean effect on a barrier (meV)" if signed else "Importance (×10⁻³)")
    some = mapped_glass(
        glass, atoms, pairs, images, values, signed=signed, selected=3, shown=np.arange(3, 20)
    )
    (few,) = (command[2][0] for command in some.commands if command[1] == "addAtoms")
    assert len(few) == 17


def test_shares_stand_beside_the_share_of_edges():
    names = ["Cu-Cu", "Cu-Cu", "Cu-Zr", "Zr-Zr"]
    figure = fractions_by_pair(names, np.array([1.0, 1.0, 6.0, 0.0]))
    control, carried = figure.data
    assert list(control.x) == ["Cu-Cu", "Cu-Zr", "Zr-Zr"]
    assert control.y == pytest.approx([50, 25, 25])
    assert carried.y == pytest.approx([25, 75, 0])
    assert "No edge" in fractions_by_pair(names, np.zeros(4)).layout.annotations[0].text


def test_importance_by_length_is_one_where_edges_count_alike():
    lengths = np.random.default_rng(1).uniform(2, 5, 500)
    alike = importance_by_length(lengths, np.full(500, 0.2))
    assert np.allclose(alike.data[0].y, 1)
    short = importance_by_length(lengths, (lengths < 3).astype(float))
    x, y = np.array(short.data[0].x), np.array(short.data[0].y)
    assert (y[x < 2.95] > 2).all()
    assert (y[x > 3.05] == 0).all()


def test_atoms_by_their_barrier():
    figure = importance_by_barrier(
        np.array([1.0, 2.0, 3.0]), np.array([4.0, 5.0, 6.0]), ["Cu", "Zr", "Cu"], "what"
    )
    assert [trace.name for trace in figure.data] == ["Cu", "Zr"]
    assert tuple(figure.data[0].x) == (1.0, 3.0)
    assert tuple(figure.data[0].text) == (0, 2)
    assert figure.layout.yaxis.title.text == "what"
