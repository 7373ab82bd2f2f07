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


def fidelity(
    model: BarrierModel,
    field: ReceptiveField,
    importance: np.ndarray,
    *,
    k: int,
    n_draws: int = 20,
    seed: int = 0,
) -> dict[str, float]:
    """Changes of the prediction in eV when the top k pairs are removed, and when only they are kept.

    k                the number of pairs (at most all)
    remove_top       |change| when the k most important are removed: large if they carry the prediction
    remove_matched   mean |change| when k matched random pairs are removed: the control
    remove_p         share of matched draws that change it at least as much, (1 + n) / (1 + draws)
    keep_top         |change| when only the k most important are kept: small if they suffice
    keep_matched     mean |change| when only k matched random pairs are kept: the control
    keep_p           share of matched draws that change it at most as much
    keep_none        |change| when every pair is removed: what keep_top has to be seen against
    remove_signed    signed change in eV when the top k are removed: negative if they raise the barrier
    """
    n_pairs = len(importance)
    k = min(k, n_pairs)
    if k == 0:
        return {"k": 0}
    full = center_prediction(model, field)
    groups, rng = strata(field), np.random.default_rng(seed)
    top = np.lexsort((np.arange(n_pairs), -np.asarray(importance)))[:k]

    def changes(rows: np.ndarray) -> tuple[float, float]:
        kept = torch.zeros(n_pairs, device=field.graph.device)
        kept[torch.from_numpy(rows).to(kept.device)] = 1.0
        return (
            center_prediction(model, field, 1 - kept) - full,
            center_prediction(model, field, kept) - full,
        )

    removed, only = changes(top)
    control = np.abs([changes(matched_random(groups, top, rng)) for _ in range(n_draws)])
    none = center_prediction(model, field, torch.zeros(n_pairs, device=field.graph.device)) - full
    return {
        "k": float(k),
        "remove_top": abs(removed),
        "remove_matched": float(control[:, 0].mean()),
        "remove_p": float((1 + (control[:, 0] >= abs(removed)).sum()) / (1 + n_draws)),
        "keep_top": abs(only),
        "keep_matched": float(control[:, 1].mean()),
        "keep_p": float((1 + (control[:, 1] <= abs(only)).sum()) / (1 + n_draws)),
        "keep_none": abs(none),
        "remove_signed": removed,
    }
