"""Large glasses on the page Topology: what they cost, before it starts, and a part of them instead."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import calls, session
from dashboard.layout import asked
from dashboard.upload import upload_id
from symgnn.homology.crop import nearest_atoms

MANY, CROP = 10_000, 3000  # atoms


def is_wanted(chosen: session.Selection) -> bool:
    """Whether the topology is to be computed: at once for most glasses; for a large one when somebody has asked."""
    glass = chosen.glass
    if len(glass) <= MANY or calls.topology_is_asked(glass):
        return True
    st.info(
        f"{len(glass):,} atoms: all loops take many minutes. (8,000 take about 6 s on a free core; the time grows "
        "much faster than the number.) It can be cancelled at any time. A part of the glass takes seconds.",
        icon=":material/hourglass_top:",
    )
    with st.container(horizontal=True, gap="small"):
        st.button(
            f"Open the {CROP:,} atoms around atom {chosen.atom}", key="open_crop", icon=":material/crop:",
            type="primary", on_click=_open_crop, args=(chosen,),
            help="As a glass without a cell, on all pages. Loops that pass its surface are not those of the glass.",
        )  # fmt: skip
        return asked("Compute all loops", key="compute_topology", icon=":material/play_arrow:")


def _open_crop(chosen: session.Selection) -> None:
    crop, numbers = nearest_atoms(chosen.glass, chosen.atom, CROP)
    glass_id = upload_id(crop.name, crop)
    session.uploads()[glass_id] = crop
    st.session_state["glass"] = glass_id
    st.session_state["atom"] = int(np.searchsorted(numbers, chosen.atom))
    session.forget(*(key for key in session.NUMBERS["glass"] if key != "atom"))
