"""What every report says of where it comes from: glass, checkpoint, versions."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from symgnn import __version__
from symgnn.glass import Glass
from symgnn.inference.checkpoint import Checkpoint
from symgnn.inference.predict import extrapolation
from symgnn.report.page import Heading, Part, Rows, Text

PACKAGES = ("torch", "numpy", "ase", "py3Dmol", "plotly")


def of_glass(glass: Glass, checkpoint: Checkpoint) -> list[Part]:
    """A line on the glass, and a warning where it is outside the training data's composition."""
    density = "" if glass.number_density is None else f", {glass.number_density:.4f} atoms per Å³"
    parts: list[Part] = [
        Text(f"{glass.composition}, {len(glass)} atoms{density}; checkpoint {checkpoint.full_name}.")
    ]
    if warning := extrapolation(checkpoint, glass):
        parts.append(Text(warning))
    return parts


def of_versions(glass: Glass, checkpoint: Checkpoint) -> list[Part]:
    """Content keys and versions: whoever has the same gets the same numbers."""
    rows = [
        ("symgnn", __version__),
        *((name, _version(name)) for name in PACKAGES),
        ("glass, content", glass.content_hash_with(checkpoint.model.inputs)),
        ("checkpoint, content", checkpoint.key),
    ]
    return [Heading("Made with"), Rows(("what", "version"), rows)]


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
