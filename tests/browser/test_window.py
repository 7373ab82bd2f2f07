"""The linked window in a browser: what is selected is seen, colours and filters act, Python hears of a pick."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.conftest import requests_of, seen

pytestmark = pytest.mark.browser

OPEN = "window.symgnnWindow?.open?.{name}"


class Window:
    """The linked window of a page, reached as its own modules reach it."""

    def __init__(self, page, name="structure"):
        self.page, self.context = page, OPEN.format(name=name)
        first_visit = 180.0  # s, it imports torch
        page.wait(lambda: self.js("return c ? true : false"), "the linked window", first_visit)
        page.wait_for_picture()

    def js(self, script: str, *arguments):
        return self.page.driver.execute_script(f"const c = {self.context}; {script}", *arguments)

    def set(self, **state) -> None:
        self.js("c.store.set(arguments[0])", state)

    def state(self, key: str):
        return self.js("return c?.store.get()[arguments[0]]", key)  # none where the window is drawn anew

    def at(self, atom: int) -> tuple[float, float]:
        """Pixels of an atom in the view."""
        place = self.js("return c.scene.project(arguments[0])", atom)
        return place["x"], place["y"]

    def uncovered(self) -> int:
        """An atom that lies in front at its own middle, well inside the view, and is not selected."""
        return self.js(
            "const box = c.places.view.getBoundingClientRect();"
            "for (let i = 1; i < c.glass.n; i++) { const p = c.scene.project(i);"
            " const inside = p.x > 150 && p.x < box.width - 60 && p.y > 60 && p.y < box.height - 150;"
            " if (inside && c.scene.pick(p.x, p.y, 0) === i) return i; } return -1"
        )

    def click(self, atom: int) -> None:
        from selenium.webdriver import ActionChains

        view = self.js("return c.places.view")
        x, y = self.at(atom)
        size = view.size
        ActionChains(self.page.driver).move_to_element_with_offset(
            view, round(x - size["width"] / 2), round(y - size["height"] / 2)
        ).click().perform()


@pytest.fixture
def linked(at_rest) -> Window:
    return Window(at_rest)


def near(pixels, place, color, reach=14) -> int:
    """Pixels round a place that have about that colour."""
    x, y = (round(value) for value in place)
    around = pixels[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach].astype(int)
    return int((np.abs(around - color).max(axis=2) < 40).sum())


RING = (216, 27, 96)


def test_the_selected_atom_has_a_ring_that_one_sees_wherever_it_lies(linked):
    for atom in (3, 20, 41):
        linked.set(selected=[atom], hover=-1)
        linked.page.wait(
            lambda atom=atom: near(linked.page.pixels(), linked.at(atom), RING, reach=30) > 25, "its ring", 20
        )
    linked.set(selected=[])
    linked.page.wait(
        lambda: near(linked.page.pixels(), linked.at(41), RING, reach=30) == 0, "no ring any more", 20
    )


def test_a_click_selects_and_python_hears_of_it(page):
    linked = Window(
        page.open("?glass=beta&atom=3")
    )  # anew: a pick of the test before may still be on its way
    atom = linked.uncovered()
    assert atom > 0
    linked.click(atom)
    linked.page.wait(lambda: linked.state("selected") == [atom], "the clicked atom")
    linked.page.wait(lambda: linked.page.query().get("atom") == str(atom), "the atom in the URL")
    assert linked.state("selected") == [atom]  # the rerun has left it


def test_what_python_selects_has_the_ring(linked):
    from selenium.webdriver.common.keys import Keys

    box = linked.page.driver.find_elements("css selector", "[data-testid=stNumberInput] input")[0]
    box.click()
    box.send_keys(Keys.CONTROL, "a")
    box.send_keys("9", Keys.ENTER)
    linked.page.wait(lambda: linked.state("selected") == [9], "atom 9 in the window")


def test_colour_filter_and_slab_change_the_picture_and_send_nothing_to_python(linked):
    requests_of(linked.page)
    first = linked.page.pixels()
    linked.set(color="element")
    second = linked.page.pixels()
    assert (np.abs(first.astype(int) - second).max(axis=2) > 40).mean() > 0.03
    linked.set(filter='element == "Cu"')
    copper = linked.page.pixels()
    assert (np.abs(copper.astype(int) - second).max(axis=2) > 40).mean() > 0.01
    assert linked.js("return c.store.get().shownCount") == linked.js(
        "return c.glass.arrays.species.reduce((n, s) => n + (c.glass.symbols[s] === 'Cu'), 0)"
    )
    linked.set(filter="", slab={"axis": 2, "from": 0, "to": 0.3})
    assert linked.js("return c.store.get().shownCount") < 60
    assert not [url for url in requests_of(linked.page) if "_stcore" in url]


def test_the_camera_stays_where_it_was_over_reruns_and_pages(linked):
    linked.page.turn_view(80, 30)
    view = linked.js("return c.scene.view()")
    linked.click(linked.uncovered())
    linked.page.wait(lambda: linked.page.query().get("atom") != "3", "another atom in the URL")
    assert linked.js("return c.scene.view()") == pytest.approx(view)
    linked.page.press("Topology")
    linked.page.wait_for_text("Loops that live at least")
    linked.page.press("Structure")
    again = Window(linked.page)
    assert again.js("return c.scene.view()") == pytest.approx(view)


REACH = """
const box = c.places.view.getBoundingClientRect();
const at = Array.from({ length: c.glass.n }, (_, i) => c.scene.project(i));
const ends = (key, size) => [Math.min(...at.map((p) => p[key])) / size, Math.max(...at.map((p) => p[key])) / size];
return [...ends("x", box.width), ...ends("y", box.height)];
"""


def test_a_view_of_another_size_shows_the_same_whether_turned_or_not(page):
    def reach():  # of the atoms: left, right, top and bottom, as fractions of the view
        left, right, top, bottom = Window(page).js(REACH)
        return max(right - left, bottom - top), min(left, top), max(right, bottom)

    page.open("?glass=beta&atom=3")
    filled, *_ = reach()
    with seen(page, 640, 900):
        page.wait(lambda: abs(reach()[0] - filled) < 0.02, "all atoms in a narrow window", 20)
        page.driver.refresh()
        again, low, high = page.wait(reach, "the view")
        assert again == pytest.approx(filled, abs=0.02)
        assert low > 0
        assert high < 1
        page.turn_view(60, 20)
        turned, *_ = reach()
        page.wait(lambda: "camera:" in page.query().get("view", ""), "the camera in the URL")
    page.wait(lambda: abs(reach()[0] - turned) < 0.15, "as much of the glass as before", 20)
    page.driver.execute_script("sessionStorage.clear()")
    page.driver.refresh()
    assert reach()[0] == pytest.approx(turned, abs=0.15)


def test_a_filter_is_read_whole_and_says_where_no_atom_passes(linked):
    bar = linked.js("return c.places.toolbar")
    field = bar.find_element("css selector", ".filter")
    is_cut = "const [e] = arguments; return [e.scrollWidth, e.clientWidth, innerWidth]"

    def whole(element, what):
        def fits():
            wide, room, _ = linked.page.driver.execute_script(is_cut, element)
            return wide <= room + 1  # pixels are coarse here

        linked.page.wait(fits, f"{what} in {linked.page.driver.execute_script(is_cut, element)}", 10)

    linked.set(filter='barrier > 1.8 and element == "Cu"')
    for width, height in ((1280, 800), (960, 540)):
        with seen(linked.page, width, height):
            whole(field, "the filter")
            linked.set(presentation=True)
            whole(field, "the filter")
            whole(linked.js("return c.places.side.querySelector('.tabs')"), "the tabs")
            linked.set(presentation=False)
    written = """
    const { overlay } = c.places, high = overlay.height / 5;
    const { data } = overlay.getContext("2d").getImageData(0, high - 8, overlay.width, 16);
    return data.some((value, k) => k % 4 === 3 && value > 0);
    """
    for text, count in (("barrier > 99", 0), ("", linked.js("return c.glass.n"))):
        linked.set(filter=text)
        assert linked.state("shownCount") == count
        linked.page.wait(
            lambda count=count: linked.js(written) == (not count), "a word about it, or none", 10
        )


def test_an_explanation_has_its_edges_and_k_needs_no_rerun_for_the_picture(page):
    page.open("explanation?glass=beta&atom=3&k=20")
    linked = Window(page, "explanation")
    assert linked.state("top") == 20
    assert linked.js("return c.scene.rowsShown().length") == 20
    before = page.pixels()
    linked.set(top=5)
    assert linked.js("return c.scene.rowsShown().length") == 5
    assert not np.array_equal(page.pixels(), before)
    page.wait(lambda: page.query().get("k") == "5", "k=5 in the URL")
    assert linked.state("top") == 5


def test_the_png_has_the_ring_and_the_legend(linked):
    linked.set(hover=-1)
    data = linked.page.driver.execute_async_script(
        f"const done = arguments[0], c = {linked.context};"
        "c.scene.png().then((blob) => createImageBitmap(blob)).then((image) => {"
        " const canvas = document.createElement('canvas'); canvas.width = image.width; canvas.height = image.height;"
        " const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);"
        " const { data } = context.getImageData(0, 0, image.width, image.height);"
        " let ring = 0, legend = 0; for (let k = 0; k < data.length; k += 4) {"
        "  if (Math.abs(data[k] - 216) + Math.abs(data[k + 1] - 27) + Math.abs(data[k + 2] - 96) < 30) ring++;"
        "  if (Math.abs(data[k] - 253) + Math.abs(data[k + 1] - 231) + Math.abs(data[k + 2] - 37) < 12) legend++; }"
        " done([ring, legend]); })"
    )
    assert data[0] > 25
    assert data[1] > 5  # the bright end of the bar


def test_a_loop_in_the_view_selects_what_it_goes_round(linked):
    from selenium.webdriver import ActionChains

    linked.page.driver.execute_script("arguments[0].focus()", linked.js("return c.places.stage"))
    linked.js("c.lasso()")
    view = linked.js("return c.places.view")
    width, height = view.size["width"], view.size["height"]
    corners = [(-0.3, -0.3), (0.05, -0.3), (0.05, 0.2), (-0.3, 0.2)]
    at = [(round(x * width), round(y * height)) for x, y in corners]
    chain = ActionChains(linked.page.driver, duration=40)
    chain.move_to_element_with_offset(view, *at[0]).click_and_hold()
    for before, after in zip(at, at[1:] + at[:1], strict=True):
        chain.move_by_offset(after[0] - before[0], after[1] - before[1])
    chain.release().perform()
    selected = linked.page.wait(
        lambda: len(now := linked.state("selected")) > 1 and now, "the atoms in the loop"
    )
    (left, top), (right, bottom) = ((x + width / 2, y + height / 2) for x, y in (at[0], at[2]))
    for atom in range(linked.js("return c.glass.n")):
        x, y = linked.at(atom)
        if min(abs(x - left), abs(x - right), abs(y - top), abs(y - bottom)) > 2:
            assert (atom in selected) == (left < x < right and top < y < bottom)


def test_nothing_is_wrong_in_the_console_and_nothing_is_asked_of_others(linked, address):
    linked.set(color="coordination", bonds=3.2, images=True)
    linked.set(wrap="atom", images=False, faded=True)
    assert not linked.page.errors()
    assert not [url for url in requests_of(linked.page) if not url.startswith((address, "data:", "blob:"))]
