"""What an explanation by edges leaves out: what a model, or a member of a committee, reads beside edges."""

from __future__ import annotations

from collections.abc import Sequence

from symgnn.inference.checkpoint import Checkpoint
from symgnn.models.committee import Committee
from symgnn.physical_inputs import title_of_input


def unattributed(checkpoint: Checkpoint) -> str:
    """One sentence on the parts of the barrier that no edge stands for; empty where there are none.

    These are what a member of a committee predicts that reads no edges, and what a model takes from properties of the
    explained atom itself: they are inputs, and stay as they are when an edge is removed.
    """
    model = checkpoint.model
    if not isinstance(model, Committee):
        return f"What the model takes from {_own(model.inputs)}." if model.inputs else ""
    names = _names_of_members(checkpoint)
    blind = [name for name, member in zip(names, model.members, strict=True) if not member.n_layers]
    reading = [name for name, member in zip(names, model.members, strict=True) if member.inputs]
    parts = [f"{name} reads no edges, so that its part is assigned to none" for name in blind]
    if reading:
        takes = "takes" if len(reading) == 1 else "take"
        parts.append(f"what {_listed(reading)} {takes} from {_own(model.inputs)}")
    return "; ".join([f"Explained is the mean of {_listed(names)}", *parts]) + "." if parts else ""


def _own(inputs: Sequence[str]) -> str:
    titles = _listed([title_of_input(name) for name in inputs])
    return f"the atom's own {titles} is assigned to no edge"


def _names_of_members(checkpoint: Checkpoint) -> list[str]:
    """As the card states them, else the names of their models."""
    card = checkpoint.card
    return [one.name for one in card.members] or [one["model"] for one in card.settings["members"]]


def _listed(names: Sequence[str]) -> str:
    """'a, b and c'."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
