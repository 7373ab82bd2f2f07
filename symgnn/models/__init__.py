"""Every model by the name that command line, configuration and checkpoints use."""

from __future__ import annotations

import inspect
from typing import Any

from symgnn.errors import InputError
from symgnn.models.base import BarrierModel
from symgnn.models.committee import Committee
from symgnn.models.dimenet import DimeNet
from symgnn.models.egat import EGAT
from symgnn.models.egnn import EGNN
from symgnn.models.equiformer import Equiformer
from symgnn.models.faenet import FAENet
from symgnn.models.gcn import GCN
from symgnn.models.mgcn import MGCN
from symgnn.models.mlp import MLP
from symgnn.models.mpnn import MPNN
from symgnn.models.ridge import Ridge
from symgnn.models.schnet import SchNet
from symgnn.models.symgnn import SymGNN

MODELS: dict[str, type[BarrierModel]] = {
    "committee": Committee,
    "dimenet": DimeNet,
    "egat": EGAT,
    "egnn": EGNN,
    "equiformer": Equiformer,
    "faenet": FAENet,
    "gcn": GCN,
    "mgcn": MGCN,
    "mlp": MLP,
    "mpnn": MPNN,
    "ridge": Ridge,
    "schnet": SchNet,
    "symgnn": SymGNN,
}


def build_model(name: str, settings: dict[str, Any]) -> BarrierModel:
    """The model `name` with keyword settings. Raises InputError for an unknown name or setting."""
    if name not in MODELS:
        raise InputError(f"model {name!r} found, expected one of: {', '.join(MODELS)}")
    known = list(inspect.signature(MODELS[name]).parameters)
    for key in settings:
        if key not in known:
            raise InputError(
                f"setting {key!r} of model {name} is unknown, expected one of: {', '.join(known)}"
            )
    try:
        return MODELS[name](**settings)
    except (TypeError, ValueError) as error:
        raise InputError(f"settings of model {name}: {error}") from None


__all__ = [
    "EGAT",
    "EGNN",
    "GCN",
    "MGCN",
    "MLP",
    "MODELS",
    "MPNN",
    "BarrierModel",
    "Committee",
    "DimeNet",
    "Equiformer",
    "FAENet",
    "Ridge",
    "SchNet",
    "SymGNN",
    "build_model",
]
