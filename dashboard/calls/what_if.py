"""What would be different for an atom if its glass were changed: jobs, each named by all that it is computed from."""

from __future__ import annotations

import importlib.util

from dashboard.waiting import answer
from dashboard.workers.jobs import Job
from dashboard.workers.what_if_tasks import Changes
from symgnn import disk_cache
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.whatif import Chain, Measured, WhatIf, parse_change
from symgnn.whatif.scan import KIND

SEED = 0  # of the pushes of barrier searches


def can_relax() -> bool:
    """Whether the extra `physics` is installed."""
    return importlib.util.find_spec("numba") is not None


def scan_job(model: Checkpoint, glass: Glass, atom: int, kind: str, within: float, relax: bool) -> Job:
    """Every change of a kind around the atom; the answer is a `Changes`."""
    asked = {"atom": atom, "kind": kind, "within": within, "relax": relax}
    title = f"{'Relaxing every' if relax else 'Every'} {kind} within {within:g} Å of atom {atom}"
    return _job(
        "changes_around", title, model, glass, asked, {"folder": disk_cache.folder(KIND)}, resumes=True
    )


def change_job(model: Checkpoint, glass: Glass, change: str, atom: int, relax: bool) -> Job:
    """One change; the answer is a `WhatIf`. Raises InputError for a text that is no change."""
    asked = {"change": str(parse_change(change)), "atom": atom, "relax": relax}
    return _job("change_once", f"{change}{', relaxed' if relax else ''}", model, glass, asked)


def design_job(
    model: Checkpoint,
    glass: Glass,
    atom: int,
    target: float,
    most: int,
    kind: str,
    within: float,
    relax: bool,
) -> Job:
    """Changes towards a barrier of `target` eV; the answer is a tuple of texts for `parse_change`."""
    asked = {"atom": atom, "target": target, "most": most, "kind": kind, "within": within, "relax": relax}
    title = f"Atom {atom} towards {target:g} eV in at most {most}"
    folder = {"folder": disk_cache.folder(KIND)}
    return _job("design_changes", title, model, glass, asked, folder, resumes=True)


def check_job(result: WhatIf, tries: int) -> Job:
    """Barrier searches before and after a relaxed change; the answer is a `Measured`."""
    glasses = (result.reference.content_hash, result.after.content_hash)
    key = ("check change", *glasses, result.atom, result.number_after, tries, SEED)
    arguments = {"result": result, "tries": tries, "seed": SEED, "folder": disk_cache.folder(KIND)}
    title = f"{2 * tries} searches around atom {result.atom}, before and after {result.change}"
    return Job("check_change", key, title, arguments, resumes=True)


def report_job(
    model: Checkpoint, result: WhatIf, chain: Chain, ranked: Changes | None, measured: Measured | None,
    commands: list[str],
) -> Job:  # fmt: skip
    """The change as one HTML file, a text."""
    parts = {"result": result, "chain": chain, "measured": measured, "commands": commands}
    if ranked is not None:
        parts |= {"ranked": ranked.table, "atom_change": ranked.atom_change}
    changes = tuple(str(step.change) for step in chain.steps)
    key = (
        "html", model.key, chain.given.name, chain.given.content_hash, changes, str(result.change), result.atom,
        result.is_relaxed, None if ranked is None else (ranked.is_relaxed, len(ranked.table)),
        None if measured is None else measured.tries, tuple(commands),
    )  # fmt: skip
    return Job("html_of_change", key, "Writing the report", {"model": model, "parts": parts})


def chain_of(model: Checkpoint, glass: Glass, changes: tuple[str, ...], atom: int, relax: bool) -> Chain:
    """The changes one after the other, as `symgnn.whatif.ask_chain`, each step kept. Raises InputError as it does."""
    chain = Chain(glass, ())
    for change in changes:
        job = change_job(model, chain.glass, change, atom_of(chain, atom), relax)
        chain = Chain(glass, (*chain.steps, answer(job)))
    return chain


def atom_of(chain: Chain, atom: int) -> int:
    """The number of an atom of the glass given in the chain's last glass."""
    now = atom
    for step in chain.steps:
        now = int(step.now[now])
    return now


def _job(
    kind: str, title: str, model: Checkpoint, glass: Glass, asked: dict, unasked: dict | None = None, *,
    resumes: bool = False,
) -> Job:  # fmt: skip
    """asked: arguments on which the answer depends."""
    key = (kind, model.key, glass.content_hash, *asked.values())
    arguments = {"model": model, "glass": glass, **asked, **(unasked or {})}
    return Job(kind, key, title, arguments, resumes=resumes)
