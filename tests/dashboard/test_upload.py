"""Opening an own file: it is selected, named in the link, and its text stays text."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dashboard import calls, glass_names, notices
from dashboard.pages import PAGES
from dashboard.upload import upload_id
from symgnn.check import validation_report
from symgnn.glass import Glass
from symgnn.inference.predict import predict
from symgnn.io.frames import read_frames_bytes
from symgnn.io.structures import extxyz_lines, read_glass_bytes
from symgnn.report import everything
from tests.conftest import make_random_glass
from tests.dashboard.test_pages import opened, told

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
    """The app on the page Your glass, where a file has been opened."""
    opened(app, "your_glass")
    app.file_uploader[0].set_value((name, content, "text/plain"))
    return app.run()


def header(app) -> str:
    """The line with name, size and composition of the glass."""
    return app.title[0].value.replace("\\", "")


def frames() -> bytes:
    """Three frames; the last two are denser by 2 and 4%."""
    glass = make_random_glass(90, seed=11)
    scaled = [
        replace(glass, positions=glass.positions * scale, cell=glass.cell * scale)
        for scale in (1.0, 0.993, 0.987)
    ]
    return "".join(line for one in scaled for line in extxyz_lines(one)).encode()


def test_uploaded_glass_is_selected_and_in_the_link(app):
    upload(app, "mine.xyz", xyz())
    assert not app.exception
    assert not app.error
    assert header(app).startswith("mine ")
    assert re.fullmatch(r"upload-mine-xyz-[0-9a-f]{8}", app.query_params["glass"])
    app.switch_page("app_pages/models.py").run()
    assert app.query_params["glass"].startswith("upload-mine")
    assert app.selectbox(key="glass").value == app.query_params["glass"]


def test_an_uploaded_glass_starts_with_its_own_atom(app):
    upload(app, "mine.xyz", xyz())
    app.number_input(key="atom").set_value(7).run()
    app.file_uploader[0].set_value(("again.xyz", xyz(element="Zr"), "text/plain"))
    app.run()
    assert app.query_params["glass"].startswith("upload-again")
    assert app.query_params["atom"] == "0"


def test_another_glass_can_be_chosen_while_the_file_stays_open(app):
    upload(app, "mine.xyz", xyz())
    app.selectbox(key="glass").select("beta").run()
    assert header(app).startswith("beta ")
    assert any(option.startswith("mine") for option in app.selectbox(key="glass").options)


def test_every_page_leads_to_where_files_are_opened(app):
    for page in PAGES:
        opened(app, page.name)
        assert len(app.file_uploader) == (page.name == "your_glass")
        (link,) = app.sidebar.get("page_link")
        assert link.proto.page == "your_glass"


def test_without_any_glass_a_file_can_be_opened(app, monkeypatch, tmp_path):
    (tmp_path / "samples").mkdir()
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    upload(app, "mine.xyz", xyz())
    assert not app.exception
    assert header(app).startswith("mine ")


def test_the_check_says_what_is_unlike_the_training_data_and_what_to_do(app):
    upload(app, "mine.xyz", xyz())  # pure copper
    (composition,) = (w.value.replace("\\", "") for w in app.warning if "Composition" in w.value)
    assert "100% Cu (trained on" in composition
    assert "within this composition only" in composition
    shown = {metric.label: metric.value for metric in app.metric}
    assert shown["Atoms unlike the training data"] == "100.0%"
    assert shown["Mean predicted barrier"].endswith(" eV")


def test_frames_are_turned_by_a_slider_and_all_pages_follow(app):
    upload(app, "run.xyz", frames())
    assert not app.exception
    assert app.slider(key="frame").value == 2
    densities = [app.metric[1].value]
    app.slider(key="frame").set_value(0).run()
    densities.append(app.metric[1].value)
    assert len(set(densities)) == 2
    name = app.query_params["glass"]
    app.switch_page("app_pages/models.py").run()
    assert app.session_state["_selection"].glass.name.endswith("frame 0")
    assert app.query_params["glass"] == name
    app.switch_page("app_pages/your_glass.py").run()
    assert app.slider(key="frame").value == 0
    assert app.query_params["frame"] == "0"
    app.query_params["frame"] = "1"  # the browser has gone back
    app.run()
    assert app.slider(key="frame").value == 1
    app.query_params["frame"] = "3"
    app.run()
    assert app.slider(key="frame").value == 1
    assert "frame = **3**" in told(app.warning)
    app.selectbox(key="glass").set_value("alpha").run()
    assert "frame" not in app.query_params


def test_mean_barrier_of_each_frame(app):
    upload(app, "run.xyz", frames())
    app.segmented_control(key="part").set_value("Frames").run()
    assert not app.exception
    assert not app.error
    model = calls.checkpoint("tiny")
    means = [predict(model, one).mean() for one in read_frames_bytes("run.xyz", frames())]
    assert f"Frame 2: mean predicted barrier {means[2]:.3f} eV" in told(app.caption)
    (plot,) = app.get("plotly_chart")
    assert len(json.loads(plot.proto.spec)["data"][0]["error_y"]["array"]) >= 1
    app.slider(key="frame").set_value(1).run()
    assert f"Frame 1: mean predicted barrier {means[1]:.3f} eV" in told(app.caption)


def test_parts_are_in_the_link_and_one_that_a_glass_lacks_is_replaced(app):
    opened(app, "your_glass", part="Files")
    assert not app.exception
    assert app.query_params["part"] == "Files"
    assert app.button(key="make_everything")
    app.query_params["part"] = "Frames"
    app.run()
    assert not app.exception
    assert app.query_params["part"] == "Check"


def test_everything_is_a_zip_with_the_numbers_of_the_page(app):
    glass = read_glass_bytes("run.xyz", frames())
    model = calls.checkpoint("tiny")
    content = everything(model, glass, file="my run.xyz", frames=read_frames_bytes("run.xyz", frames()))
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = archive.namelist()
    assert {"check.txt", "report.html", "my-run.tiny.predicted.xyz", "my-run.tiny.frames.csv"} <= set(names)
    assert any(name.startswith("topology/") for name in names)
    table = pd.read_csv(archive.open("my-run.tiny.predicted.csv"))
    assert table["predicted_barrier_eV"].to_numpy() == pytest.approx(predict(model, glass), abs=1e-5)
    written = read_glass_bytes("a.xyz", archive.read("my-run.tiny.predicted.xyz"))
    assert written.properties["training_percentile"] == pytest.approx(validation_report(glass).percentile)
    assert "atoms per" in archive.read("check.txt").decode()
    assert len(pd.read_csv(archive.open("my-run.tiny.frames.csv"))) == 3


def test_the_zip_is_made_at_the_press_of_a_button(app):
    upload(app, "mine.xyz", xyz())
    app.segmented_control(key="part").set_value("Files").run()
    assert not app.get("download_button")
    app.button(key="make_everything").click().run()
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")] == ["Save: Everything (zip)"]


def test_an_error_stands_once_and_the_glass_before_is_not_shown(app):
    upload(app, "mine.xyz", xyz())
    app.file_uploader[0].set_value(("mine.docx", b"PK", "text/plain"))
    app.run()
    assert len(app.error) == 1
    assert not app.metric
    assert not app.warning
    assert "atoms" not in told(app.title)
    app.file_uploader[0].set_value(("again.xyz", xyz(element="Zr"), "text/plain"))
    app.run()
    assert not app.error
    assert header(app).startswith("again ")


@pytest.mark.parametrize("text", ["1=Cu 2=Zr", "1:Cu,2:Zr", "1 Cu; 2 Zr", "Cu Zr"])
def test_elements_of_types_in_any_spelling(app, text):
    upload(app, "melt.data", lammps_data())
    app.text_input(key="upload_types").set_value(text).run()
    assert not app.error
    assert "Cu50Zr50" in header(app)


def test_lammps_types_are_asked_for(app):
    upload(app, "melt.data", lammps_data())
    assert "does not name elements" in told(app.info)
    assert "--types" not in told(app.info)
    assert not app.error
    assert not app.metric
    app.text_input(key="upload_types").set_value("1=Cu, 2=Zr").run()
    assert not app.error
    assert not app.info
    assert header(app).startswith("melt ")


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
            assert not re.search(r"(?<!\\)\]\(|(?<!\\)!\[|<script|(?<!\\):red\[r", element.value), (
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


def test_an_explanation_is_given_away_as_one_html_file(app):
    opened(app, "explanation", method="gradient", atom=3, evidence="edges")
    app.button(key="make_report_atom").click().run()
    assert not app.exception
    assert not app.error
    assert "Save: HTML report" in [button.proto.label for button in app.get("download_button")]


def test_two_files_of_one_name_stay_apart(app):
    first = xyz()
    upload(app, "final.xyz", first)
    one = app.query_params["glass"]
    app.file_uploader[0].set_value(("final.xyz", xyz(element="Zr"), "text/plain"))
    app.run()
    two = app.query_params["glass"]
    assert one != two
    options = app.selectbox(key="glass").options
    assert len(set(options)) == len(options)
    assert sum(option.startswith("final.xyz (upload ") for option in options) == 2
    app.file_uploader[0].set_value(("final.xyz", first, "text/plain"))
    app.run()
    app.run()
    assert app.query_params["glass"] == one, "any other control leaves it"


@pytest.mark.parametrize(
    ("name", "stem"),
    [("my glass.v2.xyz.gz", "my-glass.v2"), ("a.cif", "a"), ("..", "glass"), ("POSCAR", "POSCAR")],
)
def test_saved_files_are_called_as_the_uploaded_one(name, stem, monkeypatch):
    monkeypatch.setattr(glass_names, "_files", lambda: {"upload-1": name})
    assert glass_names.stem_of("upload-1") == stem
    assert glass_names.file_of("upload-1") == name
    assert glass_names.stem_of("alpha") == "alpha"
    assert glass_names.file_of("alpha") == "alpha.xyz"
