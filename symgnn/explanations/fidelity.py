"""Does removing, or keeping only, the most important edges change the prediction more than a fair control?

Fidelity for regression, in eV (after fidelity+ and fidelity- of Pope et al. 2019 and Amara et al. 2022, which
are defined for classes). The control are random edges matched one by one to the important ones in length
(bins of .25 Å), element pair and hops from the explained atom, drawn from the same receptive field.
"""

from __future__ import annotations

import numpy as np
import torch

from symgnn.explanations.explanation import most_important
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.models import BarrierModel

LENGTH_BIN = 0.25  # Å
AT_ONCE = 4  # weightings evaluated side by side: more does not fit into the processor's cache


def strata(fields: ReceptiveFields) -> np.ndarray:
    """(P,) int: number of the group of like edges (length bin, element pair, hops) that each pair belongs to.

    Pairs of different fields are never in one group.
    """
    graph, number = fields.whole, fields.pair_number
    elements = graph.species[graph.pair_atoms].sort(1).values.index_select(0, number)
    columns = [elements, (fields.pair_length / LENGTH_BIN).long()[:, None], fields.pair_hops[:, None]]
    labels = torch.cat([*columns, fields.pair_field[:, None]], 1)
    return torch.unique(labels, dim=0, return_inverse=True)[1].cpu().numpy()


def matched_random(strata_of: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Random rows, as many from every stratum as `chosen` has in it, without repetition: what a method draws that knows
    nothing but the strata."""
    return _drawn(strata_of, chosen, rng.random(len(strata_of)))


def others_like(strata_of: np.ndarray, chosen: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The same, but rows that are not `chosen`: a chosen one is drawn only where its stratum has too few others."""
    priority = rng.random(len(strata_of))
    priority[chosen] += 1
    return _drawn(strata_of, chosen, priority)


def _drawn(strata_of: np.ndarray, chosen: np.ndarray, priority: np.ndarray) -> np.ndarray:
    """The rows of lowest priority, as many from every stratum as `chosen` has in it."""
    order = np.lexsort((priority, strata_of))
    group = strata_of[order]
    wanted = np.bincount(strata_of[chosen], minlength=group[-1] + 1)
    return order[np.arange(len(group)) - np.searchsorted(group, group) < wanted[group]]


@torch.no_grad()
def predictions_under(model: BarrierModel, fields: ReceptiveFields, weights: np.ndarray) -> np.ndarray:
    """(W,) eV: the barrier of the one centre of `fields` under each of W weightings (W, P) of its pairs, in [0, 1]."""
    if len(fields) != 1:
        raise ValueError(f"{len(fields)} fields found, expected one")
    found, copies = [], {1: fields}
    for rows in torch.from_numpy(np.atleast_2d(weights)).to(fields.graph.length).split(AT_ONCE):
        n = len(rows)
        if n not in copies:
            copies[n] = fields.repeat(n)
        found.append(_barriers(model, copies[n], rows.flatten()).double())
    return torch.cat(found).cpu().numpy()


def _barriers(model: BarrierModel, fields: ReceptiveFields, pair_weight: torch.Tensor) -> torch.Tensor:
    """`fields.predict`. Where most edges have weight 0 they are left out, which is the same and sooner."""
    weight = pair_weight.index_select(0, fields.pair)
    kept = weight > 0
    if 2 * int(kept.sum()) > len(kept):
        return fields.predict(model, pair_weight)
    return model(fields.graph.edge_subgraph(kept), weight[kept])[: len(fields)]


def shuffled_within(strata_of: np.ndarray, values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """`values` permuted at random among rows of the same stratum."""
    order = np.lexsort((rng.random(len(values)), strata_of))
    shuffled = np.empty_like(values)
    shuffled[np.argsort(strata_of, kind="stable")] = values[order]
    return shuffled


def indicator(n: int, rows: np.ndarray) -> np.ndarray:
    """(n,) float: 1 at `rows`, 0 elsewhere."""
    hard = np.zeros(n)
    hard[rows] = 1.0
    return hard


def fidelity(
    model: BarrierModel,
    fields: ReceptiveFields,
    importance: np.ndarray,
    mask: np.ndarray | None = None,
    *,
    k: int,
    n_draws: int = 20,
    seed: int = 0,
) -> dict[str, float]:
    """Changes of one atom's prediction in eV under the mask, and under the k most important pairs alone.

    Each number stands beside its control, the mean over `n_draws` random masks that treat edges of the same kind
    (`strata`) alike: for the top k other edges (`others_like`), for the mask its values shuffled. The shares p are
    (1 + draws that do as well) / (1 + draws); for the top k the draws of p are from all edges of a kind, the important
    ones included, as a permutation test wants it.

    k                the number of pairs (at most all)
    k_others         for how many of them the control has another pair; the rest have no unimportant like
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
    The four of the mask are there for a method that finds one.
    """
    n_pairs = len(importance)
    k = min(k, n_pairs)
    if k == 0:
        return {"k": 0.0}
    groups, rng = strata(fields), np.random.default_rng(seed)
    top = most_important(importance, k)
    others = [others_like(groups, top, rng) for _ in range(n_draws)]
    permuted = [matched_random(groups, top, rng) for _ in range(n_draws)]
    sets = {"{}_top": [indicator(n_pairs, rows) for rows in (top, *others, *permuted)]}
    if mask is not None:
        soft = np.asarray(mask, dtype=np.float64)
        sets["mask_{}"] = [soft, *(shuffled_within(groups, soft, rng) for _ in range(n_draws))]
    full, none = predictions_under(model, fields, np.stack([np.ones(n_pairs), np.zeros(n_pairs)]))
    result = {"k": k, "k_others": len(np.setdiff1d(others[0], top)), "keep_none": abs(none - full)}
    for name, weights in sets.items():
        kept = np.stack(weights)
        for kind, applied in (("keep", kept), ("remove", 1 - kept)):
            signed = predictions_under(model, fields, applied) - full
            found, control, drawn = (
                np.abs(signed[0]),
                np.abs(signed[1 : 1 + n_draws]),
                np.abs(signed[-n_draws:]),
            )
            as_good = drawn <= found if kind == "keep" else drawn >= found
            key = name.format(kind)
            result |= {
                key: found,
                f"{key}_matched": control.mean(),
                f"{key}_p": (1 + as_good.sum()) / (1 + n_draws),
            }
            if key == "remove_top":
                result["remove_signed"] = signed[0]
    return {name: float(value) for name, value in result.items()}
