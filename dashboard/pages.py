"""The pages of the dashboard, in the order of the navigation.

A page is a file `app_pages/<name>.py`, whose function `show` takes the sidebar's selection, and a line here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page: the name of its file, which its URL ends with; its title; what the pointer over it says."""

    name: str
    title: str
    help: str

    @property
    def path(self) -> str:
        """Its file, relative to the folder of the dashboard, as Streamlit wants it."""
        return f"app_pages/{self.name}.py"


YOUR_GLASS = "your_glass"
"""Name of the page that opens files."""

PAGES = (
    Page(
        "structure",
        "Structure",
        "The glass in 3D, coloured by predicted barrier. Click an atom to select it.",
    ),
    Page("explanation", "Explanation", "The edges on which the selected atom's predicted barrier rests."),
    Page("whole_glass", "Whole glass", "The edges and atoms that carry the barriers of all atoms."),
    Page(
        "what_if",
        "What if",
        "What would have to be different for the atom to be easier or harder to move: changes, ranked in eV.",
    ),
    Page("topology", "Topology", "Loops of atoms, and how many of them important edges lie on."),
    Page("compare", "Compare", "Two to six glasses, atoms, checkpoints or methods side by side."),
    Page(
        "models",
        "Models",
        "Which checkpoint to trust: the leaderboard, errors by environment, learning curves, cards.",
    ),
    Page(
        "physics",
        "Check against physics",
        "Energy barriers around the atom by searching saddles now, beside the predicted one.",
    ),
    Page(
        YOUR_GLASS,
        "Your glass",
        "Open a file: whether the models can be trusted on it, its frames, and everything as files.",
    ),
)
"""The first is shown when the dashboard opens."""
