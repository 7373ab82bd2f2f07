"""The study of physics as tables: one row per swap, agreement of the changes, methods ranked, moving atoms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.analysis.centre_statistics import Changes, agreement
from symgnn.analysis.importance_ranking import ranking
from symgnn.analysis.moving_atoms import RELAXED_SWAP, event_table
from symgnn.analysis.physics_study import CentreResult
from symgnn.analysis.swap_draws import RANDOM, STRATA
from symgnn.analysis.swap_predictions import Answers
from symgnn.io.writing import replacing

GROUPS = {"all": (RANDOM, STRATA), "random": (RANDOM,), "strata": (STRATA,)}


@dataclass(frozen=True, eq=False)
class PhysicsTables:
    """rows: of every swap; agreement, ranking, events: what comes of them."""

    rows: pd.DataFrame
    agreement: pd.DataFrame
    ranking: pd.DataFrame
    events: pd.DataFrame

    def write(self, folder: Path) -> list[Path]:
        """Write swaps.csv, agreement.csv, ranking.csv and events.csv, numbers with six digits; returns them."""
        tables = {
            "swaps": self.rows,
            "agreement": self.agreement,
            "ranking": self.ranking,
            "events": self.events,
        }
        paths = [folder / f"{name}.csv" for name in tables]
        for path, frame in zip(paths, tables.values(), strict=True):
            with replacing(path) as temporary:
                frame.to_csv(temporary, index=False, float_format="%.6g")
        return paths


def physics_tables(centres: Sequence[CentreResult], answers: Answers, *, seed: int) -> PhysicsTables:
    """All tables. seed: of the intervals and shuffles, and stated with every swap."""
    rows = swap_rows(centres, answers, seed=seed)
    checkpoints = list(dict.fromkeys(name for name, _ in answers.predicted))
    return PhysicsTables(
        rows=rows,
        agreement=agreement_table(rows, checkpoints, seed=seed),
        ranking=ranking_table(rows, checkpoints, answers, seed=seed),
        events=event_table(centres, answers, seed=seed),
    )


def swap_rows(centres: Sequence[CentreResult], answers: Answers, *, seed: int) -> pd.DataFrame:
    """One row per swap: what was drawn and measured, predicted changes (CHECKPOINT relaxed_eV ...), and the importance
    of the swapped atom (CHECKPOINT METHOD)."""
    rows = []
    for number, one in enumerate(centres):
        glass = one.scan.reference.given
        away = dict(zip(one.scan.changes, one.scan.distance, strict=True))
        for k, (swap, after) in enumerate(zip(one.swaps, one.after, strict=True)):
            atom = swap.change.atom
            row = {
                "glass": glass.name, "centre": one.centre, "centre_number": number,
                "element": glass.symbols[one.centre], "swapped": atom, "from": glass.symbols[atom],
                "to": swap.change.element, "distance_A": away[swap.change], "drawn": swap.drawn, "seed": seed,
                "before_eV": one.before.mean, "before_standard_error_eV": one.before.standard_error,
                "before_events": one.before.n_events, "before_tries": one.before.tries,
                "after_eV": after.mean, "after_standard_error_eV": after.standard_error,
                "after_events": after.n_events, "after_tries": after.tries,
                "change_eV": after.mean - one.before.mean,
                "standard_error_eV": float(np.hypot(after.standard_error, one.before.standard_error)),
            }  # fmt: skip
            for (name, centre), predicted in answers.predicted.items():
                if centre == number:
                    row |= {f"{name} {what}_eV": values[k] for what, values in predicted.items()}
            for (name, method, centre), importance in answers.importance.items():
                if centre == number:
                    row[f"{name} {method}"] = importance[atom]
            rows.append(row)
    return pd.DataFrame(rows)


def measured_rows(rows: pd.DataFrame, group: str) -> pd.DataFrame:
    """The rows of a group whose change and standard error are known."""
    known = np.isfinite(rows["change_eV"]) & np.isfinite(rows["standard_error_eV"])
    return rows[known & rows["drawn"].isin(GROUPS[group])]


def changes_of(rows: pd.DataFrame) -> Changes:
    """What was measured in those rows."""
    return Changes(
        centre=rows["centre_number"].to_numpy(),
        measured=rows["change_eV"].to_numpy(),
        own_error=rows["after_standard_error_eV"].to_numpy(),
        shared_error=rows["before_standard_error_eV"].to_numpy(),
    )


def agreement_table(rows: pd.DataFrame, checkpoints: Sequence[str], *, seed: int) -> pd.DataFrame:
    """One row per checkpoint, relaxed or not, and group of swaps: `Agreement`."""
    lines = []
    for name in checkpoints:
        for how in ("relaxed", "unrelaxed"):
            for group in GROUPS:
                some = measured_rows(rows, group)
                some = some[np.isfinite(some[f"{name} {how}_eV"])]
                if len(some) > 2:
                    one = agreement(changes_of(some), some[f"{name} {how}_eV"].to_numpy(), seed=seed)
                    lines.append(
                        {"checkpoint": name, "predicted_change": how, "swaps": group, **_flat(asdict(one))}
                    )
    return pd.DataFrame(lines)


def ranking_table(
    rows: pd.DataFrame, checkpoints: Sequence[str], answers: Answers, *, seed: int
) -> pd.DataFrame:
    """One row per checkpoint, method and group ("random" first): how well importance of the swapped atom orders the
    measured |changes|."""
    lines = []
    for group in ("random", "all"):
        some, scores = measured_rows(rows, group), {}
        for name in checkpoints:
            scores[name, RELAXED_SWAP] = some[f"{name} relaxed_eV"].abs().to_numpy()
            methods = answers.methods_of(name)
            if "swap" not in methods:
                scores[name, "swap"] = some[f"{name} unrelaxed_eV"].abs().to_numpy()
            scores |= {(name, method): some[f"{name} {method}"].to_numpy() for method in methods}
        ranked = ranking(
            scores, -some["distance_A"].to_numpy(), some["change_eV"].abs().to_numpy(),
            some["centre_number"].to_numpy(), seed=seed,
        )  # fmt: skip
        for (name, method), one in ranked.items():
            lines.append({"checkpoint": name, "method": method, "swaps": group, "n": len(some),
                          "centres": some["centre_number"].nunique(), **_flat(asdict(one))})  # fmt: skip
    return pd.DataFrame(lines)


def _flat(columns: Mapping[str, object]) -> dict[str, object]:
    """Bands as two columns, NAME_low and NAME_high."""
    flat: dict[str, object] = {}
    for name, value in columns.items():
        if name.endswith("_band"):
            flat |= {f"{name[:-5]}_low": value[0], f"{name[:-5]}_high": value[1]}
        else:
            flat[name] = value
    return flat
