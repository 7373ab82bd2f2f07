"""One change as CSV: every atom before and after."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.io.writing import replacing
from symgnn.whatif.result import WhatIf


def result_table(result: WhatIf) -> pd.DataFrame:
    """One row per atom of the changed glass: its number before and after, elements, barriers and their change (eV), and
    how far it went (Å)."""
    kept, symbols = result.kept, np.array(result.reference.symbols)
    columns = {
        "atom_before": kept,
        "atom_after": np.arange(len(kept)),
        "element_before": symbols[kept],
        "element_after": result.after.symbols,
        "barrier_before_eV": result.barriers_before[kept],
        "barrier_after_eV": result.barriers_after,
        "barrier_change_eV": result.barrier_change,
        "unrelaxed_change_eV": result.unrelaxed_change,
        "moved_A": result.moved,
    }
    return pd.DataFrame(columns | ({} if result.sigma is None else {"sigma_of_change_eV": result.sigma}))


def write_result_table(path: Path, result: WhatIf) -> None:
    """Write `result_table` with six decimals."""
    with replacing(path) as temporary:
        result_table(result).to_csv(temporary, index=False, float_format="%.6f")
