"""What would be different for an atom if its glass were changed: changes, relaxed and predicted again.

Every change is a glass that can exist, so that the model is asked about nothing it was not trained on, and so that
barrier searches can check the answer.
"""

from symgnn.whatif.chain import Chain, ask_chain, design
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
from symgnn.whatif.relaxed_swap import RelaxedSwap
from symgnn.whatif.result import WhatIf
from symgnn.whatif.scan import scan
from symgnn.whatif.scan_table import Scan
from symgnn.whatif.searches import Measured, check_by_searches

__all__ = [
    "CHANGES",
    "Anneal",
    "Chain",
    "Change",
    "ExchangeAtoms",
    "Measured",
    "MoveAtom",
    "Reference",
    "RelaxedSwap",
    "RemoveAtom",
    "Scan",
    "Strain",
    "SwapElement",
    "WhatIf",
    "ask_chain",
    "check_by_searches",
    "design",
    "parse_change",
    "scan",
    "what_if",
]
