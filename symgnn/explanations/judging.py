"""How good one explanation of one atom is: what removing its edges does, and whether it stays where it should.

What each measure means stands in docs/explanations.md. A judgement is kept as a file named by what it was taken from.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from symgnn.explanations.attribution import Method
from symgnn.explanations.explaining import explain_atoms, fields_of
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.fidelity import indicator, others_like, predictions_under, strata
from symgnn.explanations.methods import settings_of
from symgnn.explanations.quality import characterization, curve_area, relative_change, sparsity
from symgnn.explanations.stability import compare, compare_hop_sizes, edge_keys, rotated, shuffled_weights
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.io.writing import replacing

TOP = 10  # edges of the sets that are compared
VERSION = 4  # of the measures; a record of another version is taken anew


@dataclass(frozen=True, eq=False)
class Judging:
    """What judgements are taken from, besides atom and method.

    spread   eV, standard deviation of the barriers predicted for the glass
    budgets  numbers of edges that are removed or kept; n_draws sets of other edges like them for each
    watched  atoms whose explanations are also compared with those under another seed, rotation, replica and weights
    """

    checkpoint: Checkpoint
    glass: Glass
    replica: Glass | None
    spread: float
    budgets: tuple[int, ...]
    n_draws: int
    watched: frozenset[int]
    seed: int
    folder: Path

    def read(self, atom: int, method: Method) -> dict[str, Any] | None:
        """The record of a judgement that was made; None where there is none that can be read.

        "top": keys of the 10 most important edges; "measures": name -> number; "curves": name -> (budgets,) numbers.
        """
        try:
            record = json.loads(self._path(atom, method).read_text(encoding="utf-8"))
            return {name: record[name] for name in ("top", "measures", "curves")}
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def compute(self, job: tuple[int, Method]) -> None:
        """Explain an atom by a method, judge the explanation and write its record."""
        atom, method = job
        (found,) = explain_atoms(self.checkpoint, self.glass, [atom], method=method, seed=self.seed)
        measures, curves = self._fidelity(found)
        if atom in self.watched:
            measures |= self._stability(found, method)
        top = edge_keys(found, len(self.glass))[found.top(TOP)].tolist()
        self.folder.mkdir(parents=True, exist_ok=True)
        with replacing(self._path(atom, method)) as temporary:
            record = {"top": top, "measures": measures, "curves": curves}
            temporary.write_text(json.dumps(record), encoding="utf-8")

    def _path(self, atom: int, method: Method) -> Path:
        watched, inputs = atom in self.watched, self.checkpoint.model.inputs
        replica_key = self.replica.content_hash_with(inputs) if self.replica and watched else ""
        facts = [self.glass.content_hash_with(inputs), self.checkpoint.key, atom, method.name, settings_of(method),
                 self.seed, list(self.budgets), self.n_draws, replica_key, watched, VERSION]  # fmt: skip
        key = hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:20]
        return self.folder / f"judged-{key}.json"

    def _fidelity(self, found: Explanation) -> tuple[dict[str, float], dict[str, list[float]]]:
        """Measures and curves that need no other explanation."""
        fields = fields_of(self.checkpoint, self.glass, [found.atom])
        n_pairs, model = fields.n_pairs, self.checkpoint.model
        if n_pairs == 0:
            return {}, {}
        groups, rng = strata(fields), np.random.default_rng(self.seed)
        sets, others = [], []
        for budget in self.budgets:
            top = found.top(budget)
            control = [others_like(groups, top, rng) for _ in range(self.n_draws)]
            others.append(len(np.setdiff1d(control[0], top)) / len(top))
            sets += [top, *control]
        kept = np.stack([indicator(n_pairs, rows) for rows in sets])
        shape = (len(self.budgets), 1 + self.n_draws)
        removal = (predictions_under(model, fields, 1 - kept) - found.prediction).reshape(shape)
        keeping = (predictions_under(model, fields, kept) - found.prediction).reshape(shape)
        plus, minus = relative_change(removal, self.spread), relative_change(keeping, self.spread)
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
        place = int(np.argmin(np.abs(np.asarray(self.budgets) - TOP)))
        measures = {
            "plus": float(plus[place, 0]),
            "plus_control": float(plus[place, 1:].mean()),
            "plus_excess": float(plus[place, 0] - plus[place, 1:].mean()),
            "others": others[place],
            "signed": float(removal[place, 0]),
            **areas,
            "characterization": characterization(areas["area_plus"], areas["area_minus"]),
            "sparsity": sparsity(found.importance),
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

    def _stability(self, found: Explanation, method: Method) -> dict[str, float]:
        """Top 10 shared (Jaccard) and rank correlation with the explanations that should, or should not, be others."""
        measures: dict[str, float] = {}
        for name, (model, other, other_seed) in self._variants(found.atom).items():
            (changed,) = explain_atoms(model, other, [found.atom], method=method, seed=other_seed)
            same_edges, ranks = compare(found, changed, len(self.glass), TOP)
            if name == "weights":
                ranks = compare_hop_sizes(found, changed)
            measures |= {name: same_edges, f"{name}_ranks": ranks}
        return measures
