"""Persistence diagrams beside the main one of the page Topology: of an atom's surroundings, and of the voids."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import calls, notices
from dashboard.layout import asked, chart
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
    """The diagram of the selected atom's surroundings."""
    try:
        local = calls.local_diagrams(topology.glass, atom)
    except InputError as error:
        st.info(notices.plain(error))
        return
    h0, h1 = local.persistence.h0, local.persistence.h1
    chart(
        topology_plots.persistence_diagram((h0.birth, h0.death), (h1.birth, h1.death), height=290),
        "local_diagram",
    )
    st.caption(
        f"Around atom {atom}: Rips complex of the {len(local.atoms)} atoms within {local.radius:g} Å. The ball has a "
        "surface where loops open that are closed in the glass: "
        f"{int(local.interior(h1).sum())} of the {len(h1)} loops lie a cutoff below it."
    )


def image(topology: GlassTopology) -> None:
    """The persistence image of the whole glass."""
    picture = persistence_image(topology.persistence.h1, n_atoms=len(topology.glass))
    chart(persistence_image_plot(picture, height=280), "image")
    st.caption(
        "The Rips diagram of the whole glass as a picture of fixed size, to compare glasses with: every loop is a "
        f"Gaussian of {picture.sigma:g} Å weighted by its persistence."
    )


def alpha_voids(topology: GlassTopology) -> None:
    """The voids of the alpha complex."""
    h0, h1, h2 = (diagram.T for diagram in topology.alpha.persistence.diagrams)
    _draw_voids(h0, h1, h2, len(topology.glass), NEVER_FILLED)


def rips_voids(glass: Glass) -> None:
    """The voids of the Rips complex, which take seconds at the press of a button."""
    if not calls.voids_are_kept(glass):
        st.caption(
            "The alpha complex shows its voids at once, and in 3D. The Rips complex needs edges up to "
            f"{COMPLETE_H2:g} Å: about a second per 3000 atoms."
        )
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
    chart(topology_plots.persistence_diagram(h0, h1, h2=h2, lasting=lasting, height=400), "voids")
    lives = h2[1] - h2[0]
    lives = lives[np.isfinite(lives)]
    mean, most = (f"{fold(lives):.2f} Å" if len(lives) else "none" for fold in (np.mean, np.max))
    text = (
        f"{len(h2[0]):,} voids, {len(h2[0]) / n_atoms:.2f} per atom, {len(h2[0]) - len(lives):,} {lasting}; mean "
        f"persistence {mean}, greatest {most}. A void is a closed surface of triangles: born when its last triangle "
        "closes it, gone when it is filled."
    )
    if max(len(h1[0]), len(h2[0])) > topology_plots.MOST_POINTS:
        text += f" The {topology_plots.MOST_POINTS:,} most persistent loops and voids are drawn."
    st.caption(text)
