"""Compare explanation methods on the same atoms, each beside its control, with intervals over the atoms.

For every atom and method: what the barrier does when its most important edges are removed, or only they are kept, over
a range of edge budgets, beside random edges matched in length, element pair and hops; and whether the explanation stays
the same where it should. What each column means stands in docs/explanations.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from symgnn.explain.assessment_tables import Assessment
from symgnn.explain.attribution import Method, Progress
from symgnn.explain.explaining import explain_atoms, fields_of
from symgnn.explain.explanation import Explanation
from symgnn.explain.fidelity import indicator, matched_random, most_important, predictions_under, strata
from symgnn.explain.methods import settings_of
from symgnn.explain.quality import (
    characterization,
    curve_area,
    jaccard,
    relative_change,
    sparsity,
)
from symgnn.explain.stability import (
    check_twin,
    compare,
    compare_within_hops,
    edge_keys,
    rotated,
    shuffled_weights,
)
from symgnn.explain.store import store_folder
from symgnn.files.writing import replacing
from symgnn.glass import Glass
from symgnn.training.checkpoint import Checkpoint

BUDGETS = (1, 3, 10, 30, 100, 300, 1000, 3000)
TOP = 10  # edges of the sets that are compared
VERSION = 3  # of the measures; a record of another version is taken anew


def assess(
    checkpoint: Checkpoint,
    glass: Glass,
    atoms: Sequence[int],
    methods: Sequence[Method],
    *,
    twin: Glass | None = None,
    budgets: Sequence[int] = BUDGETS,
    n_draws: int = 5,
    n_stability: int = 10,
    seed: int = 0,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Assessment:
    """Judge `methods` on `atoms` of a glass; stability on the first `n_stability` of a random order of them.

    twin: the same glass but for noise, atoms in the same order. Every atom's numbers are kept in `folder`, so that a
    run that was stopped goes on. Raises InputError as `explain_atoms` does, and for a twin that is another glass.
    """
    if twin is not None:
        check_twin(glass, twin)
    graph = fields_of(checkpoint, glass, atoms[:1]).whole
    with torch.no_grad():
        spread = float(checkpoint.model(graph).std())
    folder = folder or store_folder()
    watched = set(np.random.default_rng(seed).permutation(list(atoms))[:n_stability].tolist())
    variants = {
        "seed": (checkpoint, glass, seed + 1),
        "rotation": (checkpoint, rotated(glass, seed), seed),
        "weights": (shuffled_weights(checkpoint, seed), glass, seed),
    }
    if twin is not None:
        variants["twin"] = (checkpoint, twin, seed)
    records: dict[str, dict[int, dict[str, float]]] = {method.name: {} for method in methods}
    curves: dict[str, dict[int, dict[str, list[float]]]] = {method.name: {} for method in methods}
    tops: dict[tuple[str, int], list[int]] = {}
    for number, atom in enumerate(atoms):
        for method in methods:
            facts = [glass.content_hash, checkpoint.key, int(atom), method.name, settings_of(method), seed,
                     list(budgets), n_draws, twin.content_hash if twin and atom in watched else "",
                     atom in watched, VERSION]  # fmt: skip
            key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
            record = _read(folder / f"judged-{key}.json")
            if record is None:
                (found,) = explain_atoms(checkpoint, glass, [atom], method=method, seed=seed)
                measures, found_curves = judge(
                    checkpoint, glass, found, spread, budgets, n_draws=n_draws, seed=seed
                )
                top = edge_keys(found, len(glass))[found.top(TOP)].tolist()
                record = {"top": top, "measures": measures, "curves": found_curves}
                if atom in watched:
                    for name, (model, other, other_seed) in variants.items():
                        (changed,) = explain_atoms(model, other, [atom], method=method, seed=other_seed)
                        same_edges, ranks = compare(found, changed, len(glass), TOP)
                        if name == "weights":
                            ranks = compare_within_hops(found, changed)
                        record["measures"] |= {name: same_edges, f"{name}_ranks": ranks}
                folder.mkdir(parents=True, exist_ok=True)
                with replacing(folder / f"judged-{key}.json") as temporary:
                    temporary.write_text(json.dumps(record), encoding="utf-8")
            records[method.name][int(atom)] = record["measures"]
            curves[method.name][int(atom)] = record["curves"]
            tops[method.name, int(atom)] = record["top"]
        if progress is not None:
            progress(number + 1, len(atoms))
    names = list(records)
    agreement = np.array(
        [
            [np.mean([jaccard(tops[a, int(atom)], tops[b, int(atom)]) for atom in atoms]) for b in names]
            for a in names
        ]
    )
    return Assessment(records, curves, tuple(budgets), agreement, seed)


def judge(
    checkpoint: Checkpoint,
    glass: Glass,
    found: Explanation,
    spread: float,
    budgets: Sequence[int],
    *,
    n_draws: int,
    seed: int,
) -> tuple[dict[str, float], dict[str, list[float]]]:
    """Measures and curves of one explanation that need no other; spread in eV, budgets in edges."""
    fields = fields_of(checkpoint, glass, [found.atom])
    n_pairs, model = fields.n_pairs, checkpoint.model
    if n_pairs == 0:
        return {}, {}
    groups, rng = strata(fields), np.random.default_rng(seed)
    sets = []
    for budget in budgets:
        top = most_important(found.importance, budget)
        sets += [top, *(matched_random(groups, top, rng) for _ in range(n_draws))]
    kept = np.stack([indicator(n_pairs, rows) for rows in sets])
    shape = (len(budgets), 1 + n_draws)
    removal = (predictions_under(model, fields, 1 - kept) - found.prediction).reshape(shape)
    keeping = (predictions_under(model, fields, kept) - found.prediction).reshape(shape)
    plus, minus = relative_change(removal, spread), relative_change(keeping, spread)
    place = int(np.argmin(np.abs(np.asarray(budgets) - TOP)))
    areas = {
        "area_plus": curve_area(budgets, plus[:, 0]),
        "area_plus_control": curve_area(budgets, plus[:, 1:].mean(1)),
        "area_minus": curve_area(budgets, minus[:, 0]),
        "area_minus_control": curve_area(budgets, minus[:, 1:].mean(1)),
    }
    curves = {
        "plus": plus[:, 0],
        "plus_control": plus[:, 1:].mean(1),
        "minus": minus[:, 0],
        "minus_control": minus[:, 1:].mean(1),
        "removal_eV": removal[:, 0],
        "keeping_eV": keeping[:, 0],
    }
    measures = {
        "plus": float(plus[place, 0]),
        "plus_control": float(plus[place, 1:].mean()),
        "plus_excess": float(plus[place, 0] - plus[place, 1:].mean()),
        "signed": float(removal[place, 0]),
        **areas,
        "characterization": characterization(areas["area_plus"], areas["area_minus"]),
        "sparsity": sparsity(found.importance),
    }
    return measures, {name: values.tolist() for name, values in curves.items()}


def _read(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
