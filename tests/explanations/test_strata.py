"""Strata are what a control has in common with an explanation: length, elements, hops, and the field. Each of these
counts, and nothing else: the grouping of all pairs of edges by brute force."""

import numpy as np
import pytest

from symgnn.explanations.fidelity import strata_of
from symgnn.explanations.receptive_field import receptive_fields
from symgnn.graph.atom_graph import build_graph
from symgnn.stats import LENGTH_BIN, permutation_draw

PROPERTIES = ("length", "elements", "hops", "field")


@pytest.fixture(scope="module")
def fields(glass):
    """Two fields, two layers deep."""
    return receptive_fields(build_graph(glass, 5.0), [3, 77], 2)


@pytest.fixture(scope="module")
def facts(fields, glass):
    """Property -> (P,) values, worked out from the glass and not by `strata_of`."""
    i, j = fields.whole.pair_atoms[fields.pair_number].numpy().T
    image = fields.whole.pair_image[fields.pair_number].numpy()
    length = np.linalg.norm(glass.positions[j] + image @ glass.cell - glass.positions[i], axis=1)
    elements = np.sort(glass.species[np.stack([i, j], 1)], axis=1) @ (1000, 1)
    center = fields.centers.numpy()[fields.pair_field.numpy()]
    touches = (i == center) | (j == center)
    return {
        "length": np.floor(length / LENGTH_BIN).astype(int),
        "elements": elements,
        "hops": np.where(touches, 0, 1),
        "field": fields.pair_field.numpy(),
    }


def equal(values):
    return values[:, None] == values


def test_same_stratum_where_all_four_are_the_same(fields, facts):
    expected = np.logical_and.reduce([equal(facts[name]) for name in PROPERTIES])
    stratum = equal(strata_of(fields))
    clear = np.abs(fields.pair_length.numpy() / LENGTH_BIN % 1 - 0.5) < 0.4999  # float32 at the ends of a bin
    assert clear.mean() > 0.99
    assert np.array_equal(stratum[clear][:, clear], expected[clear][:, clear])
    assert len(np.unique(strata_of(fields))) > 40


@pytest.mark.parametrize("name", PROPERTIES)
def test_edges_that_differ_in_one_property_alone_are_apart(fields, facts, name):
    others = np.logical_and.reduce([equal(facts[other]) for other in PROPERTIES if other != name])
    alone = others & ~equal(facts[name])
    assert alone.any(), "there are such edges, so that the property is put to the test"
    assert not (alone & equal(strata_of(fields))).any()


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_drawn_control_has_the_same(fields, facts, name):
    groups = strata_of(fields)
    chosen = np.random.default_rng(0).choice(len(groups), 60, replace=False)
    for seed in range(5):
        drawn = permutation_draw(groups, chosen, np.random.default_rng(seed))
        assert sorted(facts[name][drawn].tolist()) == pytest.approx(sorted(facts[name][chosen].tolist()))
        assert set(drawn) != set(chosen)
