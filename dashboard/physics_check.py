"""What the page Check against physics says in words: why a glass is refused, whether prediction and events agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import calls, notices, session
from dashboard.layout import asked
from dashboard.upload import upload_id
from symgnn.analysis.agreement import agreement
from symgnn.errors import InputError
from symgnn.extras import MissingExtra, require
from symgnn.glass import Glass

if TYPE_CHECKING:
    from symgnn.simulate import AtomBarriers

_COLORS = {"agree": "green", "undecided": "gray", "differ": "orange"}
_WORDS = {
    "agree": "agrees",
    "undecided": "undecided",
    "differ": "differs",
}
_HELP = (
    "Mean and standard error over different events, each a saddle of the potential reached from a random push. The "
    "prediction agrees within one uncertainty (its standard deviation and the standard error together) and differs "
    "beyond two. On 100 atoms of the paper's test glass such means lie 0.12 eV above the labels on which the models "
    "were trained (docs/physics.md)."
)


def refused(chosen: session.Selection) -> bool:
    """Whether there is nothing to search here; then the page says why, and what to do."""
    try:
        require("numba", "Check against physics")
        if _verified(chosen.glass):
            return False
    except MissingExtra as error:
        st.info(notices.plain(error), icon=":material/extension:")
        return True
    except InputError as error:
        notices.problem(error)
        return True
    offer_relaxed(chosen.glass)
    return True


def offer_relaxed(glass: Glass) -> None:
    """Relax a copy when asked, then open it as if it had been uploaded."""
    if not calls.relaxed_copy_is_asked(glass) and not asked(
        "Relax a copy", "relax_copy", ":material/compress:"
    ):
        return
    try:
        minimum = calls.relaxed_copy(glass)
    except InputError as error:
        notices.problem(error)
        return
    glass_id = upload_id(f"{glass.name} relaxed", minimum)

    def open_it() -> None:
        session.uploads()[glass_id] = minimum
        st.session_state["glass"] = glass_id
        session.forget(*session.NUMBERS["glass"][1:])  # the atoms are the same

    st.button(
        "Open the relaxed copy",
        icon=":material/arrow_forward:",
        key="open_relaxed",
        type="primary",
        on_click=open_it,
    )


def _verified(glass: Glass) -> bool:
    """Whether the glass is a minimum of the potential; where it is none, the page says so.

    Raises InputError for a glass that the potential does not take.
    """
    from symgnn.simulate.verify import LARGEST_FORCE

    result = calls.verification(glass)
    if not result.is_minimum:
        notices.problem(
            InputError(
                f"{glass.name}: largest force {result.largest_force:.3g} eV/Å found, expected at most "
                f"{LARGEST_FORCE:g}: it is no minimum of the potential, from which events start; relax it first"
            )
        )
    return result.is_minimum


def agreement_badge(known: AtomBarriers | None, predicted: tuple[float, float | None] | None) -> None:
    """One sentence: the mean over the events, and whether the prediction agrees with it."""
    if known is None or not known.events:
        st.markdown("No event of this atom is known yet. What the model predicts can be checked here.")
        return
    n = len(known.events)
    error = "" if n < 2 else f" ± {known.standard_error:.2f}"
    physics = f"**Physics {known.mean:.2f}{error} eV** ({n} event{'s' * (n > 1)} in {known.tries} tries)"
    result = None if predicted is None else agreement(*predicted, known.mean, known.standard_error)
    if result is None:
        st.markdown(f"{physics}.", help=_HELP)
        return
    side = "above" if result.difference > 0 else "below"
    st.markdown(
        f":{_COLORS[result.answer]}-badge[{_WORDS[result.answer]}] {physics}; the prediction lies "
        f"{abs(result.difference):.2f} eV {side}, {result.ratio:.1f} times the uncertainty of both "
        f"({result.uncertainty:.2f} eV).",
        help=_HELP,
    )
