"""What the check of a glass against the training data says: numbers, advice, and the percentiles of its atoms."""

from __future__ import annotations

import streamlit as st

from dashboard import notices
from dashboard.layout import chart
from symgnn.check import ValidationReport
from symgnn.plotting.check_plots import percentile_plot

TITLES = {
    "types": "Elements of the types",
    "elements": "Elements",
    "composition": "Composition",
    "density": "Density",
    "distances": "Distances",
    "surroundings": "Surroundings of the atoms",
}


def numbers(report: ValidationReport) -> dict[str, str]:
    """The numbers of the check, as shown."""
    shown = {"Density": "open boundaries" if report.density is None else f"{report.density:.4f} Å⁻³"}
    if report.outside is not None:
        shown["Atoms unlike the training data"] = f"{100 * report.outside:.1f}%"
    return shown


def show(report: ValidationReport) -> None:
    """Findings with advice beside the percentiles of the atoms."""
    left, right = st.columns([1, 1.2], gap="medium")
    with left:
        if report.resembles_training:
            st.success(
                "Density, distances, composition and the surroundings of the atoms are like those of the training "
                "glasses.",
                icon=":material/check_circle:",
            )
        for finding in report.findings:
            st.warning(
                f"**{TITLES.get(finding.kind, finding.kind)}**: {notices.plain(finding.text)}. "
                f"{notices.plain(finding.advice[:1].upper() + finding.advice[1:])}.",
                icon=":material/warning:",
            )
        if report.shortest:
            st.dataframe(
                {
                    "pair": list(report.shortest),
                    "shortest here (Å)": [round(here, 2) for here, _ in report.shortest.values()],
                    "in training (Å)": [round(there, 2) for _, there in report.shortest.values()],
                },
                hide_index=True,
                height="content",
            )
    with right:
        if report.percentile is None:
            return
        chart(percentile_plot(report.percentile), "percentiles")
        st.caption(
            "How far the surroundings of each atom are from those in the training data: of 100 atoms of training "
            "glasses that were held out, so many are nearer. A glass like those has 5% of its atoms in every bar; "
            "barriers of atoms beyond the 95th percentile are guesses. The tab 3D shows where they are."
        )
