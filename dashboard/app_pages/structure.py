"""Page Structure: the workbench. The glass in the linked window, coloured by what is known of its atoms."""

import numpy as np
import streamlit as st
from ase.geometry import cell_to_cellpar

from dashboard import calls, notices, session
from dashboard.layout import title
from dashboard.window import mount_window
from dashboard.window.data import glass_data, is_complete
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.viewer3d.window_data import frame_commands


def header(glass: Glass) -> None:
    """One line: the name of the glass, its size, composition, density and box."""
    parts = [f"{len(glass):,} atoms", f"{glass.composition} (at. %)"]
    if density := glass.number_density:
        parts.append(f"{density:.4f} Å⁻³")
    parts.append(box(glass))
    title(glass.name, parts)


def box(glass: Glass) -> str:
    """'24.1 × 24.1 × 24.1 Å', with the angles where they are not right; 'no cell' without one."""
    if not glass.pbc.any():
        return "no cell"
    text = " × ".join(f"{length:.1f}" for length in np.linalg.norm(glass.cell, axis=1)) + " Å"
    if not glass.pbc.all():
        return text
    angles = cell_to_cellpar(glass.cell)[3:]
    if np.allclose(angles, 90, atol=0.05):
        return text
    return f"{text}, {', '.join(f'{angle:.1f}°' for angle in angles)}"


@st.fragment
def window(chosen: session.Selection) -> None:
    """The linked window, with the columns that are there. An atom that is selected in it becomes the selection of all
    pages."""
    session.follow_pick()
    dataset, problem = glass_data(chosen.checkpoint, chosen.glass, waits=False)
    if problem is not None:
        notices.problem(problem)
    known = (
        chosen.checkpoint is not None
        and problem is None
        and calls.are_at_hand(chosen.checkpoint, chosen.glass)
    )
    mount_window(
        "structure",
        dataset,
        frame_commands(chosen.glass),
        camera=f"glass-{chosen.glass.content_hash}",
        selected=chosen.atom,
        default={
            "color": "barrier" if known else "label" if chosen.glass.barriers is not None else "element"
        },
        on_pick=session.pick,
    )


def wait_for_columns(chosen: session.Selection) -> None:
    """Of a large glass, which is drawn before it is predicted: each comes into the window when it is there."""
    if is_complete(chosen.checkpoint, chosen.glass):
        return
    _, problem = glass_data(chosen.checkpoint, chosen.glass)  # the page stops here, under a bar
    if problem is not None:
        notices.problem(problem)
    elif is_complete(chosen.checkpoint, chosen.glass):
        session.run_again()


def show(chosen: session.Selection) -> None:
    try:
        calls.coordination(chosen.glass)
    except InputError as error:
        notices.problem(error)
        return
    header(chosen.glass)
    if chosen.checkpoint is None:
        notices.no_checkpoint("Predicted barriers")
    bar = st.container()
    window(chosen)
    with bar:
        wait_for_columns(chosen)
    if chosen.glass.notes:
        with st.expander("Where this glass comes from"):
            st.dataframe(
                {"note": list(chosen.glass.notes), "text": list(chosen.glass.notes.values())}, hide_index=True
            )


if __name__ == "__main__":  # as which Streamlit runs a page
    show(session.selection())
