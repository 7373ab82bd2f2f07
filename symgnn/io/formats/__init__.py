"""The file formats, one file each. A new one is a module with a `FORMAT`, and its name in the list below."""

from __future__ import annotations

from pathlib import Path

from symgnn.errors import InputError
from symgnn.io.compression import plain_name
from symgnn.io.formats import cif, lammps_data, lammps_dump, poscar, trajectory, xyz
from symgnn.io.formats.paper_pickle import parse_paper_pickle
from symgnn.io.formats.source import Format, Source
from symgnn.io.reading import clean_name

PICKLE = Format("paper pickle", (".pickle",), lambda source: parse_paper_pickle(source.data, source.name))
FORMATS = (
    xyz.FORMAT,
    lammps_data.FORMAT,
    lammps_dump.FORMAT,
    cif.FORMAT,
    poscar.FORMAT,
    trajectory.FORMAT,
    PICKLE,
)

ENDINGS = tuple(ending for form in FORMATS for ending in form.endings)
SUPPORTED = ", ".join([*ENDINGS, *(name for form in FORMATS for name in form.names)])

__all__ = ["ENDINGS", "FORMATS", "SUPPORTED", "Format", "Source", "format_of"]


def format_of(name: str) -> Format:
    """The format of a file by its name, with or without the ending of a compression.

    Raises InputError, naming all formats, where it is none of them.
    """
    plain = plain_name(name)
    ending = Path(plain).suffix.lower()
    by_ending = [form for form in FORMATS if ending in form.endings]
    by_name = [form for form in FORMATS if form.names and plain.upper().startswith(form.names)]
    for form in by_ending + by_name:
        return form
    raise InputError(
        f"{clean_name(name)}: ending '{clean_name(ending)}' is not supported, expected {SUPPORTED}; each also "
        "compressed: .gz, .xz, .bz2"
    )
