"""Page Topology: one complex, one lifetime, one loop for all of its tabs."""

from __future__ import annotations

import dataclasses
import json

import numpy as np

from dashboard import topology_size
from dashboard.loops import LivingLoops, cycle_dataset, void_dataset
from dashboard.topology_panels import clicked_class
from symgnn.homology import (
    alpha_complex,
    alpha_cycles,
    alpha_diagrams,
    glass_topology,
    persistent_homology,
    representative_cycles,
    rips_filtration,
)
from symgnn.homology.exact_cycles import exact_cycles
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.plotting import topology_plots
from tests.conftest import make_random_glass
from tests.dashboard.test_compare import windows
from tests.dashboard.test_pages import explained_methods, opened, told

ALPHA = "Alpha (as in the paper)"


def drawn(app) -> str:
    """The figures of the page as JSON."""
    return " ".join(chart.proto.spec for chart in app.get("plotly_chart"))


def test_a_quick_method_is_compared_with_matched_controls_at_once(app, monkeypatch):
    used = explained_methods(monkeypatch)
    opened(app, "topology", atom=34, method="gradient", shown="Cycles per edge")
    assert not app.exception
    assert used == ["gradient"]
    assert "times as many cycles as matched controls" in told(app.caption)
    assert "Explained by Gradient × weight" in told(app.caption)
    assert "matched" in told(app.markdown)
    assert "random" in told(app.markdown)
    assert app.query_params["method"] == "gradient"


def test_a_slow_method_is_asked_for_first(app):
    opened(app, "topology", atom=33, method="gnn_explainer", shown="Cycles per edge")
    assert "matched" not in told(app.markdown)
    app.button(key="explain_here").click().run()
    assert not app.exception
    assert "times as many cycles as matched controls" in told(app.caption)


def test_one_control_chooses_the_complex_of_diagram_cycle_and_counts(app, data):
    """Rips and alpha have different edges and loops."""
    glass = read_glass(data / "samples" / "alpha.xyz")
    rips, alpha = rips_filtration(glass), alpha_complex(glass)
    loops = len(persistent_homology(rips).h1), len(alpha_diagrams(alpha)[1])
    assert loops[0] != loops[1]
    opened(app, "topology")
    assert app.query_params["complex"] == "Rips"
    assert f"H1: loops ({loops[0]:,})" in drawn(app)
    for key, value in {"complex": ALPHA, "alpha_loop": "5"}.items():
        app.query_params[key] = value
    app.run()
    assert not app.exception
    assert f"H1: loops ({loops[1]:,})" in drawn(app)
    assert "never filled" in drawn(app)
    cycles = alpha_cycles(alpha)
    assert f"Loop 5: {cycles.sizes[5]} atoms, {cycles.lengths[5]:.1f} Å around" in told(app.caption)
    app.segmented_control(key="shown").set_value("Sizes").run()
    assert f"all edges ({len(alpha.edges)})" in drawn(app)
    app.segmented_control(key="complex").set_value("Rips").run()
    assert f"all edges ({len(rips)})" in drawn(app)


def test_a_loop_of_the_link_is_shown_in_the_window(app, data):
    opened(app, "topology", loop=3)
    assert app.query_params["loop"] == "3"
    assert "Loop 3:" in told(app.caption)
    glass = read_glass(data / "samples" / "alpha.xyz")
    cycle = representative_cycles(persistent_homology(rips_filtration(glass))).vertices[3]
    (shown,) = windows(app)
    assert shown["fly"] == cycle.tolist()
    assert shown["edges"]


def test_the_exact_cycle_of_a_loop_is_sought_at_the_press_of_a_button(app, data):
    persistence = persistent_homology(rips_filtration(read_glass(data / "samples" / "beta.xyz")))
    shortest = representative_cycles(persistence)
    exact = exact_cycles(persistence, shortest)
    row = int(np.flatnonzero(~shortest.strict & exact.strict)[0])
    opened(app, "topology", glass="beta", loop=row)
    assert f"Loop {row}: {shortest.sizes[row]} atoms, {shortest.lengths[row]:.1f} Å" in told(app.caption)
    assert "Not strict" in told(app.caption)
    app.button(key="exact").click().run()
    assert not app.exception
    for _ in range(2):  # computed, and kept
        assert f"Loop {row}: {exact.sizes[row]} atoms, {exact.lengths[row]:.1f} Å" in told(app.caption)
        assert "The exact cycle" in told(app.caption)
        assert "exact" not in [button.key for button in app.button]
        app.run()


def test_the_slider_leaves_out_loops_that_live_shorter(app, data):
    h1 = persistent_homology(rips_filtration(read_glass(data / "samples" / "alpha.xyz"))).h1
    opened(app, "topology", lifetime="0.30")
    assert not app.exception
    left = int((h1.persistence >= 0.30).sum())
    assert 0 < left < len(h1)
    assert f"H1: loops ({left:,})" in drawn(app)
    assert app.query_params["lifetime"] == "0.30"
    opened(app, "topology", lifetime="nan")
    assert "lifetime" in told(app.warning)


def test_cycles_through_an_atom_and_through_its_edges_are_listed(app, data):
    loops = glass_topology(read_glass(data / "samples" / "alpha.xyz")).loops
    atom = int(loops.cycles.vertices[0][0])
    living = LivingLoops(loops, 0.0)
    through = [row for row, vertices in enumerate(loops.cycles.vertices) if atom in vertices]
    opened(app, "topology", atom=atom, shown="Atom")
    assert not app.exception
    assert sorted(app.dataframe[0].value["loop"]) == through
    edge = int(living.edges_of(atom)[0])
    app.selectbox(key="through").set_value(edge).run()
    expected = [row for row, edges in enumerate(loops.cycles.edges) if edge in edges]
    assert sorted(app.dataframe[0].value["loop"]) == expected


def test_voids_of_the_alpha_complex_are_shown_in_space(app, data):
    fillers = glass_topology(read_glass(data / "samples" / "alpha.xyz")).alpha.persistence
    largest = int(np.argmax(np.where(np.isfinite(fillers.diagrams[2][:, 1]), fillers.diagrams[2][:, 1], 0)))
    opened(app, "topology", complex=ALPHA, shown="Voids")
    assert not app.exception
    assert f"an empty sphere {fillers.diagrams[2][largest, 1]:.2f} Å wide" in told(app.caption)
    (shown,) = windows(app)
    assert shown["fly"] == fillers.fillers[largest].tolist()


def test_a_cell_without_alpha_complex_says_so(app, monkeypatch, tmp_path):
    slab = dataclasses.replace(make_random_glass(90, seed=4, pbc=(True, True, False)), name="slab")
    write_extxyz(tmp_path / "samples" / "slab.xyz", slab)
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    opened(app, "topology", complex=ALPHA)
    assert not app.exception
    assert "periodic in some directions only" in told(app.info)
    app.segmented_control(key="complex").set_value("Rips").run()
    assert "H1: loops" in drawn(app)


def header(dataset) -> dict:
    length = int.from_bytes(dataset.content[:4], "little")
    return json.loads(dataset.content[4 : 4 + length])


def test_the_edge_that_closes_a_cycle_is_told_apart():
    topology = glass_topology(make_random_glass(90, seed=1))
    cycle = topology.loops.cycles.select([0])
    dataset = cycle_dataset(topology.glass, topology.loops.edges, cycle)
    (edges,) = header(dataset)["sets"]
    assert (edges["kind"], edges["labels"]) == ("category", ["edge of the cycle", "edge that closes it"])
    values = next(one for one in header(dataset)["arrays"] if one["name"] == "set_cycle")
    start = -(-(4 + int.from_bytes(dataset.content[:4], "little")) // 8) * 8 + values["offset"]
    closing = np.frombuffer(dataset.content, "<f4", count=values["shape"][0], offset=start)
    assert closing.tolist() == [0.0] * (cycle.sizes[0] - 1) + [1.0]


def test_a_void_is_filled_by_a_tetrahedron_whose_sphere_is_empty():
    glass = make_random_glass(90, seed=1)
    topology = glass_topology(glass)
    voids = topology.alpha.persistence
    assert len(voids.fillers) == len(voids.diagrams[2])
    row = int(np.flatnonzero(voids.fillers[:, 0] >= 0)[0])
    corners = [tuple(one) for one in topology.alpha.complex.tetrahedra.tolist()]
    place = corners.index(tuple(voids.fillers[row].tolist()))
    assert topology.alpha.complex.tetrahedron_values[place] == voids.diagrams[2][row, 1]
    assert header(void_dataset(glass, topology.alpha.loops.edges, voids.fillers[row]))["arrays"][0][
        "shape"
    ] == [6, 2]


def test_a_clicked_point_or_bar_is_its_loop():
    loops = glass_topology(make_random_glass(90, seed=1)).loops
    rows = LivingLoops(loops, 0.2).rows
    point = {"curve_number": topology_plots.H1_TRACE, "point_index": 2}
    assert clicked_class("diagram", point, loops, rows) == 2
    assert clicked_class("diagram", {"curve_number": 0, "point_index": 2}, loops, rows) is None
    assert clicked_class("barcode", {"customdata": [4]}, loops, rows) == 4


def test_short_lived_loops_do_not_count_for_edges():
    loops = glass_topology(make_random_glass(90, seed=1)).loops
    living = LivingLoops(loops, 0.3)
    expected = np.zeros(len(loops.edges), dtype=int)
    for row in living.rows:
        if not loops.cycles.winding[row]:
            expected[loops.cycles.edges[row]] += 1
    assert living.participation.tolist() == expected.tolist()
    assert living.participation.sum() < loops.participation.sum()
    assert LivingLoops(loops, 0.0).participation.tolist() == loops.participation.tolist()


def test_a_large_glass_says_its_cost_first_and_offers_a_part(app, monkeypatch):
    monkeypatch.setattr(topology_size, "MANY", 80)
    monkeypatch.setattr(topology_size, "CROP", 60)
    opened(app, "topology", glass="beta", atom=7)
    assert not app.exception
    assert "90 atoms: all loops take many minutes" in told(app.info)
    assert not app.dataframe
    element = app.session_state["_selection"].glass.symbols[7]
    app.button(key="open_crop").click().run()
    assert not app.exception
    assert app.query_params["glass"].startswith("upload-")
    chosen = app.session_state["_selection"]
    assert len(chosen.glass) == 60
    assert chosen.glass.symbols[chosen.atom] == element
    np.testing.assert_allclose(chosen.glass.positions[chosen.atom], 0)
    assert "loops" in told(app.title), "its topology is computed at once"
    app.selectbox(key="glass").select("beta").run()
    app.button(key="compute_topology").click().run()
    assert not app.exception
    assert "loops" in told(app.title)
