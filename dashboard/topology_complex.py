"""The complex that the page Topology shows, Rips or alpha, and how long its loops must live."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from dashboard import notices, session
from dashboard.loops import LivingLoops
from dashboard.persistence import ALIVE, NEVER_FILLED
from symgnn.homology import GlassTopology

RIPS, ALPHA = "Rips", "Alpha (as in the paper)"
COMPLEXES = [RIPS, ALPHA]


@dataclass(frozen=True, eq=False)
class Complex:
    """The complex that is shown: its loops that live long enough, the key of the loop's number, and how classes are
    called that never die."""

    title: str
    living: LivingLoops
    loop_key: str
    lasting: str

    @property
    def loops(self):
        return self.living.loops

    @property
    def is_rips(self) -> bool:
        return self.title == RIPS


def choose_complex(topology: GlassTopology, left, right) -> Complex | None:
    """The controls of all tabs; None, with a message, where the glass has no such complex."""
    with left:
        session.seed("complex", RIPS, session.one_of(COMPLEXES))
        title = st.segmented_control(
            "Complex", COMPLEXES, key="complex", required=True, persist_state="session",
            label_visibility="collapsed",
        )  # fmt: skip
        session.publish(complex=title)
    if title == ALPHA and topology.alpha is None:
        st.info(notices.plain(topology.alpha_problem))
        return None
    loops = topology.loops if title == RIPS else topology.alpha.loops
    with right:
        living = LivingLoops(loops, choose_lifetime(loops.deaths - loops.births))
    if title == RIPS:
        return Complex(title, living, "loop", ALIVE)
    return Complex(title, living, "alpha_loop", NEVER_FILLED)


def choose_lifetime(lives: np.ndarray) -> float:
    """Loops that live shorter are left out of everything on the page."""
    known = lives[np.isfinite(lives)]
    most = np.floor(100 * known.max(initial=0.0)) / 100
    session.seed("lifetime", 0.0, lifetime_of_link)
    st.session_state["lifetime"] = min(st.session_state["lifetime"], most)
    if not most:
        return 0.0
    lifetime = st.slider(
        "Loops that live at least (Å)", 0.0, float(most), step=0.01, key="lifetime", persist_state="session",
        help="Lifetime: death minus birth. Loops that live shorter are left out of the diagram, the barcode and all "
        "counts of cycles.",
    )  # fmt: skip
    session.publish(lifetime=f"{lifetime:.2f}")
    return lifetime


def lifetime_of_link(text: str) -> float:
    value = float(text)
    if not 0 <= value < 100:
        raise ValueError(text)
    return value


def facts(which: Complex) -> list[str]:
    """What stands behind the title."""
    loops, rows, cycles = which.loops, which.living.rows, which.loops.cycles
    listed = [
        f"{len(loops.edges):,} edges" + (" up to 4 Å" if which.is_rips else ""),
        f"{len(rows):,} of {len(cycles):,} loops" if len(rows) < len(cycles) else f"{len(cycles):,} loops",
    ]
    if round_cell := int(cycles.winding[rows].sum()):
        listed.append(f"{round_cell} round the cell")
    return listed
