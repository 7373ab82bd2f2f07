"""The checkpoint that pages start with."""

from __future__ import annotations

from collections.abc import Collection

PREFERRED = (
    "symgnn-coordination",
    "symgnn",
)  # accurate, explained in seconds; the first can do without an edge


def default_checkpoint(names: Collection[str]) -> str | None:
    """The first preferred one among `names`; None where none of them is there."""
    return next((name for name in PREFERRED if name in names), None)
