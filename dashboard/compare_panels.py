"""The panels of the page Compare: what each shows, its window, its menu."""

import streamlit as st

from dashboard import calls, comparison, layout, method, notices, session, sidebar
from dashboard.comparison import Pin
from dashboard.differences import Panel
from dashboard.layout import with_uncertainty
from dashboard.window import mount_group, mount_window
from dashboard.window.data import explanation_data, glass_data
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.predict import Checkpoint, list_checkpoints
from symgnn.viewer3d.window_data import frame_commands
from symgnn.whatif.methods import title_of

GROUP = "compare"
NEAR = 9.0  # Å round the explained atom, of what is drawn at first
HEIGHTS = {1: 330, 2: 236}  # px of a panel, by rows of panels
ONE_LINE = "line-height: 1.3; white-space: nowrap; overflow: hidden; text-overflow: ellipsis"


def compute(letter: str, pin: Pin, chosen: session.Selection) -> Panel:
    """One panel; without prediction and explanation where the model cannot give them."""
    glass = sidebar.load(pin.glass_id)
    atom, model = min(max(pin.atom, 0), len(glass) - 1), chosen.checkpoint
    if model is not None and pin.checkpoint is not None:
        model = calls.checkpoint(pin.checkpoint)
    which = session.Selection(pin.glass_id, glass, atom, model)
    parts = {"letter": letter, "which": which, "coordination": int(calls.coordination(glass)[atom])}
    parts |= {"checkpoint": None if model is None else model.full_name, "method": pin.method}
    if model is None:
        return Panel(**parts)
    try:
        parts |= {"predicted": calls.predicted(model, glass), "sigma": calls.uncertainty(model, glass)}
        parts["method"] = method_of(pin, model, glass, chosen)
        if method.is_wanted(model, glass, atom, parts["method"], key=f"explain_{letter}"):
            parts["explained"] = calls.explanation(model, glass, atom, seed=0, method=parts["method"])
    except InputError as error:
        parts["problem"] = error
    return Panel(**parts)


def method_of(pin: Pin, model: Checkpoint, glass: Glass, chosen: session.Selection) -> str:
    """The pin's method, else that of the page Explanation, else the first that works for checkpoint and glass."""
    names = calls.methods_of_atom(model, glass)
    if pin.method in names:
        return pin.method
    if not names or model is chosen.checkpoint:
        wanted = method.chosen(model, chosen.glass)  # says why where there is none
    else:
        wanted = st.session_state.get("method")
    return wanted if wanted in names else names[0]


def tell(panels: list[Panel]) -> None:
    """Why explanations are missing, once for all panels where it is the same."""
    for text in dict.fromkeys(str(panel.problem) for panel in panels if panel.problem is not None):
        st.info(f"{notices.plain(text)}. Loops can still be compared.", icon=":material/info:")


def settled(view: dict) -> None:
    """The windows' k becomes that of all pages."""
    st.session_state["k"] = max(1, int(view["top"]))


def show_panels(panels: list[Panel], pinned: int, k: int) -> None:
    """The windows, in one row or two."""
    mount_group(GROUP)
    rows = 1 if len(panels) <= 3 else 2
    width = -(-len(panels) // rows)
    signed = all(panel.explained.effect is not None for panel in panels if panel.explained is not None)
    for row, start in enumerate(range(0, len(panels), width)):
        columns = st.columns(width, gap="small")
        for column, position in zip(columns, range(start, min(start + width, len(panels))), strict=False):
            with column:
                heading(panels[position], position, pinned)
                show_panel(panels[position], position, k, (row, rows), "effect" if signed else "importance")


def heading(panel: Panel, position: int, pinned: int) -> None:
    """What the panel shows, in two lines, and its menu."""
    glass, atom = panel.which.glass, panel.which.atom
    how = [panel.checkpoint, None if panel.explained is None else title_of(panel.explained.method)]
    if panel.predicted is not None:
        sigma = None if panel.sigma is None else panel.sigma[atom]
        how.insert(0, with_uncertainty(float(panel.predicted[atom]), sigma))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            st.html(
                f"<div style='{ONE_LINE}; border-left: 5px solid {panel.color}; padding-left: 8px'>"
                f"<b>{panel.letter}</b> {layout.html(glass.name)} · atom {atom} ({glass.symbols[atom]})<br>"
                f"<small>{layout.html(' · '.join(filter(None, how)))}</small></div>"
            )
        if 0 < position <= pinned:
            with st.popover("", icon=":material/tune:", width="content"):
                menu(panel, position - 1)


def menu(panel: Panel, position: int) -> None:
    """The controls of a pinned panel."""
    state = st.session_state

    def taken(part: str, key: str, **more: object):
        return lambda: comparison.change(position, **{part: state[key]}, **more)

    names = [*calls.glass_files(), *session.uploads()]
    which = panel.which
    controls = [
        ("glass_id", "Glass", names, which.glass_id, {}),
        ("checkpoint", "Checkpoint", list_checkpoints(), panel.checkpoint, {"method": None}),
    ]
    if which.checkpoint is None:
        controls.pop()
    elif methods := calls.methods_of_atom(which.checkpoint, which.glass):
        controls.append(("method", "Method", methods, panel.method, {}))
    for part, label, options, value, more in controls:
        key = f"panel_{part}{position}"
        state[key] = value if value in options else options[0]
        shown = title_of if part == "method" else str
        st.selectbox(
            label, options, key=key, format_func=shown, on_change=taken(part, key, **more), width=260
        )
    key = f"panel_atom{position}"
    state[key] = which.atom
    st.number_input("Atom", 0, len(which.glass) - 1, key=key, on_change=taken("atom", key))
    st.button(
        "Remove",
        key=f"panel_remove{position}",
        icon=":material/close:",
        on_click=comparison.remove,
        args=(position,),
    )


def show_panel(panel: Panel, position: int, k: int, grid: tuple[int, int], edge_set: str) -> None:
    """grid: row of the panel, and how many rows there are."""
    which, explained = panel.which, panel.explained
    dataset, _ = glass_data(which.checkpoint, which.glass)
    edges = None if explained is None else explanation_data(explained.key, which.glass, explained)
    mount_window(
        f"{GROUP}{position}",
        dataset,
        frame_commands(which.glass),
        edges=edges,
        camera=f"compare-{position}-{which.glass.content_hash}",
        selected=which.atom,
        default={
            "color": "barrier" if panel.predicted is not None else "element",
            "edgeSet": edge_set,
            "top": k,
            "wrap": "atom",
            "faded": True,
            **({} if explained is None else {"clip": NEAR}),
        },
        height=HEIGHTS[grid[1]],
        group=GROUP,
        row=grid[0],
        rows=grid[1],
        on_pick=session.pick if position == 0 else pick(position - 1),
        on_settle=settled if position == 0 else None,
    )


def pick(position: int):
    """A click in the window of a pin chooses its atom."""

    def chosen(atom: int) -> None:
        if position < len(comparison.pins()):
            comparison.change(position, atom=atom)

    return chosen
