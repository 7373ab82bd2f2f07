"""What stands beside an event on the page Check against physics: all barriers, the table, the overlap, files."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import method, session
from dashboard.calls.physics import SEED
from dashboard.glass_names import file_of, stem_of
from dashboard.layout import chart, with_signs
from symgnn.analysis.event_overlap import EventOverlap, event_overlap
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.plotting import event_plots
from symgnn.plotting.downloads import csv_bytes
from symgnn.whatif.methods import title_of

if TYPE_CHECKING:
    from symgnn.simulate import AtomBarriers, Event

ROOM = 330  # px of a panel
BETWEEN = 9  # frames between two of start, saddle, end
TABLE, PLOT = "event_table", "event_barriers"


def barriers_plot(
    known: AtomBarriers | None,
    predicted: tuple[float, float | None] | None,
    label: float | None,
    event: Event | None,
) -> None:
    """Barriers of all events beside mean, prediction and label. A click on a point chooses the event."""
    events = () if known is None else known.events
    figure = event_plots.event_barriers(
        np.array([one.barrier for one in events]),
        np.array([one.connected for one in events], dtype=bool),
        mean=(known.mean, known.standard_error) if events else None,
        prediction=predicted,
        label=label,
        chosen=next((row for row, one in enumerate(events) if event and one.attempt == event.attempt), None),
    )

    def clicked() -> None:
        points = st.session_state[PLOT].selection.points
        if points and "customdata" in points[0]:
            row = points[0]["customdata"]
            st.session_state["event"] = events[row[0] if isinstance(row, list) else row].attempt

    chart(figure, PLOT, on_select=clicked, selection_mode="points")


def table_of(known: AtomBarriers) -> pd.DataFrame:
    """One row per event."""
    return pd.DataFrame(
        {
            "try": [event.attempt for event in known.events],
            "barrier_eV": [event.barrier for event in known.events],
            "energy_difference_eV": [event.energy_difference for event in known.events],
            "moving_atoms": [event.n_moving for event in known.events],
            "curvature_eV_per_A2": [event.curvature for event in known.events],
            "connected": [event.connected for event in known.events],
            "calls": [event.calls for event in known.events],
        }
    )


def event_table(known: AtomBarriers | None, event: Event | None) -> None:
    """All events, the lowest barrier first. A click on a row chooses the event."""
    if known is None or not known.events:
        st.caption("Events appear here one after the other while they are searched.")
        return
    table = table_of(known).sort_values("barrier_eV", ignore_index=True)
    shown = table.drop(columns=["curvature_eV_per_A2", "calls"])  # which the file has
    shown.insert(0, "shown", np.where(shown["try"] == (event.attempt if event else -1), "▶", ""))

    def clicked() -> None:
        rows = st.session_state[TABLE].selection.rows
        if rows:
            st.session_state["event"] = int(table["try"].iloc[rows[0]])

    number = st.column_config.NumberColumn
    st.dataframe(
        with_signs(shown, {"energy_difference_eV": 3}),
        hide_index=True,
        height=ROOM - 12,
        key=TABLE,
        on_select=clicked,
        selection_mode="single-row",
        column_config={
            "shown": st.column_config.TextColumn("", width=22),
            "try": None,
            "barrier_eV": number("barrier (eV)", format="%.3f", width=76),
            "energy_difference_eV": number(
                "ΔE (eV)", width=57, help="Of the minimum beyond the saddle above this one"
            ),
            "moving_atoms": number("atoms", width=44, help="Displaced by more than 0.1 Å at the saddle"),
            "connected": st.column_config.CheckboxColumn(
                "conn.",
                width=40,
                help="Connected: going down from the saddle leads exactly back to the start",
            ),
        },
    )


@st.cache_data(max_entries=64, show_spinner=False)
def _overlap(key: tuple, _explained: Explanation, _glass, _moving: list[np.ndarray]) -> EventOverlap | str:
    """Or why there is none."""
    try:
        return event_overlap(_explained, _glass, _moving)
    except InputError as error:
        return str(error)


def overlap_panel(
    chosen: session.Selection, known: AtomBarriers | None, event: Event | None, explained: Explanation | None
) -> None:
    """Whether the atoms that move are those on which the prediction rests, beside atoms at the same distances."""
    if known is None or event is None:
        st.caption("Needs an event.")
        return
    if explained is None:
        st.caption(f"Needs an explanation of this atom; {method.ELSEWHERE}.")
        return
    overlaps = {}
    for name, events in (("this event", [event]), (f"all {len(known.events)} events", known.events)):
        moving = [np.flatnonzero(np.linalg.norm(one.displacement, axis=1) > 0.1) for one in events]
        key = (explained.key, chosen.glass.content_hash, *(one.attempt for one in events))
        result = _overlap(key, explained, chosen.glass, moving)
        if isinstance(result, EventOverlap):
            overlaps[name] = result
    if not overlaps:
        st.caption("No other atom than the selected one moves.")
        return
    every = list(overlaps.values())[-1]
    chart(event_plots.overlap_bars(overlaps), "event_overlap")
    st.caption(
        f"{every.moving} moves of other atoms in {every.events} events: {every.shared} of atoms that are among the "
        f"as many most important ones ({title_of(explained.method)}, importance summed over an atom's edges), "
        f"{every.control:.1f} when importance is shuffled among atoms at the same distance (control). p: fraction of "
        f"{every.draws} shuffles that share as many."
    )


def files(chosen: session.Selection, known: AtomBarriers | None, event: Event | None) -> None:
    """The event as frames, all events as a table, and the command that searches them again."""
    file, name = file_of(chosen.glass_id), stem_of(chosen.glass_id)
    wanted = st.session_state["events"]
    if known is not None and event is not None:
        from symgnn.simulate import event_lines

        st.download_button(
            "This event (extended XYZ)",
            lambda: "".join(event_lines(chosen.glass, event, between=BETWEEN)).encode(),
            f"{name}-atom{chosen.atom}-event{event.attempt}.xyz",
            "chemical/x-xyz",
            icon=":material/animation:",
            help=f"Frames start, saddle, end, with {BETWEEN} interpolated between two of them",
        )
        st.download_button(
            "All events (CSV)",
            lambda: csv_bytes(table_of(known)),
            f"{name}-atom{chosen.atom}-events.csv",
            "text/csv",
            icon=":material/download:",
        )
    st.caption("The same events on the command line:")
    st.code(
        f"symgnn simulate barriers {shlex.quote(file)} --atoms {chosen.atom} --events {wanted} --seed {SEED}",
        language="bash",
        wrap_lines=True,
    )
    if event is not None:
        st.caption("This event in Python:")
        st.code(
            "import symgnn\nfrom symgnn.simulate import BarrierSearch\n\n"
            f"search = BarrierSearch(symgnn.read({file!r}), seed={SEED})\n"
            f"event = search.attempt({chosen.atom}, {event.attempt})[0]",
            language="python",
            wrap_lines=True,
        )
