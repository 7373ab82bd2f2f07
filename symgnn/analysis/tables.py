"""Findings as tables of numbers (CSV), and the correction of their p-values for the number of tests."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from symgnn.analysis.cycle_enrichment import CycleEnrichment, holm
from symgnn.analysis.evaluate import Result
from symgnn.analysis.reach import MEDIUM_RANGE
from symgnn.analysis.study import BASELINES, Variant
from symgnn.io.writing import replacing


@dataclass(frozen=True, eq=False)
class Comparison:
    """One row of the first table. p_holm: corrected for all claims together; None for a baseline, which is none."""

    result: Result
    filtration: str
    found: CycleEnrichment
    p_holm: float | None

    @property
    def same_hops(self) -> CycleEnrichment | None:
        """The comparison with controls that stand as many hops away as well."""
        return self.result.same_hops.get(self.filtration)


def comparisons(results: Sequence[Result]) -> list[Comparison]:
    """All comparisons of cycles, with p-values (against matched edges) corrected for the number of claims."""
    rows = [
        (result, name, found)
        for result in results
        for name, found in result.enrichment.items()
        if found is not None
    ]
    claims = [found.against_matched.p_value for result, _, found in rows if result.method not in BASELINES]
    adjusted = iter(holm(claims).tolist())
    return [Comparison(*row, None if row[0].method in BASELINES else next(adjusted)) for row in rows]


def write_tables(folder: Path, results: Sequence[Result], variants: Sequence[Variant]) -> list[Path]:
    """Write cycles.csv, reach.csv, distances.csv (per 0.25 Å) and stability.csv; returns the paths."""
    paths = [folder / name for name in ("cycles.csv", "reach.csv", "distances.csv", "stability.csv")]
    of = ["glass", "checkpoint", "method", "seed", "top_k", "explained_atoms"]

    def facts(result: Result) -> list:
        return [result.glass, result.checkpoint, result.method, result.seed, result.k, result.n_explained]

    test = [
        "ratio",
        "ratio_low",
        "ratio_high",
        "difference",
        "difference_low",
        "difference_high",
        "cohen_d",
        "p",
    ]

    def numbers(one) -> list:
        return [one.ratio, *one.ratio_band, one.difference, *one.difference_band, one.cohen_d, one.p_value]

    _write(
        paths[0],
        [*of, "filtration", "compared_atoms", "compared_edges", "unmatched_edges", "share_not_in_filtration",
         "important", "all_edges", "field_edges", "matched_edges",
         *(f"{name}_field" for name in test), *(f"{name}_matched" for name in test), "p_matched_holm",
         "compared_edges_same_hops", *(f"{name}_same_hops" for name in test)],
        (
            [*facts(row.result), row.filtration, row.found.n_atoms, row.found.n_edges, row.found.n_unmatched,
             row.found.absent, row.found.important, row.found.everywhere, row.found.field, row.found.matched,
             *numbers(row.found.against_field), *numbers(row.found.against_matched),
             "" if row.p_holm is None else row.p_holm,
             *([""] * (1 + len(test)) if row.same_hops is None
               else [row.same_hops.n_edges, *numbers(row.same_hops.against_matched)])]
            for row in comparisons(results)
        ),
    )  # fmt: skip
    share = f"share_beyond_{MEDIUM_RANGE:g}_A"
    _write(
        paths[1],
        [*of, "atoms", "n", "median_A", "median_low", "median_high", share, f"{share}_low", f"{share}_high"],
        (
            [*facts(result), name, one.n, one.median, *one.median_band, one.beyond, *one.beyond_band]
            for result in results
            for name, one in result.reach.items()
        ),
    )
    _write(
        paths[2],
        [*of[:4], "weight", "from_A", "to_A", "share_of_weight", "even_share", "ratio", "ratio_low", "ratio_high"],
        (
            [*facts(result)[:4], name, *(f"{number:.4g}" for number in row)]
            for result in results
            if result.method not in BASELINES
            for name, found in [
                *result.fine.items(),
                *((f"importance {pair}", found) for pair, found in result.by_pair.items()),
            ]
            for row in zip(found.bins[:-1], found.bins[1:], found.observed, found.expected, found.ratio, found.low,
                           found.high, strict=True)
        ),
    )  # fmt: skip
    _write(
        paths[3],
        ["variant", *of, "filtration", *(f"{name}_matched" for name in test), "median_A", share,
         "shared_top_k", "shared_low", "shared_high", "shared_by_chance"],
        (
            [one.what, *facts(one.result), name, *numbers(found.against_matched),
             one.result.reach["important"].median, one.result.reach["important"].beyond,
             *([""] * 4 if one.overlap is None
               else [one.overlap.shared, *one.overlap.shared_band, one.overlap.by_chance])]
            for one in variants
            for name, found in one.result.enrichment.items()
            if found is not None
        ),
    )  # fmt: skip
    return paths


def _write(path: Path, header: list[str], rows: Iterable[list]) -> None:
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow(
                [f"{cell:.6g}" if isinstance(cell, float | np.floating) else cell for cell in row]
            )
