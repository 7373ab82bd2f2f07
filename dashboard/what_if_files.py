"""What can be taken away from the page What if: the changed glass, the table, a report, and what gives them again."""

from __future__ import annotations

import streamlit as st

from dashboard import calls, notices, session
from dashboard.glass_names import file_of, stem_of
from dashboard.jobs_of_page import JobsOfPage
from dashboard.upload import upload_id
from dashboard.waiting import is_asked
from dashboard.what_if import chain_text, change_command, python_of, scan_command
from dashboard.what_if_choice import Shown
from symgnn.io.structures import extxyz_lines
from symgnn.plotting.downloads import csv_bytes
from symgnn.whatif import Measured


def files_panel(shown: Shown, chosen: session.Selection, jobs: JobsOfPage) -> None:
    """The changed glass on the other pages and as a file, the table, the report, and the lines that give them again."""
    stem = stem_of(chosen.glass_id)
    line = st.container(horizontal=True, gap="small")
    if shown.chain.steps:
        _changed_glass(shown, stem, line)
    else:
        st.caption("Apply a change to open the glass that it gives on the other pages, or to save it.")
    if shown.ranked is not None:
        line.download_button(
            "Changes (CSV)", csv_bytes(shown.ranked.table), f"{stem}-atom{shown.atom}-{shown.choice.kind}.csv",
            "text/csv", icon=":material/download:",
        )  # fmt: skip
    lines = _lines(shown, chosen)
    _report(shown, f"{stem}-atom{shown.atom}-what-if.html", lines, jobs, line)
    if shown.choice.chain:
        st.caption(f"The same in Python, from {notices.plain(chain_text(shown.choice.chain))}:")
        st.code("\n".join(lines), language="python")
        return
    st.caption("The same on the command line:")
    st.code("\n".join(lines), language="bash", wrap_lines=True)


def _changed_glass(shown: Shown, stem: str, line) -> None:
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
    line.download_button("Glass (extended XYZ)", content, f"{stem}-changed.xyz", icon=":material/download:")


def _report(shown: Shown, name: str, lines: list[str], jobs: JobsOfPage, line) -> None:
    """A button that has the report of the chosen change made, then one that hands it over."""
    if shown.result is None:
        return
    measured = _measured(shown, jobs)
    job = calls.report_job(shown.model, shown.result, shown.chain, shown.ranked, measured, lines)
    asked: set = st.session_state.setdefault("_reports_of_changes", set())
    content = jobs.ask(job) if job.key in asked or is_asked(job) else None
    if content is None:
        line.button(
            "Make: HTML report", icon=":material/description:", key="make_what_if_report", on_click=asked.add,
            args=(job.key,), disabled=job.key in asked,
        )  # fmt: skip
    else:
        line.download_button(
            "Save: HTML report", content, name, "text/html", icon=":material/download:", type="primary"
        )


def _measured(shown: Shown, jobs: JobsOfPage) -> Measured | None:
    """Searches that were made before, by as many tries as the tab Physics says."""
    tries = st.session_state.get("tries")
    if tries is None or not shown.result.is_relaxed:
        return None
    return jobs.peek(calls.check_job(shown.result, tries))


def _lines(shown: Shown, chosen: session.Selection) -> list[str]:
    """What gives the same numbers: commands, or a chain's in Python."""
    about = file_of(chosen.glass_id), shown.model.label, chosen.atom
    choice, change = shown.choice, shown.change
    if choice.chain:
        return python_of(*about, choice, change).splitlines()
    commands = [scan_command(*about, choice)]
    if change is not None:
        tries = st.session_state.get("tries") if choice.relax else None
        commands.append(change_command(*about, change, choice.relax, tries))
    return commands
