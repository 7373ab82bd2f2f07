"""The method that explains one atom: chosen on the page Explanation, used by every page that shows an explanation.

Like all that pages share it is part of the link, as `method`.
"""

from __future__ import annotations

import streamlit as st

from dashboard import calls, session
from symgnn.errors import InputError
from symgnn.explanations.methods import title_of
from symgnn.inference.predict import Checkpoint

ELSEWHERE = "the page Explanation has the choice of methods"


def choose(model: Checkpoint) -> str:
    """The control; returns the method's name. Raises InputError as `chosen` does."""
    names = _settle(model)
    name = st.selectbox(
        "Method", names, key="method", format_func=title_of, persist_state="session", width=200
    )
    session.publish(method=name)
    return name


def chosen(model: Checkpoint) -> str:
    """The method's name on pages without the control. Raises InputError for a model that cannot be explained."""
    _settle(model)
    session.publish(method=st.session_state["method"])
    return st.session_state["method"]


def _settle(model: Checkpoint) -> list[str]:
    """Give the session a method that works for the model: the link's, the one before, or the fastest signed one."""
    names = calls.methods(model)
    if not names:
        raise InputError(
            f"checkpoint {model.full_name}: its model reads no edges, expected one that does: there is nothing to "
            "explain"
        )
    fastest = calls.methods_of_maps(model)[0]
    session.seed("method", fastest, session.one_of(names))
    if st.session_state["method"] not in names:
        st.session_state["method"] = fastest
    return names
