"""The page What if in a browser: a bar chooses a change, which is applied, seen beside, undone, opened elsewhere."""

from __future__ import annotations

import numpy as np
import pytest

from tests.browser.test_window import Window

pytestmark = pytest.mark.browser


def test_a_bar_chooses_a_change_that_is_applied_undone_and_opened_elsewhere(page):
    from selenium.webdriver import ActionChains

    page.open("what_if?glass=beta&atom=3")
    bars = page.wait(
        lambda: len(all_ := page.driver.find_elements("css selector", ".barlayer .point")) > 3 and all_,
        "bars",
    )
    first = page.wait(lambda: page.query().get("change"), "the strongest change in the URL")
    ActionChains(page.driver).move_to_element(bars[1]).pause(0.3).click().perform()
    page.wait(lambda: page.query()["change"] != first, "the second change in the URL")
    change = page.query()["change"]

    page.press("Before / after")
    before, after = Window(page, "what_if_before"), Window(page, "what_if_after")
    atom = int(change.removeprefix("swap ").split("=")[0])
    assert before.state("pinned") == after.state("pinned") == [atom]
    symbol = "return c.glass.symbols[c.glass.arrays.species[arguments[0]]]"
    assert before.js(symbol, atom) != after.js(symbol, atom)
    turned = "return c.scene.view().slice(4)"
    was = before.js(turned)
    page.turn_view(40, 20)
    page.wait(lambda: not np.allclose(before.js(turned), was), "the view before, turned")
    page.wait(lambda: np.allclose(after.js(turned), before.js(turned)), "the view after, turned with it")

    page.press("Apply")
    page.wait(lambda: page.query().get("chain") == change, "the chain in the URL")
    undo = ".st-key-undo_change button"
    page.wait(lambda: page.driver.find_elements("css selector", undo), "the chain")[0].click()
    page.wait(lambda: not page.query().get("chain"), "an empty chain")
    page.press("Apply")
    page.wait(lambda: page.driver.find_elements("css selector", undo), "a chain again")
    page.press("Files")
    page.press("Open on all pages")
    page.wait(lambda: page.query()["glass"].startswith("upload-beta-changed"), "the changed glass in the URL")
    for name in ("Structure", "Topology", "Compare"):
        page.press(name)
        page.wait_for_picture()
        page.wait(
            lambda: page.query().get("glass", "").startswith("upload-beta-changed"),
            "the changed glass in the URL",
        )
    assert not page.driver.find_elements("css selector", "[data-testid=stException]")
    assert not page.errors()
