"""The dashboard as a user meets it: open, pick a sample, click an atom, explain it, move the slider, reload."""

from __future__ import annotations

import pytest

from dashboard.pages import PAGES
from tests.browser.conftest import before_each_page, requests_of, seen
from tests.browser.page import Page
from tests.browser.test_window import Window

pytestmark = pytest.mark.browser


def test_from_opening_to_an_explanation_that_reloads_as_it_was(page, address):
    page.open("?glass=alpha")
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


IN_3D = {"structure": 1, "explanation": 1, "whole_glass": 1, "what_if": 1, "topology": 1, "compare": 2}
"""Pages with a 3D view of beta, and how many."""
VIEWS = """
return [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.view')).filter(Boolean)
  .map((view) => view.getBoundingClientRect()).map(({ left, top, right, bottom }) => [left, top, right, bottom]);
"""


def is_in_sight(page: Page, count: int, width: int, height: int, least: int = 180) -> bool:
    """Whether that many 3D views lie in a window of that size and are large enough."""
    views = page.driver.execute_script(VIEWS)
    inside = [
        x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height and y1 - y0 > least for x0, y0, x1, y1 in views
    ]
    return len(views) == count and all(inside)


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
    for width in (1300, 1000):
        page.driver.set_window_size(width, 760)
        if name in ("topology", "your_glass"):  # the others' plots are in the window or behind tabs
            page.wait(lambda: page.driver.find_elements("css selector", ".js-plotly-plot"), "plots")
        plots = page.driver.find_elements("css selector", ".js-plotly-plot")
        assert all(plot.size["width"] > 150 for plot in plots)
        page.wait(lambda: fits(page), "the page to fit its width")
    with seen(page, 960, 540, dark=True):  # a projector
        page.wait(lambda: is_in_sight(page, IN_3D.get(name, 0), 960, 540), "all views without scrolling")
        if name in IN_3D:
            page.wait(lambda: page.pixels()[3, 3].mean() < 60, "the dark theme")
        page.wait(lambda: set(papers(page)) <= {"#12171d"}, "dark plots")  # whose colours the server chooses
    assert not page.driver.find_elements("css selector", "[data-testid=stException]")
    assert not page.errors()


def papers(page: Page) -> list[str]:
    """Background colours of the page's own plots."""
    return page.driver.execute_script(
        "return [...document.querySelectorAll('.js-plotly-plot')].map((plot) => plot._fullLayout.paper_bgcolor)"
    )


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
    for width in (1300, 1000):
        page.driver.set_window_size(width, 760)
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


def test_click_in_the_diagram_shows_that_loop(page):
    from selenium.webdriver import ActionChains

    page.open("topology?glass=beta&loop=0&alpha_loop=0")
    for key, complex_ in (("loop", "Rips"), ("alpha_loop", "Alpha (as in the paper)")):
        page.press(complex_)
        page.wait(lambda k=key: page.query().get(k) == "0", "the first loop")
        window = Window(page, "topology")
        before = window.js("return c.edges.digest")
        points = page.wait(lambda: points_of_the_diagram(page), "the diagram")
        ActionChains(page.driver).move_to_element(points[-12]).pause(0.3).click().perform()
        page.wait(lambda k=key: page.query().get(k) != "0", "another loop in the URL")
        page.wait(lambda b=before, w=window: w.js("return c.edges.digest") != b, "its cycle in the window")
        ends = set(window.js("return [...c.edges.arrays.pairs]"))
        assert window.js("return c.scene.rowsShown().length") > 2
        seen_atoms = window.js(
            "return [...c.store.get().visible.keys()].filter((i) => c.store.get().visible[i])"
        )
        assert ends <= set(seen_atoms)


def points_of_the_diagram(page):
    diagrams = page.driver.find_elements("css selector", ".js-plotly-plot")
    return diagrams and diagrams[0].find_elements("css selector", ".scatterlayer path.point")


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


def test_changing_pages_keeps_one_graphics_context(page):
    with before_each_page(page, COUNT_CONTEXTS):  # browsers allow 16 and then drop the oldest
        page.open("?glass=alpha")
        page.wait_for_picture()
        for name, title in 2 * (("Topology", "Loops that live at least"), ("Structure", "atoms ·")):
            page.press(name)
            page.wait_for_text(title)
            page.wait_for_picture()
        alive = page.driver.execute_script("return contexts.filter((one) => !one.isContextLost()).length")
    assert alive == 1


def test_browser_without_webgl_says_so(page):
    script = (
        "for (const kind of [HTMLCanvasElement, OffscreenCanvas]) kind.prototype.getContext = () => null;"
    )
    with before_each_page(page, script):
        page.open("?glass=alpha")
        page.wait(lambda: "no WebGL" in page.in_viewer(".message"), "the message")


def test_missing_library_says_so(page):
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*3Dmol*"]})
    try:
        page.open("?glass=alpha")
        page.wait(lambda: "could not be loaded" in page.in_viewer(".message"), "the message")
    finally:
        page.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})


def test_text_of_an_opened_file_runs_nothing(page, address, tmp_path):
    from tests.dashboard.test_upload import xyz

    attack = "<img src=x onerror=window.pwned=1>![i](https://example.org/i.png)"
    path = tmp_path / "x](javascript:window.pwned=1).xyz"
    path.write_bytes(xyz(comment_name=attack))
    page.open("?glass=alpha")
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


def test_a_press_that_the_server_forgot_is_repeated(page):
    page.open("?glass=alpha")
    page.wait_for_picture()
    page.driver.execute_script(  # as when a progress bar asks for news at that very moment
        "document.addEventListener('click', (event) => { event.preventDefault(); event.stopPropagation(); },"
        " { capture: true, once: true });"
    )
    page.press("Models")
    page.wait(lambda: page.driver.current_url.split("?")[0].endswith("/models"), "the page Models")
