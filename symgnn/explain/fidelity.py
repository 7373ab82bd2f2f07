"""Does removing, or keeping only, the most important edges change the prediction more than a fair control?

Fidelity for regression, in eV (after fidelity+ and fidelity- of Pope et al. 2019 and Amara et al. 2022, which
are defined for classes). The control are random edges matched one by one to the important ones in length
(bins of .25 Å), element pair and hops from the explained atom, drawn from the same receptive field.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from symgnn.explain.receptive_field import ReceptiveField
from symgnn.models import BarrierModel

LENGTH_BIN = 0.25  # Å


def strata(field: ReceptiveField) -> np.ndarray:
    """(P,) int: number of the group of like edges (length bin, element pair, hops) that each pair belongs to."""
    graph, edge = field.graph, field.graph.pair_edge
    elements = graph.species[graph.pair_atoms].sort(1).values
    length_bin = (graph.length[edge] / LENGTH_BIN).long()
    labels = torch.cat([elements, length_bin[:, None], field.pair_hops[:, None]], 1)
    return torch.unique(labels, dim=0, return_inverse=True)[1].cpu().numpy()


def matched_random(strata_of: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random rows, as many from every stratum as `chosen` has in it, without repetition."""
    groups, counts = np.unique(strata_of[chosen], return_counts=True)
    return np.concatenate(
        [
            rng.choice(np.flatnonzero(strata_of == group), count, replace=False)
            for group, count in zip(groups, counts, strict=True)
        ]
    )


@torch.no_grad()
def center_prediction(model: BarrierModel, field: ReceptiveField, pair_weight: Tensor | None = None) -> float:
    """eV, the centre's barrier with every pair weighted by `pair_weight` (P,) in [0, 1]."""
    weight = None if pair_weight is None else pair_weight[field.graph.pair]
    return model(field.graph, weight)[field.center].item()


def shuffled_within(strata_of: np.ndarray, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`values` permuted at random among rows of the same stratum."""
    order = np.lexsort((rng.random(len(values)), strata_of))
    shuffled = np.empty_like(values)
    shuffled[np.argsort(strata_of, kind="stable")] = values[order]
    return shuffled


def fidelity(
    model: BarrierModel,
    field: ReceptiveField,
    mask: np.ndarray,
    importance: np.ndarray,
    *,
    k: int,
    n_draws: int = 20,
    seed: int = 0,
) -> dict[str, float]:
    """Changes of the prediction in eV under the mask, and under the k most important pairs alone.

    Each number stands beside its control: the mean over `n_draws` random masks that treat edges of the same
    kind alike (`strata`). The shares p are (1 + draws that do as well) / (1 + draws).

    k                the number of pairs (at most all)
    mask_keep        |change| when every edge is weighted by the mask: small if the explanation suffices
    mask_keep_matched, mask_keep_p       the same for the mask shuffled among like edges
    mask_remove      |change| when every edge is weighted by 1 - mask: large if the explanation is needed
    mask_remove_matched, mask_remove_p   the same for the shuffled mask
    remove_top       |change| when the k most important pairs are removed: large if they carry the prediction
    remove_top_matched, remove_top_p     the same for k random pairs of the same kinds
    keep_top         |change| when only the k most important are kept: small if they suffice
    keep_top_matched, keep_top_p         the same for k random pairs of the same kinds
    keep_none        |change| when every pair is removed: what the others have to be seen against
    remove_signed    signed change when the top k are removed: negative if they raise the barrier
    """
    n_pairs = len(importance)
    k = min(k, n_pairs)
    if k == 0:
        return {"k": 0.0}
    soft = np.asarray(mask, dtype=np.float64)
    full = center_prediction(model, field)

    def change(weights: np.ndarray) -> float:
        weight = torch.from_numpy(weights).to(field.graph.length)
        return center_prediction(model, field, weight) - full

    def indicator(rows: np.ndarray) -> np.ndarray:
        hard = np.zeros(n_pairs)
        hard[rows] = 1.0
        return hard

    groups, rng = strata(field), np.random.default_rng(seed)
    top = np.lexsort((np.arange(n_pairs), -np.asarray(importance)))[:k]
    result = {"k": float(k), "keep_none": abs(change(np.zeros(n_pairs)))}
    result["remove_signed"] = change(1 - indicator(top))
    for name, ours, control in (
        ("mask_{}", soft, lambda: shuffled_within(groups, soft, rng)),
        ("{}_top", indicator(top), lambda: indicator(matched_random(groups, top, rng))),
    ):
        controls = [control() for _ in range(n_draws)]
        for kind, transform in (("keep", lambda weights: weights), ("remove", lambda weights: 1 - weights)):
            found = abs(change(transform(ours)))
            others = np.abs([change(transform(weights)) for weights in controls])
            as_good = (others <= found) if kind == "keep" else (others >= found)
            key = name.format(kind)
            result[key] = found
            result[f"{key}_matched"] = float(others.mean())
            result[f"{key}_p"] = float((1 + as_good.sum()) / (1 + n_draws))
    return result
