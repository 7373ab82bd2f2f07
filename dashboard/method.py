"""The method that explains one atom: chosen on the page Explanation, used by every page that shows an explanation.

Like all that pages share it is part of the link, as `method`.
"""

from __future__ import annotations

import streamlit as st

from dashboard import calls, session
from dashboard.layout import cost_accepted
from dashboard.waiting import duration
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint
from symgnn.whatif.candidates import WITHIN
from symgnn.whatif.methods import title_of
from symgnn.whatif.relaxed_swap import RelaxedSwap

REPLACED = "_replaced_method"
"""In the session: the chosen method, where another stands for it since it does not work for model and glass."""
ELSEWHERE = "the page Explanation has the choice of methods"


def choose(model: Checkpoint, glass: Glass) -> str:
    """The control; returns the method's name. Raises InputError as `chosen` does."""
    names = _settle(model, glass)
    name = st.selectbox(
        "Method", names, key="method", format_func=title_of, persist_state="session", width=200,
        on_change=_forget_replaced,
    )  # fmt: skip
    session.publish(method=name)
    return name


def chosen(model: Checkpoint, glass: Glass) -> str:
    """The method's name on pages without the control. Raises InputError for a model that cannot be explained."""
    _settle(model, glass)
    session.publish(method=st.session_state["method"])
    return st.session_state["method"]


def is_wanted(model: Checkpoint, glass: Glass, atom: int, name: str, *, key: str) -> bool:
    """Whether the explanation may start: one that relaxes glasses says first what it costs. key: of the button."""
    if name != RelaxedSwap.name or calls.explanation_is_kept(model, glass, atom, seed=0, method=name):
        return True
    swaps, seconds = calls.swaps_to_relax(model, glass, atom)
    if not swaps:
        return True
    return cost_accepted(
        f"**{title_of(name)}**: the {swaps} neighbours of atom {atom} within {WITHIN:g} Å become the other element, "
        f"one at a time, and the glass is relaxed under the potential: about {duration(seconds)}. What is finished is "
        "kept, also for the page What if.",
        f"Relax around atom {atom}",
        key,
        ":material/compress:",
    )


def _settle(model: Checkpoint, glass: Glass) -> list[str]:
    """Give the session a method that works for model and glass: the link's, the one before, or the fastest signed
    one. The one that this replaces is taken again where it works, unless another has been chosen meanwhile."""
    names = calls.methods_of_atom(model, glass)
    if not names:
        raise InputError(
            f"checkpoint {model.full_name}: its model reads no edges, expected one that does: there is nothing to "
            "explain"
        )
    fastest = calls.methods_of_maps(model)[0]
    state = st.session_state
    if session.has_arrived("method"):
        _forget_replaced()
    session.seed("method", fastest, session.one_of(names))
    if state["method"] not in names:
        state.setdefault(REPLACED, state["method"])
        state["method"] = fastest
    elif state.get(REPLACED) in names:
        state["method"] = state.pop(REPLACED)
    return names


def _forget_replaced() -> None:
    st.session_state.pop(REPLACED, None)
