"""The benchmark of one explanation of one atom: what removing its edges does, and whether it stays where it should.

What each measure means stands in docs/explanations.md. A record is kept as a file named by what it was computed from.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symgnn.explanations.cache import cache_key, read_record, write_record
from symgnn.explanations.explain import explain_atoms
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import (
    characterization,
    curve_area,
    indicator,
    predictions_under,
    relative_change,
    sparsity,
    strata_of,
)
from symgnn.explanations.methods.base import Method
from symgnn.explanations.receptive_field import fields_of
from symgnn.explanations.stability import compare, compare_by_hops, edge_keys, rotated, shuffled_weights
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.stats import matched_control

TOP = 10  # edges of the sets that are compared


@dataclass(frozen=True, eq=False)
class BenchmarkRecords:
    """What records are computed from, besides atom and method.

    deviation  eV, standard deviation of the barriers predicted for the glass
    budgets  numbers of edges that are removed or kept; n_draws matched controls for each
    watched  atoms whose explanations are also compared with those under another seed, rotation, replica and weights
    """

    checkpoint: Checkpoint
    glass: Glass
    replica: Glass | None
    deviation: float
    budgets: tuple[int, ...]
    n_draws: int
    watched: frozenset[int]
    seed: int
    folder: Path

    def read(self, atom: int, method: Method) -> dict[str, Any] | None:
        """The record of an atom and a method; None where there is none that can be read.

        "top": keys of the 10 most important edges; "measures": name -> number; "curves": name -> (budgets,) numbers.
        """
        return read_record(self.path(atom, method), ("top", "measures", "curves"))

    def compute(self, job: tuple[int, Method]) -> dict[str, Any]:
        """Explain an atom by a method: the record of the explanation."""
        atom, method = job
        (explanation,) = explain_atoms(self.checkpoint, self.glass, [atom], method=method, seed=self.seed)
        measures, curves = self._fidelity(explanation)
        if atom in self.watched:
            measures |= self._stability(explanation, method)
        top = edge_keys(explanation, len(self.glass))[explanation.top(TOP)].tolist()
        return {"top": top, "measures": measures, "curves": curves}

    def write(self, job: tuple[int, Method], record: dict[str, Any]) -> None:
        """Keep what `compute` gave."""
        write_record(self.path(*job), record)

    def path(self, atom: int, method: Method) -> Path:
        watched, inputs = atom in self.watched, self.checkpoint.model.inputs
        replica_key = self.replica.content_hash_with(inputs) if self.replica and watched else ""
        facts = {
            "atom": int(atom),
            "budgets": list(self.budgets),
            "n_draws": self.n_draws,
            "replica": replica_key,
            "watched": watched,
        }
        key = cache_key(
            "benchmark", glass_key=self.glass.content_hash_with(inputs), checkpoint_key=self.checkpoint.key,
            method=method.name, settings=method.settings, seed=self.seed, facts=facts,
        )  # fmt: skip
        return self.folder / f"benchmark-{key}.json"

    def _fidelity(self, explanation: Explanation) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Measures and curves that need no other explanation."""
        fields = fields_of(self.checkpoint, self.glass, [explanation.atom])
        n_pairs, model = fields.n_pairs, self.checkpoint.model
        if n_pairs == 0:
            return {}, {}
        stratum, rng = strata_of(fields), np.random.default_rng(self.seed)
        sets, others = [], []
        for budget in self.budgets:
            top = explanation.top(budget)
            control = [matched_control(stratum, top, rng) for _ in range(self.n_draws)]
            others.append(len(np.setdiff1d(control[0], top)) / len(top))
            sets += [top, *control]
        kept = np.stack([indicator(n_pairs, rows) for rows in sets])
        shape = (len(self.budgets), 1 + self.n_draws)
        removal = (predictions_under(model, fields, 1 - kept) - explanation.prediction).reshape(shape)
        keeping = (predictions_under(model, fields, kept) - explanation.prediction).reshape(shape)
        plus, minus = (relative_change(change, self.deviation) for change in (removal, keeping))
        curves = {
            "plus": plus[:, 0],
            "plus_control": plus[:, 1:].mean(1),
            "minus": minus[:, 0],
            "minus_control": minus[:, 1:].mean(1),
            "others": np.array(others),
            "removal_eV": removal[:, 0],
            "keeping_eV": keeping[:, 0],
        }
        names = ("plus", "plus_control", "minus", "minus_control")
        areas = {f"area_{name}": curve_area(self.budgets, curves[name]) for name in names}
        position = int(np.argmin(np.abs(np.asarray(self.budgets) - TOP)))
        measures = {
            "plus": float(plus[position, 0]),
            "plus_control": float(plus[position, 1:].mean()),
            "plus_excess": float(plus[position, 0] - plus[position, 1:].mean()),
            "others": others[position],
            "signed": float(removal[position, 0]),
            **areas,
            "characterization": characterization(areas["area_plus"], areas["area_minus"]),
            "sparsity": sparsity(explanation.importance),
        }
        return measures, {name: values.tolist() for name, values in curves.items()}

    def _variants(self, atom: int) -> dict[str, tuple[Checkpoint, Glass, int]]:
        """Under which model, for which glass and with which seed an explanation is repeated: every atom has a rotation
        and shuffled weights of its own."""
        checkpoint, glass, seed = self.checkpoint, self.glass, self.seed
        variants = {
            "seed": (checkpoint, glass, seed + 1),
            "rotation": (checkpoint, rotated(glass, seed + atom), seed),
            "weights": (shuffled_weights(checkpoint, seed + atom), glass, seed),
        }
        return variants if self.replica is None else variants | {"replica": (checkpoint, self.replica, seed)}

    def _stability(self, explanation: Explanation, method: Method) -> dict[str, float]:
        """Jaccard index of the top 10 and rank correlation with explanations that should or should not be the same."""
        measures: dict[str, float] = {}
        for name, (model, other, other_seed) in self._variants(explanation.atom).items():
            (changed,) = explain_atoms(model, other, [explanation.atom], method=method, seed=other_seed)
            same_edges, ranks = compare(explanation, changed, len(self.glass), TOP)
            if name == "weights":
                ranks = compare_by_hops(explanation, changed)
            measures |= {name: same_edges, f"{name}_ranks": ranks}
        return measures
