"""The command line: thin functions that read options, call the library and print.

Bad input ends with one line on standard error and exit code 2. What takes long to import (torch, pandas, ase, ...) is
imported inside the functions, after the checks that do without: help and usage errors come at once.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from symgnn import __version__, interrupts
from symgnn.allocator import keep_large_buffers
from symgnn.cli import (
    check,
    dashboard,
    explanations,
    findings,
    models,
    report,
    simulate,
    structures,
    topology,
    whatif,
)
from symgnn.cli.consoles import console, errors
from symgnn.errors import InputError
from symgnn.io.reading import one_line

CANCELLED = 130  # exit code after Ctrl-C
UsageError = typer.BadParameter.__base__  # of the click that this Typer uses, which may be its own

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
data_app = typer.Typer(no_args_is_help=True, help="The paper's data set.")
simulate_app = typer.Typer(
    no_args_is_help=True, help="Under the potential of Cu-Zr: glasses, minima, energy barriers."
)
app.add_typer(data_app, name="data")
app.add_typer(simulate_app, name="simulate")
data_app.command("fetch")(structures.data_fetch)
simulate_app.command("glass")(simulate.glass)
simulate_app.command("verify")(simulate.verify)
simulate_app.command("barriers")(simulate.barriers)
simulate_app.command("sampling")(simulate.sampling)
for function in (
    structures.graph,
    models.train,
    models.combine,
    models.calibrate,
    models.evaluate,
    models.train_explainer,
    structures.predict,
    structures.structure,
    check.check,
    explanations.explain,
    whatif.whatif,
    report.report,
    topology.topology,
    findings.findings,
):
    app.command()(function)
app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(dashboard.dashboard)


def _print_version(asked: bool) -> None:
    if asked:
        console.print(f"symgnn {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Predict and explain the energy barriers of atoms in metallic glasses."""


def main() -> None:
    """Entry point of `symgnn`."""
    keep_large_buffers()
    try:
        with interrupts.remembered():
            code = app(
                prog_name="symgnn", standalone_mode=False
            )  # or Typer prints a usage error, in a box of lines
    except InputError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{error.filename}: {error.strerror}" if error.filename else one_line(error))
    except KeyboardInterrupt:
        _cancel()
    except UsageError as error:
        _refuse_usage(error)
    else:
        if code == CANCELLED:  # Typer takes Ctrl-C for itself while a command runs
            _cancel()
        sys.exit(code)


def _refuse(text: str) -> None:
    errors.print(f"Error: {text}", style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(2)


def _refuse_usage(error) -> None:
    """One line; or, where a group of commands was called without one, its help, which is the message."""
    text = error.format_message().strip()
    if text and "\n" not in text:
        command = "" if error.ctx is None else f"{error.ctx.command_path}: "
        _refuse(f"{command}{text.rstrip('.')}; see --help")
    if text:
        typer.echo(text, err=True)
    sys.exit(2)


def _cancel() -> None:
    errors.print("Cancelled.")
    sys.exit(CANCELLED)
