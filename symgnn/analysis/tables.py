"""Findings as tables of numbers (CSV), and the correction of their p-values for the number of tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from symgnn.analysis.cycle_enrichment import CycleEnrichment
from symgnn.analysis.evaluate import Result
from symgnn.analysis.reach import MEDIUM_RANGE
from symgnn.analysis.study import Variant
from symgnn.io.writing import replacing
from symgnn.stats import PairedTest, holm

FACTS_OF_DISTANCES = ("glass", "checkpoint", "method", "seed")


@dataclass(frozen=True, eq=False)
class Comparison:
    """One row of the first table. p_holm: corrected for all claims together; None for a baseline, which is none."""

    result: Result
    filtration: str
    enrichment: CycleEnrichment
    p_holm: float | None

    @property
    def same_hops(self) -> CycleEnrichment | None:
        """The comparison with controls that stand as many hops away as well."""
        return self.result.same_hops.get(self.filtration)


def comparisons(results: Sequence[Result]) -> list[Comparison]:
    """All comparisons of cycles, with p-values (against matched edges) corrected for the number of claims."""
    rows = [
        (result, name, enrichment)
        for result in results
        for name, enrichment in result.enrichment.items()
        if enrichment is not None
    ]
    claims = [enrichment.against_matched.p_value for result, _, enrichment in rows if not result.baseline]
    adjusted = iter(holm(claims).tolist())
    return [Comparison(*row, None if row[0].baseline else next(adjusted)) for row in rows]


def write_tables(folder: Path, results: Sequence[Result], variants: Sequence[Variant]) -> list[Path]:
    """Write cycles.csv, reach.csv, distances.csv (per 0.25 Å) and stability.csv; returns the paths."""
    tables = {
        "cycles.csv": _cycles(results),
        "reach.csv": _reach(results),
        "distances.csv": _distances(results),
        "stability.csv": _stability(variants),
    }
    for name, table in tables.items():
        digits, missing = ("%.4g", "nan") if name == "distances.csv" else ("%.6g", "")
        with replacing(folder / name) as temporary:
            table.to_csv(temporary, index=False, float_format=digits, na_rep=missing)
    return [folder / name for name in tables]


def _facts(result: Result) -> dict[str, object]:
    return {
        "glass": result.glass,
        "checkpoint": result.checkpoint,
        "method": result.method,
        "seed": result.seed,
        "top_k": result.k,
        "explained_atoms": result.n_explained,
    }


def _test(one: PairedTest | None, of: str) -> dict[str, float]:
    """The numbers of a test against `of`; NaN, an empty cell, where there is none."""
    names = (
        "ratio",
        "ratio_low",
        "ratio_high",
        "difference",
        "difference_low",
        "difference_high",
        "cohen_d",
        "p",
    )
    numbers = [np.nan] * len(names)
    if one is not None:
        numbers = [one.ratio, *one.ratio_band, one.difference, *one.difference_band, one.cohen_d, one.p_value]
    return {f"{name}_{of}": number for name, number in zip(names, numbers, strict=True)}


def _cycles(results: Sequence[Result]) -> pd.DataFrame:
    rows = []
    for row in comparisons(results):
        one, near = row.enrichment, row.same_hops
        rows.append({
            **_facts(row.result), "filtration": row.filtration, "compared_atoms": one.n_atoms,
            "compared_edges": one.n_edges, "unmatched_edges": one.n_unmatched,
            "fraction_not_in_filtration": one.absent, "important": one.important, "all_edges": one.everywhere,
            "field_edges": one.field, "matched_edges": one.matched, **_test(one.against_field, "field"),
            **_test(one.against_matched, "matched"),
            "p_matched_holm": np.nan if row.p_holm is None else row.p_holm,
            "compared_edges_same_hops": None if near is None else near.n_edges,
            **_test(None if near is None else near.against_matched, "same_hops"),
        })  # fmt: skip
    return pd.DataFrame(rows).astype({"compared_edges_same_hops": "Int64"}) if rows else pd.DataFrame()


def _reach(results: Sequence[Result]) -> pd.DataFrame:
    beyond = f"fraction_beyond_{MEDIUM_RANGE:g}_A"
    return pd.DataFrame([
        {
            **_facts(result), "atoms": name, "n": one.n, "median_A": one.median, "median_low": one.median_band[0],
            "median_high": one.median_band[1], beyond: one.beyond, f"{beyond}_low": one.beyond_band[0],
            f"{beyond}_high": one.beyond_band[1],
        }
        for result in results
        for name, one in result.reach.items()
    ])  # fmt: skip


def _distances(results: Sequence[Result]) -> pd.DataFrame:
    parts = []
    for result in results:
        if result.baseline:
            continue
        by_pair = {f"importance {pair}": one for pair, one in result.by_pair.items()}
        for name, one in (result.fine | by_pair).items():
            columns = {
                "weight": name, "from_A": one.bins[:-1], "to_A": one.bins[1:], "fraction_of_weight": one.observed,
                "even_fraction": one.expected, "ratio": one.ratio, "ratio_low": one.low, "ratio_high": one.high,
            }  # fmt: skip
            facts = {fact: value for fact, value in _facts(result).items() if fact in FACTS_OF_DISTANCES}
            parts.append(pd.DataFrame(facts | columns))
    return pd.concat(parts) if parts else pd.DataFrame()


def _stability(variants: Sequence[Variant]) -> pd.DataFrame:
    rows = []
    for one in variants:
        where, overlap = one.result.reach.get("important"), one.overlap
        for name, enrichment in one.result.enrichment.items():
            if enrichment is not None:
                shared = [np.nan] * 4
                if overlap is not None:
                    shared = [overlap.shared, *overlap.shared_band, overlap.by_chance]
                rows.append({
                    "variant": one.what, **_facts(one.result), "filtration": name,
                    **_test(enrichment.against_matched, "matched"), "median_A": where.median,
                    f"fraction_beyond_{MEDIUM_RANGE:g}_A": where.beyond,
                    **dict(zip(("shared_top_k", "shared_low", "shared_high", "shared_by_chance"), shared, strict=True)),
                })  # fmt: skip
    return pd.DataFrame(rows)
