"""GNNExplainer for node regression: a soft mask over the edges that suffice for one atom's predicted barrier.

After Ying et al., GNNExplainer, NeurIPS 2019 (eqs. 5-6), as the paper extends it to regression (arXiv 2401.08627,
section 5), with these corrections:
- the mask lives on the atom's receptive field alone, one parameter per undirected pair;
- it enters as edge weight of the model (log-weight on attention logits), so that 0 is exact removal;
- it starts near 1, where the model knows its inputs: a barrier depends so strongly on density that a mask of .7
  throughout is already unlike any glass, and the search never finds back;
- the size term is paid per edge, whatever the size of the receptive field.

    minimise over m:  ((f(m) - f(1)) / s)^2 + size * sum(m) / 1000

f(m) is the centre's prediction under mask m in eV, s the standard deviation of the barriers trained on. Every edge
that the mask needs ends near 1, thousands of them. They are ranked by how much each matters there:
importance = m * |df/dm at m = 1|, divided by the largest.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import torch
from torch import Tensor

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
START = 4.0  # logit of the mask at the start: .98


@dataclass(frozen=True)
class GNNExplainerSettings:
    """steps of Adam at learning_rate; size: what 1000 kept edges cost, in squared standard deviations;
    k: how many of the most important edges are judged alone."""

    steps: int = 150
    learning_rate: float = 0.1
    size: float = 1.0
    k: int = 50

    def __post_init__(self):
        for name, value in asdict(self).items():
            if not value > 0:
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
    Raises InputError for an atom that is not there, a glass that the checkpoint cannot predict, and a model
    without edges.
    """
    settings = settings or GNNExplainerSettings()
    check_glass(checkpoint, glass)
    if not 0 <= atom < len(glass):
        raise InputError(f"{glass.name}: atom {atom} found, expected 0..{len(glass) - 1}")
    model = checkpoint.model
    if model.n_layers == 0:
        raise InputError(
            f"checkpoint {checkpoint.name}: its model {checkpoint.card['model']} reads no edges, expected one that "
            "does: there is nothing to explain"
        )
    field = receptive_field(cached_graph(glass, checkpoint.cutoff, model.inputs), atom, model.n_layers)
    mask = optimise_mask(model, field, settings, seed=seed, progress=progress)
    graph = field.graph
    strength = mask * sensitivity(model, field)
    importance = strength / strength.max().clamp(min=1e-12) if len(strength) else strength
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
        importance=importance.double().cpu().numpy(),
        mask=mask.double().cpu().numpy(),
        hops=field.pair_hops.cpu().numpy(),
        fidelity=fidelity(
            model, field, mask.cpu().numpy(), importance.cpu().numpy(), k=settings.k, seed=seed
        ),
    )


def optimise_mask(
    model: BarrierModel,
    field: ReceptiveField,
    settings: GNNExplainerSettings,
    *,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Tensor:
    """The mask (P,) in [0, 1] over the undirected pairs of the receptive field."""
    graph = field.graph
    with torch.no_grad():
        full = model(graph)[field.center]
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(len(graph.pair_edge), generator=generator)
    logits = (START + 0.1 * noise).to(graph.device).requires_grad_()
    optimizer = torch.optim.Adam([logits], lr=settings.learning_rate)
    for step in range(settings.steps):
        mask = torch.sigmoid(logits)
        error = (model(graph, mask.index_select(0, graph.pair))[field.center] - full) / model.target_scale
        loss = error.square() + settings.size * mask.sum() / 1000
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if progress is not None:
            progress(step + 1, settings.steps)
    return torch.sigmoid(logits.detach())


def sensitivity(model: BarrierModel, field: ReceptiveField) -> Tensor:
    """(P,) |change of the centre's prediction in eV per unit of a pair's weight|, at weight 1."""
    weight = torch.ones(len(field.graph.pair_edge), device=field.graph.device, requires_grad=True)
    prediction = model(field.graph, weight.index_select(0, field.graph.pair))[field.center]
    return torch.autograd.grad(prediction, weight)[0].abs()
