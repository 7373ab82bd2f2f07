"""How many important edges two explanations share, and how many they would share by chance: by counting."""

import numpy as np
import pytest

from symgnn.analysis.important_edges import ExplainedFields
from symgnn.analysis.stability import overlap
from symgnn.glass import Glass

N_ATOMS, N_PAIRS = 40, 60


def made(seed):
    """Two fields of 60 edges each, of few lengths, elements and hops, in a random order of importance."""
    rng = np.random.default_rng(seed)
    facts = np.random.default_rng(99)
    species = facts.choice([29, 40], N_ATOMS)
    every = np.array([(i, j) for i in range(N_ATOMS) for j in range(i + 1, N_ATOMS)])
    pair_atoms = every[facts.choice(len(every), N_PAIRS, replace=False)]
    hops = facts.integers(0, 3, (2, N_PAIRS))
    order = [rng.permutation(N_PAIRS) for _ in range(2)]
    none = np.zeros(0)
    return ExplainedFields(
        glass=Glass(species, facts.uniform(0, 30, (N_ATOMS, 3)), np.zeros((3, 3)), [False] * 3),
        method="made", seed=seed, atoms=np.array([3, 7]), pair_atoms=pair_atoms,
        pair_image=np.zeros((N_PAIRS, 3), int), pair_length=facts.choice([2.51, 2.53, 2.61, 2.91], N_PAIRS),
        field=np.repeat([0, 1], N_PAIRS), pair=np.concatenate(order),
        importance=np.tile(np.linspace(1, 0, N_PAIRS), 2), hops=np.concatenate([hops[f][order[f]] for f in (0, 1)]),
        distance=np.zeros(2 * N_PAIRS), atom_field=none, atom=none, atom_distance=none,
    )  # fmt: skip


def kind(explained, row):
    pair = explained.pair[row]
    elements = tuple(sorted(explained.glass.species[explained.pair_atoms[pair]].tolist()))
    return explained.field[row], int(explained.pair_length[pair] / 0.05), elements, explained.hops[row]


@pytest.mark.parametrize("k", [5, 20])
def test_shared_and_by_chance_by_counting(k):
    first, second = made(1), made(2)
    tops = [
        {(f, one.pair[row]) for f in (0, 1) for row in range(f * N_PAIRS, f * N_PAIRS + k)}
        for one in (first, second)
    ]
    chances = []
    for row in np.flatnonzero(first.top(k)):
        like = [other for other in range(2 * N_PAIRS) if kind(first, other) == kind(first, row)]
        chances.append(np.mean([(first.field[other], first.pair[other]) in tops[1] for other in like]))
    found = overlap(first, second, k)
    assert found.shared == pytest.approx(len(tops[0] & tops[1]) / (2 * k))
    assert found.by_chance == pytest.approx(np.mean(chances))
    assert overlap(first, first, k).shared == 1
    assert overlap(first, first, k).by_chance < 1
