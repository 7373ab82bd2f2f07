"""Times of the linked window in headless Chromium beside those of the bare 3Dmol calls, in one run.

    python -m benchmarks.dashboard [--sizes 3000 8000 100000]

Needs chromium, chromedriver, selenium and dashboard/static/3Dmol-min.js (`make viewer`). WebGL runs in software
(SwiftShader) on the processor's cores: a graphics card takes milliseconds for each line. A line is the median of five
calls until 3Dmol has drawn; "click" ends with the ring round the atom, which needs no new 3D picture.
"""

from __future__ import annotations

import argparse
import functools
import http.server
import json
import os
import shutil
import tempfile
import threading
import time
from pathlib import Path

import numpy as np

from symgnn.glass import Glass
from symgnn.graph.neighbors import neighbor_list
from symgnn.viewer3d.columns import columns
from symgnn.viewer3d.window_data import EdgeSet, edges_dataset, frame_commands, glass_dataset

ROOT = Path(__file__).resolve().parents[1]
STATIC = ROOT / "dashboard" / "static"
FLAGS = ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--use-gl=angle",
         "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--window-size=1100,1200")  # fmt: skip
MOST_EDGES = 50_000


def glass_of(n: int) -> Glass:
    """n atoms of Cu64Zr36 at random points of a lattice, about as dense as the glass."""
    rng = np.random.default_rng(0)
    per_side = int(np.ceil(n ** (1 / 3)))
    points = np.stack(np.meshgrid(*[np.arange(per_side)] * 3, indexing="ij"), axis=-1).reshape(-1, 3)
    points = points[np.sort(rng.permutation(len(points))[:n])]
    spacing = 2.55
    positions = spacing * (points + 0.5) + rng.normal(0, 0.25, (n, 3))
    species = np.where(rng.random(n) < 0.64, 29, 40)
    cell = np.eye(3) * spacing * per_side
    return Glass(species=species, positions=positions, cell=cell, pbc=[True] * 3, name=f"random{n}")


def write_data(folder: Path, n: int) -> list[list]:
    """NAME.glass and NAME.edges in a folder; returns the frame's commands."""
    glass, rng = glass_of(n), np.random.default_rng(1)
    dataset = glass_dataset(glass, columns(glass, predicted=rng.normal(1.6, 0.25, n), sigma=np.full(n, 0.25)))
    pairs = neighbor_list(glass, 3.6)
    rows = np.flatnonzero(pairs.source > pairs.target)[:MOST_EDGES]
    ends = np.column_stack([pairs.target, pairs.source])[rows]
    importance = EdgeSet("importance", "importance", rng.random(len(rows)), range=(0.0, 1.0))
    edges = edges_dataset(glass, ends, pairs.image[rows], pairs.length[rows], [importance], title="random")
    (folder / f"{glass.name}.glass").write_bytes(dataset.content)
    (folder / f"{glass.name}.edges").write_bytes(edges.content)
    return frame_commands(glass)


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder, and dashboard/static as app/static."""

    def translate_path(self, path: str) -> str:
        if path.startswith("/app/static/"):
            return str(STATIC / path.removeprefix("/app/static/").split("?")[0])
        return super().translate_path(path)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def browser():
    """A headless Chromium."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome") or ""
    for flag in FLAGS:
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))


def measured(driver, name: str, frame: list[list]) -> dict:
    """What the page measures; asked again and again, since a busy machine takes minutes for it."""
    start = (
        "window.measure(...arguments).then("
        "(r) => { window.result = r; }, (e) => { window.result = { error: e.stack }; })"
    )
    while not driver.execute_script("return window.ready ?? false"):
        time.sleep(0.1)
    driver.execute_script(start, name, frame)
    while (result := driver.execute_script("return window.result ?? null")) is None:
        time.sleep(2)
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[3000, 8000, 100_000])
    sizes = parser.parse_args().sizes
    print(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds, and the window's as a multiple"
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copy(Path(__file__).with_suffix(".html"), folder / "index.html")
        server = http.server.ThreadingHTTPServer(
            ("localhost", 0), functools.partial(Handler, directory=str(folder))
        )
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            for n in sizes:
                frame = write_data(folder, n)
                driver = browser()
                try:
                    driver.get(f"http://localhost:{server.server_port}/index.html")
                    times = measured(driver, f"random{n}", frame)
                finally:
                    driver.quit()
                show(n, times)
        finally:
            server.shutdown()


def show(n: int, times: dict) -> None:
    """Print the table of one size. Raises RuntimeError for what failed in the browser."""
    if "error" in times:
        raise RuntimeError(json.dumps(times["error"]))
    print(f"\n{n:,} atoms{'':14}{'window':>9}{'bare':>9}{'ratio':>8}")
    for what, own in times["window"].items():
        bare = times["bare"][what]
        print(f"  {what:<22}{own:>9.0f}{bare:>9.0f}{own / bare:>8.2f}")


if __name__ == "__main__":
    main()
