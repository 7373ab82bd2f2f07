"""The dashboard as a user meets it: open, pick a sample, click an atom, explain it, move the slider, reload."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from dashboard.pages import PAGES
from tests.browser.conftest import WEBGL, requests_of, start_browser
from tests.browser.page import Page
from tests.browser.test_window import Window

pytestmark = pytest.mark.browser


def test_from_opening_to_an_explanation_that_reloads_as_it_was(page, address):
    page.open()
    first = page.wait_for_picture()
    page.choose("Glass", "beta")
    page.wait(lambda: page.query().get("glass") == "beta", "beta in the URL")
    page.wait_for_picture(other_than=first)
    window = Window(page)
    atom = window.uncovered()
    window.click(atom)
    page.wait(lambda: page.query().get("atom") == str(atom), "the clicked atom in the URL")

    page.press("Explanation")
    page.wait_for_text("matched control edges")
    window = Window(page, "explanation")
    assert window.state("selected") == [atom]
    link = {"glass": "beta", "checkpoint": "tiny", "atom": str(atom), "k": "50", "method": "gradient"}
    assert page.query().items() >= link.items()
    page.turn_view(90, 40)
    page.wait(lambda: "camera:" in page.query().get("view", ""), "the camera in the URL")
    camera, shown, before = page.camera("explanation"), page.drawn(), page.query()
    page.driver.execute_script("sessionStorage.clear()")  # as a colleague has none
    page.driver.refresh()
    page.wait(lambda: page.drawn() == shown, "the same picture after reloading")
    assert page.query().items() >= link.items()
    assert page.query().get("view") == before.get("view")
    assert page.camera("explanation") == pytest.approx(camera, abs=0.01)

    outside = [url for url in requests_of(page) if not url.startswith((address, "data:", "blob:"))]
    assert not outside


def fits(page: Page) -> bool:
    """Nothing to be scrolled sideways."""
    main = page.driver.find_element("css selector", "[data-testid=stMain]")
    return main.get_property("scrollWidth") <= main.get_property("clientWidth")


IN_3D = ("structure", "explanation", "whole_glass", "topology", "compare")


@pytest.mark.parametrize("name", [page.name for page in PAGES])
def test_pages_draw_and_nothing_spins_forever_or_is_cut(page, name):
    path = "" if name == PAGES[0].name else name
    page.open(f"{path}?glass=beta&atom=3")
    if name in IN_3D:
        page.wait_for_picture()
    busy = "[data-testid=stProgress], [data-testid=stSpinner], [data-testid=stStatusWidget]"
    page.wait(lambda: not page.driver.find_elements("css selector", busy), "the page to be finished")
    if name in IN_3D:
        assert page.pixels().std() > 5  # not an empty canvas
    for width in (1400, 1000):
        page.driver.set_window_size(width, 900)
        if name in ("topology", "your_glass"):  # the others' plots are in the window or behind tabs
            page.wait(lambda: page.driver.find_elements("css selector", ".js-plotly-plot"), "plots")
        plots = page.driver.find_elements("css selector", ".js-plotly-plot")
        assert all(plot.size["width"] > 150 for plot in plots)
        page.wait(lambda: fits(page), "the page to fit its width")
    assert not page.driver.find_elements("css selector", "[data-testid=stException]")
    assert not page.errors()


def test_line_of_the_leaderboard_selects_its_checkpoint(page):
    from selenium.webdriver import ActionChains

    page.open("models?glass=beta&checkpoint=tiny2")
    page.wait_for_text("checkpoint tiny2")
    grid = page.wait(
        lambda: page.driver.find_elements("css selector", "[data-testid=stDataFrame] canvas"),
        "the leaderboard",
    )[0]
    left, top = -grid.size["width"] // 2 + 16, -grid.size["height"] // 2 + 16
    ActionChains(page.driver).move_to_element_with_offset(grid, left, top + 2 * 33).click().perform()
    page.wait(lambda: page.query()["checkpoint"] == "tiny", "the second line's checkpoint in the URL")
    page.wait(lambda: "checkpoint tiny\n" in page.text(), "its name in the title")
    assert not page.driver.find_elements("css selector", "[data-testid=stException]")


def test_plots_of_errors_by_environment_fit(page):
    page.open("models?glass=beta&checkpoint=tiny2&about=Errors%20by%20environment")
    for width in (1440, 1000):
        page.driver.set_window_size(width, 900)
        page.wait(
            lambda: len(page.driver.find_elements("css selector", ".js-plotly-plot .main-svg")) >= 2,
            "the plot with its two layers",
        )
        plots = page.driver.find_elements("css selector", ".js-plotly-plot")
        assert all(plot.size["width"] > 150 for plot in plots)
        page.wait(lambda: fits(page), "the page to fit its width")
    boxes = page.driver.find_elements("css selector", ".boxlayer path.box")
    assert len(boxes) >= 4  # two elements, and each at one or more coordination numbers
    assert not page.driver.find_elements("css selector", "[data-testid=stException]")


@pytest.mark.parametrize(
    ("key", "complex_"), [("loop", "Rips"), ("alpha_loop", "Alpha (as in the paper)")], ids=["rips", "alpha"]
)
def test_click_in_the_diagram_shows_that_loop(page, key, complex_):
    from selenium.webdriver import ActionChains

    page.open(f"topology?glass=beta&complex={quote(complex_)}&{key}=0")
    shown = page.wait_for_picture()
    diagram = page.wait(lambda: page.driver.find_elements("css selector", ".js-plotly-plot"), "plots")[0]
    points = page.wait(
        lambda: diagram.find_elements("css selector", ".scatterlayer path.point"), "the diagram"
    )
    ActionChains(page.driver).move_to_element(points[-12]).pause(0.3).click().perform()
    page.wait(lambda: page.query().get(key) != "0", "another loop in the URL")
    page.wait_for_picture(other_than=shown)


def test_browser_back_returns_to_the_atom_before(page):
    from selenium.webdriver.common.keys import Keys

    page.open("?glass=beta&atom=3")
    page.wait_for_picture()
    box = page.wait(
        lambda: page.driver.find_elements("css selector", "[data-testid=stNumberInput] input"),
        "the atom's box",
    )[0]
    box.click()
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys("7", Keys.ENTER)
    page.wait(lambda: page.query()["atom"] == "7", "atom 7 in the URL")
    page.driver.back()
    page.wait(lambda: page.query()["atom"] == "3", "atom 3 in the URL")
    page.wait(lambda: Window(page).state("selected") == [3], "atom 3 in the window")


COUNT_CONTEXTS = """
window.contexts = [];
for (const kind of [HTMLCanvasElement, OffscreenCanvas]) {
  const original = kind.prototype.getContext;
  kind.prototype.getContext = function (name, ...rest) {
    const context = original.call(this, name, ...rest);
    if (context && name.startsWith("webgl") && !window.contexts.includes(context)) window.contexts.push(context);
    return context;
  };
}
"""


def test_changing_pages_keeps_one_graphics_context(chromium, address):
    driver = start_browser(*chromium, *WEBGL)  # browsers allow 16 and then drop the oldest
    try:
        driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": COUNT_CONTEXTS})
        page = Page(driver, address).open()
        page.wait_for_picture()
        for name, title in 2 * (("Topology", "Loops that live at least"), ("Structure", "atoms ·")):
            page.press(name)
            page.wait_for_text(title)
            page.wait_for_picture()
        alive = driver.execute_script("return contexts.filter((context) => !context.isContextLost()).length")
    finally:
        driver.quit()
    assert alive == 1


def test_browser_without_webgl_says_so(chromium, address):
    driver = start_browser(*chromium, "--disable-3d-apis")
    try:
        page = Page(driver, address).open()
        page.wait(lambda: "no WebGL" in page.in_viewer(".message"), "the message")
    finally:
        driver.quit()


def test_missing_library_says_so(page):
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*3Dmol*"]})
    try:
        page.open()
        page.wait(lambda: "could not be loaded" in page.in_viewer(".message"), "the message")
    finally:
        page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


def test_text_of_an_opened_file_runs_nothing(page, address, tmp_path):
    from tests.dashboard.test_upload import xyz

    attack = "<img src=x onerror=window.pwned=1>![i](https://example.org/i.png)"
    path = tmp_path / "x](javascript:window.pwned=1).xyz"
    path.write_bytes(xyz(comment_name=attack))
    page.open()
    first = page.wait_for_picture()
    page.press("Open a file of your own")
    chooser = page.wait(
        lambda: page.driver.find_elements("css selector", "input[type=file]"), "the file chooser"
    )[0]
    chooser.send_keys(str(path))
    page.wait(lambda: page.query()["glass"].startswith("upload-"), "the upload in the URL")
    page.press("Structure")
    page.wait_for_picture(other_than=first)
    for name, text in (("Topology", "Loops that live at least"), ("Explanation", "matched control edges")):
        page.press(name)
        page.wait_for_text(text)
    assert page.driver.execute_script("return window.pwned ?? null") is None
    assert not [url for url in requests_of(page) if not url.startswith((address, "data:", "blob:"))]
