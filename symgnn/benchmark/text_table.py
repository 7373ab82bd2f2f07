"""A table of strings, for the terminal and for Markdown."""

from __future__ import annotations

from dataclasses import dataclass

UNKNOWN = "–"


@dataclass(frozen=True)
class TextTable:
    """A table whose cells are ready to print."""

    header: list[str]
    lines: list[list[str]]

    def markdown(self) -> str:
        ruler = ["---"] * len(self.header)
        return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in (self.header, ruler, *self.lines))


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
