"""What glasses are called, and what is said of a refusal: without the commands that pages have buttons for."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import glass_names, notices
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.formats.elements import numbers_of_types


@pytest.fixture
def session(monkeypatch):
    """A session with two glasses on disk; upload(id, file name or None, name of the glass, hash)."""
    files, uploads = {}, {}
    on_disk = {"Cu50": Path("samples/Cu50.xyz"), "test0": Path("raw/test0.pickle")}
    monkeypatch.setattr(glass_names.calls, "glass_files", lambda: on_disk)
    monkeypatch.setattr(glass_names.session, "uploads", lambda: uploads)
    monkeypatch.setattr(glass_names, "_files", lambda: files)

    def upload(glass_id: str, file: str | None, name: str, content_hash: str) -> None:
        uploads[glass_id] = SimpleNamespace(name=name, content_hash=content_hash)
        if file is not None:
            glass_names.note_file(glass_id, file)

    return upload


def test_names_in_the_list_of_glasses(session):
    session("upload-1", "melt.xyz", "melt", "aaaaaaaa")
    session("upload-2", None, "Cu64Zr36 made here", "bbbbbbbb")
    expected = {"Cu50": "Cu50", "test0": "test0 (paper)", "upload-1": "melt.xyz (upload)"}
    assert glass_names.labels() == expected | {"upload-2": "Cu64Zr36 made here (upload)"}
    session("upload-3", "melt.xyz", "melt", "cccccccc")
    labels = glass_names.labels()
    assert labels["upload-1"] == "melt.xyz (upload aaaaaa)"
    assert labels["upload-3"] == "melt.xyz (upload cccccc)"
    assert labels["upload-2"] == "Cu64Zr36 made here (upload)"


def test_commands_read_the_file_of_the_glass(session):
    session("upload-1", "melt.data", "melt", "aaaaaaaa")
    session("upload-2", None, "made here", "bbbbbbbb")
    names = [glass_names.file_of(glass_id) for glass_id in ("Cu50", "test0", "upload-1", "upload-2")]
    assert names == ["Cu50.xyz", "test0.pickle", "melt.data", "2.xyz"]


def test_refusals_name_no_commands(monkeypatch):
    def said(function, *arguments) -> str:
        with pytest.raises(InputError) as caught:
            function(*arguments)
        assert "--" in str(caught.value)
        return notices.without_commands(caught.value)

    module = import_module("symgnn.simulate.verify")  # the package has a function of this name
    nickel = Glass([29, 28], [[0, 0, 0], [0, 0, 3]], np.eye(3) * 20, [True] * 3, name="a")
    built_in = "a: Ni found, expected Cu and Zr only, which the built-in potential knows"
    assert said(module.verify, nickel) == built_in
    found = SimpleNamespace(is_minimum=False, largest_force=0.5)
    monkeypatch.setattr(module, "verify", lambda *arguments: found)
    text = said(module.refuse_unless_minimum, nickel)
    assert text.startswith("a: largest force 0.5 eV/Å found")
    assert text.endswith("it is no minimum of the potential")
    types = said(numbers_of_types, np.array([1]), None, "the comment says 1 is Cu")
    assert types.endswith("; the comment says 1 is Cu")
    assert said(numbers_of_types, np.array([1]), {2: "Zr"}) == "atom type 1 is not in the types given (2=Zr)"
    plain = InputError("a: far from a minimum; relax it slowly")
    assert notices.without_commands(plain) == str(plain)


def test_the_box_of_an_error_names_no_commands(monkeypatch):
    shown = []
    monkeypatch.setattr(notices.st, "error", lambda text, **settings: shown.append(text))
    notices.problem(InputError("a: no minimum; relax it first: symgnn simulate verify FILE --relax OUT.xyz"))
    assert shown == ["a\\: no minimum"]
