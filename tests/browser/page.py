"""What a user does with the dashboard, in the words of these tests."""

from __future__ import annotations

import io
import json
import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

WAIT_SECONDS = 120.0  # a busy machine whose server has just started

_VIEWERS = """
const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter((r) => r?.querySelector('.canvas'));
"""


class Page:
    """A browser window on the dashboard."""

    def __init__(self, driver, address: str):
        self.driver = driver
        self.address = address

    def open(self, path: str = "") -> Page:
        self.driver.get(f"{self.address}/{path}")
        return self

    def wait(self, condition: Callable[[], object], what: str, seconds: float = WAIT_SECONDS):
        """The condition's first true value; fails, saying what was waited for."""
        from selenium.common.exceptions import StaleElementReferenceException

        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            try:
                if value := condition():
                    return value
            except StaleElementReferenceException:
                continue  # Streamlit has just replaced the element
            time.sleep(0.1)
        raise AssertionError(f"waited {seconds:.0f} s for {what}; page says: {self._main()[:800]}")

    def text(self) -> str:
        return self.driver.find_element("css selector", "body").text

    def _main(self) -> str:
        """Text of the page itself, without sidebar and navigation; of all where there is no such part."""
        parts = self.driver.find_elements("css selector", "[data-testid=stMain]")
        return parts[0].text if parts else self.text()

    def errors(self) -> list[str]:
        """What the console has called an error since it was read last."""
        return [one["message"] for one in self.driver.get_log("browser") if one["level"] == "SEVERE"]

    def query(self) -> dict[str, str]:
        """The parameters in the address bar."""
        return {key: values[0] for key, values in parse_qs(urlsplit(self.driver.current_url).query).items()}

    def wait_for_text(self, text: str) -> None:
        self.wait(lambda: text in self.text(), repr(text))

    def choose(self, label: str, option: str) -> None:
        """Choose an option of the select box with that label."""
        box = self.wait(
            lambda: self.driver.find_elements(
                "css selector", f'[data-testid=stSelectbox] input[aria-label*="{label}"]'
            ),
            label,
        )[0]
        box.click()
        self.wait(lambda: self._with_text("[role=option]", option), f"option {option}").click()

    def press(self, text: str) -> None:
        """Press the button or the expander, or follow the link of the navigation, with that text."""
        self.wait(lambda: self._with_text("button, a, summary", text), f"button {text}").click()

    def _with_text(self, selector: str, text: str):
        elements = [
            e for e in self.driver.find_elements("css selector", selector) if e.text.strip().endswith(text)
        ]
        return elements[0] if elements else None

    # ---- the 3D view --------------------------------------------------------------------------------------

    def drawn(self) -> str | None:
        """Digest of the picture that the first viewer shows; None while there is none."""
        return self.driver.execute_script(
            _VIEWERS + "return roots[0]?.querySelector('.canvas').dataset.drawn ?? null"
        )

    def wait_for_picture(self, other_than: str | None = None) -> str:
        return self.wait(lambda: (d := self.drawn()) and d != other_than and d, "a 3D picture")

    def canvas(self):
        return self.driver.execute_script(_VIEWERS + "return roots[0].querySelector('.canvas')")

    def in_viewer(self, selector: str) -> str:
        """Text of an element inside the first viewer, '' while it is hidden."""
        script = (
            _VIEWERS
            + "const e = roots[0]?.querySelector(arguments[0]); return !e || e.hidden ? '' : e.textContent"
        )
        return self.driver.execute_script(script, selector)

    def camera(self, name: str) -> list[float] | None:
        """The eight numbers of a remembered camera."""
        text = self.driver.execute_script(
            "return sessionStorage.getItem('symgnn-camera-' + arguments[0])", name
        )
        return json.loads(text) if text else None

    def click_in_view(self, dx: int, dy: int) -> None:
        """Click at so many pixels from the middle of the view."""
        from selenium.webdriver import ActionChains

        ActionChains(self.driver).move_to_element_with_offset(self.canvas(), dx, dy).pause(
            0.2
        ).click().perform()

    def turn_view(self, dx: int, dy: int) -> None:
        from selenium.webdriver import ActionChains

        chain = ActionChains(self.driver).move_to_element(self.canvas()).click_and_hold()
        chain.move_by_offset(dx, dy).release().perform()

    def pixels(self):
        """(H, W, 3) uint8, what the first viewer shows, in pixels of the layout."""
        import numpy as np
        from PIL import Image

        canvas = self.canvas()
        size = canvas.size["width"], canvas.size["height"]
        drawn = Image.open(io.BytesIO(canvas.screenshot_as_png)).convert("RGB")
        return np.asarray(drawn.resize(size, Image.Resampling.NEAREST))
