"""What is asked for by a button on the page What if: barrier searches before and after a change, and a design."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, notices, session
from dashboard.jobs_of_page import JobsOfPage
from dashboard.layout import chart, signed
from dashboard.waiting import is_asked
from dashboard.what_if_choice import Shown
from symgnn.plotting.what_if_plots import searched_before_after
from symgnn.whatif import Measured, WhatIf
from symgnn.whatif.searches import standard_error

DEFAULT_TRIES, MOST_TRIES = 20, 500
DEFAULT_STEPS, MOST_SWAPS = 3, 5
TARGET_ABOVE, MOST_BARRIER = 0.3, 10.0  # eV: the first target above the predicted barrier; the highest one


def physics_panel(shown: Shown, jobs: JobsOfPage) -> None:
    """Barrier searches before and after the chosen change."""
    result = shown.result
    if not shown.choice.relax:
        st.caption("Searches start from minima: turn on *Relaxed*.")
        return
    if result is None or not result.is_relaxed:
        why = "" if result is None else notices.plain(result.note)
        st.caption(f"Not relaxed: {why}" if why else "A change is checked when it is computed.")
        return
    session.seed("tries", DEFAULT_TRIES, session.whole_number(2, MOST_TRIES))
    line = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    tries = line.number_input(
        "Tries in either glass", 2, MOST_TRIES, key="tries", step=10, persist_state="session", width=150,
        help="A try is one search for a saddle from a random push of the atom: about a second.",
    )  # fmt: skip
    session.publish(tries=tries)
    job = calls.check_job(result, tries)
    asked: set = st.session_state.setdefault("_checked_changes", set())
    line.button(
        "Search barriers", icon=":material/search:", key="check_change", disabled=job.key in asked,
        on_click=asked.add, args=(job.key,),
    )  # fmt: skip
    st.caption(
        f"{notices.plain(result.change)}: {2 * tries} searches; more tries go on where fewer have ended."
    )
    measured = jobs.ask(job) if job.key in asked or is_asked(job) else None
    if measured is not None:
        st.dataframe(check_table(result, measured), hide_index=True)
        st.caption(agreement_of_change(result, measured))
        now = result.number_after
        figure = searched_before_after(
            (measured.before, measured.after),
            (float(result.barriers_before[result.atom]), float(result.barriers_after[now])),
            None if result.sigma is None else float(result.sigma[now]),
        )
        chart(figure, "searched_before_after")


def check_table(result: WhatIf, measured: Measured) -> pd.DataFrame:
    """Predicted and measured barrier before and after, their change and its error, eV."""
    now = result.number_after

    def with_error(barriers: np.ndarray) -> str:
        mean = f"{barriers.mean():.2f}" if len(barriers) else "none"
        return f"{mean} ± {standard_error(barriers):.2f}" if len(barriers) > 1 else mean

    return pd.DataFrame(
        {
            "eV": ["predicted", "measured"],
            "before": [f"{result.barriers_before[result.atom]:.2f}", with_error(measured.before)],
            "after": [f"{result.barriers_after[now]:.2f}", with_error(measured.after)],
            "change": [signed(result.barrier_change[now], 3), _signed(measured.change)],
            "±": [
                "" if result.sigma is None else f"{result.sigma[now]:.3f}",
                f"{measured.standard_error:.3f}" if math.isfinite(measured.standard_error) else "",
            ],
            "events": ["", f"{len(measured.before)}, {len(measured.after)}"],
        }
    )


def _signed(value: float) -> str:
    """Nothing where it is not known."""
    return signed(value, 3) if math.isfinite(value) else ""


def agreement_of_change(result: WhatIf, measured: Measured) -> str:
    predicted, error = float(result.barrier_change[result.number_after]), measured.standard_error
    if not math.isfinite(error):
        return "Fewer than two events on a side: take more tries."
    if abs(measured.change) < error:
        return (
            "The measured change is smaller than its standard error: its sign is not known; take more tries."
        )
    same = "the same sign" if measured.change * predicted > 0 else "opposite signs"
    apart = abs(measured.change - predicted) / error
    return f"Prediction and physics have {same}, {apart:.1f} standard errors of the measured change apart."


def design_panel(shown: Shown, chosen: session.Selection, jobs: JobsOfPage) -> None:
    """Towards a barrier in a few changes, each the best of a scan."""
    now = float(calls.predicted(shown.model, shown.glass)[shown.atom])
    line = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    target, most = _goal(chosen, now, line)
    choice = shown.choice
    job = calls.design_job(
        shown.model, shown.glass, shown.atom, target, most, choice.kind, choice.within, choice.relax
    )
    asked: set = st.session_state.setdefault("_designs", set())
    line.button(
        "Design", icon=":material/route:", key="design", disabled=job.key in asked, on_click=asked.add, args=(job.key,)
    )  # fmt: skip
    how = "relaxed" if choice.relax else "unrelaxed"
    st.caption(
        f"Greedy: every step is the {choice.kind} that comes nearest to the target, {how}. Now {now:.2f} eV."
    )
    changes = jobs.ask(job) if job.key in asked or is_asked(job) else None
    if changes is None:
        return
    if not changes:
        st.markdown("No change brings the barrier nearer to the target.")
        return

    def apply() -> None:
        st.session_state["_chain"] = chosen.glass.content_hash, (*choice.chain, *changes)

    st.markdown(" · ".join(notices.plain(change) for change in changes))
    st.button(
        f"Apply {len(changes)} change{'s' * (len(changes) > 1)}", key="apply_design", type="primary",
        icon=":material/add:", on_click=apply,
    )  # fmt: skip


def _goal(chosen: session.Selection, now: float, line) -> tuple[float, int]:
    """The target (eV) and the number of changes, chosen in `line` and in the link. Another atom starts with another
    target."""
    state, owner = st.session_state, (chosen.glass.content_hash, chosen.atom)
    if state.get("_target_of") != owner:
        state.pop("target", None)
        state["_target_of"] = owner
    session.seed("target", round(now + TARGET_ABOVE, 2), _barrier)
    session.seed("most_changes", DEFAULT_STEPS, session.whole_number(1, MOST_SWAPS))
    target = line.number_input(
        "Target (eV)", 0.0, MOST_BARRIER, step=0.1, key="target", persist_state="session", width=120
    )
    most = line.number_input(
        "Changes at most", 1, MOST_SWAPS, key="most_changes", persist_state="session", width=130
    )
    session.publish(target=f"{target:g}", most_changes=most)
    return target, most


def _barrier(text: str) -> float:
    value = float(text)
    if not 0 <= value <= MOST_BARRIER:
        raise ValueError(text)
    return value
