"""The ten tasks of docs/tasks.md, clicked through in headless Chromium, with the seconds that the machine takes.

    python -m benchmarks.tasks [--size 1280x800]

A line is one task: the clicks and texts typed, and the time from the first of them to what answers the question. A
person's own time, to read and to aim, comes on top. Starts a server of its own, with an empty cache, on which pages
have been opened once before; needs what `python -m benchmarks.dashboard` needs. Task 7 needs a glass with labels (set
SYMGNN_RAW_DATA) and is left out without.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.keys import Keys

from benchmarks.dashboard import browser
from benchmarks.gallery import LINK, wait
from benchmarks.visits import LIMIT, Server
from dashboard import calls

WINDOW = """
const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter((r) => r?.querySelector('.canvas'));
const every = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
const find = (selector, text) => every(selector).find((e) => !text || e.textContent.trim().startsWith(text));
const state = () => Object.values(window.symgnnWindow?.open ?? {})[0]?.store.get();
"""
LABELLED = "test0"


class Visitor:
    """One who clicks. Every click or text typed is counted, and its element must be in sight without scrolling."""

    def __init__(self, address: str, size: str, folder: str):
        self.driver, self.address, self.steps, self.scrolled = browser(), address, 0, 0
        self.driver.set_script_timeout(LIMIT)
        width, height = map(int, size.split("x"))
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        downloads = {"behavior": "allow", "downloadPath": folder}
        self.driver.execute_cdp_cmd("Browser.setDownloadBehavior", downloads)

    def until(self, condition: Callable[[], object], what: str):
        """The condition's first true value. Raises RuntimeError after a while."""
        start = time.monotonic()
        while time.monotonic() - start < LIMIT:
            try:
                if value := condition():
                    return value
            except (StaleElementReferenceException, WebDriverException):
                pass  # it has just been replaced, or something lies over it for a moment
            time.sleep(0.05)
        raise RuntimeError(f"waited {LIMIT} s for {what}")

    def value(self, expression: str, *arguments: object):
        return self.driver.execute_script(f"{WINDOW} return {expression}", *arguments)

    def holds(self, expression: str) -> None:
        self.until(lambda: self.value(expression), expression)

    def says(self, text: str) -> None:
        body = "css selector", "[data-testid=stMain]"
        self.until(lambda: text in self.driver.find_element(*body).text, repr(text))

    def click(self, find: Callable[[], object], what: str):
        """Click what is found, and count it."""

        def done():
            element = find()
            if not element:
                return None
            in_sight = (
                "const b = arguments[0].getBoundingClientRect(); return b.bottom <= innerHeight && b.top >= 0"
            )
            is_seen = self.driver.execute_script(in_sight, element)
            element.click()
            self.scrolled += not is_seen
            return element

        self.steps += 1
        return self.until(done, what)

    def press(self, text: str) -> None:
        """A button or link of the page."""

        def find():
            elements = self.driver.find_elements("css selector", "button, a, summary")
            return next((one for one in elements if text in one.text.splitlines()), None)

        self.click(find, text)

    def in_window(self, selector: str, text: str = "") -> None:
        """A control of the linked window."""
        self.click(
            lambda: self.value("find(arguments[0], arguments[1])", selector, text), f"{selector} {text}"
        )

    def write(self, text: str) -> None:
        """A filter."""
        self.steps += 1
        box = self.until(lambda: self.value("find('.filter')"), "the filter")
        self.driver.execute_script("arguments[0].value = ''; arguments[0].focus()", box)
        box.send_keys(text, Keys.ENTER)

    def has_panels(self) -> bool:
        """Whether something is pinned for the comparison."""
        return bool(parse_qs(urlsplit(self.driver.current_url).query).get("panels"))

    def open(self, page: str, link: str = LINK) -> None:
        self.driver.get(f"{self.address}/{'' if page == 'structure' else page}?{link}")
        wait(self.driver, page)


def hardest(who: Visitor, folder: Path) -> None:
    who.write("z > 17")
    who.in_window("[role=tab]", "Table")
    who.in_window(".header button", "Predicted barrier")
    who.holds("state().sort?.descending && state().shownCount < 500 && find('.rows .row')")


def better_than_chance(who: Visitor, folder: Path) -> None:
    who.press("Explanation")
    who.says("matter more than")


def softest_copper(who: Visitor, folder: Path) -> None:
    who.press("Compare")
    who.press("Ready-made")
    who.press("Quench rates")
    who.until(who.has_panels, "panels in the link")
    wait(who.driver, "compare")


def three_methods(who: Visitor, folder: Path) -> None:
    who.press("Compare")
    who.press("Ready-made")
    who.press("Methods on this atom")
    who.until(who.has_panels, "panels in the link")
    who.holds("every('.canvas').filter((one) => one.dataset.drawn).length >= 3")


def void(who: Visitor, folder: Path) -> None:
    who.press("Topology")
    who.press("Alpha (as in the paper)")
    who.press("Voids")
    who.says("Void 1: an empty sphere")


def send(who: Visitor, folder: Path) -> None:
    who.in_window("button[title^='Copy the link']")
    who.holds("find('.said')?.textContent")


def misses(who: Visitor, folder: Path) -> None:
    who.write("abs(residual) > 0.3")
    who.holds("state().shownCount > 0 && state().visible")


def icosahedral(who: Visitor, folder: Path) -> None:
    who.write('element == "Cu" and voronoi == "<0,0,12,0>"')
    who.in_window("[role=tab]", "Histogram")
    who.holds("state().visible && find('.histogram .plot')?.dataset.drawn")


def as_file(who: Visitor, folder: Path) -> None:
    who.in_window("[role=tab]", "Display")
    who.in_window(".display .button", "Extended XYZ")
    who.until(lambda: list(folder.glob("*.xyz")), "the file")


def picture(who: Visitor, folder: Path) -> None:
    who.in_window("button[title^='Save the view']")
    who.until(lambda: list(folder.glob("*.png")), "the picture")


TASKS = (  # question, page where it starts (None: where the last one ended), what is done
    ("the hardest atoms near the upper face", "structure", hardest),
    ("is the explanation better than chance", "structure", better_than_chance),
    ("which has more soft Cu", "structure", softest_copper),
    ("methods on one atom", "structure", three_methods),
    ("a void", "structure", void),
    ("send the view", "structure", send),
    ("labels missed by more than 0.3 eV", LABELLED, misses),
    ("barriers of icosahedral Cu", "structure", icosahedral),
    ("the same atoms as a file", None, as_file),
    ("a picture", None, picture),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", default="1280x800")
    size = parser.parse_args().size
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; browser {size}")
    with tempfile.TemporaryDirectory() as cache, tempfile.TemporaryDirectory() as saved:
        server, who = Server(cache), None
        try:
            server.wait()
            who = Visitor(server.address, size, saved)
            for page in ("explanation", "topology", "compare", "structure"):
                who.open(page)
            for number, (question, start, task) in enumerate(TASKS, 1):
                if start == LABELLED and LABELLED not in calls.glass_files():
                    print(f"{number:>2}  {question:<42} no labels here")
                    continue
                if start is not None:
                    link = (
                        LINK if start != LABELLED else LINK.replace(LINK.split("&")[0], f"glass={LABELLED}")
                    )
                    who.open("structure", link)
                who.steps = who.scrolled = 0
                begun = time.perf_counter()
                task(who, Path(saved))
                seconds = time.perf_counter() - begun
                scrolled = f", {who.scrolled} of them after scrolling" if who.scrolled else ""
                print(
                    f"{number:>2}  {question:<42}{seconds:>6.1f} s, {who.steps} steps{scrolled}", flush=True
                )
        finally:
            if who is not None:
                who.driver.quit()
            server.stop()


if __name__ == "__main__":
    main()
