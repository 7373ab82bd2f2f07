"""Energy barriers of metallic-glass atoms: predicted by graph neural networks, and explained.

    import symgnn

    glass = symgnn.read("glass.xyz")                        # or an ase.Atoms wherever a glass is wanted
    checkpoint = symgnn.load_checkpoint("symgnn")
    barriers = checkpoint.predict(glass)                    # (N,) eV
    explanation = symgnn.explain(checkpoint, glass, 77)     # importance of every edge, beside matched controls
    topology = symgnn.topology(glass)                       # persistence diagrams, cycles, cycles per edge

Names are imported when they are first used: `import symgnn` takes a few milliseconds.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symgnn.datasets import GlassDataset, load_dataset
    from symgnn.errors import InputError
    from symgnn.explanations.explain import explain
    from symgnn.explanations.explanation import Explanation
    from symgnn.glass import Glass
    from symgnn.homology.summary import GlassTopology
    from symgnn.homology.summary import glass_topology as topology
    from symgnn.inference.checkpoint import Checkpoint, list_checkpoints, load_checkpoint
    from symgnn.inference.predict import Prediction
    from symgnn.io.structures import read_glass as read
    from symgnn.io.structures import write_extxyz as write

__version__ = "0.1.0"

_PLACES = {
    "Checkpoint": ("symgnn.inference.checkpoint", "Checkpoint"),
    "Explanation": ("symgnn.explanations.explanation", "Explanation"),
    "Glass": ("symgnn.glass", "Glass"),
    "GlassDataset": ("symgnn.datasets", "GlassDataset"),
    "GlassTopology": ("symgnn.homology.summary", "GlassTopology"),
    "InputError": ("symgnn.errors", "InputError"),
    "Prediction": ("symgnn.inference.predict", "Prediction"),
    "explain": ("symgnn.explanations.explain", "explain"),
    "list_checkpoints": ("symgnn.inference.checkpoint", "list_checkpoints"),
    "load_checkpoint": ("symgnn.inference.checkpoint", "load_checkpoint"),
    "load_dataset": ("symgnn.datasets", "load_dataset"),
    "read": ("symgnn.io.structures", "read_glass"),
    "topology": ("symgnn.homology.summary", "glass_topology"),
    "write": ("symgnn.io.structures", "write_extxyz"),
}

__all__ = [
    "Checkpoint",
    "Explanation",
    "Glass",
    "GlassDataset",
    "GlassTopology",
    "InputError",
    "Prediction",
    "__version__",
    "explain",
    "list_checkpoints",
    "load_checkpoint",
    "load_dataset",
    "read",
    "topology",
    "write",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
