"""Does an explanation stay the same where it should, and change where it should?

It should stay under another seed, under rotation of the glass, and in a glass that is the same but for noise; it should
change when the model's weights are shuffled (Adebayo et al., NeurIPS 2018): what explains a model and a scrambled copy
alike does not explain the model.
"""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import torch
from scipy.stats import ortho_group

from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.models import BarrierModel
from symgnn.stats import jaccard, rank_correlation

MOST_MOVED = 0.3  # Å, a tenth of a bond


def edge_keys(explanation: Explanation, n_atoms: int) -> np.ndarray:
    """(P,) int64: the two atoms of every edge as one number. Images are left out: an atom that moves by a hair across
    the boundary of the cell changes them."""
    return explanation.pairs[:, 0] * n_atoms + explanation.pairs[:, 1]


def check_replica(glass: Glass, replica: Glass) -> None:
    """Raise InputError where `replica` is not the same glass but for noise: other atoms, or atoms more than MOST_MOVED
    (median) from where they stand in it."""
    if not np.array_equal(glass.species, replica.species):
        raise InputError(
            f"{replica.name}: other atoms than in {glass.name} found, expected the same in the same order"
        )
    moved = replica.positions - glass.positions
    if glass.pbc.all():
        fraction = moved @ np.linalg.inv(glass.cell)
        moved = (fraction - np.rint(fraction)) @ glass.cell
    median = float(np.median(np.linalg.norm(moved, axis=1)))
    if median > MOST_MOVED:
        raise InputError(
            f"{replica.name}: atoms {median:.2f} Å (median) from where they stand in {glass.name} found, expected "
            f"the same glass but for noise, at most {MOST_MOVED} Å"
        )


def compare_by_hops(first: Explanation, second: Explanation) -> float:
    """Spearman's correlation of importance over the edges of two explanations of the same graph, taken for each number
    of hops apart and averaged over edges: over all edges it mostly says that near ones matter more than far ones."""
    if not len(first.hops):
        return 1.0
    groups = [first.hops == hops for hops in np.unique(first.hops)]
    ranks = [rank_correlation(first.importance[own], second.importance[own]) for own in groups]
    return float(np.average(ranks, weights=[own.sum() for own in groups]))


def compare(first: Explanation, second: Explanation, n_atoms: int, k: int) -> tuple[float, float]:
    """Jaccard index of the k most important edges, and Spearman's correlation of importance over the edges of both."""
    keys = [edge_keys(explanation, n_atoms) for explanation in (first, second)]
    tops = [key[explanation.top(k)] for key, explanation in zip(keys, (first, second), strict=True)]
    _, left, right = np.intersect1d(*keys, return_indices=True)
    return jaccard(*tops), rank_correlation(first.importance[left], second.importance[right])


def rotated(glass: Glass, seed: int) -> Glass:
    """The glass turned, and perhaps mirrored, at random (Haar measure on O(3)); atoms keep their numbers."""
    turn = ortho_group.rvs(3, random_state=seed)
    if seed % 2:
        turn = -turn
    return replace(
        glass, positions=glass.positions @ turn, cell=glass.cell @ turn, name=f"{glass.name}, rotated"
    )


def shuffled_weights(checkpoint: Checkpoint, seed: int) -> Checkpoint:
    """The checkpoint with the entries of every weight tensor permuted at random.

    Their distribution, the scale of the barriers and the statistics of normalisation layers stay.
    """
    model: BarrierModel = copy.deepcopy(checkpoint.model)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weights in model.parameters():
            order = torch.randperm(weights.numel(), generator=generator)
            weights.copy_(weights.flatten()[order].view_as(weights))
    return replace(checkpoint, model=model, key=f"{checkpoint.key}-shuffled{seed}")
