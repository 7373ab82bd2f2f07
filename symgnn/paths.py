"""Where things lie on disk unless a call says otherwise. Read anew at every call: the environment may change.

In a checkout they lie in its folders `checkpoints`, `data` and `dashboard`; a wheel has what ships in `shipped`
inside the package. Nothing is looked for or written in the current folder unasked.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from symgnn.errors import InputError

CHECKPOINTS_VARIABLE = "SYMGNN_CHECKPOINTS"
DATA_VARIABLE = "SYMGNN_DATA"
CACHE_VARIABLE = "SYMGNN_CACHE"
SHIPPED = Path(__file__).resolve().parent / "shipped"  # of a wheel; a checkout has none
CHECKOUT = SHIPPED.parents[1]


def checkpoint_folder() -> Path:
    """The folder of the trained models, absolute: $SYMGNN_CHECKPOINTS where set, else that of the shipped ones.

    Raises InputError where the variable names something that is no folder.
    """
    chosen = os.environ.get(CHECKPOINTS_VARIABLE)
    if not chosen:
        return _of_package() / "checkpoints"
    folder = Path(chosen).expanduser()
    if not folder.is_dir():
        raise InputError(f"{CHECKPOINTS_VARIABLE}: {chosen} found, expected a folder that exists")
    return folder.resolve()


def data_folder() -> Path:
    """The folder of fetched data, absolute: $SYMGNN_DATA where set, else `data` of the checkout, or the user's data
    folder where the package is installed. It need not exist."""
    chosen = os.environ.get(DATA_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    return _user_folder("data", DATA_VARIABLE) if SHIPPED.is_dir() else CHECKOUT / "data"


def samples_folder() -> Path:
    """The folder of the sample glasses: `samples` of $SYMGNN_DATA where there is one, else that of the shipped ones."""
    if os.environ.get(DATA_VARIABLE) and (data_folder() / "samples").is_dir():
        return data_folder() / "samples"
    return SHIPPED / "samples" if SHIPPED.is_dir() else CHECKOUT / "data" / "samples"


def own_folder() -> Path:
    """The folder of the data set "own", beside that of the samples. It need not exist."""
    return samples_folder().parent / "own"


def dashboard_folder() -> Path:
    """The folder of the dashboard; the settings of its server lie beside it, in .streamlit."""
    return _of_package() / "dashboard"


def cache_folder() -> Path:
    """The folder of results that may be deleted at any time, absolute: $SYMGNN_CACHE where set, else that of the user.
    It need not exist."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser().absolute() if chosen else _user_folder("cache", CACHE_VARIABLE)


def _of_package() -> Path:
    return SHIPPED if SHIPPED.is_dir() else CHECKOUT


def _user_folder(kind: str, variable: str) -> Path:
    """The folder symgnn where this system keeps a user's "cache" or "data". variable: what can be set instead."""
    try:
        home = Path.home()
    except RuntimeError:
        raise InputError(
            f"{variable}: no home folder found, expected this variable to name a folder"
        ) from None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
        return base / "symgnn" / kind
    if sys.platform == "darwin":
        return home / "Library" / {"cache": "Caches", "data": "Application Support"}[kind] / "symgnn"
    base = Path(os.environ.get(f"XDG_{kind.upper()}_HOME") or "")
    if not base.is_absolute():  # the XDG specification has relative ones ignored
        base = home / {"cache": ".cache", "data": ".local/share"}[kind]
    return base / "symgnn"
