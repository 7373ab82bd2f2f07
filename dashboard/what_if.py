"""What is asked on the page What if, as text: the chain in the link, the commands that give the same numbers."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from symgnn.whatif import parse_change

BETWEEN = ";"  # two changes of a chain


@dataclass(frozen=True)
class Choice:
    """kind: swap or exchange; within (Å); relax: whether glasses are relaxed; chain: changes that were applied."""

    kind: str
    within: float
    relax: bool
    chain: tuple[str, ...]


def read_chain(text: str) -> tuple[str, ...]:
    """The changes of a text like 'swap 3=Zr;exchange 4,9'. Raises InputError."""
    return tuple(str(parse_change(part)) for part in text.split(BETWEEN) if part.strip())


def chain_text(chain: tuple[str, ...]) -> str:
    """What `read_chain` reads."""
    return BETWEEN.join(chain)


def scan_command(file: str, checkpoint: str, atom: int, choice: Choice) -> str:
    """The command that ranks the same changes of a file's glass; of a chain's only in Python (`python_of`)."""
    name = shlex.quote(file)
    parts = [f"symgnn whatif {name} --atom {atom} --change {choice.kind} --within {choice.within:g}"]
    parts += ["--unrelaxed"] if not choice.relax else []
    return " ".join([*parts, f"--checkpoint {checkpoint}"])


def change_command(
    file: str, checkpoint: str, atom: int, change: str, relax: bool, tries: int | None = None
) -> str:
    """The command for one change, and for `tries` searches before and after it."""
    kind, _, value = change.partition(" ")
    parts = [f"symgnn whatif {shlex.quote(file)} --atom {atom} --{kind} {value}"]
    parts += ["--unrelaxed"] if not relax else [] if tries is None else [f"--check {tries}"]
    return " ".join([*parts, f"--checkpoint {checkpoint}"])


def python_of(file: str, checkpoint: str, atom: int, choice: Choice, change: str | None) -> str:
    """The chain, and what is asked of the glass that it gives, in Python."""
    how = "" if choice.relax else ", relax=False"
    lines = [
        "import symgnn",
        "from symgnn.whatif import ask_chain, parse_change, scan, what_if",
        "",
        f'glass, model = symgnn.read({file!r}), symgnn.load_checkpoint("{checkpoint}")',
        f"changes = [parse_change(text) for text in {list(choice.chain)!r}]",
        f"chain = ask_chain(model, glass, changes, atom={atom}{how})",
        f'scan(model, chain.glass, {atom}, kind="{choice.kind}", within={choice.within:g}{how}).table()',
    ]
    if change is not None:
        lines.append(f'what_if(model, chain.glass, parse_change("{change}"), atom={atom}{how})')
    return "\n".join(lines)
