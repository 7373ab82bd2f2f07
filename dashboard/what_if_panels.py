"""What stands beside the glass on the page What if: a panel for each tab."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import notices
from dashboard.layout import chart, signed, with_signs
from dashboard.what_if_choice import Shown, choose
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
    undoing = [shown.undoes(change) for change in table["change"]]

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
        undoing=undoing,
        chosen=shown.change,
        height=255,
    )
    chart(figure, PLOT, on_select=clicked, selection_mode="points")
    how = "relaxed, dots: before relaxation" if ranked.is_relaxed else "unrelaxed"
    error = (
        f"lines: standard deviation over {ranked.models}, a lower bound" if ranked.models else "± not known"
    )
    hatched = " Hatched: undoes an applied change." if any(undoing) else ""
    st.caption(f"{len(table)} changes, {how}; {error}. Red raises the barrier, blue lowers it.{hatched}")
    if shown.choice.relax and ranked.note:
        st.caption(f"Not relaxed: {notices.plain(ranked.note)}")

    key = f"{TABLE}_{'relaxed' if ranked.is_relaxed else 'unrelaxed'}"  # of its own columns: new ones stay empty

    def picked() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            choose(shown, table["change"].iloc[rows[0]])

    number = st.column_config.NumberColumn
    columns = {
        "barrier_change_eV": number("change (eV)"),
        "sigma_of_change_eV": number("± (eV)", format="%.3f"),
        "distance_A": number("distance (Å)", format="%.2f"),
        "energy_change_eV": number("energy (eV)"),
        "atoms_moved": number("moved", format="%d", help="Atoms that went farther than 0.1 Å"),
    }
    said = [
        name for name in columns if table[name].notna().any() and (ranked.is_relaxed or name != "atoms_moved")
    ]
    rows = table[["change", *said]]
    if any(undoing):
        rows = rows.assign(remark=np.where(undoing, "undoes an applied change", ""))
    st.dataframe(
        with_signs(rows, {"barrier_change_eV": 3, "energy_change_eV": 2}), key=key, hide_index=True, height=230,
        on_select=picked, selection_mode="single-row",
        column_config={name: columns[name] for name in said},
    )  # fmt: skip


def before_panel(shown: Shown) -> None:
    """What the chosen change does, or the last applied one did, to the atom, to all barriers and to the structure."""
    result, chain = shown.compared
    if result is None:
        st.caption(
            "The strongest change appears here." if shown.change is None else "This change is computed."
        )
        return
    if chain is not shown.chain:
        st.caption(f"Applied: {notices.plain(result.change)}. Choose a next change above to compare it.")
    now = result.number_after
    sigma = "" if result.sigma is None else f" ± {result.sigma[now]:.3f}"
    unrelaxed = (
        f" (unrelaxed {signed(result.unrelaxed_change[now], 3)})" if result.is_relaxed else ", unrelaxed"
    )
    energy = "" if result.energy_change is None else f" · energy {signed(result.energy_change, 2)} eV"
    st.markdown(
        f"**{result.barriers_before[result.atom]:.2f} → {result.barriers_after[now]:.2f} eV: "
        f"{signed(result.barrier_change[now], 3)}{sigma} eV**{unrelaxed}"
    )
    moved = f"{result.n_moved} atoms moved farther than 0.1 Å, at most {result.moved.max():.2f} Å{energy}. "
    shifted = int((np.abs(result.barrier_change) > MUCH).sum())
    st.caption(
        f"{moved if result.is_relaxed else ''}Barriers of {shifted} of {len(result.kept)} atoms change by more than "
        f"{MUCH:g} eV, the mean barrier by {signed(result.barrier_change.mean(), 3)} eV."
    )
    if result.note:
        st.caption(f"Not relaxed: {notices.plain(result.note)}")
    before = result.barriers_before[result.kept]
    chart(barriers_before_after(before, result.barriers_after, atom=now), "barriers_before_after")
    st.caption("*Colour* over the views has the shift of every barrier, and how far each atom moved.")
