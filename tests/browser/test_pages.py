"""Pages beside Structure in a browser: in sight on a projector, linked cameras, an own file from error to zip."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from tests.browser.test_window import Window
from tests.dashboard.test_upload import xyz

pytestmark = pytest.mark.browser

FIRST_VISIT = 180.0  # s, the server imports torch

VIEWS = """
return [...document.querySelectorAll('*')].map((e) => e.shadowRoot?.querySelector('.view')).filter(Boolean)
  .map((view) => view.getBoundingClientRect()).map(({ left, top, right, bottom }) => [left, top, right, bottom]);
"""
BUSY = "[data-testid=stSpinner], [data-testid=stSkeleton], [data-testid=stStatusWidget]"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_views_are_in_sight_on_a_projector(page, theme):
    driver, (width, height) = page.driver, (960, 540)
    feature = {"name": "prefers-color-scheme", "value": theme}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    names = {"explanation": 1, "topology": 1} if theme == "light" else {"whole_glass": 1, "compare": 2}
    try:
        for name, count in names.items():
            page.open(f"{name}?glass=beta&atom=3&method=gradient")
            page.wait(page.drawn, "a 3D picture", FIRST_VISIT)
            page.wait(lambda: not driver.find_elements("css selector", BUSY), f"{name} to be finished")
            page.wait(lambda n=count: len(driver.execute_script(VIEWS)) == n, f"{count} views")
            for left, top, right, bottom in driver.execute_script(VIEWS):
                assert left >= 0, name
                assert top >= 0, name
                assert right <= width, name
                assert bottom <= height, name
                assert bottom - top > 180, name
            pixels = page.pixels()
            assert pixels.std() > 5, name
            assert pixels[3, 3].mean() < 60 if theme == "dark" else pixels[3, 3].mean() > 230, name
            assert not page.errors(), name
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_cameras_of_a_comparison_turn_together_until_they_are_parted(page):
    page.open("compare?glass=beta&atom=3&method=gradient")
    first, second = Window(page, "compare0"), Window(page, "compare1")

    def turned(window):
        return window.js("return c.scene.view().slice(4)")

    before = turned(first)
    page.turn_view(60, 20)
    assert not np.allclose(turned(first), before)
    assert turned(second) == pytest.approx(turned(first))
    label = "[...document.querySelectorAll('*')].flatMap((e) => [...(e.shadowRoot?.querySelectorAll('label') ?? [])])"
    page.driver.execute_script(f"{label}.find((l) => l.textContent.includes('link cameras')).click()")
    kept = turned(second)
    page.turn_view(-40, 10)
    assert turned(second) == pytest.approx(kept)
    assert not np.allclose(turned(first), kept)


def test_an_own_file_from_its_error_to_the_zip(page, tmp_path):
    page.driver.execute_cdp_cmd(
        "Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path / "saved")}
    )
    page.open("your_glass?glass=beta")

    def upload(name: str, content: bytes) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        page.wait(lambda: page.driver.find_elements("css selector", "input[type=file]"), "the file chooser")[
            0
        ].send_keys(str(path))

    upload("broken.xyz", b"3\nno lattice\nCu 0 0\n")
    page.wait_for_text("not shown")
    assert "broken.xyz" in page.text()
    assert "Mean predicted barrier" not in page.text()  # the old glass does not stay behind it
    upload("own.xyz", xyz())
    page.wait(lambda: page.query()["glass"].startswith("upload-"), "the upload in the URL")
    page.wait_for_text("Atoms unlike the training data")
    page.press("Files")
    page.press("Make: Everything (zip)")
    page.press("Save: Everything (zip)")
    saved = page.wait(lambda: list((tmp_path / "saved").glob("*.zip")), "the zip")[0]
    names = zipfile.ZipFile(saved).namelist()
    assert "report.html" in names
    assert any(name.endswith(".predicted.xyz") for name in names)
