"""What each edge does to all barriers of a glass together."""

from __future__ import annotations

from dashboard.calls.barriers import read_by, readable
from dashboard.waiting import answer
from dashboard.workers.jobs import Job
from symgnn.explanations.methods import build_method
from symgnn.explanations.signed_map import SignedMap, map_methods
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint


def methods_of_maps(model: Checkpoint) -> list[str]:
    """Names of the methods by which `signed_map` works, the fastest first; none for a model without edges."""
    return map_methods(model)


def signed_map(model: Checkpoint, glass: Glass, method: str) -> SignedMap:
    """The exact effect of every edge on the sum of all barriers, by one of `methods_of_maps`."""
    glass = readable(model, glass)
    key = ("signed map", model.key, read_by(model, glass), method)
    arguments = {"model": model, "glass": glass, "method": build_method(method, {}, model)}
    return answer(Job("whole_glass_map", key, "Signed map of the whole glass", arguments))
