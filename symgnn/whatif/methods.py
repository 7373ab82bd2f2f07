"""All methods that explain an atom: those that need the graph alone (symgnn/explanations/methods), and the one that
swaps neighbours and relaxes the glass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symgnn.errors import InputError
from symgnn.explanations import methods as of_graphs
from symgnn.explanations.methods.base import Method
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.whatif.relaxation import may_be_relaxed
from symgnn.whatif.relaxed_swap import RelaxedSwap


def all_methods() -> dict[str, type[Method]]:
    """By name, the default first."""
    return {**of_graphs.METHODS, RelaxedSwap.name: RelaxedSwap}


def method_class(name: str) -> type[Method]:
    """The method of that name. Raises InputError where there is none."""
    known = all_methods()
    if name not in known:
        raise InputError(f"method {name!r} found, expected one of {', '.join(known)}")
    return known[name]


def title_of(name: str) -> str:
    """What the method of that name is called on screen; the name itself for one that is not in the list."""
    return RelaxedSwap.title if name == RelaxedSwap.name else of_graphs.title_of(name)


def build_method(name: str, settings: Mapping[str, Any], checkpoint: Checkpoint, glass: Glass) -> Method:
    """The method with those settings, the others at their defaults, for a checkpoint and a glass.

    Raises InputError for a name or setting that is not there and as `Method.build` does.
    """
    method = method_class(name)
    if method is not RelaxedSwap:
        return method.build(checkpoint, settings)
    method.check_names(settings)
    return RelaxedSwap(checkpoint, glass, **settings)


def methods_of_atom(checkpoint: Checkpoint, glass: Glass) -> list[str]:
    """Names of the methods that explain an atom of the glass by the checkpoint, the default first; none for a model
    without edges. Says of the potential what costs no time: it may still refuse the glass (`may_be_relaxed`)."""
    relaxed = [RelaxedSwap.name] if RelaxedSwap.supports(checkpoint) and may_be_relaxed(glass) else []
    return [*of_graphs.available_methods(checkpoint), *relaxed]
