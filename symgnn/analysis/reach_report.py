"""How far important atoms reach, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from symgnn.analysis.evaluate import Result
from symgnn.analysis.markdown import span, table, with_band
from symgnn.analysis.reach import MEDIUM_RANGE
from symgnn.analysis.study import Variant


def reach_text(results: Sequence[Result]) -> str:
    rows = [r for r in results if not r.baseline and "important" in r.reach]
    if not rows:
        return "No method beside the baselines names important atoms."
    median = span([r.reach["important"].median for r in rows])
    far = span([100 * r.reach["important"].beyond for r in rows], 0)
    random = span([100 * r.reach["random"].beyond for r in rows], 0)
    weight = span([100 * _far(r) for r in rows], 0)
    return (
        f"Important atoms are the ends of the {rows[0].k} most important edges, without the explained atom. Half of "
        f"them are nearer than {median} Å, and {far}% are farther than {MEDIUM_RANGE:g} Å, where {random}% of the ends "
        f"of random edges of the receptive field are. Of the importance of all edges together, {weight}% is on atoms "
        f"farther than {MEDIUM_RANGE:g} Å, in small numbers on many atoms."
    )


def peak_text(results: Sequence[Result]) -> str:
    rows = [r for r in results if not r.baseline and r.peaks]
    excess = [one for r in rows for one in r.peaks]
    above = sum(one.weight_band[0] > 1 for one in excess)
    below = sum(one.weight_band[1] < 1 for one in excess)
    return (
        f"Are atoms at the peaks of g(r) more important than those beside them? At the peak over 0.5 to 1 Å away from "
        f"it, first the number of atoms (what a histogram shows), then importance per atom. Of {len(excess)} intervals "
        f"{above} lie above 1 and {below} below it. Direct edges end at the model's cutoff of {MEDIUM_RANGE:g} Å, and "
        f"the step of importance there falls into the windows of the middle peaks: compare the control."
    )


def peak_table(results: Sequence[Result], variants: Sequence[Variant]) -> str:
    rows = [r for r in results if not r.baseline and r.peaks]
    header = ["glass", "method", *(f"{one.peak:g} Å: atoms, importance per atom" for one in rows[0].peaks)]
    named = [(r, r.title) for r in rows]
    named += [(one.result, one.what) for one in variants if one.is_control and not one.result.baseline]
    lines = [
        [
            r.glass,
            name,
            *(f"{one.atoms:.2f}, {with_band(one.weight, one.weight_band)}" for one in r.peaks),
        ]
        for r, name in named
    ]
    return table(header, lines)


def _far(result: Result) -> float:
    """Fraction of the importance beyond MEDIUM_RANGE."""
    fine = result.fine["importance"]
    return 1 - float(fine.observed[fine.bins[1:] <= MEDIUM_RANGE + 1e-9].sum())


def reach_table(results: Sequence[Result]) -> str:
    header = ["glass", "method", "atoms", "number", "median distance / Å", f"beyond {MEDIUM_RANGE:g} Å"]
    names = {
        "important": "important",
        "random": "control: ends of random edges",
        "nearest": "control: of the nearest",
    }
    lines, controls = [], set()
    for result in results:
        for name, one in result.reach.items():
            if result.baseline or (name != "important" and (result.glass, name) in controls):
                continue
            controls.add((result.glass, name))
            lines.append([
                result.glass, result.title if name == "important" else "–", names[name], str(one.n),
                with_band(one.median, one.median_band),
                f"{one.beyond:.1%} [{one.beyond_band[0]:.1%}, {one.beyond_band[1]:.1%}]",
            ])  # fmt: skip
    return table(header, lines)


def shell_table(results: Sequence[Result]) -> str:
    bins = results[0].shells["important"].bins
    header = [
        "glass",
        "method",
        "weight",
        *(f"{a:g}-{b:g} Å" for a, b in pairwise(bins)),
    ]
    names = {
        "important": "important atoms",
        "importance": "importance",
        "shuffled": "control: shuffled importance",
    }
    lines = []
    for result in results:
        if result.baseline:
            continue
        for name, title in names.items():
            shells = result.shells[name]
            cells = [
                with_band(*row)
                for row in zip(shells.ratio, zip(shells.low, shells.high, strict=True), strict=True)
            ]
            lines.append([result.glass, result.title, title, *cells])
    return table(header, lines)
