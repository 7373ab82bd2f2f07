"""What would be different for an atom if its glass were changed: changes, relaxed and predicted again.

Every change is a glass that can exist, so that the model is asked about nothing it was not trained on, and so that
barrier searches can check the answer.
"""

from symgnn.whatif.changes import (
    CHANGES,
    Anneal,
    Change,
    ExchangeAtoms,
    MoveAtom,
    RemoveAtom,
    Strain,
    SwapElement,
    parse_change,
)
from symgnn.whatif.reference import Reference, what_if
from symgnn.whatif.result import WhatIf

__all__ = [
    "CHANGES",
    "Anneal",
    "Change",
    "ExchangeAtoms",
    "MoveAtom",
    "Reference",
    "RemoveAtom",
    "Strain",
    "SwapElement",
    "WhatIf",
    "parse_change",
    "what_if",
]
