"""How checkpoints and physics do on glasses with barriers of our own: the rows of own_glasses.csv beside the cards.

Labels there are means over few events and their standard errors are known, so that r can be corrected for them: r
divided by the root of the labels' reliability, the fraction of their variance that is not their own error (Spearman
1904). `python -m benchmarks.own_glasses` writes the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.benchmark.text_table import UNKNOWN, TextTable
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.io.writing import replacing
from symgnn.metrics import mae, pearson, reliability

FILE = "own_glasses.csv"
STANDARD_ERROR = "barrier_standard_error"  # property of glasses whose barriers are means over events
COLUMNS = ("name", "seeds", "glass", "atoms", "r", "r_sd", "bias_eV", "mae_eV", "reliability", "r_corrected",
           "seconds", "device")  # fmt: skip


@dataclass(frozen=True)
class Agreement:
    """Predictions beside the labels of a glass: r, bias (mean of prediction minus label) and mean absolute error in
    eV, reliability of the labels, r corrected for it; NaN for the last two where no standard errors are known."""

    r: float
    bias: float
    mae: float
    reliability: float
    r_corrected: float


def agreement(prediction: np.ndarray, glass: Glass) -> Agreement:
    """prediction: (N,) eV. Raises InputError for a glass without labels."""
    if glass.barriers is None:
        raise InputError(f"{glass.name}: no energy barriers found, expected a labelled glass")
    r, errors = pearson(prediction, glass.barriers), glass.properties.get(STANDARD_ERROR)
    known = float("nan") if errors is None else reliability(glass.barriers, errors)
    corrected = r / np.sqrt(known) if known > 0 else np.nan
    bias = float((prediction - glass.barriers).mean())
    return Agreement(r, bias, mae(prediction, glass.barriers), known, float(corrected))


def row(
    name: str, glass: Glass, predictions: list[np.ndarray], seconds: float, device: str
) -> dict[str, object]:
    """One line of the file; predictions: of each seed. Scores are means over seeds, r_sd the sample standard
    deviation of r (NaN for one)."""
    all_seeds = [agreement(each, glass) for each in predictions]
    mean = {
        key: float(np.mean([getattr(each, key) for each in all_seeds])) for key in Agreement.__annotations__
    }
    sd = float(np.std([each.r for each in all_seeds], ddof=1)) if len(all_seeds) > 1 else float("nan")
    values = (name, len(all_seeds), glass.name, len(glass), mean["r"], sd, mean["bias"], mean["mae"],
              mean["reliability"], mean["r_corrected"], seconds, device)  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def write_rows(rows: list[dict[str, object]], root: Path) -> Path:
    """Write own_glasses.csv into the folder of checkpoints; its path."""
    path = root / FILE
    with replacing(path) as temporary:
        pd.DataFrame(rows, columns=list(COLUMNS)).to_csv(
            temporary, index=False, float_format="%.6g", lineterminator="\n"
        )
    return path


def read_rows(root: Path) -> pd.DataFrame | None:
    """The file of a folder of checkpoints; None where there is none. Raises InputError where it is another file."""
    path = root / FILE
    if not path.is_file():
        return None
    try:
        table = pd.read_csv(path)
    except (ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not readable as CSV: {' '.join(str(error).split())}") from None
    if tuple(table.columns) != COLUMNS:
        raise InputError(f"{path}: columns {', '.join(table.columns)} found, expected {', '.join(COLUMNS)}")
    return table


def own_table(rows: pd.DataFrame) -> TextTable:
    """One line per checkpoint: r, r corrected and bias on each glass, the best mean r first."""
    glasses = list(dict.fromkeys(rows["glass"]))
    header = ["checkpoint", "seeds"]
    for glass in glasses:
        header += [f"r {glass}", "corrected", "bias / eV"]
    header += ["seconds per glass"]
    names = rows.groupby("name", sort=False)["r"].mean().sort_values(ascending=False, kind="stable").index
    lines = []
    for name in names:
        own = rows[rows["name"] == name].set_index("glass")
        line = [f"`{name}`" if own["device"].iloc[0] != "physics" else name, str(own["seeds"].iloc[0])]
        for glass in glasses:
            if glass not in own.index:
                line += [UNKNOWN] * 3
                continue
            r, sd, corrected, bias = own.loc[glass, ["r", "r_sd", "r_corrected", "bias_eV"]]
            line.append(f"{r:.3f}" + (f" ± {sd:.3f}" if np.isfinite(sd) else ""))
            line += [f"{corrected:.2f}" if np.isfinite(corrected) else UNKNOWN, f"{bias:+.2f}"]
        lines.append([*line, f"{own['seconds'].mean():.2g}"])
    return TextTable(header, lines)
