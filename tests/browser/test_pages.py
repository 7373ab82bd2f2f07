"""Pages beside Structure in a browser: linked cameras, an own file from error to zip."""

from __future__ import annotations

import zipfile

import numpy as np
import pytest

from tests.browser.conftest import seen
from tests.browser.test_dashboard import is_in_sight
from tests.browser.test_window import Window
from tests.dashboard.test_upload import xyz

pytestmark = pytest.mark.browser


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

    assert first.state("clip") == second.state("clip") == 9.0  # the surroundings; the camera follows the atom
    page.driver.find_element("css selector", ".st-key-atom [data-testid=stNumberInputStepUp]").click()
    page.wait(lambda: first.state("selected") == [4], "the next atom in the first panel")

    def off_the_middle():
        size = first.js("return c.places.view").size
        return np.hypot(*(np.array(first.at(4)) - [size["width"] / 2, size["height"] / 2]))

    page.wait(lambda: off_the_middle() < 3, "the camera at that atom")


def test_six_panels_fit_a_projector(page):
    page.open(
        "compare?glass=beta&atom=3&method=gradient&panels=" + ";".join(f"alpha~{atom}~~" for atom in range(5))
    )
    drawn = "return Object.keys(window.symgnnWindow?.open ?? {}).length"
    page.wait(lambda: page.driver.execute_script(drawn) == 6, "six windows")
    with seen(page, 960, 540):
        page.wait(lambda: is_in_sight(page, 6, 960, 540, least=100), "six panels without scrolling")
    assert not page.errors()


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
