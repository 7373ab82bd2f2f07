"""The page Check against physics in a browser: stored events of a glass of the data set "own" at once."""

from __future__ import annotations

import pytest

pytest.importorskip("numba", reason="the simulations need numba: pip install symgnn[physics]")

from symgnn.io.frames import read_frames_bytes
from tests.browser.conftest import OWN, seen
from tests.browser.test_dashboard import is_in_sight

pytestmark = pytest.mark.browser

EVENT = "window.symgnnWindow.events.event_view"
IN_SHADOW = """
const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter(Boolean);
const find = (selector) => roots.map((root) => root.querySelector(selector)).find(Boolean);
"""


def test_stored_events_are_there_at_once_play_and_are_saved(page, tmp_path):
    run = page.driver.execute_script
    page.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    page.open(f"physics?glass={OWN}&atom=77")
    page.wait_for_text("events in")  # what the searches say
    table = page.wait(lambda: page.driver.find_elements("css selector", "[data-testid=stDataFrame]"), "table")
    page.wait(page.drawn, "the event in 3D")
    page.wait(lambda: run(f"return Boolean({EVENT}.dataset.path)"), "energies along the event")
    assert run(f"{IN_SHADOW} return find('.profile-line').getAttribute('points').split(' ').length") > 5
    assert page.pixels().std() > 5
    with seen(page, 960, 540):
        page.wait(lambda: is_in_sight(page, 1, 960, 540), "the view without scrolling")
        inner = run("return arguments[0].querySelector('.dvn-scroller').scrollWidth", table[0])
        assert inner <= 1.03 * table[0].size["width"]  # no column is cut; text is measured coarsely here

    moment = f"return {EVENT}.player.moment"
    assert run(moment) == 1  # the saddle
    drawn = page.drawn()
    run(f"{IN_SHADOW} find('.play').click()")
    page.wait(lambda: run(moment) not in (1, None), "the animation")
    page.wait(lambda: page.drawn() != drawn, "another picture")
    run(f"{IN_SHADOW} find('.play').click()")

    page.press("Files")
    page.press("This event (extended XYZ)")
    saved = page.wait(lambda: list(tmp_path.glob("*.xyz")), "the file")[0]
    assert saved.name.startswith(f"{OWN}-atom77-event")
    frames = list(read_frames_bytes(saved.name, saved.read_bytes()))
    assert len(frames) == 21  # start, saddle, end, and nine between two of them
    assert len(frames[0]) == 500
    assert not page.errors()
