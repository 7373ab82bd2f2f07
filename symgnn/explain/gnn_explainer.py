"""GNNExplainer for node regression: a soft mask over the edges that carry one atom's predicted barrier.

After Ying et al., GNNExplainer, NeurIPS 2019 (eqs. 5-6), as the paper extends it to regression (arXiv 2401.08627,
section 5), with these corrections:
- the mask lives on the atom's receptive field alone, one parameter per undirected pair;
- it enters as edge weight of the model (log-weight on attention logits), so that 0 is exact removal;
- the size term is a budget: the mask pays only while its sum exceeds `budget` pairs, so that the regulariser
  does not grow with the receptive field and does not push edges to 0 that it does not need.

    minimise over m:  ((f(m) - f(1)) / s)^2 + size * max(0, sum(m) / budget - 1) + entropy * mean H(m) near the budget
f(m) is the centre's prediction under mask m in eV and s the spread of the barriers that the model was trained on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch

from symgnn.errors import InputError
from symgnn.evaluation.predict import check_glass
from symgnn.explain.explanation import Explanation
from symgnn.explain.fidelity import fidelity
from symgnn.explain.receptive_field import ReceptiveField, receptive_field
from symgnn.glass import Glass
from symgnn.graph.cache import cached_graph
from symgnn.models import BarrierModel
from symgnn.training.checkpoint import Checkpoint

METHOD = "gnn_explainer"


@dataclass(frozen=True)
class GNNExplainerSettings:
    """steps of Adam at learning_rate; budget: pairs the mask may hold without paying; weights of the terms."""

    steps: int = 150
    learning_rate: float = 0.1
    budget: int = 50
    size: float = 0.3
    entropy: float = 0.1

    def __post_init__(self):
        for name, value in asdict(self).items():
            if not value > 0 and not (name in ("size", "entropy") and value == 0):
                raise InputError(f"{name} {value!r} found, expected a positive number")


def explain_atom(
    checkpoint: Checkpoint,
    glass: Glass,
    atom: int,
    *,
    settings: GNNExplainerSettings | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Explanation:
    """Explain the barrier that `checkpoint` predicts for `atom` (0..N-1).

    progress(step, steps) is called after every step; an exception it raises cancels the run.
    Raises InputError for an atom that is not there and a glass that the checkpoint cannot predict.
    """
    settings = settings or GNNExplainerSettings()
    check_glass(checkpoint, glass)
    if not 0 <= atom < len(glass):
        raise InputError(f"{glass.name}: atom {atom} found, expected 0..{len(glass) - 1}")
    model = checkpoint.model
    field = receptive_field(cached_graph(glass, checkpoint.cutoff), atom, model.n_layers)
    mask = optimise_mask(model, field, settings, seed=seed, progress=progress)
    graph = field.graph
    importance = mask.double().cpu().numpy()
    with torch.no_grad():
        prediction = model(graph)[field.center].item()
    return Explanation(
        atom=int(atom),
        prediction=prediction,
        method=METHOD,
        settings=asdict(settings),
        seed=seed,
        glass_key=glass.content_hash,
        checkpoint_key=checkpoint.key,
        pairs=field.atoms[graph.pair_atoms].cpu().numpy(),
        images=graph.pair_image.cpu().numpy(),
        lengths=graph.length[graph.pair_edge].double().cpu().numpy(),
        importance=importance,
        hops=field.pair_hops.cpu().numpy(),
        fidelity=fidelity(model, field, importance, k=settings.budget, seed=seed),
    )


def optimise_mask(
    model: BarrierModel,
    field: ReceptiveField,
    settings: GNNExplainerSettings,
    *,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> torch.Tensor:
    """The mask (P,) in [0, 1] over the undirected pairs of the receptive field."""
    graph = field.graph
    n_pairs = len(graph.pair_edge)
    with torch.no_grad():
        full = model(graph)[field.center]
    generator = torch.Generator().manual_seed(seed)
    logits = (1.0 + 0.1 * torch.randn(n_pairs, generator=generator)).to(graph.device).requires_grad_()
    optimizer = torch.optim.Adam([logits], lr=settings.learning_rate)
    for step in range(settings.steps):
        mask = torch.sigmoid(logits)
        error = (model(graph, mask.index_select(0, graph.pair))[field.center] - full) / model.target_scale
        excess = torch.relu(mask.sum() / settings.budget - 1)
        entropy = -(mask * torch.log(mask + 1e-9) + (1 - mask) * torch.log(1 - mask + 1e-9))
        loss = error.square() + settings.size * excess + settings.entropy * entropy.sum() / settings.budget
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if progress is not None:
            progress(step + 1, settings.steps)
    return torch.sigmoid(logits.detach())
