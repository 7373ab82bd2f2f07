"""What the command explain does, prints and writes: one atom, many atoms, methods against their controls."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from rich.table import Table

from symgnn.cli.common import console, errors, progress, resumable, stem, task, warn_of_extrapolation
from symgnn.errors import InputError


def explain_one(
    file: Path, glass, checkpoint, atom: int, method, output: Path, seed: int, top: int, draws: int | None
) -> None:
    from symgnn.explanations.explain import cached_explanation, with_fidelity
    from symgnn.explanations.fidelity import DRAWS
    from symgnn.explanations.unattributed import unattributed
    from symgnn.explanations.verdict import verdict

    with progress() as bars:
        show = task(bars, f"Explaining atom {atom}")
        explanation = cached_explanation(checkpoint, glass, atom, method=method, seed=seed, progress=show)
    if draws is not None or top < explanation.fidelity.get("k", 0):
        explanation = with_fidelity(checkpoint, glass, explanation, k=top, draws=draws or DRAWS, seed=seed)
    path = output / f"{stem(file)}.atom{atom}.{checkpoint.label}.{method.name}.csv"
    explanation.write_table(path, glass)
    warn_of_extrapolation(checkpoint, glass)
    if note := unattributed(checkpoint):
        errors.print(note, style="yellow", markup=False)

    file_id = "" if glass.file_id(atom) is None else f", id {glass.file_id(atom)} in the file"
    symbols, signed = glass.symbols, explanation.effect is not None
    in_mask = "" if explanation.mask is None else f", {explanation.mask.sum():.0f} of them are in the mask"
    console.print(
        f"Atom {atom} ({symbols[atom]}{file_id}): predicted barrier {explanation.prediction:.3f} eV; "
        f"{len(explanation.lengths)} edges can change it{in_mask}",
        markup=False,
    )
    _print_local_structure(glass, atom)
    columns = ["edge", "elements", "length / Å", "hops", "importance", *(["effect / eV"] if signed else [])]
    table = Table(*columns)
    for row in explanation.top(min(top, explanation.n_important)):
        i, j = explanation.pairs[row]
        table.add_row(f"{i} - {j}", f"{symbols[i]}-{symbols[j]}", f"{explanation.lengths[row]:.3f}",
                      str(explanation.hops[row]), f"{explanation.importance[row]:.3f}",
                      *([f"{explanation.effect[row]:+z.4f}"] if signed else []))  # fmt: skip
    console.print(table)
    f = explanation.fidelity
    if f.get("k"):
        tests = Table(
            "test", "change / eV", "matched controls / eV", "p", title="Does the explanation hold?",
            caption="matched controls: other edges of the same length, elements and hops",
        )  # fmt: skip
        for key, text in (
            ("mask_keep", "edges weighted by the mask (small is good)"),
            ("mask_remove", "edges weighted by 1 - mask (large is good)"),
            ("keep_top", f"only the top {f['k']:.0f} kept (small is good)"),
            ("remove_top", f"the top {f['k']:.0f} removed (large is good)"),
        ):
            if key in f:
                numbers = f"{f[key]:.3f}", f"{f[key + '_matched']:.3f}", f"{f[key + '_p']:.3f}"
                tests.add_row(text, *numbers)
        console.print(tests)
        console.print(verdict(explanation).text, markup=False)
    console.print(str(path), markup=False)


def _print_local_structure(glass, atom: int) -> None:
    from symgnn.structure import local_structure

    try:
        words = local_structure(glass).describe(atom)
    except InputError as error:  # the explanation holds all the same
        errors.print(f"No local structure: {error}", style="yellow", markup=False)
    else:
        console.print("; ".join(f"{label}: {text}" for label, text in words.items()), markup=False)


def explain_many(
    file: Path, glass, checkpoint, text: str, method, output: Path, seed: int, top: int, workers: int | None,
    scheduler: str | None,
) -> None:  # fmt: skip
    from symgnn.explanations.batch import explain_batch
    from symgnn.explanations.maps import write_maps
    from symgnn.explanations.selection import parse_atoms
    from symgnn.graph.cache import cached_graph
    from symgnn.inference.predict import predict
    from symgnn.whatif.relaxed_swap import RelaxedSwap

    chosen = parse_atoms(text, glass, predict(checkpoint, glass), seed)
    with resumable(), progress() as bars:
        if isinstance(method, RelaxedSwap):  # what takes long is cut into swaps, not into atoms
            relax = replace(method, workers=workers)
            relax.prepare(chosen, scheduler=scheduler, progress=task(bars, "Relaxing swapped neighbours"))
            workers, scheduler = 1, None
        show = task(bars, "Explaining atoms")
        batch = explain_batch(
            checkpoint, glass, chosen, method=method, seed=seed, top=top, workers=workers, scheduler=scheduler,
            progress=show,
        )  # fmt: skip
    warn_of_extrapolation(checkpoint, glass)
    graph = cached_graph(glass, checkpoint.cutoff, checkpoint.model.inputs)
    where = "no edge can change it"
    if len(batch.distance):
        where = f"the {top} most important edges of an atom stand {batch.distance.mean():.2f} Å from it on average"
    atoms = "1 atom" if len(batch.atoms) == 1 else f"{len(batch.atoms)} atoms"
    mean = f"predicted barrier {batch.prediction.mean():.3f} eV on average"
    console.print(f"{atoms} explained by {batch.method}: {mean}; {where}", markup=False)
    for path in write_maps(output, f"{stem(file)}.{checkpoint.label}", glass, graph, batch):
        console.print(str(path), markup=False)


def map_glass(file: Path, glass, checkpoint, method, output: Path) -> None:
    from symgnn.explanations.signed_map import signed_map, write_signed_map

    with progress() as bars:
        result = signed_map(checkpoint, glass, method, progress=task(bars, "Mapping the glass"))
    warn_of_extrapolation(checkpoint, glass)
    up, down = (result.pair_effect[result.pair_effect * sign > 0].sum() for sign in (1, -1))
    console.print(
        f"All {len(glass)} atoms by {result.method}: of {len(result.lengths)} edges those that raise barriers have "
        f"{up / len(glass):+z.3f} eV per atom, those that lower them {down / len(glass):+z.3f} eV",
        markup=False,
    )
    for path in write_signed_map(output, f"{stem(file)}.{checkpoint.label}", glass, result):
        console.print(str(path), markup=False)


def evaluate_methods(
    file: Path,
    glass,
    checkpoint,
    text: str | None,
    methods: list,
    replica,
    output: Path,
    seed: int,
    workers: int | None,
    scheduler: str | None,
) -> None:
    from symgnn.explanations.benchmark import compare_methods
    from symgnn.explanations.benchmark_tables import CURVES
    from symgnn.explanations.methods import title_of
    from symgnn.explanations.selection import parse_atoms
    from symgnn.inference.predict import predict
    from symgnn.plotting.fidelity_curves import fidelity_curves
    from symgnn.plotting.figure_files import write_figure

    text = text or f"random:{min(50, len(glass))}"
    chosen = parse_atoms(text, glass, predict(checkpoint, glass), seed)
    with resumable(), progress() as bars:
        show = task(bars, "Comparing methods")
        benchmark = compare_methods(
            checkpoint, glass, chosen, methods, replica=replica, seed=seed, workers=workers, scheduler=scheduler,
            progress=show,
        )  # fmt: skip
    warn_of_extrapolation(checkpoint, glass)
    title = f"{glass.name}, checkpoint {checkpoint.full_name}, {len(chosen)} atoms"
    table = Table("measure", *benchmark.records, title=title)
    for row in benchmark.rows():
        table.add_row(*row)
    console.print(table)
    name = f"{stem(file)}.{checkpoint.label}.methods"
    curves = {
        title_of(name): {curve: benchmark.curve(name, curve) for curve in CURVES}
        for name, atoms_of in benchmark.curves.items()
        if any(atoms_of.values())
    }
    figure = write_figure(output, f"{name}.curves", fidelity_curves(benchmark.budgets, curves))
    for path in (*benchmark.write(output / name), figure):
        console.print(str(path), markup=False)
