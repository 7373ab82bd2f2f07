"""The page Check against physics: events searched now or stored, what it says of them, what it refuses."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import numpy as np
import pytest

pytest.importorskip("numba", reason="the simulations need numba: pip install symgnn[physics]")

import dashboard.workers.pool
from dashboard import calls, waiting
from dashboard.window import event as event_window
from dashboard.workers.here import Here
from dashboard.workers.jobs import Job
from dashboard.workers.ticket import Ticket
from symgnn.errors import InputError
from symgnn.extras import MissingExtra
from symgnn.io.arrays import write_arrays
from symgnn.io.structures import read_glass, write_extxyz
from symgnn.simulate import BarrierSearch, BarrierTable, kept_search
from symgnn.simulate.barrier_table import arrays_of
from tests.dashboard.test_link import Busy
from tests.dashboard.test_pages import opened, told
from tests.simulate.conftest import small_glass  # noqa: F401 (fixture)


@pytest.fixture(scope="module")
def result(small_glass):  # noqa: F811 (fixture)
    """Around the first atom of which two are found in which some atoms hardly move, so that tables leave these out:
    which atom that is depends on how the processor rounds."""
    search = BarrierSearch(small_glass)
    found = (search.around(atom, events=2) for atom in range(7, 60))
    return next(one for one in found if len(one.events) == 2 and all(map(some_hardly_move, one.events)))


def some_hardly_move(event) -> bool:
    moves = np.linalg.norm([event.displacement, event.end_displacement], axis=2).max(axis=0)
    return bool((moves < 0.04).any())


@pytest.fixture
def folder(tmp_path, monkeypatch, app, small_glass):  # noqa: F811 (fixture)
    """A data folder with one glass at a minimum, called calm, which has labels."""
    monkeypatch.setattr("symgnn.datasets.own.OWN", {"calm": "test"})
    monkeypatch.setenv("SYMGNN_DATA", str(tmp_path))
    monkeypatch.setenv("SYMGNN_CACHE", str(tmp_path / "cache"))
    labelled = dataclasses.replace(small_glass, name="calm", barriers=np.full(len(small_glass), 1.25))
    write_extxyz(tmp_path / "samples" / "calm.xyz", labelled)
    return tmp_path


@pytest.fixture
def mounted(monkeypatch) -> list[dict]:
    """Headers of the events that the page hands to its view."""
    headers, original = [], event_window.mount_event

    def mount(name, dataset):
        length = int.from_bytes(dataset.content[:4], "little")
        headers.append(json.loads(dataset.content[4 : 4 + length]))
        return original(name, dataset)

    monkeypatch.setattr(event_window, "mount_event", mount)
    return headers


def store(folder, result) -> None:
    """Make the glass one of the data set "own", with the events of its table."""
    own = folder / "own"
    own.mkdir()
    (folder / "samples" / "calm.xyz").rename(own / "calm.xyz")
    write_arrays(own / "calm.barriers.npz", BarrierTable(**arrays_of(result)).arrays(), compressed=True)
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in (*own.glob("*.xyz"), own / "calm.barriers.npz")
    ]
    (own / "SHA256SUMS").write_text("".join(lines))


def test_it_searches_when_asked_and_keeps_what_it_finds(app, folder, mounted, result):
    opened(app, "physics", atom=result.atom, events=2)
    assert not app.exception
    assert not app.error
    assert "label 1.25 eV" in app.title[0].value.replace("\\", "")
    assert "No event of this atom is known yet" in told(app.markdown)
    assert mounted[-1]["event"] is None, "the surroundings alone"
    app.button(key="search_events").click().run()
    assert not app.exception
    table = app.dataframe[0].value
    assert table["barrier_eV"].tolist() == sorted(result.barriers.tolist())
    headers = {column.get("label") for column in json.loads(app.dataframe[0].proto.columns).values()}
    assert {"barrier (eV)", "ΔE (eV)"} <= headers
    assert f"Physics {result.mean:.2f} ± {result.standard_error:.2f} eV" in told(app.markdown)
    assert f"(2 events in {result.tries} tries)" in told(app.markdown)
    shown = mounted[-1]
    assert shown["event"]["attempt"] == result.events[0].attempt
    assert max(shown["path"]["energy"]) >= result.events[0].barrier - 1e-6
    assert app.query_params["event"] == str(result.events[0].attempt)
    assert "search_events" not in [button.key for button in app.button]
    app.number_input(key="events").set_value(3).run()
    assert app.button(key="search_events").label == "Search 1 more"
    assert kept_search(read_glass(folder / "samples" / "calm.xyz"), result.atom).tries == result.tries


def test_stored_events_are_shown_at_once_and_the_chosen_one_is_computed_again(app, folder, mounted, result):
    store(folder, result)
    second = result.events[1]
    opened(app, "physics", atom=result.atom, events=2, event=second.attempt)
    assert not app.exception
    assert app.dataframe[0].value["barrier_eV"].tolist() == sorted(result.barriers.tolist())
    shown = mounted[-1]
    assert shown["event"] == {
        "attempt": second.attempt,
        "barrier": round(second.barrier, 6),
        "energy_difference": round(second.energy_difference, 6),
    }
    assert shown["path"]["energy"][len(shown["path"]["energy"]) // 2] == pytest.approx(
        second.barrier, abs=1e-5
    )
    app.number_input(key="atom").set_value(result.atom + 1).run()
    assert app.button(key="search_events").label == "Search 2 events", "an atom that was not searched"


def test_the_overlap_stands_beside_its_control(app, folder, result):
    store(folder, result)
    opened(app, "physics", atom=result.atom, events=2, of_events="overlap")
    assert not app.exception
    assert "shuffled among atoms at the same distance" in told(app.caption)
    app.segmented_control(key="of_events").set_value("files").run()
    assert not app.exception
    commands = " ".join(code.value for code in app.code)
    assert f"symgnn simulate barriers calm.xyz --atoms {result.atom} --events 2 --seed 0" in commands
    assert f".attempt({result.atom}, {result.events[0].attempt})" in commands


def test_a_link_to_an_event_that_does_not_exist_is_told(app, folder, result):
    store(folder, result)
    opened(app, "physics", atom=result.atom, events=2, event=9999)
    assert "9999" in told(app.warning)
    assert app.query_params["event"] == str(result.events[0].attempt)


def test_a_glass_that_is_no_minimum_is_refused_and_a_relaxed_copy_opened(app, folder, small_glass, result):  # noqa: F811
    rng = np.random.default_rng(0)
    moved = small_glass.positions + rng.normal(scale=0.02, size=(len(small_glass), 3))
    restless = dataclasses.replace(small_glass, name="restless", positions=moved)
    write_extxyz(folder / "samples" / "restless.xyz", restless)
    opened(app, "physics", glass="restless", atom=result.atom)
    assert not app.exception
    assert "it is no minimum of the potential" in told(app.error)
    assert "search_events" not in [button.key for button in app.button]
    app.button(key="relax_copy").click().run()
    app.button(key="open_relaxed").click().run()
    assert not app.exception
    assert not app.error
    assert app.query_params["glass"].startswith("upload-restless-relaxed")
    assert app.query_params["atom"] == str(result.atom)
    assert app.button(key="search_events")


def test_other_glasses_are_refused_in_one_line(app):
    opened(app, "physics")
    assert not app.exception
    assert len(app.error) == 1
    assert "search_events" not in [button.key for button in app.button]


def test_without_the_extra_one_line_says_how_to_get_it(app, folder, monkeypatch):
    def missing(package, what):
        raise MissingExtra(f"{what} needs {package}, which is not installed: pip install symgnn[physics]")

    monkeypatch.setattr("dashboard.physics_check.require", missing)
    opened(app, "physics")
    assert not app.exception
    assert not app.error
    assert "pip install symgnn[physics]" in told(app.info)


def test_events_are_shown_while_the_search_goes_on_and_stay_when_it_is_cancelled(
    app, folder, monkeypatch, result
):
    opened(app, "physics", atom=result.atom, events=2)
    app.button(key="search_events").click().run()
    monkeypatch.setattr(waiting, "PATIENCE", 0.01)
    monkeypatch.setattr(dashboard.workers.pool, "_pool", Searching())
    app.number_input(key="events").set_value(5).run()
    app.button(key="search_events").click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 2, "what is known stands there meanwhile"
    app.button(key="cancel_job").click().run()
    assert "Cancelled; what is finished is kept" in told(app.caption)
    assert app.button(key="search_events").label == "Search 3 more"


class Searching(Here):
    """A pool that is at a search and never done, and answers everything else."""

    def ask(self, job: Job, visitor: str) -> Ticket:
        return (Busy() if job.kind == "search_events" else super()).ask(job, visitor)


def test_a_damaged_table_is_told(app, folder, result):
    store(folder, result)
    (folder / "own" / "calm.barriers.npz").write_bytes(b"damaged")
    opened(app, "physics", atom=result.atom)
    assert not app.exception
    assert "the file was changed" in told(app.error)
    with pytest.raises(InputError):
        calls.known_events("calm", read_glass(folder / "own" / "calm.xyz"), result.atom)
