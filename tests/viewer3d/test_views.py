"""Pictures: which atoms are drawn, how they are coloured, and the legends that say so."""

import numpy as np
import pytest

from symgnn.glass import Glass
from symgnn.viewer3d import views
from symgnn.viewer3d.colors import EXPLAINED, IMPORTANCE_SCALE, VALUE_SCALE, element_color
from symgnn.viewer3d.environment import nearest_images
from symgnn.viewer3d.legends import color_bar, color_limits, quantities


def line_of_four(**changes):
    """Four atoms along x in a box of 12 Å, 3 Å apart, the first outside the cell."""
    values = {
        "species": [29, 40, 29, 29],
        "positions": [[-1.0, 5, 1], [2.0, 5, 4], [5.0, 5, 7], [8.0, 5, 10]],
        "cell": 12.0 * np.eye(3),
        "pbc": [True] * 3,
    }
    return Glass(**{**values, **changes})


def atoms(picture):
    return picture.commands[1][2][0]


def test_whole_glass_stands_inside_its_cell_colored_by_value():
    glass = line_of_four()
    picture = views.whole_glass(
        glass, "predicted", np.array([1.0, 1.5, 1.7, 2.0]), selected=2, shown=np.arange(4)
    )
    drawn = atoms(picture)
    assert [atom["x"] for atom in drawn] == [11.0, 2.0, 5.0, 8.0]
    assert drawn[0]["style"]["sphere"]["color"] == VALUE_SCALE[0]
    assert drawn[3]["style"]["sphere"]["color"] == VALUE_SCALE[-1]
    assert drawn[1]["properties"]["value"] == 1.5
    (bar,) = picture.legends
    assert bar["title"] == "Predicted barrier (eV)"
    assert bar["ticks"][1] == "1.50"


def test_slab_keeps_its_atoms_and_the_selected_one():
    shown = views.drawn_atoms(line_of_four(), selected=3, slab=(2, 0.0, 0.4))
    picture = views.whole_glass(line_of_four(), "element", None, selected=3, shown=shown)
    assert [atom["serial"] for atom in atoms(picture)] == [0, 1, 3]
    assert picture.legends[0]["items"] == [["Cu", element_color("Cu")], ["Zr", element_color("Zr")]]


def test_of_too_many_atoms_the_nearest_are_drawn(random_glass):
    shown = views.drawn_atoms(random_glass, selected=8, at_most=30)
    distance = np.linalg.norm(nearest_images(random_glass, 8)[0], axis=1)
    assert len(shown) == 30
    assert distance[shown].max() <= np.delete(distance, shown).min()
    assert 8 in shown


def test_slab_without_a_cell_runs_from_the_lowest_to_the_highest_atom():
    glass = line_of_four(pbc=[False] * 3, cell=np.zeros((3, 3)))
    assert views.in_slab(glass, 2, 0.0, 0.5).tolist() == [True, True, False, False]


def test_explained_atom_stands_out_and_edges_carry_their_importance():
    glass = line_of_four()
    pairs, images = np.array([[0, 1], [0, 3]]), np.array([[0, 0, 0], [-1, 0, -1]])
    importance = np.array([1.0, 0.0])
    picture = views.explained_atom(glass, 0, pairs, images, importance, predicted=None, context_radius=0.0)
    centre, strong, weak = atoms(picture)
    assert centre["serial"] == 0
    assert centre["style"]["sphere"]["color"] == EXPLAINED
    assert (centre["x"], centre["y"], centre["z"]) == (0, 0, 0)
    assert [strong["serial"], weak["serial"]] == [1, 3]
    assert weak["x"] == pytest.approx(-3.0)  # across the boundary: the nearer copy
    assert strong["bondStyles"][0]["color1"] == IMPORTANCE_SCALE[-1]
    assert weak["bondStyles"][0]["color1"] == IMPORTANCE_SCALE[0]
    assert strong["bondStyles"][0]["radius"] > 2 * weak["bondStyles"][0]["radius"]
    assert picture.legends[0]["ticks"] == ["0", "0.5", "1"]


def test_no_edges_still_show_the_atom():
    none = np.zeros((0, 2), int), np.zeros((0, 3), int), np.zeros(0)
    picture = views.explained_atom(line_of_four(), 1, *none, predicted=None, context_radius=1.0)
    assert [atom["serial"] for atom in atoms(picture)] == [1]


def test_quantities_offer_what_is_known_and_nothing_from_the_file_by_name():
    glass = line_of_four(
        barriers=np.ones(4), properties={"potential_energy": np.zeros(4), "<b>": np.zeros(4)}
    )
    known = quantities(glass, predicted=np.full(4, 1.5), coordination=np.arange(4))
    assert list(known) == ["predicted", "label", "error", "element", "coordination", "potential_energy"]
    np.testing.assert_allclose(known["error"], 0.5)
    assert list(quantities(line_of_four(), predicted=None, coordination=np.arange(4))) == [
        "element",
        "coordination",
    ]


def test_color_bar_says_where_values_lie_beyond_it():
    values = np.concatenate([np.linspace(1, 2, 200), [-9.0, 9.0]])
    ticks = color_bar("label", color_limits(values))["ticks"]
    assert ticks[0].startswith("≤ 1.0")
    assert ticks[2].startswith("≥ 2.0") or ticks[2].startswith("≥ 1.9")
