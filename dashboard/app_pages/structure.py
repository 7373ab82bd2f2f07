"""Page Structure: the glass in 3D coloured by predicted barrier, the selected atom, a histogram."""

import numpy as np
import streamlit as st

from dashboard import calls, notices, session
from dashboard.layout import chart, metrics, percent, with_uncertainty
from dashboard.parity import clickable_parity
from dashboard.viewer import mount
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.metrics import mae, pearson
from symgnn.plotting import plots
from symgnn.plotting.downloads import csv_bytes, extxyz_bytes
from symgnn.plotting.tables import atom_table, neighbor_table
from symgnn.viewer3d import views
from symgnn.viewer3d.legends import QUANTITIES, quantities


def header(glass: Glass, predicted: np.ndarray | None) -> None:
    st.title(notices.plain(glass.name), anchor=False)
    density = glass.number_density
    numbers = {
        "Atoms": f"{len(glass):,}",
        "Composition (at. %)": glass.composition,
        "Density (Å⁻³)": f"{density:.4f}" if density else "no cell",
        "Box (Å)": " × ".join(f"{length:.1f}" for length in np.linalg.norm(glass.cell, axis=1)),
    }
    if not glass.pbc.any():
        numbers["Box (Å)"] = "no cell"
    if predicted is not None:
        numbers["Mean predicted barrier"] = f"{predicted.mean():.2f} eV"
    elif glass.barriers is not None:
        numbers["Mean labelled barrier"] = f"{glass.barriers.mean():.2f} eV"
    metrics(numbers)


@st.fragment
def view(glass: Glass, atom: int, known: dict[str, np.ndarray | None]) -> None:
    """The glass or the atom's neighbours in 3D, coloured by one of the known quantities."""
    session.follow_pick()
    controls = st.container(horizontal=True, gap="small", vertical_alignment="bottom")
    session.seed("color", next(iter(known)), session.one_of(list(known)))
    if st.session_state["color"] not in known:
        st.session_state["color"] = next(iter(known))
    name = controls.selectbox(
        "Colour by",
        list(known),
        width=190,
        key="color",
        format_func=lambda k: QUANTITIES[k].title,
        persist_state="session",
    )
    shows = {"all": "Whole glass", "near": "Neighbours only"}
    session.seed("show", "all", session.one_of(list(shows)))
    show = controls.segmented_control(
        "Show", list(shows), key="show", format_func=shows.get, required=True, persist_state="session"
    )
    session.publish(color=name, show=show)
    if show == "near":
        pairs = calls.neighbors(glass.content_hash, glass)
        rows = np.flatnonzero(pairs.target == atom)
        ends = np.column_stack([pairs.target[rows], pairs.source[rows]])
        controls.caption(f"Atoms within {calls.COORDINATION_CUTOFF} Å of atom {atom}")
        picture = views.neighbors_only(glass, atom, ends, pairs.image[rows], name, known[name])
        camera = "neighbours"
    else:
        session.seed("slab", (0.0, 1.0), read_slab)
        start, end = controls.slider(
            "Slab along the third axis",
            0.0,
            1.0,
            step=0.02,
            key="slab",
            persist_state="session",
            width=180,
        )
        session.publish(slab=f"{start:.2f}-{end:.2f}")
        slab = None if (start, end) == (0.0, 1.0) else (2, start, end)
        shown = views.drawn_atoms(glass, selected=atom, slab=slab)
        picture = views.whole_glass(glass, name, known[name], selected=atom, shown=shown)
        if len(shown) == views.MOST_DRAWN:
            st.caption(f"Drawn are the {len(shown):,} atoms nearest to atom {atom}.")
        camera = f"glass-{glass.content_hash}"
    mount(picture, key="structure_view", camera=camera, height=540, on_pick=session.pick)
    st.caption("Drag to turn, wheel to zoom, click an atom to select it. The selected atom has a blue halo.")


def read_slab(text: str) -> tuple[float, float]:
    """'0.20-0.50' from the link. Raises ValueError for anything else."""
    start, end = (float(part) for part in text.split("-"))
    if not 0 <= start <= end <= 1:
        raise ValueError(text)
    return start, end


def details(glass: Glass, atom: int, predicted: np.ndarray | None, sigma: np.ndarray | None) -> None:
    """The selected atom in numbers, and its neighbours."""
    pairs = calls.neighbors(glass.content_hash, glass)
    rows = np.flatnonzero(pairs.target == atom)
    with st.container(border=True):
        st.subheader(f"Atom {atom} · {glass.symbols[atom]}", anchor=False)
        numbers = {}
        if predicted is not None:
            numbers["Predicted barrier"] = with_uncertainty(
                predicted[atom], None if sigma is None else sigma[atom]
            )
        if glass.barriers is not None:
            numbers["Labelled barrier"] = f"{glass.barriers[atom]:.2f} eV"
        numbers["Coordination number"] = str(len(rows))
        if (file_id := glass.file_id(atom)) is not None:
            numbers["Id in the file"] = str(file_id)
        if "potential_energy" in glass.properties:
            numbers["Potential energy"] = f"{glass.properties['potential_energy'][atom]:.2f} eV"
        metrics(numbers)
        if predicted is not None:
            lower = percent(float(np.mean(predicted < predicted[atom])))
            st.caption(f"{lower} of the atoms have a lower predicted barrier.")
            if st.button(
                "Explain this atom",
                type="primary",
                icon=":material/hub:",
                width="stretch",
                key="to_explanation",
            ):
                st.switch_page("app_pages/explanation.py")
        with st.expander(f"Neighbours within {calls.COORDINATION_CUTOFF} Å"):
            st.dataframe(
                neighbor_table(glass, pairs.source[rows], pairs.length[rows]),
                hide_index=True,
                height=220,
                column_config={"distance_A": st.column_config.NumberColumn("distance (Å)", format="%.2f")},
            )


def barriers(glass: Glass, atom: int, predicted: np.ndarray | None) -> None:
    values = predicted if predicted is not None else glass.barriers
    if values is None:
        return
    what = "Predicted" if predicted is not None else "Labelled"
    st.subheader(f"{what} barriers by element", anchor=False)
    chart(
        plots.barrier_histogram(values, glass.symbols, f"{what} barrier (eV)", marked=float(values[atom])),
        "histogram",
    )


def agreement(glass: Glass, atom: int, predicted: np.ndarray | None) -> None:
    if predicted is None or glass.barriers is None:
        return
    st.subheader("Prediction against label", anchor=False)
    st.caption(
        f"Pearson r = {pearson(predicted, glass.barriers):.3f}, "
        f"mean absolute error {mae(predicted, glass.barriers):.3f} eV over {len(glass):,} atoms. "
        "Click a point to select its atom."
    )
    clickable_parity(glass, predicted, atom, key="parity")


def downloads(
    name: str,
    glass: Glass,
    predicted: np.ndarray | None,
    sigma: np.ndarray | None,
    coordination: np.ndarray,
) -> None:
    """Files of the glass with its predictions, called by `name`; where the glass comes from."""
    st.subheader("Download", anchor=False)
    table = atom_table(glass, predicted=predicted, coordination=coordination, sigma=sigma)
    buttons = st.container(horizontal=True)
    buttons.download_button(
        "Atoms (CSV)", lambda: csv_bytes(table), f"{name}.csv", "text/csv", icon=":material/download:"
    )
    buttons.download_button(
        "Extended XYZ",
        lambda: extxyz_bytes(glass, predicted),
        f"{name}.xyz",
        "text/plain",
        icon=":material/download:",
    )
    if glass.notes:
        with st.expander("Where this glass comes from"):
            st.dataframe({"note": list(glass.notes), "text": list(glass.notes.values())}, hide_index=True)


def show(chosen: session.Selection) -> None:
    glass, atom = chosen.glass, chosen.atom
    predicted, sigma = None, None
    if chosen.checkpoint is not None:
        try:
            predicted = calls.predicted(chosen.checkpoint, glass)
            sigma = calls.uncertainty(chosen.checkpoint, glass)
        except InputError as error:
            notices.problem(error)
    try:
        coordination = calls.coordination(glass)
    except InputError as error:
        notices.problem(error)
        return
    known = quantities(glass, predicted=predicted, coordination=coordination, sigma=sigma)

    header(glass, predicted)
    picture_column, atom_column = st.columns([1.8, 1], gap="medium")
    with picture_column:
        view(glass, atom, known)
    with atom_column:
        details(glass, atom, predicted, sigma)
        if chosen.checkpoint is None:
            notices.no_checkpoint("Predicted barriers")
        barriers(glass, atom, predicted)
    agreement(glass, atom, predicted)
    downloads(chosen.glass_id, glass, predicted, sigma, coordination)


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
