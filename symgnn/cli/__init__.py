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
    structures.predict,
    explanations.explain,
    explanations.train_explainer,
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
        errors.print(f"Error: {error}", style="red", markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except KeyboardInterrupt:
        errors.print("Cancelled.")
        sys.exit(130)


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
