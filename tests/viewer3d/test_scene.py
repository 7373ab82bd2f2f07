"""Scenes: what py3Dmol writes is read back as data, and nothing but numbers, colours and symbols is in it."""

import json
import re

import numpy as np
import py3Dmol
import pytest

from symgnn.glass import Glass
from symgnn.viewer3d import views
from symgnn.viewer3d.scene import Bonds, Sites, cell_edges, commands, scene

EVIL = "</script><img src=x onerror=alert(1)>');alert(2)//"


def two_sites(**changes):
    values = {
        "atom": np.array([3, 8]),
        "species": np.array([29, 40]),
        "position": np.array([[0.0, 0.0, 0.0], [2.5, 0.0, 1.25]]),
        "color": ["#112233", "#445566"],
        "radius": np.array([0.7, 0.9]),
        "value": np.array([1.23456, np.nan]),
    }
    return Sites(**{**values, **changes})


def texts(thing):
    """Every string in nested lists and dictionaries, keys included."""
    if isinstance(thing, str):
        yield thing
    elif isinstance(thing, dict):
        for key, value in thing.items():
            yield key
            yield from texts(value)
    elif isinstance(thing, list):
        for value in thing:
            yield from texts(value)


def test_sites_become_atoms_with_index_value_and_color():
    (_, add_model, _), (target, add_atoms, (atoms,)) = scene(two_sites())
    assert (add_model, target, add_atoms) == ("addModel", "model", "addAtoms")
    assert atoms[0] == {
        "elem": "Cu", "x": 0.0, "y": 0.0, "z": 0.0, "serial": 3, "properties": {"value": 1.2346},
        "style": {"sphere": {"radius": 0.7, "color": "#112233"}},
    }  # fmt: skip
    assert atoms[1]["elem"] == "Zr"
    assert atoms[1]["properties"] == {"value": None}  # NaN is no JSON


def test_bonds_are_listed_at_both_ends_with_their_style():
    bonds = Bonds(np.array([[0, 1]]), ["#abcdef"], np.array([0.2]))
    atoms = scene(two_sites(), bonds=bonds)[1][2][0]
    look = {"color1": "#abcdef", "color2": "#abcdef", "radius": 0.2, "iswire": False}
    for here, there in ((0, 1), (1, 0)):
        assert atoms[here]["bonds"] == [there]
        assert atoms[here]["bondStyles"] == [look]
        assert "stick" in atoms[here]["style"]


def test_a_cell_has_twelve_edges_and_no_diagonals():
    cell = np.array([[3.0, 0, 0], [1.0, 4.0, 0], [0.5, 0.5, 5.0]])
    lengths = np.linalg.norm(np.diff(cell_edges(cell), axis=1)[:, 0], axis=1)
    expected = np.repeat(np.linalg.norm(cell, axis=1), 4)
    np.testing.assert_allclose(np.sort(lengths), np.sort(expected))
    drawn = [name for _, name, _ in scene(two_sites(), cell=cell)]
    assert drawn.count("addLine") == 12


def test_marked_sites_get_a_halo():
    last = scene(two_sites(), marked=np.array([1]))[-1]
    assert last[1] == "addSphere"
    assert last[2][0]["center"] == {"x": 2.5, "y": 0.0, "z": 1.25}


@pytest.mark.parametrize("color", [EVIL, "red", "#12345", "#1122331"])
def test_a_color_that_is_not_one_is_refused(color):
    with pytest.raises(ValueError, match="not a colour"):
        scene(two_sites(color=[color, "#112233"]))
    with pytest.raises(ValueError, match="not a colour"):
        scene(two_sites(), bonds=Bonds(np.array([[0, 1]]), [color], np.array([0.1])))


def test_calls_outside_the_list_are_refused():
    view = py3Dmol.view()
    view.addLabel("text", {})
    with pytest.raises(ValueError, match="may not call addLabel"):
        commands(view)


def test_lines_that_are_no_call_are_refused():
    view = py3Dmol.view()
    view.addModel()
    view.updatejs += "alert(1);\n"
    with pytest.raises(ValueError, match="not a command"):
        commands(view)


def test_text_of_a_file_reaches_no_picture():
    rng = np.random.default_rng(0)
    grid = np.stack(np.meshgrid(*[[0.0, 3.0, 6.0]] * 3), axis=-1).reshape(-1, 3)
    glass = Glass(
        species=rng.choice([29, 40], 27),
        positions=grid + rng.uniform(-0.3, 0.3, (27, 3)),
        cell=9.0 * np.eye(3),
        pbc=[True] * 3,
        properties={"potential_energy": rng.normal(size=27), EVIL: rng.normal(size=27)},
        name=EVIL,
        notes={EVIL: EVIL},
    )
    values = glass.properties["potential_energy"]
    pairs, images = np.array([[0, 1], [1, 4]]), np.zeros((2, 3), dtype=int)
    pictures = [
        views.whole_glass(glass, "potential_energy", values, selected=0, shown=np.arange(27)),
        views.whole_glass(glass, "element", None, selected=0, shown=np.arange(9)),
        views.explained_atom(glass, 0, pairs, images, np.array([0.2, 0.9]), predicted=values),
    ]
    allowed = re.compile(r"[A-Za-z0-9# ,.()≤≥−-]*")
    for picture in pictures:
        sent = [picture.commands, picture.legends, picture.value_title, picture.value_unit]
        json.dumps(sent, allow_nan=False)
        assert all(allowed.fullmatch(text) for text in texts(sent))
        assert "alert" not in json.dumps(sent)
