"""Opening an own file: it is selected, named in the link, and its text stays text."""

from __future__ import annotations

import re

import numpy as np
import pytest

from dashboard import notices
from dashboard.pages import PAGES
from dashboard.upload import upload_id
from symgnn.glass import Glass
from tests.conftest import make_random_glass
from tests.dashboard.test_pages import told

EVIL = "x](javascript:alert(1)) ![i](http://example.org/i.png) <script>alert(2)</script> $x$ :red[r]"


def xyz(comment_name: str = "", element: str = "Cu") -> bytes:
    """90 atoms as extended XYZ, with something in the comment line."""
    glass = make_random_glass(90, seed=11)
    lattice = " ".join(map(str, glass.cell.ravel()))
    own = ' symgnn="{\\"name\\": \\"' + comment_name + '\\", \\"notes\\": {}}"' if comment_name else ""
    lines = ["90", f'Lattice="{lattice}" Properties=species:S:1:pos:R:3 pbc="T T T"{own}']
    lines += [f"{element} {x} {y} {z}" for x, y, z in glass.positions]
    return "\n".join(lines).encode()


def lammps_data() -> bytes:
    glass = make_random_glass(90, seed=12)
    positions = glass.positions - glass.positions.min(0)
    edge = positions.max() + 2.0
    lines = ["made by hand", "", "90 atoms", "2 atom types", ""]
    lines += [f"0 {edge} {axis}lo {axis}hi" for axis in "xyz"] + ["", "Atoms # atomic", ""]
    lines += [f"{n + 1} {1 + n % 2} {x} {y} {z}" for n, (x, y, z) in enumerate(positions)]
    return "\n".join(lines).encode()


def upload(app, name: str, content: bytes):
    app.run()
    app.file_uploader[0].set_value((name, content, "text/plain"))
    return app.run()


def test_uploaded_glass_is_selected_and_in_the_link(app):
    upload(app, "mine.xyz", xyz())
    assert not app.exception
    assert app.title[0].value.startswith("mine ")
    assert re.fullmatch(r"upload-mine-xyz-[0-9a-f]{8}", app.query_params["glass"])
    app.switch_page("app_pages/topology.py").run()
    assert "mine" in app.title[0].value


def test_an_uploaded_glass_starts_with_its_own_atom_and_loop(app):
    upload(app, "mine.xyz", xyz())
    app.switch_page("app_pages/topology.py").run()
    start = app.query_params["loop"]
    app.selectbox(key="glass").select("beta").run()
    app.number_input(key="atom").set_value(7).run()
    app.number_input(key="loop").set_value(int(start) + 1).run()
    app.file_uploader[0].set_value(("again.xyz", xyz(), "text/plain"))
    app.run()
    assert app.query_params["glass"].startswith("upload-again")
    assert (app.query_params["atom"], app.query_params["loop"]) == ("0", start)


def test_another_glass_can_be_chosen_while_the_file_stays_open(app):
    upload(app, "mine.xyz", xyz())
    app.selectbox(key="glass").select("beta").run()
    assert app.title[0].value.startswith("beta ")
    assert any(option.startswith("mine") for option in app.selectbox(key="glass").options)


def test_lammps_types_are_asked_for(app):
    upload(app, "melt.data", lammps_data())
    assert "does not name elements" in told(app.info)
    assert "--types" not in told(app.info)
    app.text_input[0].set_value("1=Cu, 2=Zr").run()
    assert not app.error
    assert app.title[0].value.startswith("melt ")
    assert "Cu50Zr50" in app.title[0].value


def test_wrong_lammps_types_are_one_clear_line(app):
    upload(app, "melt.data", lammps_data())
    app.text_input[0].set_value("1=Cu; 2").run()
    assert "expected e.g. 1=Cu,2=Zr" in told(app.error)


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("mine.docx", b"PK", "ending '.docx' is not supported"),
        ("mine.xyz", b"", "the file is empty"),
        ("mine.xyz", b"2\nno\nCu 0 0 0\n<script> 1 1 1\n", "mine.xyz"),
        ("evil.pickle", b"cos\nsystem\n(S'true'\ntR.", "evil.pickle"),
    ],
)
def test_file_that_is_no_structure_is_one_line(app, name, content, text):
    upload(app, name, content)
    assert not app.exception
    (error,) = app.error
    assert text in error.value.replace("\\", "")
    assert "\n" not in error.value


def test_text_of_a_file_is_never_markup(app):
    upload(app, f"{EVIL.split()[0]}.xyz", xyz(comment_name=EVIL))
    assert not app.exception
    for page in PAGES:
        app.switch_page(page.path).run()
        assert not app.exception
        kinds = [
            app.title,
            app.header,
            app.subheader,
            app.markdown,
            app.caption,
            app.error,
            app.warning,
            app.info,
        ]
        for element in (element for kind in kinds for element in kind):
            # every sign that Markdown could take for a link, an image, a formula or a colour is escaped
            assert not re.search(r"(?<!\\)\]\(|(?<!\\)!\[|<script|(?<!\\):red\[", element.value), (
                element.value
            )
        for metric in app.metric:
            assert "script" not in f"{metric.label}{metric.value}"


@pytest.mark.parametrize("text", [EVIL, "a *b* `c` #d", "1. x", "two\nlines", r"\[x]"])
def test_plain_escapes_every_sign_and_keeps_the_text(text):
    shown = notices.plain(text)
    assert "\n" not in shown
    assert re.sub(r"\\(.)", r"\1", shown) == " ".join(text.split())
    assert not re.search(r"(?<!\\)(?:\\\\)*[\[\]()<>*_`$#!]", shown)


def test_name_in_the_link_holds_letters_digits_and_dashes_only():
    glass = Glass(species=[29, 40], positions=[[0, 0, 0], [2, 0, 0]], cell=np.zeros((3, 3)), pbc=[False] * 3)
    name = upload_id("Ä b/<c>.xyz", glass)
    assert re.fullmatch(r"upload-[A-Za-z0-9-]+", name)
