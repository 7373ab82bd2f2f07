"""The panels of the linked window: table, plots, filter, link, files, keys, themes and sizes."""

from __future__ import annotations

import io
import itertools
import time

import numpy as np
import pytest
from PIL import Image

from symgnn.io.structures import read_glass
from tests.browser.conftest import seen
from tests.browser.page import Page

pytestmark = pytest.mark.browser

_WINDOW = """
const root = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).find((r) => r?.querySelector('.window'));
const context = Object.values(window.symgnnWindow?.open ?? {})[0];
const every = (selector) => [...(root?.querySelectorAll(selector) ?? [])];
const find = (selector, text) => every(selector).find((e) => !text || e.textContent.trim() === text);
"""


class Panels:
    """The linked window on an open page."""

    def __init__(self, page: Page):
        self.page = page
        drawn = "context && find('.tabs') && find('.canvas').dataset.drawn"
        page.wait(lambda: self.value(drawn), "the linked window", seconds=150)  # the server's first page too

    def run(self, script: str, *arguments):
        return self.page.driver.execute_script(_WINDOW + script, *arguments)

    def value(self, expression: str, *arguments):
        return self.run(f"return {expression}", *arguments)

    def wait(self, expression: str, what: str, *arguments):
        return self.page.wait(lambda: self.value(expression, *arguments), what)

    def state(self, key: str):
        return self.value("context.store.get()[arguments[0]]", key)

    def find(self, selector: str, text: str | None = None):
        return self.page.wait(
            lambda: self.value("find(arguments[0], arguments[1])", selector, text), selector
        )

    def click(self, selector: str, text: str | None = None) -> None:
        self.find(selector, text).click()

    def tab(self, title: str) -> None:
        self.click("[role=tab]", title)

    def write(self, selector: str, text: str) -> None:
        box = self.find(selector)
        self.run("arguments[0].value = ''; arguments[0].focus()", box)
        box.send_keys(text)

    def plot(self):
        """The plot of the open tab, drawn."""
        self.wait("find('.panel:not([hidden]) .plot')?.dataset.drawn", "a plot")
        time.sleep(0.3)
        return self.find(".panel:not([hidden]) .plot")

    def drag(self, element, *points: tuple[float, float]) -> None:
        """Press at the first point (fractions of the plot's area of data from its lower left), go round, release."""
        from selenium.webdriver import ActionChains

        box = self.run(
            "const { _offset: left, _length: width } = arguments[0]._fullLayout.xaxis;"
            "const { _offset: top, _length: height } = arguments[0]._fullLayout.yaxis;"
            "return [left, top, width, height, arguments[0].clientWidth, arguments[0].clientHeight]",
            element,
        )
        left, top, width, height, whole_width, whole_height = box
        at = [
            (left + x * width - whole_width / 2, top + (1 - y) * height - whole_height / 2) for x, y in points
        ]
        chain = ActionChains(self.page.driver, duration=40)
        chain.move_to_element_with_offset(element, *map(round, at[0])).click_and_hold()
        for before, after in itertools.pairwise(at):
            chain.move_by_offset(
                round(after[0]) - round(before[0]), round(after[1]) - round(before[1])
            ).pause(0.05)
        chain.release().perform()


@pytest.fixture
def panels(at_rest) -> Panels:
    return Panels(at_rest)


def test_table_sorts_and_selects_and_shows_what_is_selected_elsewhere(panels):
    panels.tab("Table")
    panels.click(".header button", "Labelled barrier (eV)")
    rows = "[...root.querySelectorAll('[data-atom]')].map((row) => Number(row.dataset.atom))"
    first = panels.wait(f"context.store.get().sort && {rows}", "rows")[0]
    labels = panels.value("[...context.glass.column('label').values]")
    assert first == int(np.argmax(labels))
    time.sleep(0.5)  # the list has come to rest
    panels.click(f"[data-atom='{first}']")
    panels.page.wait(lambda: panels.page.query()["atom"] == str(first), "the atom in the URL")
    assert panels.state("selected") == [first]
    kept = "tab:table;sort:label:down"
    panels.page.wait(lambda: panels.page.query().get("view") == kept, "the view, left alone by the server")
    last = int(np.argmin(labels))
    panels.run("context.store.set({ selected: [arguments[0]] })", last)
    panels.wait(f"find('.rows .selected')?.dataset.atom === '{last}'", "the row scrolled into sight")
    panels.write(".table input[type=search]", "zr")
    panels.wait(
        f"{rows}.every((i) => context.glass.arrays.species[i] === context.glass.symbols.indexOf('Zr'))",
        "zirconium alone",
    )


def test_brush_in_the_histogram_filters_everything(panels):
    panels.tab("Histogram")
    plot = panels.plot()
    panels.run(
        "const box = find('.histogram select'); box.value = 'label'; box.dispatchEvent(new Event('change'))"
    )
    time.sleep(1)
    panels.drag(plot, (0.3, 0.4), (0.45, 0.5), (0.6, 0.5))
    text = panels.page.wait(lambda: panels.state("filter"), "a filter")
    low, high = (float(part.split()[2]) for part in text.split(" and "))
    assert text == f"label >= {low:.10g} and label <= {high:.10g}"
    labels = np.array(panels.value("[...context.glass.column('label').values]"))
    inside = ((labels >= low) & (labels <= high)).sum()
    assert 0 < inside < len(labels)
    assert panels.state("shownCount") == inside
    assert panels.find(".count").text.removesuffix(" atoms") == f"{inside} of {len(labels)}"
    panels.click(".histogram .button", "Clear range")
    panels.wait("context.store.get().visible === null", "all atoms again")


def test_loop_in_the_scatter_selects_its_points(panels):
    panels.tab("Scatter")
    plot = panels.plot()
    panels.drag(plot, (0.02, 0.02), (0.02, 0.98), (0.3, 0.98), (0.6, 0.98), (0.6, 0.02), (0.04, 0.02))
    panels.wait("context.store.get().selected.length > 1", "atoms in the loop")
    selected = panels.state("selected")
    across = panels.run(  # of each point in the plot, 0 to 1
        "const [low, high] = arguments[0]._fullLayout.xaxis.range;"
        "return arguments[0].data[0].x.map((x) => (x - low) / (high - low))",
        plot,
    )
    assert {atom for atom, at in enumerate(across) if 0.03 < at < 0.59} <= set(selected)
    assert all(0.01 < across[atom] < 0.61 for atom in selected)
    assert len(selected) < len(across)
    panels.tab("Atom")
    assert f"{len(selected)} atoms" in panels.find(".several").text


def test_filter_with_an_error_says_where_and_filters_nothing(panels):
    panels.write(".filter", "labl > 1.5")
    problem = panels.page.wait(lambda: panels.find(".problem").text, "what is wrong")
    assert 'no column "labl"; there are' in problem
    assert panels.find(".problem mark").text == "labl"
    assert panels.state("visible") is None
    panels.write(".filter", 'label > 1.5 and element == "Cu"')
    panels.wait("context.store.get().visible", "the filter")
    assert not panels.find(".problem").is_displayed()
    expected = panels.value(
        "[...context.glass.column('label').values].filter((v, i) => v > 1.5"
        " && context.glass.symbols[context.glass.arrays.species[i]] === 'Cu').length"
    )
    assert panels.state("shownCount") == expected


def test_view_survives_the_link_and_bad_parts_are_named(panels, address):
    page = panels.page
    panels.write(".filter", "label > 1.5")
    panels.click(".button[title^=Fade]")
    panels.tab("Display")
    panels.run(
        "const box = find('[aria-label=Slab]'); box.value = '2'; box.dispatchEvent(new Event('change'))"
    )
    panels.run("context.store.set({ selected: [3, 7], color: 'label', range: [1.5, 2] })")
    page.wait(lambda: "range" in page.query().get("view", ""), "the view in the URL")
    keys = ("filter", "faded", "slab", "selected", "color", "range", "tab", "shownCount")
    before = [panels.state(key) for key in keys]
    steps = page.driver.execute_script("return history.length")
    panels.click(".button[title^=Fade]")
    panels.click(".button[title^=Fade]")
    time.sleep(0.6)
    assert page.driver.execute_script("return history.length") == steps  # a look is no step of the history
    page.driver.execute_script(  # a browser without focus has no clipboard
        "navigator.clipboard.writeText = (text) => { window.copied = text; return Promise.resolve(); }"
    )
    panels.click("button[title^='Copy the link']")
    panels.wait("find('.said').textContent", "that it is copied")
    url = page.driver.execute_script("return window.copied")
    assert url == page.driver.current_url
    page.driver.get(f"{address}/_stcore/health")
    page.driver.get(url)
    again = Panels(page)
    assert [again.state(key) for key in keys] == before
    other = Panels(page.open("?glass=beta&atom=3&view=color:colour;top:many;faded:yes"))
    text = other.page.wait(lambda: other.find(".problem").text, "the bad parts")
    assert "color:colour" in text
    assert "top:many" in text
    assert other.state("faded") is True


def test_files_hold_what_is_shown(panels, tmp_path):
    page = panels.page
    page.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )

    def saved(ending: str):
        names = page.wait(lambda: list(tmp_path.glob(f"*.{ending}")), f"a file .{ending}")
        time.sleep(0.3)
        return names[0]

    panels.write(".filter", 'element == "Cu"')
    panels.wait("context.store.get().visible", "the filter")
    count = panels.state("shownCount")
    panels.tab("Display")
    panels.click(".display .button", "CSV")
    lines = saved("csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("atom,element,x (Å),y (Å),z (Å),")
    assert len(lines) == count + 1
    panels.click(".display .button", "Extended XYZ")
    glass = read_glass(saved("xyz"))
    assert len(glass) == count
    assert set(glass.symbols) == {"Cu"}
    labels = np.array(panels.value("[...context.glass.column('label').values]"))
    np.testing.assert_allclose(
        glass.properties["label"], labels[glass.properties["atom"].astype(int)], atol=1e-6
    )
    panels.click(".display .button", "PNG")
    png = saved("png")
    assert png.name == f"beta-atom3-{panels.state('color')}.png"
    assert np.asarray(Image.open(png).convert("RGB")).std() > 5
    panels.tab("Histogram")
    panels.plot()
    panels.click(".histogram .button", "SVG")
    assert "<svg" in saved("svg").read_text(encoding="utf-8")


def test_keys_and_presentation(panels):
    from selenium.webdriver.common.keys import Keys

    stage = panels.find(".stage")
    stage.send_keys("d")
    panels.wait("context.store.get().faded", "faded atoms")
    stage.send_keys("n")
    panels.wait("context.store.get().selected[0] === 4", "the next atom")
    stage.send_keys(" ")
    assert panels.state("pinned") == [4]
    stage.send_keys("/")
    panels.wait("root.activeElement === find('.filter')", "the filter in focus")
    panels.find(".filter").send_keys("d", Keys.ESCAPE)
    assert panels.state("faded") is True  # what is written is no key
    panels.write(".filter", " ")
    stage.send_keys("p")
    panels.wait("find('.window.presentation')", "the presentation")
    box = panels.value("(({ width, height }) => [width, height])(find('.window').getBoundingClientRect())")
    inner = panels.page.driver.execute_script("return [innerWidth, innerHeight]")
    assert np.allclose(box, inner, atol=2)
    stage.send_keys("p")
    panels.wait("!find('.window.presentation')", "its end")


def test_view_bar_and_controls_fit_without_scrolling(at_rest):
    page, panels = at_rest, Panels(at_rest)
    for width, height, dark in ((1280, 800, False), (960, 540, True), (768, 1024, False)):
        with seen(page, width, height, dark=dark):
            for title in ("Table", "Histogram", "Scatter", "Display", "Atom"):
                panels.tab(title)
                if title in ("Histogram", "Scatter"):
                    panels.plot()
                boxes = panels.value(
                    "['.toolbar', '.view', '.overlay', '.tabs', '.panel:not([hidden])']"
                    ".map((s) => find(s).getBoundingClientRect())"
                    ".map((box) => [box.left, box.top, box.right, box.bottom])"
                )
                left, top, right, bottom = np.array(boxes).T
                assert min(left.min(), top.min()) >= 0
                assert right.max() <= width
                assert bottom.max() <= height
                assert (right - left).min() > 200
                assert bottom[1] - top[1] > 250
            view = panels.find(".view")
            page.wait(lambda v=view, d=dark: (corner(v) < 60) if d else corner(v) > 230, "the theme")
            assert not page.errors()


def corner(view) -> float:
    """Brightness of a view's corner, which shows atoms somewhere."""
    pixels = np.asarray(Image.open(io.BytesIO(view.screenshot_as_png)).convert("RGB"))
    assert pixels.std() > 5
    return pixels[3, 3].mean()
