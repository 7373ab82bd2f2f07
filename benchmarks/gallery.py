"""Pictures of every page of the dashboard in both themes and three sizes.

    python -m benchmarks.gallery FOLDER [--pages structure explanation] [--sizes 1280x800] [--small]

FOLDER/PAGE-THEME-WIDTHxHEIGHT.png, with --small of 128 colours. Starts a server of its own
and needs what `python -m benchmarks.dashboard` needs. A page is waited for until nothing in it is at work any more.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from PIL import Image

from benchmarks.dashboard import browser
from benchmarks.visits import LIMIT, Server
from dashboard.pages import PAGES
from symgnn.io.writing import replacing

SIZES = ("1280x800", "960x540", "820x1180")  # a laptop, a projector, a tablet
THEMES = ("light", "dark")
LINK = "glass=Cu64Zr36_500_1e12&atom=77&method=gradient"
BUSY = "[data-testid=stProgress], [data-testid=stSpinner], [data-testid=stStatusWidget], [data-testid=stSkeleton]"
IN_3D = ("structure", "explanation", "whole_glass", "what_if", "topology", "compare", "physics")
DRAWN = """
const roots = [...document.querySelectorAll('*')].map((e) => e.shadowRoot).filter((r) => r?.querySelector('.canvas'));
return roots.map((root) => Boolean(root.querySelector('.canvas').dataset.drawn));
"""
QUIET = 3  # s without work before the picture is taken


def wait(driver, page: str) -> None:
    """Until the page has been at rest for a while and its 3D views are drawn. Raises RuntimeError where it never is."""
    start = quiet_since = time.monotonic()
    while time.monotonic() - quiet_since < QUIET:
        time.sleep(0.1)
        there = driver.find_elements("css selector", "[data-testid=stHeading]")
        drawn = driver.execute_script(DRAWN)
        ready = there and all(drawn) and (drawn or page not in IN_3D)
        if not ready or driver.find_elements("css selector", BUSY):
            quiet_since = time.monotonic()
        if time.monotonic() - start > LIMIT:
            raise RuntimeError(f"{driver.current_url} is still at work after {LIMIT} s")


def picture(driver, address: str, page: str, theme: str, size: str, folder: Path) -> Path:
    """Open a page and save what one sees of it without scrolling."""
    width, height = map(int, size.split("x"))
    emulated = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    driver.get(f"{address}/{'' if page == PAGES[0].name else page}?{LINK}")
    wait(driver, page)
    path = folder / f"{page}-{theme}-{size}.png"
    if not driver.save_screenshot(str(path)):
        raise RuntimeError(f"{path} could not be written")
    return path


def shrink(path: Path) -> None:
    """Leave a picture 128 colours: a quarter of its size."""
    with Image.open(path) as picture:
        small = picture.convert("RGB").quantize(128, dither=Image.Dither.NONE)
    with replacing(path) as temporary:
        small.save(temporary, format="PNG", optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", nargs="+", default=[page.name for page in PAGES])
    parser.add_argument("--sizes", nargs="+", default=SIZES)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--themes", nargs="+", default=THEMES, choices=THEMES)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as cache:
        server, driver = Server(cache), None
        try:
            server.wait()
            driver = browser()
            for page in options.pages:
                for theme in options.themes:
                    for size in options.sizes:
                        path = picture(driver, server.address, page, theme, size, options.folder)
                        if options.small:
                            shrink(path)
                        print(path, flush=True)
        finally:
            if driver is not None:
                driver.quit()
            server.stop()


if __name__ == "__main__":
    main()
