"""Persistence diagrams beside the main one of the page Topology: of an atom's surroundings, and of the voids."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import calls, notices
from dashboard.layout import asked, chart, metrics
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.homology import GlassTopology
from symgnn.homology.images import persistence_image
from symgnn.homology.persistence import COMPLETE_H2
from symgnn.plotting import topology_plots
from symgnn.plotting.persistence_plots import persistence_image_plot

Classes = tuple[np.ndarray, np.ndarray]  # births and deaths (K,) in Å of one dimension

ALIVE, NEVER_FILLED = "alive at the cutoff", "never filled"
"""How the Rips and the alpha complex call classes that do not die."""


def neighborhood(topology: GlassTopology, atom: int) -> None:
    """The diagram of the selected atom's surroundings beside that of the whole glass."""
    glass = topology.glass
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader(f"Around atom {atom}", anchor=False)
        try:
            local = calls.local_diagrams(glass, atom)
        except InputError as error:
            st.info(notices.plain(error))
        else:
            h0, h1 = local.persistence.h0, local.persistence.h1
            chart(
                topology_plots.persistence_diagram((h0.birth, h0.death), (h1.birth, h1.death), height=420),
                "local_diagram",
            )
            st.caption(
                f"Rips complex of the {len(local.atoms)} atoms within {local.radius:g} Å. The ball has a surface where "
                "loops open that are closed in the glass: "
                f"{int(local.interior(h1).sum())} of the {len(h1)} loops lie a cutoff below it."
            )
    with right:
        st.subheader("Persistence image of the loops", anchor=False)
        image = persistence_image(topology.persistence.h1, n_atoms=len(glass))
        chart(persistence_image_plot(image, height=420), "image")
        st.caption(
            "The Rips diagram as a picture of fixed size, to compare glasses with: every loop is a Gaussian of "
            f"{image.sigma:g} Å weighted by its persistence."
        )


def alpha_voids(topology: GlassTopology) -> None:
    """The voids of the alpha complex."""
    st.subheader("Voids (H2)", anchor=False)
    h0, h1, h2 = (diagram.T for diagram in topology.alpha.persistence.diagrams)
    _draw_voids(h0, h1, h2, len(topology.glass), NEVER_FILLED)


def rips_voids(glass: Glass) -> None:
    """The voids of the Rips complex, which take seconds at the press of a button."""
    st.subheader("Voids (H2)", anchor=False)
    if not calls.voids_are_kept(glass):
        st.caption(f"Needs edges up to {COMPLETE_H2:g} Å: about a second per 3000 atoms.")
        if not asked("Compute the voids", key="compute_voids", icon=":material/bubble_chart:"):
            return
    try:
        persistence = calls.voids(glass)
    except InputError as error:
        st.info(notices.plain(error))
        return
    if persistence.warning:
        st.warning(notices.plain(persistence.warning), icon=":material/warning:")
    h0, h1, h2 = ((diagram.birth, diagram.death) for diagram in persistence.diagrams)
    _draw_voids(h0, h1, h2, len(glass), ALIVE)


def _draw_voids(h0: Classes, h1: Classes, h2: Classes, n_atoms: int, lasting: str) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        chart(topology_plots.persistence_diagram(h0, h1, h2=h2, lasting=lasting), "voids")
    with right:
        lives = h2[1] - h2[0]
        lives = lives[np.isfinite(lives)]
        metrics(
            {
                "Voids": f"{len(h2[0]):,}",
                "Per atom": f"{len(h2[0]) / n_atoms:.2f}",
                lasting.capitalize(): f"{len(h2[0]) - len(lives):,}",
                "Mean persistence": f"{lives.mean():.2f} Å" if len(lives) else "none",
                "Greatest persistence": f"{lives.max():.2f} Å" if len(lives) else "none",
            }
        )
        text = "A void is a closed surface of triangles: born when its last triangle closes it, gone when it is filled."
        if max(len(h1[0]), len(h2[0])) > topology_plots.MOST_POINTS:
            text += f" The {topology_plots.MOST_POINTS:,} most persistent loops and voids are drawn."
        st.caption(text)
