"""The style sheet of the linked window: every layout of it has a room for the 3D view."""

import re

from tests.conftest import REPOSITORY


def test_every_layout_names_the_stage():
    """An element in a named area that a grid does not name gets a row of no height."""
    text = (REPOSITORY / "dashboard" / "static" / "window" / "window.css").read_text(encoding="utf-8")
    layouts = re.findall(r"grid-template: ([^;]+);", text)
    assert len(layouts) > 3
    assert [layout for layout in layouts if "stage" not in layout] == []
