"""Packages that symgnn uses for some of its work only, and the extras that install them."""

from __future__ import annotations

from importlib.util import find_spec

from symgnn.errors import InputError

EXTRAS = {
    "dask": "cluster",
    "dgl": "dgl",
    "distributed": "cluster",
    "kaleido": "figures",
    "numba": "physics",
    "plotly": "figures",
    "py3Dmol": "dashboard",
    "streamlit": "dashboard",
}
"""Package, by the name that is imported -> the extra of symgnn that brings it."""


class MissingExtra(ModuleNotFoundError, InputError):
    """A package of an extra is not installed; `name` is that package."""


def require(package: str, what: str, extra: str | None = None) -> None:
    """Raise MissingExtra, one line that names the extra, where `package` is not installed; imports nothing.

    what: the part that needs it, the first word of the line. extra: by default that of EXTRAS.
    """
    if find_spec(package) is None:
        extra = extra or EXTRAS[package]
        raise MissingExtra(
            f"{what} needs {package}, which is not installed: pip install symgnn[{extra}]", name=package
        )
