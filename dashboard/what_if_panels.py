"""What stands beside the glass on the page What if: a panel for each tab."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import calls, notices, session
from dashboard.layout import chart
from dashboard.upload import upload_id
from dashboard.what_if import chain_text, change_command, python_of, scan_command
from dashboard.what_if_choice import Shown, choose
from symgnn.io.structures import extxyz_lines
from symgnn.plotting.downloads import csv_bytes
from symgnn.plotting.what_if_plots import barriers_before_after, ranked_changes

PLOT, TABLE = "what_if_plot", "what_if_table"
MUCH = 0.05  # eV


def ranked_panel(shown: Shown) -> None:
    """Bars and table of all changes; a click on either chooses one."""
    ranked = shown.ranked
    if ranked is None:
        st.caption("The changes appear here, the strongest first.")
        return
    table = ranked.table
    sigma = table["sigma_of_change_eV"].to_numpy()

    def clicked() -> None:
        points = st.session_state[PLOT].selection.points
        if points and "customdata" in points[0]:
            name = points[0]["customdata"]
            choose(shown, name[0] if isinstance(name, list) else name)

    figure = ranked_changes(
        table["change"].tolist(),
        table["barrier_change_eV"].to_numpy(),
        sigma if np.isfinite(sigma).any() else None,
        table["unrelaxed_change_eV"].to_numpy() if ranked.is_relaxed else None,
        chosen=shown.change,
        height=255,
    )
    chart(figure, PLOT, on_select=clicked, selection_mode="points")
    how = "relaxed, dots: before relaxation" if ranked.is_relaxed else "unrelaxed"
    error = (
        f"lines: standard deviation over {ranked.models}, a lower bound" if ranked.models else "± not known"
    )
    st.caption(f"{len(table)} changes, {how}; {error}. Red raises the barrier, blue lowers it.")
    if shown.choice.relax and ranked.note:
        st.caption(f"Not relaxed: {notices.plain(ranked.note)}")

    def picked() -> None:
        rows = st.session_state[TABLE].selection.rows
        if rows:
            choose(shown, table["change"].iloc[rows[0]])

    number = st.column_config.NumberColumn
    st.dataframe(
        table[["change", "barrier_change_eV", "sigma_of_change_eV", "distance_A", "energy_change_eV", "atoms_moved"]],
        key=TABLE, hide_index=True, height=230, on_select=picked, selection_mode="single-row",
        column_config={
            "barrier_change_eV": number("change (eV)", format="%+.3f"),
            "sigma_of_change_eV": number("± (eV)", format="%.3f"),
            "distance_A": number("distance (Å)", format="%.2f"),
            "energy_change_eV": number("energy (eV)", format="%+.2f"),
            "atoms_moved": number("moved", format="%d", help="Atoms that went farther than .1 Å"),
        },
    )  # fmt: skip


def before_panel(shown: Shown) -> None:
    """What the chosen change does to the atom, to all barriers and to the structure."""
    result = shown.result
    if result is None:
        st.caption("Choose a change." if shown.change is None else "This change is not computed yet.")
        return
    now = result.number_after
    sigma = "" if result.sigma is None else f" ± {result.sigma[now]:.3f}"
    unrelaxed = f" (unrelaxed {result.unrelaxed_change[now]:+.3f})" if result.is_relaxed else ", unrelaxed"
    energy = "" if result.energy_change is None else f" · energy {result.energy_change:+.2f} eV"
    st.markdown(
        f"**{result.barriers_before[result.atom]:.2f} → {result.barriers_after[now]:.2f} eV: "
        f"{result.barrier_change[now]:+.3f}{sigma} eV**{unrelaxed}"
    )
    moved = f"{result.n_moved} atoms moved farther than .1 Å, at most {result.moved.max():.2f} Å{energy}. "
    shifted = int((np.abs(result.barrier_change) > MUCH).sum())
    st.caption(
        f"{moved if result.is_relaxed else ''}Barriers of {shifted} of {len(result.kept)} atoms change by more than "
        f"{MUCH:g} eV, the mean barrier by {result.barrier_change.mean():+.3f} eV."
    )
    if result.note:
        st.caption(f"Not relaxed: {notices.plain(result.note)}")
    before = result.barriers_before[result.kept]
    chart(barriers_before_after(before, result.barriers_after, atom=now), "barriers_before_after")
    st.caption("*Colour* over the views has the shift of every barrier, and how far each atom moved.")


def files_panel(shown: Shown, chosen: session.Selection) -> None:
    """The changed glass on the other pages and as a file, the table, and the commands for the same numbers."""
    stem = chosen.glass_id.removeprefix(session.UPLOAD)
    line = st.container(horizontal=True, gap="small")
    if shown.chain.steps:
        last = shown.chain.steps[-1]
        changed = last.as_glass()

        def open_it() -> None:
            glass_id = upload_id(f"{stem} changed", changed)
            session.uploads()[glass_id] = changed
            st.session_state["glass"], st.session_state["atom"] = glass_id, last.number_after
            session.forget(*(key for key in session.NUMBERS["glass"] if key != "atom"))

        line.button(
            "Open on all pages", icon=":material/arrow_forward:", key="open_changed", type="primary", on_click=open_it
        )  # fmt: skip
        content = "".join(f"{text.rstrip()}\n" for text in extxyz_lines(changed)).encode()
        line.download_button(
            "Glass (extended XYZ)", content, f"{stem}-changed.xyz", icon=":material/download:"
        )
    else:
        st.caption("Apply a change to open the glass that it gives on the other pages, or to save it.")
    if shown.ranked is not None:
        line.download_button(
            "Changes (CSV)", csv_bytes(shown.ranked.table), f"{stem}-atom{shown.atom}-{shown.choice.kind}.csv",
            "text/csv", icon=":material/download:",
        )  # fmt: skip
    path = calls.glass_files().get(chosen.glass_id)
    about = f"{stem}.xyz" if path is None else path.name, shown.model.label, chosen.atom
    if shown.choice.chain:
        st.caption(f"The same in Python, from {notices.plain(chain_text(shown.choice.chain))}:")
        st.code(python_of(*about, shown.choice, shown.change), language="python")
        return
    commands = [scan_command(*about, shown.choice)]
    if shown.change is not None:
        relax = shown.choice.relax
        tries = st.session_state.get("tries") if relax else None
        commands.append(change_command(*about, shown.change, relax, tries))
    st.caption("The same on the command line:")
    st.code("\n".join(commands), language="bash", wrap_lines=True)
