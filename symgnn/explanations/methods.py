"""The explanation methods by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from symgnn.errors import InputError
from symgnn.explanations.amortised import Amortised, has_explainer, load_explainer
from symgnn.explanations.attention import Attention
from symgnn.explanations.attribution import Method
from symgnn.explanations.baselines import NearestEdges, RandomEdges
from symgnn.explanations.gnn_explainer import GNNExplainer
from symgnn.explanations.gradient import GradientTimesWeight
from symgnn.explanations.integrated_gradients import IntegratedGradients
from symgnn.explanations.occlusion import Occlusion
from symgnn.inference.checkpoint import Checkpoint

METHODS: dict[str, type[Method]] = {
    method.name: method
    for method in (
        GNNExplainer,
        IntegratedGradients,
        GradientTimesWeight,
        Occlusion,
        Amortised,
        Attention,
        NearestEdges,
        RandomEdges,
    )
}
TITLES = {
    "gnn_explainer": "GNNExplainer",
    "gradient": "Gradient × weight",
    "integrated_gradients": "Integrated gradients",
    "occlusion": "Occlusion",
    "attention": "Attention",
    "amortised": "Amortised explainer",
    "nearest": "Nearest edges (baseline)",
    "random": "Random edges (baseline)",
}
"""How the methods are called on screen."""


def build_method(name: str, settings: Mapping[str, Any], checkpoint: Checkpoint) -> Method:
    """The method with those settings, the others at their defaults, for the model of a checkpoint.

    Raises InputError for a name or setting it does not know, and for a checkpoint without what the method needs.
    """
    if name not in METHODS:
        raise InputError(f"method {name!r} found, expected one of {', '.join(METHODS)}")
    known = [] if name == Amortised.name else [column.name for column in fields(METHODS[name])]
    for key in settings:
        if key not in known:
            raise InputError(
                f"method {name}: setting {key!r} found, expected one of {', '.join(known) or 'none'}"
            )
    return load_explainer(checkpoint) if name == Amortised.name else METHODS[name](**settings)


def settings_of(method: Method) -> dict[str, Any]:
    """The settings by name: what, with the seed, decides the result."""
    return {column.name: getattr(method, column.name) for column in fields(method) if column.compare}


def read_settings(name: str, texts: Sequence[str], checkpoint: Checkpoint) -> dict[str, Any]:
    """Settings written as `steps=100`, each of the type of the method's default.

    Raises InputError for a method or setting that is not there and for a value that does not fit.
    """
    defaults, settings = settings_of(build_method(name, {}, checkpoint)), {}
    for text in texts:
        key, sign, value = text.partition("=")
        if not sign:
            raise InputError(f"setting {text!r} found, expected name=value")
        if key not in defaults or name == Amortised.name:
            build_method(name, {key: value}, checkpoint)  # says which settings there are
        kind = type(defaults[key])
        try:
            settings[key] = kind(value)
        except ValueError:
            raise InputError(f"method {name}: {key} {value!r} found, expected {kind.__name__}") from None
    return settings


def available_methods(checkpoint: Checkpoint) -> list[str]:
    """Names of the methods that work for the checkpoint's model, the default first; none for one without edges."""
    if checkpoint.model.n_layers == 0:
        return []
    missing = set()
    if not Attention.serves(checkpoint.model):
        missing.add(Attention.name)
    if not has_explainer(checkpoint):
        missing.add(Amortised.name)
    return [name for name in METHODS if name not in missing]
