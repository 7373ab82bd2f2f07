"""The command report: a glass or an explained atom as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from symgnn.cli.common import (
    CheckpointName,
    File,
    Seed,
    Types,
    check_file,
    console,
    progress,
    read,
    readable,
    stem,
    task,
)
from symgnn.errors import InputError

TOP, DRAWS = 20, 200


def report(
    file: File,
    atom: Annotated[
        int | None, typer.Option(help="One atom, from 0: its explanation. Default: the glass.")
    ] = None,
    method: Annotated[str, typer.Option(help="Of the explanation; `symgnn explain --methods`.")] = "gradient",
    setting: Annotated[
        list[str] | None, typer.Option(help="Of the method, e.g. steps=100; repeat for more.")
    ] = None,
    checkpoint: CheckpointName = "symgnn",
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="HTML file to write. Default: named by glass and atom."),
    ] = None,
    seed: Seed = 0,
    top: Annotated[int, typer.Option(min=1, help="Edges of the explanation that are shown.")] = TOP,
    types: Types = None,
) -> None:
    """Write one HTML file that works offline: pictures that turn, figures, numbers, the commands that give them."""
    from symgnn.explanations.methods import read_settings
    from symgnn.inference.predict import load_checkpoint
    from symgnn.io.writing import replacing
    from symgnn.whatif.methods import build_method, method_class

    if atom is None and setting:
        raise InputError("report: --setting found without --atom, expected it with --atom only")
    from symgnn.report import atom_report, glass_report

    glass, loaded = read(file, types), load_checkpoint(checkpoint)
    path = output or Path(f"{stem(file)}.{loaded.label}{'' if atom is None else f'.atom{atom}'}.html")
    check_file(path)
    glass = readable(loaded, glass)
    if atom is None:
        text = glass_report(loaded, glass, file=file.name)
    else:
        from symgnn.explanations.explain import cached_explanation

        settings = read_settings(method_class(method), setting or [])
        chosen = build_method(method, settings, loaded, glass)
        with progress() as bars:
            show = task(bars, f"Explaining atom {atom}")
            explanation = cached_explanation(loaded, glass, atom, method=chosen, seed=seed, progress=show)
        text = atom_report(loaded, glass, explanation, k=top, file=file.name, draws=DRAWS)
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    console.print(str(path), markup=False)
