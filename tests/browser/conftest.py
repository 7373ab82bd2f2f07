"""The dashboard in headless Chromium. Skipped, saying so, where Chromium, its driver or 3Dmol.js is absent.

One server and one browser serve all tests. WebGL in software costs by the pixel and a page by its loading: windows are
small, and tests that need the same page share it (`at_rest`).
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.page import Page
from tests.conftest import REPOSITORY
from tests.dashboard.conftest import checkpoints, data  # noqa: F401 (fixtures)

# WebGL by SwiftShader: these flags and no others draw without a graphics card
WEBGL = ("--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
PIXEL_RATIO = 0.5  # pixels drawn per pixel of the layout: half the processor time
START_SECONDS = 180  # importing torch on a busy machine
SIZE = (1180, 760)
OWN = "Cu64Zr36_500_1e12"  # of the data set "own", with stored events


@pytest.fixture(scope="session")
def chromium() -> tuple[str, str]:
    """Paths of Chromium and its driver."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not browser or not driver:
        pytest.skip("chromium and chromedriver are not both installed: apt install chromium chromium-driver")
    if not (REPOSITORY / "dashboard" / "static" / "3Dmol-min.js").is_file():
        pytest.skip("dashboard/static/3Dmol-min.js is not installed: run `make viewer`")
    return browser, driver


@pytest.fixture(scope="package")
def address(chromium, data, checkpoints, tmp_path_factory):  # noqa: F811 (fixtures)
    """Address of a running dashboard with the samples alpha and beta, the glass OWN and the checkpoints tiny, tiny2."""
    folder = tmp_path_factory.mktemp("browser_data")
    shutil.copytree(data / "samples", folder / "samples")
    (folder / "own").mkdir()
    for name in (f"{OWN}.xyz", f"{OWN}.barriers.npz", "SHA256SUMS"):
        shutil.copy(REPOSITORY / "data" / "own" / name, folder / "own")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("server") / "log"
    environment = os.environ | {
        "SYMGNN_DATA": str(folder),
        "PYTHONPATH": str(REPOSITORY),
        "OMP_NUM_THREADS": "1",
        "SYMGNN_DASHBOARD_WORKERS": "1",
    }
    command = [sys.executable, str(Path(__file__).with_name("serve.py")), str(checkpoints), str(port)]
    with log.open("w") as output:
        server = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(port):
            if server.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"the dashboard did not start:\n{log.read_text()}")
            time.sleep(0.2)
        yield f"http://localhost:{port}"
    finally:
        server.terminate()
        server.wait(60)  # a busy machine


@pytest.fixture(scope="package")
def window(chromium):
    """One browser that most tests share."""
    driver = start_browser(*chromium, *WEBGL, f"--force-device-scale-factor={PIXEL_RATIO}")
    yield driver
    driver.quit()


@pytest.fixture
def page(window, address) -> Page:
    """That browser, without memories, about to open the dashboard."""
    window.set_window_size(*SIZE)
    window.get(f"{address}/_stcore/health")
    window.execute_script("sessionStorage.clear()")
    _empty_logs(window)
    return Page(window, address)


@pytest.fixture
def at_rest(window, address) -> Page:
    """The page Structure with atom 3 of beta, as it opens: that which the test before has left, put back, else anew."""
    window.set_window_size(*SIZE)
    page = Page(window, address)
    is_there = window.current_url.startswith(f"{address}/?") and page.query().get("atom") == "3"
    if is_there and page.query().get("glass") == "beta" and window.execute_script(_PUT_BACK):
        _empty_logs(window)
        return page
    window.get(f"{address}/_stcore/health")
    window.execute_script("sessionStorage.clear()")
    _empty_logs(window)
    page.open("?glass=beta&atom=3")
    page.wait_for_picture()
    return page


_PUT_BACK = """
const c = window.symgnnWindow?.open?.structure;
if (!c) return false;
c.store.set({ pinned: [], hover: -1, range: null, scaleName: null, faded: false, filter: "", elements: null, slab: null,
  clip: null, wrap: "cell", images: false, bonds: 0, tab: "atom", sort: null, presentation: false, ...c.defaults,
  selected: [3] });
c.scene.resetCamera();
return true;
"""


def _empty_logs(window) -> None:
    for log in ("performance", "browser"):
        window.get_log(log)  # reading empties it


@contextmanager
def seen(page: Page, width: int, height: int, *, dark: bool = False):
    """The page in a browser of exactly that size and theme."""
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    metrics = {"width": width, "height": height, "deviceScaleFactor": PIXEL_RATIO, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        yield
    finally:
        page.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        page.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@contextmanager
def before_each_page(page: Page, script: str):
    """JavaScript that runs first in every page that is opened meanwhile."""
    added = page.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})
    try:
        yield
    finally:
        page.driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", added)


def start_browser(browser: str, driver: str, *flags: str):
    """A new headless browser with these flags."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", *flags):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    started = webdriver.Chrome(options=options, service=Service(driver))
    started.set_script_timeout(120)  # s: a busy machine draws six views in software for long
    return started


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=2) as reply:
            return reply.read() == b"ok"
    except OSError:
        return False


def requests_of(page: Page) -> list[str]:
    """Addresses of all requests that the browser has sent so far."""
    messages = (json.loads(entry["message"])["message"] for entry in page.driver.get_log("performance"))
    return [m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"]
