"""Commands on models: train, combine, calibrate, evaluate, train-explainer."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from symgnn.cli.common import Seed, check_folders, command, console, errors, progress, task
from symgnn.cli.training_bar import TrainingBar
from symgnn.errors import InputError
from symgnn.inference.folders import find_checkpoint

DatasetName = Annotated[
    str, typer.Option("--dataset", help="paper, own, or the YAML file of another data set.")
]
PaperFolder = Annotated[Path | None, typer.Option("--data", help="Folder of the paper's pickles.")]


def train(
    model_name: Annotated[str, typer.Option(help="A model, by the name of its configuration.")] = "symgnn",
    output_dir: Annotated[Path | None, typer.Option(help="Default: runs/<model-name>.")] = None,
    config: Annotated[Path | None, typer.Option(help="Your own YAML instead.")] = None,
    dataset: DatasetName = "paper",
    data: PaperFolder = None,
    device: Annotated[str, typer.Option(help="cpu, cuda, cuda:1, ...")] = "cpu",
    learning_rate: Annotated[float | None, typer.Option()] = None,
    patience: Annotated[
        int | None, typer.Option(help="Evaluations without progress; 0 = never stop.")
    ] = None,
    max_epoch: Annotated[int | None, typer.Option()] = None,
    eval_interval: Annotated[int | None, typer.Option(help="Epochs.")] = None,
    seed: Annotated[int | None, typer.Option(min=0)] = None,
    start_from: Annotated[
        str | None, typer.Option(help="Checkpoint whose weights to start from, a name or a folder.")
    ] = None,
    log_level: Annotated[str, typer.Option(help="DEBUG, INFO, WARNING or ERROR.")] = "INFO",
    console_log: Annotated[bool, typer.Option(help="Print the log too, not only to train.log.")] = False,
) -> None:
    """Train on the training glasses of a data set, select on its validation glasses. Resumes where it stopped."""
    from symgnn.inference.device import check_device
    from symgnn.training.config import default_config, read_config
    from symgnn.training.loop import STATE
    from symgnn.training.run import train_checkpoint

    settings = (read_config(config) if config else default_config(model_name)).with_options(
        learning_rate=learning_rate,
        patience=patience,
        max_epoch=max_epoch,
        eval_interval=eval_interval,
        seed=seed,
        start_from=start_from,
    )
    check_device(device)
    folder = output_dir or Path("runs") / model_name
    glasses = _load(dataset, data)
    for split in ("train", "validation"):
        if not glasses.split(split).glasses:
            raise InputError(f"{glasses.origin}: no glass of split {split!r} here, expected at least one")
    check_folders(folder)
    state = None if settings.model == "ridge" else folder / STATE  # ridge has no epochs to go on from
    with (
        _log_to(folder / "train.log", log_level, console_log),
        TrainingBar(f"Training {settings.model}", state) as bar,
    ):
        result = train_checkpoint(
            settings,
            glasses.train.glasses,
            glasses.validation.glasses,
            folder,
            dataset=glasses.name,
            device=device,
            command=command(),
            progress=bar.show,
        )
    if not result.trained:
        console.print(
            "This training is finished already: nothing was computed. To train anew, choose another --output-dir or "
            "--seed.",
            markup=False,
        )
    best = result.best
    console.print(
        f"Selected epoch {best['epoch']:.0f}: validation r {best['pearson']:.4f}, MAE {best['mae_eV']:.3f} eV; "
        f"{result.seconds:.0f} s of training. Checkpoint: {folder}",
        markup=False,
    )


def _load(dataset: str, data: Path | None):
    """The data set that --dataset and --data name; one of your own is read and checked at once."""
    from symgnn.datasets import load_dataset
    from symgnn.datasets.definition import PAPER_NAME
    from symgnn.datasets.own import OWN_NAME

    loaded = load_dataset(dataset, data)
    if loaded.name not in (
        PAPER_NAME,
        OWN_NAME,
    ):  # whose files are known by their sha256, and not all need be there
        loaded.check()
    return loaded


@contextmanager
def _log_to(path: Path, level: str, to_console: bool) -> Iterator[None]:
    """What the training logs goes to the file, and to the console if asked for; other loggers are left alone."""
    if level.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
        raise InputError(f"log level {level!r} found, expected DEBUG, INFO, WARNING or ERROR")
    is_new = not path.parent.exists()
    path.parent.mkdir(parents=True, exist_ok=True)
    # the file is made with its first line: a training that is refused leaves none
    handlers: list[logging.Handler] = [logging.FileHandler(path, encoding="utf-8", delay=True)]
    handlers[0].setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    if to_console and errors.is_terminal:
        from rich.logging import RichHandler

        handlers.append(RichHandler(console=errors, show_path=False))
    elif to_console:  # whose lines that handler would fill up with blanks
        handlers.append(logging.StreamHandler())
        handlers[-1].setFormatter(handlers[0].formatter)
    logger = logging.getLogger("symgnn")
    logger.setLevel(level.upper())
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()
        if is_new and not any(path.parent.iterdir()):
            path.parent.rmdir()


def combine(
    members: Annotated[list[str], typer.Argument(help="Checkpoints: names in checkpoints/, or folders.")],
    output_dir: Annotated[Path, typer.Option("--output-dir", help="Folder of the new checkpoint.")],
    seed: Annotated[int, typer.Option(min=0, help="Number of the committee, where several are made.")] = 0,
    dataset: DatasetName = "paper",
    data: PaperFolder = None,
) -> None:
    """Average trained checkpoints: a committee, as a checkpoint of its own, with a calibrated uncertainty."""
    if len(set(members)) < max(2, len(members)):
        raise InputError(f"combine: {', '.join(members)} found, expected at least two different checkpoints")
    from symgnn.inference.checkpoint import load_checkpoint
    from symgnn.training.combine import combine as combine_checkpoints
    from symgnn.training.same_data import check_trained_on

    loaded, glasses = [load_checkpoint(name) for name in members], _load(dataset, data)
    check_trained_on(loaded[0], glasses)
    check_folders(output_dir)
    with errors.status("Calibrating"):
        scores = combine_checkpoints(
            loaded,
            glasses.train.glasses,
            glasses.validation.glasses,
            output_dir,
            seed=seed,
            command=command(),
        )
    console.print(
        f"{len(members)} members: validation r {scores['pearson']:.4f}, MAE {scores['mae_eV']:.3f} eV. "
        f"Checkpoint: {output_dir}",
        markup=False,
    )


def calibrate(
    checkpoint: Annotated[str, typer.Argument(help="Name in checkpoints/, or a folder.")],
    dataset: DatasetName = "paper",
    data: PaperFolder = None,
) -> None:
    """Calibrate the uncertainty of a checkpoint anew, on the validation glasses. Training ends with the same."""
    from symgnn.inference.checkpoint import load_checkpoint
    from symgnn.training.run import calibrate_checkpoint
    from symgnn.training.same_data import check_trained_on

    loaded, glasses = load_checkpoint(checkpoint), _load(dataset, data)
    check_trained_on(loaded, glasses)
    with errors.status("Calibrating"):
        entry = calibrate_checkpoint(loaded, glasses.train.glasses, glasses.validation.glasses)
    for name, covered in entry.coverage.items():
        console.print(
            f"{name}: {100 * covered['68%']:.1f}% of atoms within one sigma, {covered['mean_sigma_eV']:.3f} eV "
            f"on average; {100 * covered['95%']:.1f}% within the 95% interval",
            markup=False,
        )


def evaluate(
    names: Annotated[
        list[str] | None,
        typer.Argument(help="Names in checkpoints/, with their seeds, or folders. Default: all."),
    ] = None,
    split: Annotated[str | None, typer.Option(help="Only score on this: validation or test.")] = None,
    dataset: DatasetName = "paper",
    data: PaperFolder = None,
    table_only: Annotated[
        bool, typer.Option("--table-only", help="Only write the table, from the cards.")
    ] = False,
    root: Annotated[
        Path | None,
        typer.Option(help="Folder of checkpoints. Default: $SYMGNN_CHECKPOINTS, else checkpoints/."),
    ] = None,
) -> None:
    """Score checkpoints on validation and test glasses; write cards and the leaderboard, checkpoints/README.md.

    The leaderboard is of the paper's glasses: with another data set only the cards of checkpoints trained on it are
    written.
    """
    from symgnn.benchmark.leaderboard import leaderboard
    from symgnn.benchmark.report import short_table, write_readme
    from symgnn.benchmark.runs import evaluate_all, scores_table
    from symgnn.datasets.definition import PAPER_NAME, SPLITS
    from symgnn.paths import checkpoint_folder
    from symgnn.training.same_data import is_own_dataset

    if split is not None and split not in SPLITS:
        raise InputError(f"split {split!r} found, expected one of {', '.join(SPLITS)}")
    root, written = root or checkpoint_folder(), table_only
    if not table_only:
        for name in names or []:
            find_checkpoint(name, root)  # before the data set is asked for
        glasses = _load(dataset, data)
        with progress() as bars:
            show = task(bars, "Evaluating")
            checkpoints = evaluate_all(names, root=root, dataset=glasses, split=split, progress=show)
        _print_table(scores_table(checkpoints, glasses))
        own = {name: one for name, one in checkpoints.items() if is_own_dataset(one, glasses)}
        if others := [name for name in checkpoints if name not in own]:
            errors.print(_not_written(others, glasses.name), markup=False)
        on_board = [one for one in own.values() if one.folder.is_relative_to(root.resolve())]
        written = glasses.name == PAPER_NAME and bool(on_board)
    if written:
        path = write_readme(root)
        _print_table(short_table(leaderboard(root)))
        console.print(str(path), markup=False)


def _not_written(names: Sequence[str], dataset: str) -> str:
    whose = (
        f"the card of {names[0]}: it was"
        if len(names) == 1
        else f"{len(names)} cards: these checkpoints were"
    )
    return f"Nothing is written into {whose} not trained on {dataset}."


def train_explainer(
    checkpoint: Annotated[str, typer.Argument(help="Name in checkpoints/, or a folder.")] = "symgnn",
    atoms: Annotated[int, typer.Option(help="Atoms of the training glasses to learn from.")] = 1200,
    epochs: Annotated[int, typer.Option(help="Passes over their edges.")] = 30,
    dataset: DatasetName = "paper",
    data: PaperFolder = None,
    seed: Seed = 0,
) -> None:
    """Train the amortised explainer of a checkpoint, once: `symgnn explain --method amortised` uses it."""
    from symgnn.explanations.methods.amortised import EXPLAINER
    from symgnn.explanations.methods.amortised_training import ExplainerTraining, train_explainer
    from symgnn.inference.checkpoint import load_checkpoint
    from symgnn.training.same_data import check_trained_on

    loaded, training = load_checkpoint(checkpoint), ExplainerTraining(atoms=atoms, epochs=epochs, seed=seed)
    glasses = _load(dataset, data)
    check_trained_on(loaded, glasses)
    validation = glasses.validation[0]
    check_folders(loaded.folder)
    with progress() as bars:
        show = task(bars, f"Training the explainer of {loaded.argument}")
        scores = train_explainer(
            loaded, glasses.train.glasses, validation, training, command=command(), progress=show
        )
    console.print(
        f"Effects on {validation.name}, {scores['atoms']} atoms: R² {scores['r2']:.3f} of gradient × weight, "
        f"{100 * scores['jaccard_top10']:.0f}% of the top 10 edges shared (Jaccard index)\n"
        f"{loaded.folder / EXPLAINER}",
        markup=False,
    )


def _print_table(table) -> None:
    shown = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for title in table.header:
        shown.add_column(title, overflow="fold")  # a name is never cut
    for line in table.lines:
        shown.add_row(*line)
    console.print(shown)
