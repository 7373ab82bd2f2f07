"""Does removing, or keeping only, the most important edges change the prediction more than a matched control?

Fidelity for regression, in eV: fidelity+ and fidelity- are defined for classes (Pope et al., CVPR 2019; Amara et al.,
GraphFramEx, LoG 2022), and the change of the prediction takes the place of the change of a probability. The control
are random edges matched one by one to the important ones in length (bins of .25 Å), element pair and hops from the
explained atom, drawn from the same receptive field.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from symgnn.explanations.explanation import most_important
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.models import BarrierModel
from symgnn.stats import (
    element_pairs,
    matched_control,
    permutation_draw,
    permutation_p,
    shuffled_within,
    strata,
)

DRAWS = 20  # of the controls and of p, unless asked for more
AT_ONCE = 4  # weightings evaluated side by side: more does not fit into the processor's cache


def strata_of(fields: ReceptiveFields) -> np.ndarray:
    """(P,) int64: strata of the pairs (`symgnn.stats.strata`): field, length, element pair and hops."""
    graph, number = fields.whole, fields.pair_number.cpu().numpy()
    elements = element_pairs(graph.species.cpu().numpy(), graph.pair_atoms.cpu().numpy())[number]
    length, hops, field = (c.cpu().numpy() for c in (fields.pair_length, fields.pair_hops, fields.pair_field))
    return strata(length, elements, hops=hops, field=field)


@torch.no_grad()
def predictions_under(model: BarrierModel, fields: ReceptiveFields, weights: np.ndarray) -> np.ndarray:
    """(W,) eV: the barrier of the one centre of `fields` under each of W weightings (W, P) of its pairs, in [0, 1]."""
    if len(fields) != 1:
        raise ValueError(f"{len(fields)} fields found, expected one")
    barriers, copies = [], {1: fields}
    for rows in torch.from_numpy(np.atleast_2d(weights)).to(fields.graph.length).split(AT_ONCE):
        n = len(rows)
        if n not in copies:
            copies[n] = fields.repeat(n)
        barriers.append(_barriers(model, copies[n], rows.flatten()).double())
    return torch.cat(barriers).cpu().numpy()


def _barriers(model: BarrierModel, fields: ReceptiveFields, pair_weight: torch.Tensor) -> torch.Tensor:
    """`fields.predict`. Where most edges have weight 0 they are left out, which is the same and sooner."""
    weight = pair_weight.index_select(0, fields.pair)
    kept = weight > 0
    if 2 * int(kept.sum()) > len(kept):
        return fields.predict(model, pair_weight)
    return model(fields.graph.edge_subgraph(kept), weight[kept])[: len(fields)]


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
    n_draws: int = DRAWS,
    seed: int = 0,
) -> dict[str, float]:
    """Changes of one atom's prediction in eV under the mask, and under the k most important pairs alone.

    Each number stands beside its control, the mean over `n_draws` random masks that are alike in every stratum
    (`strata_of`): for the top k other edges (`matched_control`), for the mask its values shuffled. p is that of a
    permutation test; for the top k its draws are from all edges of a stratum, the important ones included.

    k                the number of pairs: at most all that have any importance
    draws            `n_draws`
    k_others         for how many of them the control has another pair; the strata of the rest have no unimportant one
    mask_keep        |change| when every edge is weighted by the mask: small if the explanation suffices
    mask_keep_matched, mask_keep_p       the same for the mask shuffled within strata
    mask_remove      |change| when every edge is weighted by 1 - mask: large if the explanation is needed
    mask_remove_matched, mask_remove_p   the same for the shuffled mask
    remove_top       |change| when the k most important pairs are removed: large if they carry the prediction
    remove_top_matched, remove_top_p     the same for k matched controls
    keep_top         |change| when only the k most important are kept: small if they suffice
    keep_top_matched, keep_top_p         the same for k matched controls
    keep_none        |change| when every pair is removed: what the others have to be seen against
    remove_signed    signed change when the top k are removed: negative if they raise the barrier
    The four of the mask are there for a method that gives one.
    """
    n_pairs = len(importance)
    k = min(k, n_pairs, max(1, int((importance > 0).sum())))
    if k == 0:
        return {"k": 0.0}
    stratum, rng = strata_of(fields), np.random.default_rng(seed)
    top = most_important(importance, k)
    controls = [matched_control(stratum, top, rng) for _ in range(n_draws)]
    permuted = [permutation_draw(stratum, top, rng) for _ in range(n_draws)]
    sets = {"{}_top": [indicator(n_pairs, rows) for rows in (top, *controls, *permuted)]}
    if mask is not None:
        soft = np.asarray(mask, dtype=np.float64)
        sets["mask_{}"] = [soft, *(shuffled_within(stratum, soft, rng) for _ in range(n_draws))]
    full, none = predictions_under(model, fields, np.stack([np.ones(n_pairs), np.zeros(n_pairs)]))
    result = {
        "k": k,
        "draws": n_draws,
        "k_others": len(np.setdiff1d(controls[0], top)),
        "keep_none": abs(none - full),
    }
    for name, weights in sets.items():
        kept = np.stack(weights)
        for kind, applied in (("keep", kept), ("remove", 1 - kept)):
            signed = predictions_under(model, fields, applied) - full
            change, control, drawn = (
                np.abs(signed[0]),
                np.abs(signed[1 : 1 + n_draws]),
                np.abs(signed[-n_draws:]),
            )
            key = name.format(kind)
            result |= {
                key: change,
                f"{key}_matched": control.mean(),
                f"{key}_p": permutation_p(change, drawn, large=kind == "remove"),
            }
            if key == "remove_top":
                result["remove_signed"] = signed[0]
    return {name: float(value) for name, value in result.items()}


def relative_change(change: np.ndarray, deviation: float) -> np.ndarray:
    """|change| / deviation, both in eV: fidelity+ where the important edges were removed (large is good), fidelity-
    where only they were kept (small is good). deviation: standard deviation of the predictions over all atoms."""
    return np.abs(np.asarray(change, dtype=float)) / deviation


def characterization(plus: float, minus: float) -> float:
    """Harmonic mean of fidelity+ and 1 - fidelity-, in [0, 1] (Amara et al. 2022, eq. 4 with equal weights).

    A change of one standard deviation or more counts as complete: both are cut at 1.
    """
    needed, sufficient = min(plus, 1.0), 1 - min(minus, 1.0)
    return 0.0 if needed + sufficient == 0 else 2 * needed * sufficient / (needed + sufficient)


def curve_area(budgets: Sequence[int], values: np.ndarray) -> float:
    """Mean height of a curve over the logarithm of the edge budget: trapezoids, divided by the width."""
    x = np.log(np.asarray(budgets, dtype=float))
    return float(np.trapezoid(values, x) / (x[-1] - x[0]))


def sparsity(importance: np.ndarray) -> float:
    """1 - (effective number of edges) / (number of edges), in [0, 1): 0 where all are equally important.

    The effective number is the exponential of the entropy of importance / sum(importance).
    """
    fraction = np.asarray(importance, dtype=float)
    if not fraction.sum() > 0:
        return 0.0
    fraction = fraction[fraction > 0] / fraction.sum()
    return float(1 - np.exp(-(fraction * np.log(fraction)).sum()) / len(importance))
