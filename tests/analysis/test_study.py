"""From a model with a known reason to tables, text and figures; explanations are those of single runs."""

import csv
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest
from ase.geometry import find_mic

from symgnn.analysis.cycle_counts import cycle_counts
from symgnn.analysis.cycle_enrichment import explained_cycles
from symgnn.analysis.evaluate import ends, evaluate
from symgnn.analysis.important_edges import explained_fields
from symgnn.analysis.report import report
from symgnn.analysis.stability import overlap
from symgnn.analysis.study import Study, counts_of
from symgnn.analysis.tables import comparisons, write_tables
from symgnn.errors import InputError
from symgnn.explanations.explain import explain, explain_atoms
from symgnn.explanations.methods.amortised import Amortised
from symgnn.explanations.methods.baselines import NearestEdges, RandomEdges
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.glass import Glass
from symgnn.homology import glass_topology
from symgnn.inference.card import Card
from symgnn.inference.checkpoint import Checkpoint
from symgnn.stats import shuffled_within, strata
from tests.conftest import make_random_glass
from tests.explanations.conftest import CountsShortMixedBonds

ATOMS = [3, 8, 50, 70]


@pytest.fixture(scope="module")
def glass():
    return make_random_glass(400, seed=12)


@pytest.fixture(scope="module")
def known_reason():
    return Checkpoint(
        Path("known_reason"),
        CountsShortMixedBonds(n_layers=2).eval(),
        Card(model="known_reason", settings={}),
        "0" * 16,
    )


@pytest.fixture(scope="module")
def explained(known_reason, glass, tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    return explained_fields(
        known_reason, glass, ATOMS, method=GradientTimesWeight(), workers=1, folder=folder
    )


def test_rows_are_those_of_single_explanations(explained, known_reason, glass):
    for number, atom in enumerate(ATOMS):
        (single,) = explain_atoms(known_reason, glass, [atom], method=GradientTimesWeight())
        order = single.top(len(single.lengths))
        rows = explained.field == number
        np.testing.assert_allclose(explained.importance[rows], single.importance[order])
        chosen = single.importance[order] > 0
        np.testing.assert_array_equal(
            explained.pair_atoms[explained.pair[rows]][chosen], single.pairs[order][chosen]
        )
        np.testing.assert_allclose(explained.length[rows], single.lengths[order])
        assert (explained.rank[rows] == np.arange(rows.sum())).all()


def test_important_edges_are_the_known_reason(explained):
    important = explained.top(5) & (explained.importance > 0)
    ends_of = explained.glass.species[explained.pair_atoms[explained.pair[important]]]
    assert important.any()
    assert (ends_of[:, 0] != ends_of[:, 1]).all()
    assert (explained.length[important] < 3).all()


def test_atoms_stand_where_the_shortest_vector_ends(explained, glass):
    near = explained.atom_distance < 5
    vector = glass.positions[explained.atom] - glass.positions[np.array(ATOMS)[explained.atom_field]]
    _, length = find_mic(vector, glass.cell, glass.pbc)
    np.testing.assert_allclose(explained.atom_distance[near], length[near], atol=1e-4)
    assert not (explained.atom == np.array(ATOMS)[explained.atom_field]).any()


def test_weights_on_atoms(explained):
    weight = explained.importance
    total = explained.on_atoms(weight)
    for row in np.random.default_rng(0).choice(len(total), 20):
        at = (explained.field == explained.atom_field[row]) & (
            explained.pair_atoms[explained.pair] == explained.atom[row]
        ).any(1)
        assert total[row] == pytest.approx(weight[at].sum() / 2)
    chosen = ends(explained, explained.top(1))
    assert set(np.bincount(explained.atom_field, weights=chosen)) <= {1.0, 2.0}


def test_controls_keep_the_fields(explained):
    for control in (explained.nearest(), explained.shuffled(1)):
        assert (control.field == explained.field).all()
        assert (np.diff(control.importance)[np.diff(control.field) == 0] <= 0).all()
        keys = [np.sort(one.field * 10**6 + one.pair) for one in (control, explained)]
        np.testing.assert_array_equal(*keys)
    nearest = explained.nearest()
    first = nearest.top(1)
    for number in range(len(ATOMS)):
        assert nearest.distance[first][number] == pytest.approx(
            explained.distance[explained.field == number].min()
        )
    np.testing.assert_allclose(np.sort(explained.shuffled(1).importance), np.sort(explained.importance))


def test_cycles_are_looked_up_and_0_beyond_the_cutoff(explained, glass):
    topology = glass_topology(glass, cutoff=3.4)
    counts = cycle_counts(
        "Rips", topology.filtration, topology.participation, explained.pair_atoms, explained.pair_image
    )
    assert (counts.known == (explained.pair_length < 3.4)).all()
    assert (counts.cycles[~counts.known] == 0).all()
    assert counts.cycles.sum() == topology.participation.sum()


@pytest.fixture(scope="module")
def short_first(explained):
    """Short edges first, with some noise: no two are equally important."""
    noise = np.random.default_rng(4).normal(0, 0.3, len(explained.field))
    return explained.reranked(-explained.length + noise, "short")


def test_overlap_with_itself_and_with_the_opposite(short_first):
    assert overlap(short_first, short_first, 10).shared == 1.0
    opposite = short_first.reranked(-short_first.importance, "opposite")
    assert overlap(short_first, opposite, 10).shared == 0.0


def test_overlap_by_chance_is_what_draws_within_strata_give(short_first):
    rng, shared = np.random.default_rng(0), []
    stratum = strata(
        short_first.length,
        short_first.element_pair,
        hops=short_first.hops,
        field=short_first.field,
        length_bin=0.05,
    )
    for _ in range(300):
        shuffled = shuffled_within(stratum, short_first.importance, rng)
        shared.append(overlap(short_first, short_first.reranked(shuffled, "shuffled"), 10).shared)
    expected = overlap(short_first, short_first, 10).by_chance
    assert 0.05 < expected < 0.95
    assert expected == pytest.approx(np.mean(shared), abs=0.02)


def test_element_pairs_add_up_to_the_whole(explained, glass):
    result = evaluate(explained, [], checkpoint="known", title="Gradient", k=5)
    symbols = np.array(glass.symbols)[ATOMS]
    for quantity in ("observed", "expected"):
        parts = [getattr(f, quantity) * np.mean(symbols == name[:2]) for name, f in result.by_pair.items()]
        np.testing.assert_allclose(np.sum(parts, axis=0), getattr(result.fine["importance"], quantity))


def numbers(enrichment):
    """All numbers of a comparison, but for the mean over the whole glass, which one explanation does not know."""
    facts = asdict(replace(enrichment, everywhere=0.0))
    tests = [facts.pop(name) for name in ("against_field", "against_matched")]
    return np.concatenate([np.ravel(value) for one in (facts, *tests) for value in one.values()])


def test_one_explanation_and_the_findings_give_the_same_numbers(known_reason, glass, tmp_path):
    """The page Topology compares one explanation, `symgnn findings` many: one definition, one test."""
    atom, k = 50, 20
    method = GradientTimesWeight()
    many = explained_fields(known_reason, glass, [atom], method=method, workers=1, folder=tmp_path)
    result = evaluate(many, counts_of(many), checkpoint="known", title=method.title, k=k)
    single, topology = explain(known_reason, glass, atom, method), glass_topology(glass)
    for name, loops in (("Rips, 4 Å", topology.loops), ("alpha", topology.alpha.loops)):
        counts = cycle_counts(name, loops.edges, loops.participation, single.pairs, single.images)
        compared = explained_cycles(single, glass, counts, k)
        expected = result.enrichment[name]
        np.testing.assert_allclose(numbers(compared.enrichment), numbers(expected), rtol=1e-12, err_msg=name)
        assert expected.n_edges > 10
        low, high = compared.control_interval
        assert low <= expected.matched <= high


def test_controls_of_findings_are_of_the_same_atom(explained, known_reason, glass):
    """Means over atoms are those of single explanations, whose controls cannot be of another atom."""
    k, topology, method = 20, glass_topology(glass), GradientTimesWeight()
    result, singles = evaluate(explained, counts_of(explained), checkpoint="known", title="Gradient", k=k), []
    for atom in ATOMS:
        (single,) = explain_atoms(known_reason, glass, [atom], method=method)
        edges, participation = topology.loops.edges, topology.loops.participation
        counts = cycle_counts("Rips", edges, participation, single.pairs, single.images)
        singles.append(explained_cycles(single, glass, counts, k).enrichment)
    together = result.enrichment["Rips, 4 Å"]
    assert together.n_atoms == len(ATOMS)
    assert together.important == pytest.approx(np.mean([one.important for one in singles]))
    assert together.matched == pytest.approx(np.mean([one.matched for one in singles]))
    assert len({round(one.matched, 6) for one in singles}) > 1


def test_overlap_refuses_other_atoms(explained, known_reason, glass, tmp_path):
    other = explained_fields(known_reason, glass, [1, 2], method=RandomEdges(), workers=1, folder=tmp_path)
    with pytest.raises(InputError, match="other atoms"):
        overlap(explained, other, 10)


def test_twice_the_same_atom_is_refused(known_reason, glass):
    with pytest.raises(InputError, match="some of them twice"):
        explained_fields(known_reason, glass, [1, 1], method=RandomEdges())


def test_an_atom_without_edges_and_one_with_few(known_reason, tmp_path):
    positions = np.array([[0.0, 0, 0], [20, 20, 20], [22.5, 20, 20], [25.0, 20, 20]])
    lonely = Glass([29, 29, 40, 29], positions, np.eye(3) * 60, (True, True, True), name="lonely")
    found = explained_fields(
        known_reason, lonely, [0, 1], method=GradientTimesWeight(), workers=1, folder=tmp_path
    )
    assert np.bincount(found.field, minlength=2).tolist() == [0, 2]
    assert found.top(10).sum() == 2
    result = evaluate(found, counts_of(found), checkpoint="known", title="Gradient", k=10)
    assert result.n_explained == 2
    assert set(result.enrichment.values()) == {None}  # all edges are important: no matched controls
    assert result.reach["important"].n == 2


def test_one_command_writes_all(known_reason, glass, tmp_path, monkeypatch):
    monkeypatch.setattr("symgnn.explanations.batch.cache_folder", lambda: tmp_path / "store")
    replica = make_random_glass(400, seed=12)
    study = Study(
        [glass], known_reason, [GradientTimesWeight(), NearestEdges(), RandomEdges()], n_atoms=6, top_k=4,
        retrained=[("again", replace(known_reason, folder=Path("another/seed1")))], replicas=(glass, replica),
        workers=1,
    )  # fmt: skip
    results, variants = study.run()
    assert [result.method for result in results] == ["gradient", "nearest", "random"]
    shared = {one.what: one.overlap.shared for one in variants if one.overlap is not None}
    assert shared["another seed of the method"] == shared["trained again: again"] == 1.0
    assert shared[f"{replica.name}: the replica"] == 1.0
    paths = write_tables(tmp_path / "out", results, variants)
    rows = list(csv.DictReader(paths[0].open()))
    assert len(rows) == len(comparisons(results)) > 0
    for row, test in zip(rows, comparisons(results), strict=True):
        assert float(row["important"]) == pytest.approx(test.enrichment.important, rel=1e-5, abs=1e-9)
        if row["method"] in ("nearest", "random"):
            assert row["p_matched_holm"] == ""  # baselines are no claims
        else:
            assert float(row["p_matched_holm"]) >= float(row["p_matched"])
    named = {row["variant"]: row["checkpoint"] for row in csv.DictReader(paths[3].open())}
    assert named["trained again: again"] == "another/seed1"
    assert named["control: weights shuffled, nothing learned"] == "known_reason, weights shuffled"
    own = set(named) - {"trained again: again", "control: weights shuffled, nothing learned"}
    assert {named[what] for what in own} == {"known_reason"}
    text = report(results, variants, study=study, command="symgnn findings", figures=["cycles.png"])
    assert "nan" not in text
    assert_tables_say(text, results)
    again = study.run()[0]
    assert again[0].reach == results[0].reach  # stored, and the same


def assert_tables_say(text, results):
    """Every table of the text is one, and the numbers of cycles in it are those of the results."""
    tables = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(tables) >= 3
    for table in tables:
        cells = [line.count("|") for line in table]
        assert len(set(cells)) == 1, table
        assert set(table[1]) <= set("|-: ")
        assert len(table) > 2, "a table with nothing in it"
    for result in results:
        for name, found in result.enrichment.items():
            numbers = f"{found.important:.2f} | {found.field:.2f}"
            assert f"| {result.glass} | {result.title} | {name} | {numbers} |" in text


def glass_with_moved_atoms(glass):
    moved = np.random.default_rng(0).permutation(glass.positions)
    return Glass(glass.species, moved, glass.cell, glass.pbc, name="moved")


def test_baselines_alone_are_reported_without_a_claim(known_reason, glass, tmp_path, monkeypatch):
    monkeypatch.setattr("symgnn.explanations.batch.cache_folder", lambda: tmp_path / "store")
    study = Study([glass], known_reason, [NearestEdges()], n_atoms=4, top_k=4, workers=1)
    results, variants = study.run()
    text = report(results, variants, study=study, command="symgnn findings", figures=["cycles.png"])
    assert "baselines are no claims" in text
    assert "comparisons" not in text
    assert "## How stable is it?" in text


def test_a_study_refuses_what_it_cannot_compare(known_reason, glass):
    with pytest.raises(InputError, match="at least 1"):
        Study([glass], known_reason, [RandomEdges()], top_k=0)
    with pytest.raises(InputError, match="one glass and one method"):
        Study([], known_reason, [RandomEdges()])
    amortised = Amortised(network="x", unit=1.0, scorer=None)
    with pytest.raises(InputError, match="method amortised found first, with models trained again"):
        Study([glass], known_reason, [amortised], retrained=[("again", known_reason)])
    with pytest.raises(InputError, match="from where they stand"):
        Study([glass], known_reason, [RandomEdges()], replicas=(glass, glass_with_moved_atoms(glass)))
    with pytest.raises(InputError, match="same order"):
        Study([glass], known_reason, [RandomEdges()], replicas=(glass, make_random_glass(30, seed=1)))
