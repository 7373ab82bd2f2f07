"""Training: one glass per step, selection on the validation glasses, resumable after a kill to the same result."""

from __future__ import annotations

import logging
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from symgnn.errors import InputError
from symgnn.graph.atom_graph import AtomGraph, build_graph
from symgnn.inference.checkpoint import load_checkpoint
from symgnn.io.writing import replacing
from symgnn.metrics import regression_scores
from symgnn.models import BarrierModel, build_model
from symgnn.nn.orthogonal import random_orthogonal
from symgnn.physical_inputs import with_physical_inputs
from symgnn.training.config import TrainingConfig
from symgnn.training.glasses import Glasses, all_barriers, as_glasses, barriers_of, elements_of
from symgnn.training.norm import settle_norm
from symgnn.training.removal import remove_edges, weighted_loss
from symgnn.training.result import Progress, TrainingResult
from symgnn.training.resuming import data_identity, saved_state

log = logging.getLogger("symgnn")
STATE = "last.pt"


def train(
    config: TrainingConfig,
    training: Glasses,
    validation: Glasses,
    folder: Path,
    *,
    device: str = "cpu",
    progress: Progress | None = None,
) -> TrainingResult:
    """Train a model on the barriers of `training`, select the epoch by Pearson's r over all atoms of `validation`.

    The model is made for the elements of the training glasses, unless the configuration's settings name others.
    After every evaluation the whole state is written to folder/last.pt; a later call with the same
    configuration and data (structures, per-atom inputs and barriers, of `validation` too) goes on from there and
    ends with the same weights as an uninterrupted one.
    progress(epoch, max_epoch, scores) is called after every epoch.

    Raises InputError where a glass has no barriers, the checkpoint to start from does not fit or last.pt belongs to
    another run, and where the loss is not finite.
    """
    training, validation = as_glasses(training), as_glasses(validation)
    labels = [barriers_of(glass).to(device) for glass in training]
    validation_labels = all_barriers(validation)
    torch.manual_seed(config.seed)
    model = build_model(config.model, {"elements": elements_of(training), **config.settings})
    model.set_target_scale(torch.cat(labels).cpu())
    start = _start_from(model, config.start_from) if config.start_from else {}
    model.to(device)
    training = [with_physical_inputs(glass, model.inputs) for glass in training]
    validation = [with_physical_inputs(glass, model.inputs) for glass in validation]
    graphs = [build_graph(glass, model.cutoff, model.inputs).to(device) for glass in training]
    validation_graphs = [build_graph(glass, model.cutoff, model.inputs).to(device) for glass in validation]

    identity = {"settings": asdict(config), **start, **data_identity([*training, *validation], model.inputs)}
    run = _Run(config, model, steps_per_epoch=len(graphs), identity=identity)
    run.resume(folder / STATE)
    known = len(run.curve)
    if config.start_from and not run.curve:  # before the first epoch: what it starts from may be the best
        run.evaluate(run.loss(graphs, labels), validation_graphs, validation_labels)
        run.save(folder / STATE)
    while run.epoch < config.max_epoch and not run.out_of_patience:
        started = time.perf_counter()
        loss = run.train_epoch(graphs, labels)
        evaluate = run.epoch % config.eval_interval == 0 or run.epoch == config.max_epoch
        if evaluate:
            settle_norm(run.averaged.module, graphs)
            run.evaluate(loss, validation_graphs, validation_labels)
        run.seconds += time.perf_counter() - started
        if evaluate:
            run.save(folder / STATE)
        if progress is not None:
            progress(
                run.epoch, config.max_epoch, {"train_loss": loss, **(run.curve[-1] if run.curve else {})}
            )
    model.load_state_dict(run.best_weights)
    return TrainingResult(
        model.cpu().eval(), run.curve, run.best, run.seconds, trained=len(run.curve) > known
    )


def _start_from(model: BarrierModel, name: str) -> dict[str, str]:
    """Give the model the weights and the target scale of a checkpoint; returns what a resumed run has to agree in.

    Raises InputError where there is no such checkpoint or its weights do not fit.
    """
    checkpoint = load_checkpoint(name)
    try:
        model.load_state_dict(checkpoint.model.state_dict())
    except RuntimeError:
        raise InputError(
            f"start_from {name!r} found: its weights do not fit, expected a checkpoint of the same model and sizes"
        ) from None
    return {"weights to start from": checkpoint.key}


def turned(graph: AtomGraph) -> AtomGraph:
    """The graph under a random rotation or reflection, uniform on O(3): the paper's data augmentation."""
    transformation = random_orthogonal(1)[0].to(graph.device)
    return replace(graph, vector=graph.vector @ transformation.T)


class _Run:
    """The state of a training run between two epochs: all that `last.pt` holds."""

    def __init__(
        self, config: TrainingConfig, model: BarrierModel, *, steps_per_epoch: int, identity: dict[str, Any]
    ):
        self.config, self.model, self.identity = config, model, identity
        self.optimizer = torch.optim.AdamW(
            model.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay
        )
        total = max(config.max_epoch * steps_per_epoch, 1)
        self.schedule = (
            torch.optim.lr_scheduler.OneCycleLR(
                self.optimizer, config.learning_rate, total_steps=total, pct_start=0.2
            )
            if config.schedule == "one-cycle"
            else torch.optim.lr_scheduler.ConstantLR(self.optimizer, factor=1.0)
        )
        self.averaged = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(config.averaging)).eval()
        self.epoch = 0
        self.seconds = 0.0
        self.curve: list[dict[str, float]] = []
        self.best: dict[str, float] = {}
        self.best_weights: dict[str, Tensor] = {}

    @property
    def out_of_patience(self) -> bool:
        if not self.config.patience or not self.curve:
            return False
        since = [row for row in self.curve if row["epoch"] > self.best["epoch"]]
        return len(since) >= self.config.patience

    def train_epoch(self, graphs: list[AtomGraph], labels: list[Tensor]) -> float:
        """One pass over all glasses in random order; returns the mean standardised squared error."""
        self.epoch += 1
        torch.manual_seed(
            self.config.seed * 1_000_003 + self.epoch
        )  # order and dropout do not depend on a resume
        self.model.train()
        total = 0.0
        for index in torch.randperm(len(graphs)).tolist():
            graph = turned(graphs[index]) if self.config.augment else graphs[index]
            weight = remove_edges(graph, self.config.edge_removal) if self.config.edge_removal else None
            error = (self.model(graph, weight) - labels[index]) / self.model.target_scale
            loss = error.square().mean() if weight is None else weighted_loss(graph, error, weight)
            if not torch.isfinite(loss):
                raise InputError(
                    f"the training loss became {loss.item()} in epoch {self.epoch}: "
                    f"lower the learning rate ({self.config.learning_rate:g}) or check the labels"
                )
            self.optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(self.model.parameters(), self.config.gradient_clip)
            self.optimizer.step()
            self.schedule.step()
            self.averaged.update_parameters(self.model)
            total += loss.item()
        return total / len(graphs)

    @torch.no_grad()
    def predict(self, graph: AtomGraph) -> np.ndarray:
        """(N,) barriers in eV under the averaged weights."""
        return self.averaged.module(graph).cpu().numpy()

    def loss(self, graphs: list[AtomGraph], labels: list[Tensor]) -> float:
        """Mean standardised squared error of the averaged weights over all glasses."""
        errors = [
            self.predict(graph) - label.cpu().numpy() for graph, label in zip(graphs, labels, strict=True)
        ]
        return float(
            np.mean([np.square(error).mean() for error in errors]) / self.model.target_scale.item() ** 2
        )

    def evaluate(self, loss: float, graphs: list[AtomGraph], labels: np.ndarray) -> None:
        """Scores on the validation glasses into the curve, with the training loss; keep the best weights."""
        predictions = np.concatenate([self.predict(graph) for graph in graphs])
        self.record({"epoch": self.epoch, "train_loss": loss, **regression_scores(predictions, labels)})

    def record(self, row: dict[str, float]) -> None:
        self.curve.append(row)
        score, best = row["pearson"], self.best.get("pearson", float("-inf"))
        if not self.best or score > best:
            self.best = row
            self.best_weights = {
                name: value.clone() for name, value in self.averaged.module.state_dict().items()
            }
        log.info("epoch %d: loss %.4f, validation r %.4f", row["epoch"], row["train_loss"], score)

    def save(self, path: Path) -> None:
        state = {
            "identity": self.identity,
            "epoch": self.epoch,
            "seconds": self.seconds,
            "curve": self.curve,
            "best": self.best,
            "best_weights": self.best_weights,
            "model": self.model.state_dict(),
            "averaged": self.averaged.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
        }
        with replacing(path) as temporary:
            torch.save(state, temporary)

    def resume(self, path: Path) -> None:
        """Go on from `path` where it exists. Raises InputError as `saved_state` does."""
        state = saved_state(path, self.identity, self.model.target_mean.device)
        if state is None:
            return
        self.model.load_state_dict(state["model"])
        self.averaged.load_state_dict(state["averaged"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        for name in ("epoch", "seconds", "curve", "best", "best_weights"):
            setattr(self, name, state[name])
        log.info("resumed from %s after epoch %d", path, self.epoch)
