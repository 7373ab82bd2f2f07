"""The explanation methods. A new one is a file in this folder and an entry in `METHODS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from symgnn.errors import InputError
from symgnn.explanations.methods.amortised import Amortised
from symgnn.explanations.methods.attention import Attention
from symgnn.explanations.methods.base import Method
from symgnn.explanations.methods.baselines import NearestEdges, RandomEdges
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.methods.gradient import GradientTimesWeight
from symgnn.explanations.methods.integrated_gradients import IntegratedGradients
from symgnn.explanations.methods.occlusion import Occlusion
from symgnn.explanations.methods.stretch import Stretch
from symgnn.explanations.methods.swap import Swap
from symgnn.inference.checkpoint import Checkpoint

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (
        GNNExplainer,
        IntegratedGradients,
        GradientTimesWeight,
        Occlusion,
        Stretch,
        Swap,
        Amortised,
        Attention,
        NearestEdges,
        RandomEdges,
    )
}
"""By name, the default first."""


def method_class(name: str) -> type[Method]:
    """The method of that name. Raises InputError where there is none."""
    if name not in METHODS:
        raise InputError(f"method {name!r} found, expected one of {', '.join(METHODS)}")
    return METHODS[name]


def title_of(name: str) -> str:
    """What the method of that name is called on screen; the name itself for one that is not in the list."""
    return METHODS[name].title if name in METHODS else name


def build_method(name: str, settings: Mapping[str, Any], checkpoint: Checkpoint) -> Method:
    """The method with those settings, the others at their defaults, for the model of a checkpoint.

    Raises InputError for a name that is not there and as `Method.build` does.
    """
    return method_class(name).build(checkpoint, settings)


def read_settings(method: type[Method], texts: Sequence[str]) -> dict[str, Any]:
    """Settings written as `steps=100`, each of the type of the method's default.

    Raises InputError for a setting that is not there and for a value that does not fit.
    """
    defaults, settings = method.defaults(), {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign:
            raise InputError(f"setting {text!r} found, expected name=value")
        method.check_names([key])
        kind = type(defaults[key])
        try:
            settings[key] = kind(value)
        except ValueError:
            raise InputError(
                f"method {method.name}: {key} {value!r} found, expected {kind.__name__}"
            ) from None
    return settings


def available_methods(checkpoint: Checkpoint) -> list[str]:
    """Names of the methods that work for the checkpoint, the default first; none for a model without edges."""
    return [name for name, method in METHODS.items() if method.supports(checkpoint)]


def fastest_method(checkpoint: Checkpoint) -> str:
    """Name of the method that takes the fewest passes through the model among those that are signed and no baselines:
    the one to explain a whole glass by. Raises InputError for a model without edges."""
    usable = [METHODS[name] for name in available_methods(checkpoint)]
    usable = [method for method in usable if method.signed and not method.is_baseline]
    if not usable:
        raise InputError(
            f"checkpoint {checkpoint.full_name}: its model reads no edges, expected one that does: there is nothing to "
            "explain"
        )
    return min(usable, key=lambda method: method.passes).name
