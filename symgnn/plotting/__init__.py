"""Figures of predictions, explanations and topology, drawn by plotly."""

from symgnn.extras import require

require("plotly", "symgnn.plotting")
