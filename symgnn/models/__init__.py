"""Every model by the name that command line, configuration and checkpoints use."""

from __future__ import annotations

import inspect
from typing import Any

from symgnn.errors import InputError
from symgnn.models.base import BarrierModel
from symgnn.models.symgnn import SymGNN

MODELS: dict[str, type[BarrierModel]] = {"symgnn": SymGNN}


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


__all__ = ["MODELS", "BarrierModel", "SymGNN", "build_model"]
