"""Amortised explanations: a network, trained once per checkpoint, that names the edges of any atom at once.

After Luo et al., PGExplainer, NeurIPS 2020 (arXiv 2011.04573): one network for all explanations (`EdgeScorer`) instead
of a search for each. It reads the states that the model gives the atoms of the whole glass, so an explanation costs no
pass through the model. PGExplainer trains it through random masks under which the prediction should stay. A barrier
under such a mask is far outside the training data, and in trials the masks found so were no better than their controls.
So the network is trained on explanations instead (amortised attribution: Covert et al., NeurIPS 2024): it predicts the
signed effect in eV of every edge, gradient × weight, by least squares.

The trained network is the file `explainer.safetensors` in the checkpoint's folder, made by `symgnn train-explainer`; it
runs no code when it is read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar
from weakref import WeakKeyDictionary

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from symgnn.errors import InputError
from symgnn.explanations.methods.base import Attribution, Method, Progress, signed
from symgnn.explanations.methods.edge_scorer import EdgeScorer
from symgnn.explanations.receptive_field import ReceptiveFields
from symgnn.graph.atom_graph import AtomGraph
from symgnn.inference.checkpoint import Checkpoint
from symgnn.io.writing import replacing
from symgnn.models import BarrierModel

EXPLAINER = "explainer.safetensors"

_states: WeakKeyDictionary[AtomGraph, WeakKeyDictionary[BarrierModel, Tensor]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Amortised(Method):
    """Signed, in eV; no randomness. network: names the trained network; unit: eV per unit of its output."""

    name: ClassVar[str] = "amortised"
    title: ClassVar[str] = "Amortised explainer"
    signed: ClassVar[bool] = True
    passes: ClassVar[int] = 0
    one_checkpoint: ClassVar[bool] = True
    network: str
    unit: float = field(compare=False)
    scorer: EdgeScorer = field(repr=False, compare=False)

    @classmethod
    def defaults(cls) -> dict[str, Any]:
        return {}  # the network comes from the checkpoint's folder

    @classmethod
    def supports(cls, checkpoint: Checkpoint) -> bool:
        return super().supports(checkpoint) and has_explainer(checkpoint)

    @classmethod
    def build(cls, checkpoint: Checkpoint, settings: Mapping[str, Any]) -> Amortised:
        if settings:
            raise InputError(
                f"method {cls.name}: setting {next(iter(settings))!r} found, expected one of none"
            )
        return load_explainer(checkpoint)

    @torch.no_grad()
    def attribute(
        self, model: BarrierModel, fields: ReceptiveFields, *, seed: int = 0, progress: Progress | None = None
    ) -> Attribution:
        scorer = self.scorer.to(fields.whole.device)
        return signed(self.unit * scorer(fields, states_of(model, fields.whole)))


@torch.no_grad()
def states_of(model: BarrierModel, graph: AtomGraph) -> Tensor:
    """(N, D) `model.embed` of a whole graph; computed once for as long as both are in use."""
    kept = _states.setdefault(graph, WeakKeyDictionary())
    if model not in kept:
        kept[model] = model.embed(graph, None)
    return kept[model]


def save_explainer(checkpoint: Checkpoint, scorer: EdgeScorer, unit: float, facts: dict[str, Any]) -> Path:
    """Write explainer.safetensors beside the checkpoint's weights; `facts` (training, scores) go into its header."""
    card = {
        "checkpoint_key": checkpoint.key,
        "unit_eV": unit,
        "width": scorer.from_state.out_features,
        **facts,
    }
    path = checkpoint.folder / EXPLAINER
    with replacing(path) as temporary:
        state = {name: tensor.contiguous() for name, tensor in scorer.state_dict().items()}
        save_file(state, temporary, metadata={"card": json.dumps(card)})
    return path


def has_explainer(checkpoint: Checkpoint) -> bool:
    """Whether an amortised explainer lies beside the checkpoint's weights."""
    return (checkpoint.folder / EXPLAINER).is_file()


def load_explainer(checkpoint: Checkpoint) -> Amortised:
    """The explainer that was trained for a checkpoint.

    Raises InputError where there is none, where it was trained for other weights, and where the file does not fit.
    """
    card, state, key = _read(checkpoint)
    model = checkpoint.model
    scorer = EdgeScorer(
        n_states=model.decoder[0].in_features,
        cutoff=model.cutoff,
        n_layers=model.n_layers,
        width=card["width"],
    )
    try:
        scorer.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(
            f"{checkpoint.folder / EXPLAINER}: does not fit the model {checkpoint.card.model}: "
            f"{' '.join(str(error).split())[:300]}"
        ) from None
    return Amortised(key, card["unit_eV"], scorer.eval().requires_grad_(False))


def _read(checkpoint: Checkpoint) -> tuple[dict[str, Any], dict[str, Tensor], str]:
    path = checkpoint.folder / EXPLAINER
    if not path.is_file():
        raise InputError(
            f"checkpoint {checkpoint.full_name}: no amortised explainer found, expected {path}: run "
            f"`symgnn train-explainer {checkpoint.argument}`"
        )
    try:
        key = hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        with safe_open(path, framework="pt") as file:
            card = json.loads((file.metadata() or {}).get("card", "null"))
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, ValueError, SafetensorError) as error:
        raise InputError(f"{path}: not readable as safetensors: {' '.join(str(error).split())}") from None
    expected = {"unit_eV": float, "checkpoint_key": str, "width": int}
    for name, kind in expected.items():
        if not isinstance(card, dict) or not isinstance(card.get(name), kind):
            raise InputError(f"{path}: field {name!r} of its card is missing or not {kind.__name__}")
    if card["checkpoint_key"] != checkpoint.key:
        raise InputError(
            f"{path}: was trained for weights {card['checkpoint_key']}, but those of {checkpoint.full_name} are "
            f"{checkpoint.key}: run `symgnn train-explainer {checkpoint.argument}` anew"
        )
    return card, state, key
