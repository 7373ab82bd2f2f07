"""Page Compare: two atoms side by side, of one glass or of two: explanation and persistence diagram."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import calls, method, notices, session, sidebar
from dashboard.layout import asked, chart, metrics, with_uncertainty
from dashboard.viewer import mount
from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation
from symgnn.explanations.methods import title_of
from symgnn.glass import Glass
from symgnn.homology import GlassTopology
from symgnn.plotting import plots, topology_plots
from symgnn.plotting.tables import edge_table
from symgnn.viewer3d import views

DEFAULT_TOP, MOST_TOP = 40, 300


@dataclass(frozen=True, eq=False)
class Side:
    """One of the two columns, all that is computed for it.

    problem: why there is no explanation, or no prediction either; None without a checkpoint too.
    """

    key: str
    which: session.Selection
    coordination: int
    topology: GlassTopology
    predicted: np.ndarray | None = None
    sigma: np.ndarray | None = None
    explained: Explanation | None = None
    problem: InputError | None = None


def choose(chosen: session.Selection) -> tuple[session.Selection, session.Selection]:
    """The sidebar's choice on the left, a second one on the right."""
    left, right = st.columns(2, gap="medium", vertical_alignment="bottom")
    with left:
        st.subheader(f"{notices.plain(chosen.glass.name)}, atom {chosen.atom}", anchor=False)
        st.caption("Chosen in the sidebar.")
    with right:
        first, second = st.columns([2, 1])
        with first:
            glass_id = sidebar.choose_glass("glass2", "Compare with", other_than=chosen.glass_id)
        glass = sidebar.load(glass_id)
        with second:
            atom = sidebar.choose_atom("atom2", "Atom", glass)
    session.publish(glass2=glass_id, atom2=atom)
    return chosen, session.Selection(glass_id, glass, atom, chosen.checkpoint)


def compute(which: session.Selection, key: str) -> Side:
    """One side; without prediction and explanation where the model cannot give them."""
    model, glass, atom = which.checkpoint, which.glass, which.atom
    side = Side(key, which, int(calls.coordination(glass)[atom]), calls.topology(glass))
    if model is None:
        return side
    try:
        side = replace(side, predicted=calls.predicted(model, glass), sigma=calls.uncertainty(model, glass))
        explained = calls.explanation(model, glass, atom, seed=0, method=method.chosen(model))
    except InputError as error:
        return replace(side, problem=error)
    return replace(side, explained=explained)


def tell(sides: list[Side]) -> None:
    """Why explanations are missing, once for both sides where it is the same."""
    for text in dict.fromkeys(str(side.problem) for side in sides if side.problem is not None):
        st.info(f"{notices.plain(text)}. Persistence diagrams can still be compared.", icon=":material/info:")


def explanations(sides: list[Side]) -> int:
    """The top k edges of both sides in 3D and by distance, on the same scales; returns k."""
    session.seed("k", DEFAULT_TOP, session.whole_number(1, MOST_TOP))
    k = st.slider(
        "Most important edges shown (top k)", 1, MOST_TOP, key="k", persist_state="session", width=640
    )
    session.publish(k=k)
    shown = [side for side in sides if side.explained is not None]
    st.caption(f"Explained by {title_of(shown[0].explained.method)}; {method.ELSEWHERE}.")
    tables = {side.key: edge_table(side.which.glass, side.explained) for side in shown}
    filled = [table for table in tables.values() if len(table)]
    effects = [float(table["effect_eV"][:k].abs().max()) for table in filled if "effect_eV" in table]
    farthest = max((float(table["distance_A"].max()) for table in filled), default=1.0)
    for column, side in zip(st.columns(2, gap="medium"), sides, strict=True):
        if side.explained is not None:
            with column:
                explanation(side, tables[side.key], k, max(effects, default=None), farthest)
    return k


def explanation(
    side: Side, edges: pd.DataFrame, k: int, largest_effect: float | None, farthest: float
) -> None:
    """One side's top k edges. edges: `edge_table`; the ends of the colours (eV) and of the distances (Å) of both."""
    explained, which = side.explained, side.which
    top = np.asarray(explained.top(k), dtype=np.int64)
    picture = views.explained_atom(
        which.glass,
        which.atom,
        explained.pairs[top],
        explained.images[top],
        explained.importance[top],
        predicted=side.predicted,
        effect=None if explained.effect is None else explained.effect[top],
        largest_effect=largest_effect,
    )
    pick = session.pick if side.key == "left" else pick_right
    mount(picture, key=f"view_{side.key}", camera=f"compare-{side.key}", height=380, on_pick=pick)
    figure = plots.importance_by_distance(
        edges["distance_A"].to_numpy(), edges["importance"].to_numpy(), np.arange(len(top))
    )
    figure.update_xaxes(range=[0, 1.03 * farthest]).update_yaxes(range=[0, 1.05], row=1)
    chart(figure, f"distance_{side.key}")


def diagram(side: Side) -> None:
    st.subheader("Persistence diagram", anchor=False)
    h0, h1 = side.topology.persistence.h0, side.topology.persistence.h1
    figure = topology_plots.persistence_diagram((h0.birth, h0.death), (h1.birth, h1.death), height=420)
    chart(figure, f"diagram_{side.key}")


def numbers(side: Side, k: int) -> dict[str, str]:
    """What the table says of one side."""
    glass, atom, explained = side.which.glass, side.which.atom, side.explained
    rows = {
        "glass": glass.name,
        "atom": f"{atom} ({glass.symbols[atom]})",
        "atoms in the glass": f"{len(glass):,}",
        "coordination number": str(side.coordination),
        "labelled barrier": f"{glass.barriers[atom]:.2f} eV" if glass.barriers is not None else "not known",
    }
    if side.predicted is not None:
        sigma = None if side.sigma is None else side.sigma[atom]
        rows["predicted barrier"] = with_uncertainty(side.predicted[atom], sigma)
    if explained is not None:
        distance = edge_table(glass, explained)["distance_A"].to_numpy()
        rows |= {
            "explained by": title_of(explained.method),
            "edges that can matter": f"{len(distance):,}",
            f"median distance of the top {k} (Å)": f"{np.median(distance[:k]):.2f}",
            "median distance of all edges, control (Å)": f"{np.median(distance):.2f}",
        }
    h1, participation = side.topology.persistence.h1, side.topology.participation
    persistence = h1.persistence[h1.finite]
    return rows | {
        "loops (H1)": f"{len(h1):,}",
        "loops per atom": f"{len(h1) / len(glass):.3f}",
        "mean persistence of loops (Å)": f"{persistence.mean():.3f}" if len(persistence) else "none",
        "mean cycles per edge": f"{participation.mean():.3f}" if len(participation) else "none",
    }


def pick_right(atom: int) -> None:
    """A click in the right view chooses the right atom."""
    st.session_state["atom2"] = atom


def distances(first: Glass, second: Glass) -> None:
    """How far the loops of two glasses are apart; the distance that takes seconds at the press of a button."""
    st.subheader("Distance of the two diagrams (H1)", anchor=False)
    numbers = st.container()
    shown = {}
    try:
        shown["Bottleneck distance"] = f"{calls.loop_distance(first, second):.3f} Å"
        if calls.wasserstein_distance_is_kept(first, second) or asked(
            "Compute the Wasserstein distance", key="wasserstein", icon=":material/compare_arrows:"
        ):
            apart = calls.wasserstein_distance(first, second)
            shown["Wasserstein distance per atom"] = f"{apart:.4f} Å"
    except InputError as error:
        st.info(notices.plain(error))
    with numbers:
        metrics(shown)
    st.caption(
        "Loops of one glass are matched with those of the other or with the diagonal. Bottleneck: the longest step of "
        "the best matching. Wasserstein (order 1): the sum of its steps, per atom, so that glasses of any size compare."
    )


def show(chosen: session.Selection) -> None:
    st.title("Compare", anchor=False)
    try:
        sides = [compute(which, key) for which, key in zip(choose(chosen), ("left", "right"), strict=True)]
    except InputError as error:
        notices.problem(error)
        return
    if chosen.checkpoint is None:
        notices.no_checkpoint("Explanations")
    tell(sides)
    k = explanations(sides) if any(side.explained for side in sides) else DEFAULT_TOP
    for column, side in zip(st.columns(2, gap="medium"), sides, strict=True):
        with column:
            diagram(side)
    st.subheader("In numbers", anchor=False)
    left, right = (numbers(side, k) for side in sides)
    names = list(dict.fromkeys([*left, *right]))
    st.dataframe(
        pd.DataFrame(
            {"": names}
            | {
                key: [values.get(name, "none") for name in names]
                for key, values in (("left", left), ("right", right))
            }
        ),
        hide_index=True,
        height="content",
    )
    if sides[0].which.glass.content_hash != sides[1].which.glass.content_hash:
        distances(*(side.which.glass for side in sides))


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
