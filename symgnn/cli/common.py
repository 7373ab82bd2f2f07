"""What the commands share: options, progress on standard error, reading a structure file."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.status import Status

from symgnn import disk_cache, interrupts
from symgnn.cli.consoles import console as console  # for the commands
from symgnn.cli.consoles import errors
from symgnn.errors import InputError
from symgnn.inference.folders import find_checkpoint
from symgnn.io.reading import clean_name
from symgnn.io.writing import check_no_folder


def check_exists(files: Path | list[Path]) -> Path | list[Path]:
    """The argument itself. Raises InputError where a file does not exist, before anything else is imported."""
    for file in [files] if isinstance(files, Path) else files:
        if not file.exists():
            raise InputError(f"{clean_name(str(file), longest=300)}: no such file")
    return files


def check_checkpoint(name: str) -> str:
    """The option itself. Raises InputError where there is no such checkpoint, before anything else is imported."""
    find_checkpoint(name)
    return name


File = Annotated[
    Path,
    typer.Argument(
        callback=check_exists,
        help="Structure file: extended XYZ, LAMMPS data or dump, CIF, POSCAR and others; also .gz, .xz, .bz2.",
    ),
]
Types = Annotated[
    str | None, typer.Option("--types", help="Elements of atom types, where a file has numbers: 1=Cu,2=Zr.")
]
CheckpointName = Annotated[
    str,
    typer.Option(
        "--checkpoint",
        callback=check_checkpoint,
        help="Name in checkpoints/ (or $SYMGNN_CHECKPOINTS), or a folder.",
    ),
]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the results.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes; default: one per core.")]
Scheduler = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler whose workers compute instead (extra `cluster`)."),
]
Seed = Annotated[int, typer.Option(min=0, help="Of all that is drawn at random.")]


class _Bars(Progress):
    """Starts with its first bar and, without one, ends without the empty line of rich."""

    def start(self) -> None:
        if self.tasks:
            super().start()

    def add_task(self, *what, **settings) -> TaskID:
        added = super().add_task(*what, **settings)
        self.start()
        return added

    def stop(self) -> None:
        if self.live.is_started:
            super().stop()


def progress(unit: TextColumn | None = None) -> Progress:
    return _Bars(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
        TextColumn("ETA"), TimeRemainingColumn(), *([unit] if unit else []), console=errors,
    )  # fmt: skip


def preparing() -> Status:
    """Shown by a terminal within `with`, until it is stopped."""
    return errors.status(
        "Preparing the potential: half a minute when it is first used on a machine, to compile"
    )


def task(bars: Progress, description: str):
    """show(done, total, description): adds its bar at the first call, so that an early error prints none. Ctrl-C that
    was swallowed ends the command there."""
    added: list[int] = []

    def show(done: int, total: int | None, description: str = description) -> None:
        interrupts.check()
        if not added:
            added.append(bars.add_task(description, total=total))
        bars.update(added[0], completed=done, total=total, description=description)

    return show


def read(file: Path, types: str | None, frame: int | None = None, *, atom: int | None = None):
    """The glass in a file, of several frames by default the last. What its reader had to choose or found unusual goes
    to standard error. atom: that is asked about; where it is not there, this is told first."""
    from symgnn.io.frames import read_frame
    from symgnn.io.structures import parse_types, read_glass, reading_notes

    elements = parse_types(types) if types else None
    whole = frame is None
    glass = read_glass(file, types=elements, atom=atom) if whole else read_frame(file, frame, types=elements)
    for note in reading_notes(glass):
        errors.print(f"{file.name}: {note}", style="yellow", markup=False)
    return glass


def stem(file: Path) -> str:
    """What names of results start with: that of the file without endings, glass for glass.xyz.gz."""
    from symgnn.io.compression import plain_name

    return Path(plain_name(file.name)).stem


def check_folders(*folders: Path) -> None:
    """Raise InputError, before anything is computed, where no files can be written into a folder; makes none."""
    for folder in folders:
        whole = folder.absolute()
        try:
            nearest = next(place for place in (whole, *whole.parents) if place.exists())
            tempfile.TemporaryDirectory(dir=nearest).cleanup()
        except OSError as error:
            raise InputError(
                f"{folder}: {error.strerror}, expected a folder that files can be written into"
            ) from None


def check_file(path: Path) -> None:
    """Raise InputError, before anything is computed, where no file can be written to a path."""
    check_no_folder(path)
    check_folders(path.parent)


def check_methods(name: str, methods: Sequence[str]) -> None:
    """Raise InputError where a method is asked for twice. name: of the command."""
    for method in methods:
        if methods.count(method) > 1:
            raise InputError(f"{name}: --method {method} found twice, expected each method once")


@contextmanager
def resumable() -> Iterator[None]:
    """Around work that keeps what is finished: who stops it with Ctrl-C is told so."""
    try:
        with interrupts.unwrapped():
            yield
    except KeyboardInterrupt:
        errors.print("What is finished is kept: the same command goes on where it stopped.")
        raise


def readable(checkpoint, glass):
    """The glass with all that the checkpoint reads; says which fields had to be computed."""
    from symgnn.inference.predict import check_glass
    from symgnn.inference.predict import readable as complete
    from symgnn.physical_inputs import NOTE, missing_inputs, slow_inputs, with_physical_inputs

    check_glass(checkpoint, glass)
    if slow_inputs(glass, checkpoint.model.inputs):
        from symgnn.simulate.vibrations import KIND

        check_folders(disk_cache.folder(KIND))
        with progress() as bars:
            show = task(bars, "Vibrations of the atoms")
            with_physical_inputs(
                glass, checkpoint.model.inputs, progress=lambda done: show(round(100 * done), 100)
            )
    completed = complete(checkpoint, glass)
    if missing_inputs(glass, checkpoint.model.inputs):
        errors.print(f"{glass.name}: {completed.notes[NOTE]}", markup=False)
    return completed


def warn_of_extrapolation(checkpoint, glass) -> None:
    from symgnn.inference.predict import extrapolation

    if warning := extrapolation(checkpoint, glass):
        errors.print(warning, style="yellow", markup=False)


def command() -> str:
    """The command line as typed, with folders of this machine left out: it goes into files that others read."""
    words = (Path(word).name if word.startswith(("/", "~", "..")) else word for word in sys.argv[1:])
    return " ".join(["symgnn", *words])
