"""The command line: thin functions that read options, call the library and print.

Bad input ends with one line on standard error and exit code 2.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from symgnn.allocator import keep_large_buffers
from symgnn.errors import InputError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Predict and explain the energy barriers of atoms in metallic glasses.",
)
data_app = typer.Typer(no_args_is_help=True, help="The paper's data set.")
simulate_app = typer.Typer(no_args_is_help=True, help="Make glasses of your own.")
app.add_typer(data_app, name="data")
app.add_typer(simulate_app, name="simulate")

console, errors = Console(), Console(stderr=True)

File = Annotated[
    Path, typer.Argument(help="Structure file: extended XYZ, LAMMPS data or dump, CIF, POSCAR, .pickle.")
]
Types = Annotated[str | None, typer.Option("--types", help="Elements of LAMMPS atom types, e.g. 1=Cu,2=Zr.")]
CheckpointName = Annotated[str, typer.Option("--checkpoint", help="Name in checkpoints/, or a folder.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")]


def main() -> None:
    """Entry point of `symgnn`."""
    keep_large_buffers()
    try:
        app()
    except InputError as error:
        errors.print(f"Error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        errors.print("Cancelled.")
        sys.exit(130)


def _progress(unit: TextColumn | None = None) -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("ETA"), TimeRemainingColumn(), *([unit] if unit else []), console=errors,
    )  # fmt: skip


def _task(bars: Progress, description: str):
    """show(done, total, description): adds its bar at the first call, so that an early error prints none."""
    added: list[int] = []

    def show(done: int, total: int | None, description: str = description) -> None:
        if not added:
            added.append(bars.add_task(description, total=total))
        bars.update(added[0], completed=done, total=total, description=description)

    return show


def _read(file: Path, types: str | None):
    from symgnn.files.structures import parse_types, read_glass

    return read_glass(file, types=parse_types(types) if types else None)


def _command() -> str:
    """The command line as typed, with folders of this machine left out: it goes into files that others read."""
    words = (Path(word).name if word.startswith(("/", "~", "..")) else word for word in sys.argv[1:])
    return " ".join(["symgnn", *words])


@data_app.command("fetch")
def data_fetch(
    source: Annotated[Path | None, typer.Option("--from", help="Copy from this folder instead.")] = None,
    folder: Annotated[Path | None, typer.Option("--to", help="Default: data/raw/paper.")] = None,
) -> None:
    """Fetch the paper's nine glasses and verify their checksums."""
    from symgnn.files.datasets import PAPER, fetch, paper_folder

    with _progress() as bars:
        tasks = {file.name: _task(bars, file.name) for file in PAPER}
        missing = fetch(
            folder, source=source, progress=lambda file, done, total: tasks[file.name](done, total)
        )
    for name in missing:
        console.print(f"{name}: not in {source}", style="yellow", markup=False)
    console.print(
        f"{len(PAPER) - len(missing)} of {len(PAPER)} glasses in {folder or paper_folder()}", markup=False
    )


@app.command()
def graph(
    files: Annotated[list[Path], typer.Argument(help="Structure files.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The .bin file to write.")],
    cutoff: Annotated[float, typer.Option(help="Å.")] = 5.0,
    self_loops: Annotated[bool, typer.Option(help="Add them, as the paper's own files do.")] = False,
    types: Types = None,
) -> None:
    """Write the graphs of some glasses as a DGL .bin file with the paper's fields."""
    from symgnn.graph.dgl_files import write_graphs

    glasses = [_read(file, types) for file in files]
    write_graphs(output, glasses, cutoff=cutoff, self_loops=self_loops)
    console.print(f"{len(glasses)} graph(s) in {output}", markup=False)


@app.command()
def train(
    model_name: Annotated[str, typer.Option(help="A model, by the name of its configuration.")] = "symgnn",
    output_dir: Annotated[Path | None, typer.Option(help="Default: runs/<model-name>.")] = None,
    config: Annotated[Path | None, typer.Option(help="Your own YAML instead.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the paper's pickles.")] = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1, ...")] = "cpu",
    learning_rate: Annotated[float | None, typer.Option()] = None,
    patience: Annotated[
        int | None, typer.Option(help="Evaluations without progress; 0 = never stop.")
    ] = None,
    max_epoch: Annotated[int | None, typer.Option()] = None,
    eval_interval: Annotated[int | None, typer.Option(help="Epochs.")] = None,
    seed: Annotated[int | None, typer.Option()] = None,
    log_level: Annotated[str, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = "INFO",
    console_log: Annotated[bool, typer.Option(help="Print the log too, not only to train.log.")] = False,
) -> None:
    """Train on the paper's training glasses, select on its validation glass. Resumes where it stopped."""
    from symgnn.files.datasets import load_split
    from symgnn.training.config import default_config, read_config
    from symgnn.training.loop import check_device
    from symgnn.training.run import train_checkpoint

    settings = (read_config(config) if config else default_config(model_name)).with_options(
        learning_rate=learning_rate,
        patience=patience,
        max_epoch=max_epoch,
        eval_interval=eval_interval,
        seed=seed,
    )
    check_device(device)
    folder = output_dir or Path("runs") / model_name
    training, (validation,) = load_split("train", data), load_split("validation", data)
    _log_to(folder / "train.log", log_level, console_log)
    with _progress(TextColumn("{task.fields[scores]}")) as bars:
        task = bars.add_task(f"Training {model_name}", total=settings.max_epoch, scores="")

        def show(epoch: int, max_epoch: int, scores: dict[str, float]) -> None:
            text = f"loss {scores['train_loss']:.4f}"
            if "pearson" in scores:
                text += f"  validation r {scores['pearson']:.4f}  MAE {scores['mae_eV']:.3f} eV"
            bars.update(task, completed=epoch, scores=text)

        result = train_checkpoint(
            settings, training, validation, folder, device=device, command=_command(), progress=show
        )
    best = result.best
    console.print(
        f"Selected epoch {best['epoch']:.0f}: validation r {best['pearson']:.4f}, MAE {best['mae_eV']:.3f} eV; "
        f"{result.seconds:.0f} s of training. Checkpoint: {folder}",
        markup=False,
    )


@app.command()
def combine(
    members: Annotated[list[str], typer.Argument(help="Checkpoints: names in checkpoints/, or folders.")],
    output_dir: Annotated[Path, typer.Option("--output-dir", help="Folder of the new checkpoint.")],
    seed: Annotated[int, typer.Option(help="Number of the committee, where several are made.")] = 0,
    data: Annotated[Path | None, typer.Option(help="Folder of the paper's pickles.")] = None,
) -> None:
    """Average trained checkpoints: a committee, as a checkpoint of its own, with a calibrated uncertainty."""
    from symgnn.files.datasets import load_split
    from symgnn.training.checkpoint import load_checkpoint
    from symgnn.training.combine import combine as combine_checkpoints

    loaded = [load_checkpoint(name) for name in members]
    training, (validation,) = load_split("train", data), load_split("validation", data)
    with errors.status("Calibrating"):
        scores = combine_checkpoints(loaded, training, validation, output_dir, seed=seed, command=_command())
    console.print(
        f"{len(members)} members: validation r {scores['pearson']:.4f}, MAE {scores['mae_eV']:.3f} eV. "
        f"Checkpoint: {output_dir}",
        markup=False,
    )


@app.command()
def calibrate(
    checkpoint: Annotated[str, typer.Argument(help="Name in checkpoints/, or a folder.")],
    data: Annotated[Path | None, typer.Option(help="Folder of the paper's pickles.")] = None,
) -> None:
    """Calibrate the uncertainty of a checkpoint anew, on the validation glass. Training ends with the same."""
    from symgnn.files.datasets import load_split
    from symgnn.training.checkpoint import load_checkpoint
    from symgnn.training.run import calibrate_checkpoint

    training, (validation,) = load_split("train", data), load_split("validation", data)
    with errors.status("Calibrating"):
        entry = calibrate_checkpoint(load_checkpoint(checkpoint), training, validation)
    covered = entry["coverage"][validation.name]
    console.print(
        f"{validation.name}: {100 * covered['68%']:.1f}% of atoms within one sigma, {covered['mean_sigma_eV']:.3f} eV "
        f"on average; {100 * covered['95%']:.1f}% within the 95% interval",
        markup=False,
    )


def _log_to(path: Path, level: str, to_console: bool) -> None:
    if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise InputError(f"log level {level!r} found, expected DEBUG, INFO, WARNING or ERROR")
    path.parent.mkdir(parents=True, exist_ok=True)
    handlers: list[logging.Handler] = [logging.FileHandler(path, encoding="utf-8")]
    if to_console:
        from rich.logging import RichHandler

        handlers.append(RichHandler(console=errors, show_path=False))
    logging.basicConfig(
        level=level.upper(), format="%(asctime)s %(levelname)s %(message)s", handlers=handlers
    )


@app.command()
def evaluate(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Names in checkpoints/, with their seeds, or folders. Default: all."),
    ] = None,
    split: Annotated[str | None, typer.Option(help="Only score on this: validation or test.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder of the paper's pickles.")] = None,
    table_only: Annotated[
        bool, typer.Option("--table-only", help="Only write the table, from the cards.")
    ] = False,
    root: Annotated[Path | None, typer.Option(help="Folder of checkpoints. Default: checkpoints/.")] = None,
) -> None:
    """Measure checkpoints on validation and test glasses; write cards and the leaderboard, checkpoints/README.md."""
    from symgnn.evaluation.leaderboard import leaderboard
    from symgnn.evaluation.report import short_table, write_readme
    from symgnn.evaluation.runs import evaluate_all, scores_table
    from symgnn.training.checkpoint import CHECKPOINTS

    root, written = root or CHECKPOINTS, table_only
    if not table_only:
        with _progress() as bars:
            found = evaluate_all(names, root=root, data=data, split=split, progress=_task(bars, "Evaluating"))
        _print_table(scores_table(found))
        written = any(checkpoint.folder.is_relative_to(root.resolve()) for checkpoint in found.values())
    if written:
        path = write_readme(root)
        _print_table(short_table(leaderboard(root)))
        console.print(str(path), markup=False)


def _print_table(table) -> None:
    shown = Table(*table.header, box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for line in table.lines:
        shown.add_row(*line)
    console.print(shown)


@app.command()
def predict(
    file: File,
    checkpoint: CheckpointName = "symgnn",
    output: Output = Path("."),
    types: Types = None,
) -> None:
    """Predict the energy barrier of every atom; write extended XYZ and CSV."""
    from symgnn.evaluation.predict import (
        extrapolation,
        load_checkpoint,
        predict_with_uncertainty,
        write_prediction,
    )

    glass, loaded = _read(file, types), load_checkpoint(checkpoint)
    with _progress() as bars:  # shown only for a glass so big that it is predicted in tiles
        prediction = predict_with_uncertainty(loaded, glass, progress=_task(bars, "Predicting atoms"))
    barriers = prediction.barriers
    if warning := extrapolation(loaded, glass):
        errors.print(warning, style="yellow", markup=False)
    paths = write_prediction(output, file.stem, glass, loaded, prediction)
    console.print(
        f"{glass.composition}, {len(glass)} atoms: predicted barrier {barriers.mean():.3f} ± {barriers.std():.3f} eV "
        f"(mean ± standard deviation over atoms), {barriers.min():.3f} to {barriers.max():.3f} eV",
        markup=False,
    )
    if prediction.sigma is not None:
        console.print(
            f"Uncertainty of a barrier: {prediction.sigma.mean():.3f} eV on average (68% of atoms are within), "
            f"{prediction.sigma.max():.3f} eV at most; calibrated on {loaded.card['uncertainty']['calibrated_on']}",
            markup=False,
        )
    for path in paths:
        console.print(str(path), markup=False)


@app.command()
def explain(
    file: File,
    atom: Annotated[int, typer.Option(help="Number of the atom, from 0.")],
    checkpoint: CheckpointName = "symgnn",
    output: Output = Path("."),
    steps: Annotated[int, typer.Option(help="Of optimising the mask.")] = 150,
    size: Annotated[float, typer.Option(help="Cost of 1000 kept edges: more gives a sparser mask.")] = 1.0,
    seed: Annotated[int, typer.Option()] = 0,
    top: Annotated[int, typer.Option(help="Edges to print.")] = 10,
    types: Types = None,
) -> None:
    """Explain one atom's predicted barrier by GNNExplainer: which edges carry it. Writes a CSV."""
    from symgnn.evaluation.predict import load_checkpoint
    from symgnn.explain.gnn_explainer import GNNExplainerSettings
    from symgnn.explain.store import stored_explanation

    glass, loaded = _read(file, types), load_checkpoint(checkpoint)
    settings = GNNExplainerSettings(steps=steps, size=size)
    with _progress() as bars:
        show = _task(bars, f"Explaining atom {atom}")
        explanation = stored_explanation(loaded, glass, atom, settings=settings, seed=seed, progress=show)
    path = output / f"{file.stem}.atom{atom}.explanation.csv"
    explanation.write_table(path, glass)

    symbols = glass.symbols
    console.print(
        f"Atom {atom} ({symbols[atom]}): predicted barrier {explanation.prediction:.3f} eV; "
        f"{len(explanation.lengths)} edges can change it, {explanation.mask.sum():.0f} of them are in the mask",
        markup=False,
    )
    table = Table("edge", "elements", "length / Å", "hops", "importance")
    for row in explanation.top(top):
        i, j = explanation.pairs[row]
        table.add_row(f"{i} - {j}", f"{symbols[i]}-{symbols[j]}", f"{explanation.lengths[row]:.3f}",
                      str(explanation.hops[row]), f"{explanation.importance[row]:.3f}")  # fmt: skip
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
            verdicts.add_row(text, f"{f[key]:.3f}", f"{f[key + '_matched']:.3f}", f"{f[key + '_p']:.3f}")
        console.print(verdicts)
        console.print(f"Removing every edge changes the prediction by {f['keep_none']:.3f} eV.", markup=False)
    console.print(str(path), markup=False)


@app.command()
def topology(
    file: File,
    cutoff: Annotated[float, typer.Option(help="Largest edge of the Rips complex, Å.")] = 4.0,
    output: Output = Path("."),
    types: Types = None,
) -> None:
    """Persistent homology of a glass: diagrams, representative cycles, and how many cycles use each edge."""
    from symgnn.topology import glass_topology

    glass = _read(file, types)
    with errors.status("Computing persistent homology"):
        result = glass_topology(glass, cutoff=cutoff)
    table = Table(
        "quantity", "value", title=f"{glass.composition}, {len(glass)} atoms, Rips up to {cutoff:g} Å"
    )
    for name, value in result.describe().items():
        table.add_row(name, f"{value:.4g}" if isinstance(value, float) else str(value))
    console.print(table)
    for path in result.write(output / f"{file.stem}.topology"):
        console.print(str(path), markup=False)


@simulate_app.command("glass")
def simulate_glass(
    output: Annotated[Path, typer.Option("--output", "-o", help="Extended XYZ file to write.")],
    atoms: Annotated[int, typer.Option(help="Number of atoms, at least 234 for Cu64Zr36.")] = 500,
    composition: Annotated[str, typer.Option(help="Atomic percent.")] = "Cu64Zr36",
    quench_rate: Annotated[float, typer.Option(help="K/s.")] = 1e13,
    seed: Annotated[int, typer.Option()] = 0,
) -> None:
    """Melt and quench a Cu-Zr glass under the Mendelev 2009 potential (needs the extra `physics`)."""
    from symgnn.files.structures import write_extxyz

    try:
        from symgnn.simulate import make_glass, parse_composition
    except ModuleNotFoundError as error:
        raise InputError(str(error)) from None

    with _progress() as bars:
        show = _task(bars, "Quenching")
        glass = make_glass(
            n_atoms=atoms, composition=parse_composition(composition), quench_rate=quench_rate, seed=seed,
            command=_command(),
            progress=lambda share, text: show(round(100 * share), 100, text),
        )  # fmt: skip
    write_extxyz(output, glass)
    console.print(f"{glass.composition}, {len(glass)} atoms: {output}", markup=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dashboard(context: typer.Context) -> None:
    """Open the dashboard in the browser. Further options go to `streamlit run`."""
    page = Path(__file__).resolve().parents[1] / "dashboard" / "app.py"
    if not page.is_file():
        raise InputError(f"{page}: not found, expected the dashboard beside the package: run from a checkout")
    sys.exit(
        subprocess.call(
            [sys.executable, "-m", "streamlit", "run", str(page), *context.args], cwd=page.parents[1]
        )
    )
