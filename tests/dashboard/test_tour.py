"""The guided tour opens the pages it speaks of, and ends."""

from __future__ import annotations

from dashboard import tour
from dashboard.pages import PAGES
from tests.dashboard.test_pages import opened


def step(app) -> str:
    shown = [one.value for one in app.sidebar.markdown if " of " in one.value]
    return shown[0] if shown else ""


def test_every_step_is_about_a_page_that_exists():
    assert {one.page for one in tour.STEPS} <= {page.name for page in PAGES}
    assert sum(len(one.words.split()) for one in tour.STEPS) < 3 * 120  # read within three minutes


def test_the_tour_goes_through_pages_and_back_and_ends(app):
    opened(app, glass="beta", atom=3)
    app.button(key="tour_start").click().run()
    assert step(app).startswith(f"**1 of {len(tour.STEPS)}: {tour.STEPS[0].title}")
    for number in (1, 2):
        app.button(key="tour_next").click().run()
        assert tour.STEPS[number].title in step(app)
    assert not app.exception
    assert "Atom 3" in app.title[0].value, "page Explanation"
    app.button(key="tour_back").click().run()
    assert app.title[0].value.startswith("beta"), "page Structure, with the same glass"
    assert app.query_params["atom"] == "3"
    app.button(key="tour_end").click().run()
    assert not step(app)


def test_the_tour_begins_with_its_own_glass_where_it_is_there(app, monkeypatch):
    monkeypatch.setattr(tour, "GLASS", "beta")
    opened(app, glass="alpha", atom=3)
    app.button(key="tour_start").click().run()
    assert app.title[0].value.startswith("beta")
    assert app.number_input(key="atom").value == tour.ATOM
