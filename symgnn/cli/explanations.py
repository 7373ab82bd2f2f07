"""The command explain: one atom, many atoms, or how good the methods are."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from symgnn.cli.common import CheckpointName, File, Output, Types, command, console, progress, read, task
from symgnn.errors import InputError


def explain(
    file: File,
    atom: Annotated[int | None, typer.Option(help="One atom, from 0: with its fidelity and a table.")] = None,
    atoms: Annotated[
        str | None,
        typer.Option(help="Many: all, 0,5,9, 0-99, Cu, top:50, bottom:50 (by predicted barrier), random:50."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option(
            help="gnn_explainer (default), integrated_gradients, gradient, occlusion, amortised, attention, nearest, "
            "random. "
            "With --evaluate: repeat for several, default all."
        ),
    ] = None,
    setting: Annotated[
        list[str] | None, typer.Option(help="Of the method, e.g. steps=100; repeat for more.")
    ] = None,
    checkpoint: CheckpointName = "symgnn",
    output: Output = Path("."),
    seed: Annotated[int, typer.Option()] = 0,
    top: Annotated[int, typer.Option(help="Edges to print, or to keep of every atom.")] = 50,
    workers: Annotated[
        int | None, typer.Option(help="Processes for many atoms; default: one per core.")
    ] = None,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Compare all methods on --atoms (default: 50).")
    ] = False,
    twin: Annotated[
        Path | None,
        typer.Option(help="With --evaluate: the same glass relaxed once more, atoms in the same order."),
    ] = None,
    types: Types = None,
) -> None:
    """Explain predicted barriers: which edges carry them. Writes CSV, and maps of the glass for many atoms."""
    from symgnn.evaluation.predict import load_checkpoint
    from symgnn.explain.gnn_explainer import GNNExplainer
    from symgnn.explain.methods import available_methods, build_method, read_settings

    names = method or []
    if twin is not None and not evaluate:
        raise InputError("explain: --twin found without --evaluate, expected both or neither")
    if evaluate and (atom is not None or setting):
        raise InputError(
            "explain: --atom or --setting found with --evaluate, expected --atoms and default settings"
        )
    if not evaluate and (atom is None) == (atoms is None):
        raise InputError("explain: expected either --atom or --atoms")
    if not evaluate and len(names) > 1:
        raise InputError(f"explain: {len(names)} methods found, expected one (several with --evaluate)")
    glass, loaded = read(file, types), load_checkpoint(checkpoint)
    if evaluate:
        methods = [build_method(name, {}, loaded) for name in names or available_methods(loaded)]
        _evaluate(
            file, glass, loaded, atoms, methods, read(twin, types) if twin else None, output, seed, workers
        )
        return
    name = names[0] if names else GNNExplainer.name
    chosen = build_method(name, read_settings(name, setting or [], loaded), loaded)
    if atoms is not None:
        _explain_many(file, glass, loaded, atoms, chosen, output, seed, top, workers)
    else:
        _explain_one(file, glass, loaded, atom, chosen, output, seed, top)


def train_explainer(
    checkpoint: Annotated[str, typer.Argument(help="Name in checkpoints/, or a folder.")] = "symgnn",
    atoms: Annotated[int, typer.Option(help="Atoms of the training glasses to learn from.")] = 1200,
    epochs: Annotated[int, typer.Option(help="Passes over their edges.")] = 30,
    data: Annotated[Path | None, typer.Option(help="Folder of the paper's pickles.")] = None,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Train the amortised explainer of a checkpoint, once: `symgnn explain --method amortised` uses it."""
    from symgnn.evaluation.predict import load_checkpoint
    from symgnn.explain.amortised import EXPLAINER
    from symgnn.explain.amortised_training import ExplainerTraining, train_explainer
    from symgnn.files.datasets import load_split

    loaded, training = load_checkpoint(checkpoint), ExplainerTraining(atoms=atoms, epochs=epochs, seed=seed)
    glasses, (validation,) = load_split("train", data), load_split("validation", data)
    with progress() as bars:
        show = task(bars, f"Training the explainer of {loaded.name}")
        scores = train_explainer(loaded, glasses, validation, training, command=command(), progress=show)
    console.print(
        f"Effects on {validation.name}, {scores['atoms']} atoms: R² {scores['r2']:.3f} of gradient × weight, "
        f"{100 * scores['jaccard_top10']:.0f}% of the top 10 edges shared (Jaccard index)\n"
        f"{loaded.folder / EXPLAINER}",
        markup=False,
    )


def _explain_one(file: Path, glass, checkpoint, atom: int, method, output: Path, seed: int, top: int) -> None:
    from symgnn.explain.store import stored_explanation

    with progress() as bars:
        show = task(bars, f"Explaining atom {atom}")
        explanation = stored_explanation(checkpoint, glass, atom, method=method, seed=seed, progress=show)
    path = output / f"{file.stem}.atom{atom}.explanation.csv"
    explanation.write_table(path, glass)

    symbols, signed = glass.symbols, explanation.effect is not None
    in_mask = "" if explanation.mask is None else f", {explanation.mask.sum():.0f} of them are in the mask"
    console.print(
        f"Atom {atom} ({symbols[atom]}): predicted barrier {explanation.prediction:.3f} eV; "
        f"{len(explanation.lengths)} edges can change it{in_mask}",
        markup=False,
    )
    columns = ["edge", "elements", "length / Å", "hops", "importance", *(["effect / eV"] if signed else [])]
    table = Table(*columns)
    for row in explanation.top(top):
        i, j = explanation.pairs[row]
        table.add_row(f"{i} - {j}", f"{symbols[i]}-{symbols[j]}", f"{explanation.lengths[row]:.3f}",
                      str(explanation.hops[row]), f"{explanation.importance[row]:.3f}",
                      *([f"{explanation.effect[row]:+.4f}"] if signed else []))  # fmt: skip
    console.print(table)
    f = explanation.fidelity
    if f.get("k"):
        verdicts = Table(
            "test", "change / eV", "like random edges / eV", "p", title="Does the explanation hold?"
        )
        for key, text in (
            ("mask_keep", "edges weighted by the mask (small is good)"),
            ("mask_remove", "edges weighted by 1 - mask (large is good)"),
            ("keep_top", f"only the top {f['k']:.0f} kept (small is good)"),
            ("remove_top", f"the top {f['k']:.0f} removed (large is good)"),
        ):
            if key in f:
                numbers = f"{f[key]:.3f}", f"{f[key + '_matched']:.3f}", f"{f[key + '_p']:.3f}"
                verdicts.add_row(text, *numbers)
        console.print(verdicts)
        console.print(f"Removing every edge changes the prediction by {f['keep_none']:.3f} eV.", markup=False)
    console.print(str(path), markup=False)


def _explain_many(
    file: Path, glass, checkpoint, text: str, method, output: Path, seed: int, top: int, workers: int | None
) -> None:
    from symgnn.evaluation.predict import predict
    from symgnn.explain.batch import explain_batch
    from symgnn.explain.maps import write_maps
    from symgnn.explain.selection import parse_atoms
    from symgnn.graph.cache import cached_graph

    chosen = parse_atoms(text, glass, predict(checkpoint, glass), seed)
    with progress() as bars:
        show = task(bars, "Explaining atoms")
        batch = explain_batch(
            checkpoint, glass, chosen, method=method, seed=seed, top=top, workers=workers, progress=show
        )
    graph = cached_graph(glass, checkpoint.cutoff, checkpoint.model.inputs)
    console.print(
        f"{len(batch.atoms)} atoms explained by {batch.method}: predicted barrier {batch.prediction.mean():.3f} eV on "
        f"average; the {top} most important edges of an atom stand {batch.distance.mean():.2f} Å from it on average",
        markup=False,
    )
    for path in write_maps(output, file.stem, glass, graph, batch):
        console.print(str(path), markup=False)


def _evaluate(
    file: Path,
    glass,
    checkpoint,
    text: str | None,
    methods: list,
    twin,
    output: Path,
    seed: int,
    workers: int | None,
) -> None:
    from symgnn.evaluation.predict import predict
    from symgnn.explain.assessment import assess
    from symgnn.explain.assessment_tables import CURVES
    from symgnn.explain.methods import TITLES
    from symgnn.explain.selection import parse_atoms
    from symgnn.pictures.fidelity_curves import fidelity_curves
    from symgnn.pictures.figure_files import write_figure

    text = text or f"random:{min(50, len(glass))}"
    chosen = parse_atoms(text, glass, predict(checkpoint, glass), seed)
    with progress() as bars:
        show = task(bars, "Judging explanations")
        found = assess(
            checkpoint, glass, chosen, methods, twin=twin, seed=seed, workers=workers, progress=show
        )
    title = f"{glass.name}, checkpoint {checkpoint.name}, {len(chosen)} atoms"
    table = Table("measure", *found.records, title=title)
    for row in found.rows():
        table.add_row(*row)
    console.print(table)
    stem = f"{file.stem}.{checkpoint.name}.methods"
    curves = {
        TITLES[name]: {curve: found.curve(name, curve) for curve in CURVES}
        for name, atoms_of in found.curves.items()
        if any(atoms_of.values())
    }
    figure = write_figure(output, f"{stem}.curves", fidelity_curves(found.budgets, curves))
    for path in (*found.write(output / stem), figure):
        console.print(str(path), markup=False)
