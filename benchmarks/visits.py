"""How long visitors of the dashboard wait, in headless Chromium against a server that it starts.

    python -m benchmarks.visits [--glass NAME] [--sessions 10]

The first visitor after the start, pages that were open before, explanations that nobody has asked for (while others
work, and by four sessions at once), many sessions that select atoms, and the memory of the server and its workers
before they come and after they leave. NAME is a glass that the dashboard lists; the paper's have 3000 atoms (set
SYMGNN_RAW_DATA). Kept explanations are not used. WebGL runs in software, on the same cores as the server; needs what
`python -m benchmarks.dashboard` needs. Raises RuntimeError where a page shows an error or a session another's atom.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np

from benchmarks.dashboard import ROOT, browser
from benchmarks.visits_scripts import CLICK, DRAWN, RESTS, SELECT, WATCH, WORK
from symgnn.explanations.signed_map import signed_map
from symgnn.inference.predict import load_checkpoint
from symgnn.paths import CACHE_VARIABLE

TARGETS = {
    "first visitor": 5,
    "page switch": 1,
    "gradient": 2,
    "GNNExplainer": 6,
    "map": 2,
    "interaction": 2,
}  # s
LIMIT = 300  # s after which a page is given up
STEPS, PAUSE = 8, 4  # selections of a session, and s between two of them on average


class Server:
    """A dashboard of its own port, with an empty cache, until stop()."""

    def __init__(self, cache: str):
        with socket.socket() as free:
            free.bind(("localhost", 0))
            port = free.getsockname()[1]
        self.address = f"http://localhost:{port}"
        command = [sys.executable, str(ROOT / "dashboard" / "serve.py"), f"--server.port={port}"]
        command += ["--server.headless=true", "--server.address=localhost"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=os.environ | {CACHE_VARIABLE: cache},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it answers."""
        while True:
            try:
                urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=5).read()
                return
            except OSError:
                time.sleep(0.05)

    def memory(self) -> float:
        """MB of the server and its workers."""
        pages, of = 0, [self.process.pid]
        while of:
            pid = of.pop()
            pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
            for task in Path(f"/proc/{pid}/task").iterdir():
                of += map(int, (task / "children").read_text().split())
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(60)


class Visitors:
    """Windows of one browser, each a session of its own; none is hidden, as tabs would be, which wait."""

    def __init__(self, address: str):
        self.driver, self.address = browser(), address
        self.home = self.driver.current_window_handle

    def open(self, path: str, tab: str | None = None) -> str:
        """Open a page in a tab, or a new one; returns the tab. Does not wait for the page."""
        if tab is None:
            self.driver.switch_to.new_window("window")
            tab = self.driver.current_window_handle
        self.go(tab)
        self.driver.execute_script("location.href = arguments[0]", f"{self.address}/{path}")
        return tab

    def go(self, tab: str) -> None:
        if self.driver.current_window_handle != tab:
            self.driver.switch_to.window(tab)

    def wait(self, conditions: dict) -> dict:
        """Seconds until each of {tab: condition()} holds."""
        start, taken = time.perf_counter(), {}
        while len(taken) < len(conditions):
            for tab, condition in conditions.items():
                if tab in taken:
                    continue
                self.go(tab)
                if condition():
                    taken[tab] = time.perf_counter() - start
                elif time.perf_counter() - start > LIMIT:
                    raise RuntimeError(
                        f"waited {LIMIT} s: {self.driver.find_element('css selector', 'body').text[:500]}"
                    )
            time.sleep(0.02)
        return taken

    def check(self) -> None:
        """Raises RuntimeError where the page of this tab shows an exception."""
        for error in self.driver.find_elements("css selector", "[data-testid=stException]"):
            raise RuntimeError(error.text)

    def drawn(self) -> bool:
        return self.driver.execute_script(DRAWN) is not None

    def edges(self) -> bool:
        """Whether an explanation is drawn."""
        shown = self.driver.execute_script(DRAWN)
        return shown is not None and bool(shown[1])

    def rests(self) -> bool:
        """Whether the server has nothing more to say and no bar is shown."""
        return self.driver.execute_script(RESTS)

    def act(self, tab: str, script: str, what: object, wanted: str) -> None:
        """Do what `script` (CLICK, SELECT) says of `what`, and let the page wait for a picture of what is `wanted`."""
        self.go(tab)
        self.driver.execute_script(script + WATCH, what, wanted)

    def answers(self, tabs: list[str]) -> dict[str, float]:
        """Seconds until each page has shown what `act` wants."""
        seconds = lambda: self.driver.execute_script("return window.watch.seconds")  # noqa: E731
        self.wait(dict.fromkeys(tabs, lambda: seconds() is not None))
        taken = {}
        for tab in tabs:
            self.go(tab)
            taken[tab] = seconds()
        return taken

    def close(self, tab: str) -> None:
        self.go(tab)
        self.driver.get("about:blank")
        self.driver.close()
        self.driver.switch_to.window(self.home)


def line(what: str, seconds: float, target: str | None = None) -> None:
    limit = "" if target is None else f"   (target {TARGETS[target]} s)"
    print(f"  {what:<66}{seconds:>8.2f} s{limit}", flush=True)


def one_visitor(server: Server, visitors: Visitors, started: float, glass: str) -> None:
    """The first visitor, pages, and an explanation that nobody has asked for."""
    server.wait()
    line("start of the server until it answers", time.perf_counter() - started)
    tab = visitors.open("")
    line(
        "first visitor, at that moment, to the drawn glass",
        visitors.wait({tab: visitors.drawn})[tab],
        "first visitor",
    )
    visitors.close(tab)
    tab = visitors.open("")
    line("second visitor", visitors.wait({tab: visitors.drawn})[tab])
    visitors.open(f"explanation?glass={glass}&atom=5&method=gradient", tab)
    line("explanation by gradients, opened by a link", visitors.wait({tab: visitors.edges})[tab])
    switches = []
    for page, wanted in (("Structure", "glass"), ("Explanation", "edges")) * 4:
        visitors.act(tab, CLICK, page, wanted)
        switches.append(visitors.answers([tab])[tab])
        time.sleep(1)
    for first, page in enumerate(("Structure", "Explanation")):
        line(
            f"page switch to {page}, both pages open before (median of 3)",
            float(np.median(switches[2 + first :: 2])),
            "page switch",
        )
    taken = [ask(visitors, [tab], {tab: atom})[tab] for atom in (77, 78, 79)]
    line("gradients of another atom, cold (median of 3)", float(np.median(taken)), "gradient")
    visitors.close(tab)


def ask(visitors: Visitors, tabs: list[str], atoms: dict[str, int]) -> dict[str, float]:
    """Seconds until the explanation of another atom is drawn in each of the windows, which ask at the same time, once
    they have told all that they know of the atom before."""
    visitors.wait(dict.fromkeys(tabs, visitors.rests))
    for tab in tabs:
        visitors.act(tab, SELECT, atoms[tab], "otherEdges")
    return visitors.answers(tabs)


def explainers(visitors: Visitors, glass: str) -> None:
    """GNNExplainer while others work."""
    path = f"explanation?glass={glass}&method=gnn_explainer&atom="
    asking = visitors.open(f"{path}100")
    others = [visitors.open(f"?glass={glass}&atom={k}") for k in range(4)]
    visitors.wait({asking: visitors.edges} | dict.fromkeys(others, visitors.drawn))
    for k, tab in enumerate(others):
        visitors.go(tab)
        visitors.driver.execute_script(WORK, [200 + 20 * k + step for step in range(60)], PAUSE, k)
    taken = [ask(visitors, [asking], {asking: atom})[asking] for atom in (111, 112, 113)]
    line(
        "GNNExplainer of another atom, four sessions work (median of 3)",
        float(np.median(taken)),
        "GNNExplainer",
    )
    for tab in others:
        visitors.close(tab)
    tabs = [asking, *(visitors.open(f"{path}100") for _ in range(3))]
    visitors.wait(dict.fromkeys(tabs, visitors.edges))
    taken = ask(visitors, tabs, {tab: 120 + k for k, tab in enumerate(tabs)})
    for k, seconds in enumerate(sorted(taken.values())):
        line(f"four sessions ask GNNExplainer at once: answer {k + 1}", seconds)
    for tab in tabs:
        visitors.close(tab)


def many_visitors(server: Server, visitors: Visitors, glass: str, sessions: int) -> None:
    """Sessions that select atoms, each at moments of its own; twice, for the memory."""
    after = []
    print(f"  memory with nobody there {server.memory():>37.0f} MB")
    for _ in range(2):
        tabs = [visitors.open(f"?glass={glass}&atom={k}") for k in range(sessions)]
        visitors.wait(dict.fromkeys(tabs, visitors.drawn))
        atoms = {tab: [100 * k + 7 * step for step in range(1, STEPS + 1)] for k, tab in enumerate(tabs)}
        for k, tab in enumerate(tabs):
            visitors.go(tab)
            visitors.driver.execute_script(WORK, atoms[tab], PAUSE, k)
        rings, answers = [], []
        finished = lambda: visitors.driver.execute_script("return window.work.done")  # noqa: E731
        time.sleep(PAUSE * STEPS / 2)  # looking disturbs
        visitors.wait(dict.fromkeys(tabs, finished))
        for tab in tabs:
            visitors.go(tab)
            visitors.check()
            if f"&atom={atoms[tab][-1]}&" not in visitors.driver.current_url.replace("?", "&") + "&":
                raise RuntimeError(
                    f"a session shows {visitors.driver.current_url}, not atom {atoms[tab][-1]}"
                )
            work = visitors.driver.execute_script("return window.work")
            rings += work["rings"]
            answers += work["answers"]
        every = f"{sessions} sessions, a selection each {PAUSE} s"
        line(f"{every}: ring drawn, 95% within", float(np.quantile(rings, 0.95)) / 1000, "interaction")
        line("the server has answered: median", float(np.median(answers)) / 1000)
        line("95% within", float(np.quantile(answers, 0.95)) / 1000, "interaction")
        during = server.memory()
        for tab in tabs:
            visitors.close(tab)
        time.sleep(20)
        after.append(server.memory())
        print(f"  memory with them {during:.0f} MB, 20 s after they have left {after[-1]:.0f} MB")
    print(
        f"  growth from the first to the second time {100 * (after[1] / after[0] - 1):+.1f}%   (target 10%)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--glass", default="Cu64Zr36_500_1e12")
    parser.add_argument("--sessions", type=int, default=10)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; glass {options.glass}")
    from dashboard import calls

    glass, checkpoint = calls.load_glass(calls.glass_files()[options.glass]), load_checkpoint("symgnn")
    signed_map(checkpoint, glass)
    start = time.perf_counter()
    signed_map(checkpoint, glass)
    line("signed map of the whole glass, computed", time.perf_counter() - start, "map")
    with tempfile.TemporaryDirectory() as cache:
        server = visitors = None
        try:
            started = time.perf_counter()
            server = Server(cache)
            visitors = Visitors(server.address)
            one_visitor(server, visitors, started, options.glass)
            explainers(visitors, options.glass)
            many_visitors(server, visitors, options.glass, options.sessions)
        finally:
            if visitors is not None:
                visitors.driver.quit()
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
