"""Page Compare: two to six glasses, atoms, checkpoints or methods side by side in linked windows, and in numbers."""

from itertools import combinations

import streamlit as st

from dashboard import calls, comparison, differences, layout, method, notices, session, sidebar
from dashboard.comparison import Pin
from dashboard.differences import Panel
from dashboard.layout import asked, chart, with_uncertainty
from dashboard.window import mount_group, mount_window
from dashboard.window.data import explanation_data, glass_data
from symgnn.errors import InputError
from symgnn.explanations.methods import title_of
from symgnn.inference.predict import Checkpoint, list_checkpoints
from symgnn.plotting import comparison_plots
from symgnn.viewer3d.window_data import frame_commands

DEFAULT_TOP, MOST_TOP = 40, 300
GROUP = "compare"
LETTERS = "ABCDEF"
HEIGHTS = {1: 330, 2: 236}  # px of a panel, by rows of panels
ONE_LINE = "line-height: 1.3; white-space: nowrap; overflow: hidden; text-overflow: ellipsis"
NUMBERS, EXPLANATIONS, BARRIERS, LOOPS = "Numbers", "Explanations", "Barriers", "Loops"


def choose(chosen: session.Selection) -> list[Pin]:
    """What is compared: the choice of the sidebar and the pinned ones, by default one other glass; and the controls."""
    names = [*calls.glass_files(), *session.uploads()]
    comparison.arrive(names, list_checkpoints() if chosen.checkpoint is not None else [])
    pinned = comparison.pins()
    session.publish(**{comparison.PARAMETER: comparison.text()})
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Compare", anchor=False, width="content")
        with st.popover("Ready-made", icon=":material/auto_awesome_motion:"):
            for place, one in enumerate(comparison.ready_made(chosen)):
                st.button(
                    one.title, key=f"ready{place}", on_click=comparison.take, args=(one,), help=one.words
                )
        st.button(
            "Add a panel",
            key="add_panel",
            icon=":material/add:",
            disabled=len(pinned) >= comparison.MOST_PINS,
            on_click=add,
            args=(chosen, names),
            help="Adds another glass; its menu changes glass, atom, checkpoint and method.",
        )
        if pinned:
            st.button("Clear", key="clear", icon=":material/delete:", on_click=pinned.clear)
    return [Pin(chosen.glass_id, chosen.atom), *(pinned or [another(chosen, names)])]


def another(chosen: session.Selection, names: list[str]) -> Pin:
    """What stands beside the choice of the sidebar before anything is pinned: another glass, where there is one."""
    other = next((name for name in names if name != chosen.glass_id), chosen.glass_id)
    return Pin(other, chosen.atom)


def add(chosen: session.Selection, names: list[str]) -> None:
    """Pin what the page shows already, and one more."""
    pinned = comparison.pins()
    if not pinned:
        pinned.append(another(chosen, names))
    used = {chosen.glass_id, *(one.glass_id for one in pinned)}
    free = next((name for name in names if name not in used), pinned[-1].glass_id)
    pinned.append(Pin(free, chosen.atom))


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
        parts["method"] = method_of(pin, model, chosen)
        parts["explained"] = calls.explanation(model, glass, atom, seed=0, method=parts["method"])
    except InputError as error:
        parts["problem"] = error
    return Panel(**parts)


def method_of(pin: Pin, model: Checkpoint, chosen: session.Selection) -> str:
    """The pin's method, else that of the page Explanation, else the first that works for the checkpoint."""
    names = calls.methods(model)
    if pin.method in names:
        return pin.method
    if not names or model is chosen.checkpoint:
        return method.chosen(model)  # says why where there is none
    wanted = st.session_state.get("method")
    return wanted if wanted in names else names[0]


def tell(panels: list[Panel]) -> None:
    """Why explanations are missing, once for all panels where it is the same."""
    for text in dict.fromkeys(str(panel.problem) for panel in panels if panel.problem is not None):
        st.info(f"{notices.plain(text)}. Loops can still be compared.", icon=":material/info:")


def number_of_edges() -> int:
    """The k of all pages, which the slider over the panels sets."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))
    session.publish(k=st.session_state["k"])
    return st.session_state["k"]


def settled(view: dict) -> None:
    """The windows' k becomes that of all pages."""
    st.session_state["k"] = max(1, int(view["top"]))


def show_panels(panels: list[Panel], pinned: int, k: int) -> None:
    """The windows, in one row or two."""
    mount_group(GROUP)
    rows = 1 if len(panels) <= 3 else 2
    width = -(-len(panels) // rows)
    signed = all(panel.explained.effect is not None for panel in panels if panel.explained is not None)
    for start in range(0, len(panels), width):
        columns = st.columns(width, gap="small")
        for column, place in zip(columns, range(start, min(start + width, len(panels))), strict=False):
            with column:
                heading(panels[place], place, pinned)
                show_panel(panels[place], place, k, HEIGHTS[rows], "effect" if signed else "importance")


def heading(panel: Panel, place: int, pinned: int) -> None:
    """What the panel shows, in two lines, and its menu."""
    glass, atom = panel.which.glass, panel.which.atom
    color = comparison_plots.COLORS[place]
    how = [panel.checkpoint, None if panel.explained is None else title_of(panel.explained.method)]
    if panel.predicted is not None:
        sigma = None if panel.sigma is None else panel.sigma[atom]
        how.insert(0, with_uncertainty(float(panel.predicted[atom]), sigma))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(gap=None):
            st.html(
                f"<div style='{ONE_LINE}; border-left: 5px solid {color}; padding-left: 8px'>"
                f"<b>{panel.letter}</b> {layout.html(glass.name)} · atom {atom} ({glass.symbols[atom]})<br>"
                f"<small>{layout.html(' · '.join(filter(None, how)))}</small></div>"
            )
        if 0 < place <= pinned:
            with st.popover("", icon=":material/tune:", width="content"):
                menu(panel, place - 1)


def menu(panel: Panel, place: int) -> None:
    """The controls of a pinned panel."""
    state = st.session_state

    def taken(part: str, key: str, **more: object):
        return lambda: comparison.change(place, **{part: state[key]}, **more)

    names = [*calls.glass_files(), *session.uploads()]
    which = panel.which
    controls = [
        ("glass_id", "Glass", names, which.glass_id, {}),
        ("checkpoint", "Checkpoint", list_checkpoints(), panel.checkpoint, {"method": None}),
    ]
    if which.checkpoint is None:
        controls.pop()
    elif methods := calls.methods(which.checkpoint):
        controls.append(("method", "Method", methods, panel.method, {}))
    for part, label, options, value, more in controls:
        key = f"panel_{part}{place}"
        state[key] = value if value in options else options[0]
        shown = title_of if part == "method" else str
        st.selectbox(
            label, options, key=key, format_func=shown, on_change=taken(part, key, **more), width=260
        )
    key = f"panel_atom{place}"
    state[key] = which.atom
    st.number_input("Atom", 0, len(which.glass) - 1, key=key, on_change=taken("atom", key))
    st.button(
        "Remove",
        key=f"panel_remove{place}",
        icon=":material/close:",
        on_click=comparison.remove,
        args=(place,),
    )


def show_panel(panel: Panel, place: int, k: int, height: int, edge_set: str) -> None:
    which, explained = panel.which, panel.explained
    dataset, _ = glass_data(which.checkpoint, which.glass)
    edges = None if explained is None else explanation_data(explained.key, which.glass, explained)
    mount_window(
        f"{GROUP}{place}",
        dataset,
        frame_commands(which.glass),
        edges=edges,
        camera=f"compare-{place}-{which.glass.content_hash}",
        selected=which.atom,
        default={
            "color": "barrier" if panel.predicted is not None else "element",
            "edgeSet": edge_set,
            "top": k,
            "wrap": "atom",
            "faded": True,
        },
        height=height,
        group=GROUP,
        on_pick=session.pick if place == 0 else pick(place - 1),
        on_settle=settled if place == 0 else None,
    )


def pick(place: int):
    """A click in the window of a pin chooses its atom."""

    def chosen(atom: int) -> None:
        if place < len(comparison.pins()):
            comparison.change(place, atom=atom)

    return chosen


def numbers(panels: list[Panel], k: int) -> None:
    """The table, and the differences of every two panels."""
    st.dataframe(differences.table(panels, k), hide_index=True, height="content")
    decimals = st.column_config.NumberColumn
    shifts, shared = differences.barrier_shifts(panels), differences.overlaps(panels, k)
    if len(shifts):
        st.markdown("**Shift of barriers** (eV)")
        st.dataframe(
            shifts,
            hide_index=True,
            height="content",
            column_config={name: decimals(format="%+.3f") for name in shifts.columns[1:4]}
            | {
                "mean change of an atom": decimals(
                    format="%.3f", help="Mean absolute difference of an atom's barriers; for one glass only."
                )
            },
        )
    if len(shared):
        st.markdown(f"**Overlap of the top {k} edges against chance**")
        st.dataframe(
            shared,
            hide_index=True,
            height="content",
            column_config={
                "Jaccard index": decimals(
                    format="%.2f",
                    help="Edges in both explanations divided by edges in either: 1 for the same edges.",
                ),
                "chance": decimals(
                    format="%.2f", help="Expected where the second explanation is random edges."
                ),
                "matched chance": decimals(
                    format="%.2f",
                    help="Expected for random edges of the same lengths, elements and hops as the second's.",
                ),
                "p": decimals(format="%.3g", help="Probability that matched random edges share as many."),
                "rank correlation": decimals(
                    format="%.2f", help="Spearman's, of the importance of all edges."
                ),
                "matched, shuffled": decimals(
                    format="%.2f",
                    help="Rank correlation expected when importance is shuffled among matched edges.",
                ),
            },
        )
    elif sum(panel.explained is not None for panel in panels) > 1:
        st.caption("Panels of one glass and atom have their explanations' overlap here, against chance.")


def explanations(panels: list[Panel]) -> None:
    tables = [
        (name(panel), differences.edge_table(panel.which.glass, panel.explained))
        for panel in panels
        if panel.explained is not None and len(panel.explained.importance)
    ]
    if not tables:
        st.info("No panel has an explanation.")
        return
    series = [
        (title, table["distance_A"].to_numpy(), table["importance"].to_numpy()) for title, table in tables
    ]
    chart(comparison_plots.explanation_reach(series), "reach")
    st.caption(
        "How much of an explanation's importance lies within a distance of its atom. Dashed: the fraction of all its "
        "edges there, which is what an explanation that knows nothing would give."
    )


def barriers(panels: list[Panel]) -> None:
    known = {}
    for panel in panels:  # those of one glass and checkpoint have one curve
        if panel.predicted is not None:
            key = (panel.which.glass.content_hash, panel.checkpoint)
            known.setdefault(key, (name(panel), panel.predicted, panel.which.glass.symbols))
    if not known:
        st.info("No panel has predicted barriers.")
        return
    chart(comparison_plots.barrier_distributions(list(known.values())), "barriers")
    st.caption("Panels of one glass and checkpoint share one curve.")


def loops(panels: list[Panel]) -> None:
    """Diagrams over each other, and their distances; the one that takes seconds at the press of a button."""
    glasses = {panel.which.glass.content_hash: panel for panel in reversed(panels)}
    panels = [panel for panel in panels if glasses[panel.which.glass.content_hash] is panel]
    try:
        found = [
            (panel.which.glass.name, calls.topology(panel.which.glass).persistence.h1) for panel in panels
        ]
    except InputError as error:
        st.info(notices.plain(error))
        return
    named = [
        (f"{panel.letter} {title}", h1.birth, h1.death)
        for panel, (title, h1) in zip(panels, found, strict=True)
    ]
    chart(comparison_plots.loops_overlaid(named), "loops")
    pairs = list(combinations(panels, 2))
    if not pairs:
        st.caption("All panels show one glass: there is no distance of diagrams.")
        return
    rows = [distance(first, second) for first, second in pairs]
    table = st.container()
    waiting = [pair for pair in pairs if not calls.wasserstein_distance_is_kept(*glasses_of(pair))]
    if not waiting or asked(
        "Compute the Wasserstein distances", key="wasserstein", icon=":material/compare_arrows:"
    ):
        for row, pair in zip(rows, pairs, strict=True):
            row["Wasserstein (Å per atom)"] = wasserstein(pair)
    decimals = st.column_config.NumberColumn
    table.dataframe(
        rows,
        hide_index=True,
        height="content",
        column_config={
            "bottleneck (Å)": decimals(
                format="%.3f",
                help="Loops of one glass are matched with those of the other or with the diagonal: the longest step "
                "of the best matching.",
            ),
            "Wasserstein (Å per atom)": decimals(
                format="%.4f",
                help="The sum of the steps of the best matching, per atom, so that glasses of any size compare.",
            ),
        },
    )


def glasses_of(pair: tuple[Panel, Panel]):
    return pair[0].which.glass, pair[1].which.glass


def distance(first: Panel, second: Panel) -> dict[str, object]:
    row: dict[str, object] = {"panels": f"{first.letter} and {second.letter}"}
    try:
        row["bottleneck (Å)"] = calls.loop_distance(*glasses_of((first, second)))
    except InputError as error:
        row["remark"] = str(error)
    return row


def wasserstein(pair: tuple[Panel, Panel]) -> float | None:
    try:
        return calls.wasserstein_distance(*glasses_of(pair))
    except InputError as error:
        st.info(notices.plain(error))
        return None


def name(panel: Panel) -> str:
    """In legends: the letter, and what tells it from the others."""
    return f"{panel.letter} {panel.which.glass.name} {panel.which.atom}"


def show(chosen: session.Selection) -> None:
    pins = choose(chosen)
    if chosen.checkpoint is None:
        notices.no_checkpoint("Explanations")
    try:
        panels = [compute(letter, pin, chosen) for letter, pin in zip(LETTERS, pins, strict=False)]
    except InputError as error:
        notices.problem(error)
        return
    tell(panels)
    k = number_of_edges()
    show_panels(panels, len(comparison.pins()), k)
    tab = layout.tabs("compared", [NUMBERS, EXPLANATIONS, BARRIERS, LOOPS])
    if tab == NUMBERS:
        numbers(panels, k)
    elif tab == EXPLANATIONS:
        explanations(panels)
    elif tab == BARRIERS:
        barriers(panels)
    else:
        loops(panels)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
