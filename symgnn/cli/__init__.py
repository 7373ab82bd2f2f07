"""The command line: thin functions that read options, call the library and print.

Bad input ends with one line on standard error and exit code 2.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import typer

from symgnn.allocator import keep_large_buffers
from symgnn.cli import explanations, findings, models, structures, topology
from symgnn.cli.common import errors
from symgnn.errors import InputError
from symgnn.io.reading import one_line

CANCELLED = 130  # exit code after Ctrl-C

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
data_app.command("fetch")(structures.data_fetch)
simulate_app.command("glass")(structures.simulate_glass)
for function in (
    structures.graph,
    models.train,
    models.combine,
    models.calibrate,
    models.evaluate,
    models.train_explainer,
    structures.predict,
    structures.structure,
    explanations.explain,
    topology.topology,
    findings.findings,
):
    app.command()(function)


def main() -> None:
    """Entry point of `symgnn`."""
    keep_large_buffers()
    try:
        app()
    except InputError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"{error.filename}: {error.strerror}" if error.filename else one_line(error))
    except KeyboardInterrupt:
        _cancel()
    except SystemExit as ending:
        if ending.code == CANCELLED:  # Typer takes Ctrl-C for itself while a command runs
            _cancel()
        raise


def _refuse(text: str) -> None:
    errors.print(f"Error: {text}", style="red", markup=False, highlight=False, soft_wrap=True)
    sys.exit(2)


def _cancel() -> None:
    errors.print("Cancelled.")
    sys.exit(CANCELLED)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dashboard(context: typer.Context) -> None:
    """Open the dashboard in the browser. Further options go to `streamlit run`."""
    page = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
    if not page.is_file():
        raise InputError(f"{page}: not found, expected the dashboard beside the package: run from a checkout")
    sys.exit(
        subprocess.call(
            [sys.executable, "-m", "streamlit", "run", str(page), *context.args], cwd=page.parents[1]
        )
    )
