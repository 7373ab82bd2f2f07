"""The part of the command findings that asks physics: barrier searches before and after swaps."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from symgnn.cli.common import check_folders, command, console, progress, read, resumable, task


def physics_findings(
    files: Sequence[Path],
    types: str | None,
    checkpoints: Sequence[str],
    compared: Sequence[str],
    methods: Sequence[str],
    *,
    centres: int,
    swaps: int,
    events: int,
    seed: int,
    output: Path,
    workers: int | None,
    scheduler: str | None,
) -> None:
    """Run the study and write its text, tables and figure into `output`.

    checkpoints: explained and compared with what is measured; compared: others whose predicted changes are. Raises
    InputError for a method that one of the checkpoints does not offer, before anything is searched.
    """
    from symgnn.analysis.physics_report import physics_report
    from symgnn.analysis.physics_study import KIND, PhysicsStudy
    from symgnn.analysis.physics_tables import physics_tables
    from symgnn.analysis.swap_predictions import answers, methods_for
    from symgnn.disk_cache import folder
    from symgnn.inference.predict import load_checkpoint
    from symgnn.io.writing import replacing
    from symgnn.plotting.figure_files import figure_file, write_figure
    from symgnn.plotting.physics_plots import physics_figure

    explained = [load_checkpoint(name) for name in checkpoints]
    others = [load_checkpoint(name) for name in compared]
    for one in explained:
        methods_for(one, methods)
    study = PhysicsStudy(
        [read(file, types) for file in files], explained[0], n_centres=centres, n_random=swaps, n_strata=swaps,
        events=events, seed=seed, workers=workers, scheduler=scheduler,
    )  # fmt: skip
    check_folders(output, folder(KIND))
    settings = {"seed": seed, "workers": workers, "scheduler": scheduler}
    with resumable(), progress() as bars:
        results = study.run(task(bars, "Searching barriers"))
        given = answers(
            results, explained, others, methods=methods, progress=task(bars, "Explaining"), **settings
        )
    tables = physics_tables(results, given, seed=seed)
    text = physics_report(tables, study=study, command=command(), figure=figure_file("changes"))
    figure = physics_figure(tables, explained[0].full_name)
    paths = [*tables.write(output), write_figure(output, "changes", figure), output / "README.md"]
    with replacing(paths[-1]) as temporary:
        temporary.write_text(text, encoding="utf-8")
    for path in paths:
        console.print(str(path), markup=False)
