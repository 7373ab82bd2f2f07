"""Predicted barriers and their uncertainty: at once where that takes a moment, by a worker where it does not."""

from __future__ import annotations

import numpy as np

from dashboard.waiting import answer, is_finished
from dashboard.workers.jobs import Job
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint, Prediction, predict_with_uncertainty
from symgnn.inference.predict import readable as complete
from symgnn.physical_inputs import missing_inputs, slow_inputs
from symgnn.recently_used import RecentlyUsed

MOMENT = 1.0  # s that the server itself may take
SECONDS_PER_ATOM = 3e-4  # of a model whose card does not state its own

_predictions: RecentlyUsed[Prediction] = RecentlyUsed(64)


def readable(model: Checkpoint, glass: Glass) -> Glass:
    """The glass with the per-atom properties that the model reads, computed where the file has none and they can be:
    by a worker where that takes long.

    Raises InputError as `symgnn.inference.predict.readable` does.
    """
    if not missing_inputs(glass, model.model.inputs):
        return glass  # whatever else is wrong with it is said by who reads it
    if takes_long(model, glass):
        answer(Job("vibrate", ("vibrate", glass.content_hash), "Vibrations of the atoms", {"glass": glass}))
    return complete(model, glass)


def takes_long(model: Checkpoint, glass: Glass) -> bool:
    """Whether something that the model reads is still to be computed by a worker."""
    return slow_inputs(glass, model.model.inputs) > 0


def read_by(model: Checkpoint, glass: Glass) -> str:
    """Hash of what the model reads of the glass, a readable one."""
    return glass.content_hash_with(model.model.inputs)


def predicted(model: Checkpoint, glass: Glass) -> np.ndarray:
    """(N,) predicted barriers in eV."""
    return _prediction(model, glass).barriers


def uncertainty(model: Checkpoint, glass: Glass) -> np.ndarray | None:
    """(N,) standard deviation of every predicted barrier in eV; None for a checkpoint without calibration."""
    return _prediction(model, glass).sigma


def are_at_hand(model: Checkpoint, glass: Glass) -> bool:
    """Whether barriers and uncertainties are there at once: nobody has to wait for a worker."""
    if takes_long(model, glass):
        return False
    if _seconds(model, glass) <= MOMENT:
        return True
    try:
        return is_finished(_job(model, readable(model, glass)))
    except InputError:  # which is said at once
        return True


def _prediction(model: Checkpoint, glass: Glass) -> Prediction:
    glass = readable(model, glass)
    job = _job(model, glass)
    if _seconds(model, glass) > MOMENT:
        return _frozen(answer(job))
    return _predictions.get(job.key, lambda: _frozen(predict_with_uncertainty(model, glass)))


def _job(model: Checkpoint, glass: Glass) -> Job:
    key = ("predict", model.key, read_by(model, glass))
    return Job("predict", key, "Predicting barriers", {"model": model, "glass": glass})


def _seconds(model: Checkpoint, glass: Glass) -> float:
    """About how long the prediction takes, by the model's card."""
    timed = model.card.inference
    return len(glass) * (SECONDS_PER_ATOM if timed is None else timed.seconds / timed.atoms)


def _frozen(prediction: Prediction) -> Prediction:
    """All sessions share it."""
    for values in (prediction.barriers, prediction.sigma):
        if values is not None:
            values.setflags(write=False)
    return prediction
