"""What the page What if shows by now: the change that is chosen in it, and the chain of those that are applied."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboard import notices, session
from dashboard.what_if import Choice
from dashboard.workers.what_if_tasks import Changes
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.whatif import Chain, WhatIf, parse_change
from symgnn.whatif.candidates import restores

BOX = "change_box"


@dataclass(eq=False)
class Shown:
    """What the page has by now.

    given     the selected glass; chain: of the changes applied to it, whose last glass is shown
    atom      number of the selected atom in that glass
    unrelaxed, relaxed   the changes around it, None while they are computed
    change    the chosen one, text; result: what it does
    """

    model: Checkpoint
    given: Glass
    chain: Chain
    atom: int
    choice: Choice
    unrelaxed: Changes | None = None
    relaxed: Changes | None = None
    change: str | None = None
    result: WhatIf | None = None

    @property
    def glass(self) -> Glass:
        return self.chain.glass

    @property
    def ranked(self) -> Changes | None:
        """The better of the two scans that is there."""
        return self.unrelaxed if self.relaxed is None else self.relaxed

    def atom_given(self, atom: int) -> int:
        """The number in the selected glass of an atom of the one shown."""
        return int(self.chain.kept[atom])

    def undoes(self, change: str) -> bool:
        """Whether a ranked change only takes back applied ones."""
        if not self.chain.steps:
            return False
        return restores(parse_change(change), self.glass, self.given, self.chain.kept)

    @property
    def compared(self) -> tuple[WhatIf | None, Chain]:
        """What *Before / after* shows, and the chain whose last glass is the one before: the chosen change, or where
        there is none the last that was applied."""
        if self.change is None and self.chain.steps:
            return self.chain.steps[-1], self.chain.undone()
        return self.result, self.chain

    @property
    def owner(self) -> tuple:
        """What a chosen change belongs to."""
        return self.glass.content_hash, self.atom, self.choice.kind


def chosen_change(shown: Shown) -> str | None:
    """The change that the visitor or the link has chosen here; None where nobody has."""
    text, state = session.arrived("change"), st.session_state
    if text:
        try:
            state["_change"] = shown.owner, str(parse_change(text))
        except InputError:
            session.tell(notices.not_found, "change =", text, "The page shows the strongest instead.")
    owner, change = state.get("_change", (None, None))
    return change if owner == shown.owner else None


def strongest(shown: Shown) -> str | None:
    """The change that moves the barrier most, as far as changes are known, of those that do not undo applied ones."""
    if shown.ranked is None:
        return None
    changes = shown.ranked.table["change"]
    return next((change for change in changes if not shown.undoes(change)), next(iter(changes), None))


def change_box(shown: Shown, chosen: session.Selection, default: str | None) -> str | None:
    """Choose one of the ranked changes, or write another; `default` where nobody has chosen. Apply it."""
    values = [] if shown.ranked is None else shown.ranked.table["change"].tolist()
    change = chosen_change(shown) or default
    options = values if change is None or change in values else [change, *values]
    key = "_".join(
        [BOX, *map(str, shown.owner)]
    )  # another glass has another box: a browser keeps a box's text
    st.session_state[key] = change

    def chosen_in_box() -> None:
        choose(shown, st.session_state[key])

    def apply() -> None:
        st.session_state["_chain"] = chosen.glass.content_hash, (*shown.choice.chain, change)

    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.selectbox(
        "Change", options, key=key, on_change=chosen_in_box, accept_new_options=True, label_visibility="collapsed",
        placeholder="Changes are computed" if shown.ranked is None else "Choose the next change", width="stretch",
        help="Also others: swap 17=Zr · exchange 17,23 · strain hydrostatic:0.01 · remove 17 · move 17=0.1,0,0 · "
        "anneal 600:10",
    )  # fmt: skip
    line.button(
        "Apply", icon=":material/add:", key="apply_change", type="primary", disabled=change is None, on_click=apply,
        help="Make this change, and go on from the glass that it gives.",
    )  # fmt: skip
    chain_box(chosen, shown.choice, shown)
    session.publish(change=change or "")
    return change


def choose(shown: Shown, change: str | None) -> None:
    """Make this the chosen change."""
    if change:
        st.session_state["_change"] = shown.owner, change.strip()


def chain_box(chosen: session.Selection, choice: Choice, shown: Shown | None) -> None:
    """The changes applied so far, in order, with the barrier after each; undo the last, or all."""
    if not choice.chain:
        return
    base = chosen.glass.content_hash

    def set_chain(chain: tuple[str, ...]) -> None:
        st.session_state["_chain"] = base, chain

    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    steps = [notices.plain(change) for change in choice.chain]
    if shown is not None:
        barriers = shown.chain.barriers
        steps = [f"{step} → {after:.2f} eV" for step, after in zip(steps, barriers[1:], strict=True)]
        steps.insert(0, f"{barriers[0]:.2f} eV")
    line.markdown(" · ".join(steps), width="stretch")
    line.button(
        "", icon=":material/undo:", key="undo_change", help="Undo the last", on_click=set_chain,
        args=(choice.chain[:-1],),
    )  # fmt: skip
    line.button(
        "",
        icon=":material/restart_alt:",
        key="reset_changes",
        help="Undo all",
        on_click=set_chain,
        args=((),),
    )
