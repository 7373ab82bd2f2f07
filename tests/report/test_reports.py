"""Reports as one HTML file: numbers, commands, no text of a file as HTML, nothing loaded from anywhere; opened in
headless Chromium."""

import json
import re
import runpy
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import plotly.graph_objects as go
import pytest
from typer.testing import CliRunner

from symgnn.cli import app
from symgnn.errors import InputError
from symgnn.explanations.explain import explain
from symgnn.explanations.methods.gnn_explainer import GNNExplainer
from symgnn.explanations.verdict import verdict
from symgnn.inference.predict import load_checkpoint, predict
from symgnn.io.structures import read_glass
from symgnn.paths import samples_folder
from symgnn.report import atom_report, glass_report, what_if_report
from symgnn.report.page import Commands, Heading, Plot, Rows, Text, html_page
from symgnn.report.scripts import as_json, inlined
from symgnn.whatif import Chain, Measured, scan, what_if
from tests.browser.conftest import WEBGL, start_browser
from tests.conftest import REPOSITORY

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>&\"'"
FAKE = "var $3Dmol = null; // </script>"


@pytest.fixture(scope="module")
def sample():
    return read_glass(samples_folder() / "Cu64Zr36_500_1e12.xyz")


@pytest.fixture(scope="module")
def checkpoint():
    return load_checkpoint("symgnn")


@pytest.fixture(scope="module")
def explained(checkpoint, sample):
    return explain(checkpoint, sample, 77, "gradient", k=5)


class Tags(HTMLParser):
    """Tags of a page with their attributes, and all text outside of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.words, self.inside = [], [], ""
        self.feed(page)
        self.text = " ".join(" ".join(self.words).split())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.inside = tag

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("script", "style"):
            self.words.append(data)


@pytest.fixture
def without_3dmol(monkeypatch):
    """Pages with a short text in the place of 3Dmol.js and plotly.js."""
    for name in ("viewer_script", "plotly_script"):
        monkeypatch.setattr(f"symgnn.report.page.{name}", lambda: FAKE)


def test_numbers_of_an_atom(checkpoint, sample, explained, without_3dmol):
    page = Tags(atom_report(checkpoint, sample, explained, k=8, draws=30, file="my glass.xyz"))
    assert f"Atom 77 ({sample.symbols[77]})" in page.text
    assert f"Predicted barrier {explained.prediction:.3f} ±" in page.text
    again = explain(checkpoint, sample, 77, "gradient", k=8, draws=30)
    assert verdict(again).text in page.text
    chosen = "'my glass.xyz' --atom 77 --method gradient --checkpoint symgnn --seed 0 --top 8"
    assert f"symgnn explain {chosen} --draws 30" in page.text
    assert "symgnn report 'my glass.xyz' --atom 77" in page.text
    assert sum(tag == "tr" for tag, _ in page.tags) > 8
    i, j = explained.pairs[explained.top(1)[0]]
    assert f"{i} – {j}" in page.text
    assert checkpoint.key in page.text
    assert sample.content_hash in page.text


def test_numbers_of_a_glass(checkpoint, sample, without_3dmol):
    page = Tags(glass_report(checkpoint, sample))
    barriers = predict(checkpoint, sample)
    assert f"Predicted barrier {barriers.mean():.3f} ± {barriers.std():.3f} eV" in page.text
    assert "Nothing found that is unlike the training data." in page.text
    assert "symgnn explain FILE --checkpoint symgnn --map" in page.text
    assert "What raises and what lowers" in page.text
    no_edges = Tags(glass_report(load_checkpoint("mlp"), sample))
    assert "What raises and what lowers" not in no_edges.text


def test_numbers_of_a_change(checkpoint, sample, without_3dmol, monkeypatch):
    ranked = scan(checkpoint, sample, 77, within=3.0, relax=False)
    first = what_if(checkpoint, sample, ranked.changes[1], atom=77, relax=False)
    chain = Chain(sample, (first,))
    result = what_if(checkpoint, chain.glass, ranked.changes[0], atom=77, relax=False)
    measured = Measured(np.array([1.0, 1.2]), np.array([1.6, 1.9, 1.6]), tries=9)
    page = Tags(
        what_if_report(
            checkpoint, result, chain=chain, ranked=ranked.table(), atom_change=ranked.atom_change(),
            measured=measured, commands=["symgnn whatif my.xyz"],
        )
    )  # fmt: skip
    before, after, change = result.barriers_before[77], result.barriers_after[77], result.barrier_change[77]
    assert f"{result.change}: {before:.3f} to {after:.3f} eV, a change of {change:+.3f} ±" in page.text
    assert f"{chain.barriers[0]:.3f}" in page.text
    assert (
        "1.10 ± 0.10 eV (2 events) before, 1.70 ± 0.10 eV (3 events) after; measured change +0.600"
        in page.text
    )
    assert all(str(change) in page.text for change in ranked.changes)
    assert "symgnn whatif my.xyz" in page.text
    assert sum(tag == "div" and known.get("class") == "picture" for tag, known in page.tags) == 3
    positions = result.after.positions.copy()
    positions[[40, 60]] += [[0.3, 0, 0], [0.7, 0, 0]]
    relaxed = replace(result, after=replace(result.after, positions=positions), is_relaxed=True)
    monkeypatch.setattr("symgnn.report.what_if.MOST_MOVED", 1)
    page = Tags(what_if_report(checkpoint, relaxed))
    assert f"60 {sample.symbols[60]} 0.700 {result.barrier_change[60]:+.3f}" in page.text
    assert "0.300" not in page.text, "it moved less"
    assert "2 atoms moved farther" in page.text
    with pytest.raises(InputError, match="no atom asked about"):
        what_if_report(checkpoint, what_if(checkpoint, sample, ranked.changes[0], relax=False))


def test_settings_stand_in_the_command(checkpoint, sample, without_3dmol):
    made = explain(checkpoint, sample, 77, GNNExplainer(steps=3), k=5)
    assert "--setting steps=3" in Tags(atom_report(checkpoint, sample, made, k=5, draws=5)).text


def test_text_of_a_file_is_no_html(checkpoint, sample, explained, without_3dmol):
    hostile = replace(sample, name=HOSTILE)
    for page in (
        atom_report(checkpoint, hostile, explained, k=5, draws=5, file=HOSTILE),
        glass_report(checkpoint, hostile, file=HOSTILE),
    ):
        found = Tags(page)
        assert HOSTILE in found.text
        assert not any(tag == "img" or "onerror" in attributes for tag, attributes in found.tags)
        assert "alert(1)</script>" not in page
        assert sum(tag == "script" for tag, _ in found.tags) == 4  # data, two libraries, ours


def test_every_part_is_escaped(without_3dmol):
    page = html_page(HOSTILE, [Text(HOSTILE), Heading(HOSTILE), Commands([HOSTILE]), Rows([HOSTILE], [[HOSTILE]]),
                               Plot(go.Figure(layout={"title": HOSTILE}), HOSTILE)])  # fmt: skip
    found = Tags(page)
    assert found.text.count(HOSTILE) == 7  # title twice, four parts, one of them with a head
    assert not any(tag == "img" for tag, _ in found.tags)
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(data)["figures"]["figure0"]["layout"]["title"]["text"] == HOSTILE


def test_figures_need_no_eval(without_3dmol):
    """What plotly.js draws by WebGL needs eval, which a report forbids: points are SVG."""
    page = html_page("a", [Plot(go.Figure(go.Scattergl(x=[1, 2], y=[3, 4])), "points")])
    data = re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1]
    assert json.loads(data)["figures"]["figure0"]["data"][0]["type"] == "scatter"


def test_scripts_end_where_they_end():
    assert inlined(FAKE) == r"<script>var $3Dmol = null; // <\/script></script>"
    assert "<" not in as_json({"a": HOSTILE})
    assert json.loads(as_json({"a": HOSTILE})) == {"a": HOSTILE}


def test_nothing_is_loaded(checkpoint, sample, explained, without_3dmol):
    page = atom_report(checkpoint, sample, explained, k=5, draws=5)
    for tag, attributes in Tags(page).tags:
        assert "src" not in attributes
        if tag == "link":
            assert attributes["href"] == "data:,"
    assert "default-src &#x27;none&#x27;" in page


def test_without_3dmol_it_says_how_to_get_it(checkpoint, sample, monkeypatch, tmp_path):
    monkeypatch.setattr("symgnn.report.scripts.dashboard_folder", lambda: tmp_path)
    with pytest.raises(InputError, match=r"3Dmol-min\.js: no such file .* python dashboard/viewer/fetch\.py"):
        glass_report(checkpoint, sample)


@pytest.fixture(scope="module")
def browser():
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        pytest.skip("chromium and chromedriver are not both installed")
    try:
        runpy.run_path(str(REPOSITORY / "dashboard" / "viewer" / "fetch.py"))["fetch"]()
    except (OSError, RuntimeError) as error:
        pytest.skip(f"3Dmol.js is not installed: {error}")
    window = start_browser(chromium, driver, *WEBGL)
    yield window
    window.quit()


@pytest.mark.browser
def test_in_a_browser(checkpoint, sample, explained, browser, tmp_path):
    from selenium.webdriver.support.ui import WebDriverWait

    hostile = replace(sample, name=HOSTILE)
    for name, text, drawn in (
        ("atom", atom_report(checkpoint, hostile, explained, k=8, draws=5), 3),
        ("glass", glass_report(checkpoint, hostile), 3),
    ):
        path = tmp_path / f"{name}.html"
        path.write_text(text, encoding="utf-8")
        for log in ("performance", "browser"):
            browser.get_log(log)
        browser.set_window_size(1100, 900)
        browser.get(path.as_uri())
        WebDriverWait(browser, 60).until(
            lambda window, drawn=drawn: len(window.find_elements("css selector", "[data-drawn=yes]")) == drawn
        )
        assert [entry for entry in browser.get_log("browser") if entry["source"] != "rendering"] == []
        messages = (json.loads(entry["message"])["message"] for entry in browser.get_log("performance"))
        requests = [
            m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"
        ]
        assert all(url == path.as_uri() or url.startswith(("data:", "blob:")) for url in requests)
        count = """
            const canvas = arguments[0].querySelector("canvas"), flat = document.createElement("canvas");
            [flat.width, flat.height] = [canvas.width, canvas.height];
            const image = new Image(); image.src = canvas.toDataURL();
            await image.decode();
            const pen = flat.getContext("2d"); pen.drawImage(image, 0, 0);
            const seen = new Set(), { data } = pen.getImageData(0, 0, flat.width, flat.height);
            for (const pixel of new Uint32Array(data.buffer)) seen.add(pixel);
            return seen.size;"""
        for box in browser.find_elements("css selector", ".picture"):
            colors = browser.execute_script(
                f"return (async (...arguments) => {{{count}}})(arguments[0])", box
            )
            assert colors > 20, "the picture is empty"
        assert not browser.find_elements("css selector", ".no-webgl"), "a figure is not drawn"
        if name == "atom":
            assert HOSTILE in browser.find_element("css selector", "h1").text


def test_the_command(sample, tmp_path, without_3dmol, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = str(samples_folder() / "Cu64Zr36_500_1e12.xyz")
    done = CliRunner().invoke(app, ["report", file, "--atom", "77", "--top", "6", "--method", "gradient"])
    assert done.exit_code == 0, done.output
    assert "The 6 most important edges" in (tmp_path / "Cu64Zr36_500_1e12.symgnn.atom77.html").read_text()
    wrong = CliRunner().invoke(app, ["report", file, "--setting", "steps=3"])
    assert "--setting found without --atom" in str(wrong.exception)
    assert np.isfinite(sample.positions).all()
