"""Predicted against labelled barriers of a glass, where a click on a point selects its atom."""

from __future__ import annotations

import numpy as np
import streamlit as st

from dashboard import session
from dashboard.layout import chart
from symgnn.glass import Glass
from symgnn.plotting import plots


def clickable_parity(glass: Glass, predicted: np.ndarray, atom: int, *, key: str) -> None:
    """The parity plot of a glass with labels; predicted (N,) in eV, `atom` is marked."""

    def choose() -> None:
        for point in st.session_state[key].selection.points[:1]:
            picked = plots.parity_atom(glass.symbols, point["curve_number"], point["point_index"])
            if picked is not None:
                session.pick(picked)

    figure = plots.parity(glass.barriers, predicted, glass.symbols, atom)
    chart(figure, key, on_select=choose, selection_mode="points")
