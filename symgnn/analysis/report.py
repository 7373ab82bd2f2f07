"""What came out, as Markdown: every result beside its control."""

from __future__ import annotations

from collections.abc import Sequence

from symgnn.analysis.evaluate import Result
from symgnn.analysis.markdown import span, table, with_band
from symgnn.analysis.reach import MEDIUM_RANGE
from symgnn.analysis.reach_report import peak_table, peak_text, reach_table, reach_text, shell_table
from symgnn.analysis.study import Study, Variant
from symgnn.analysis.tables import Comparison, comparisons

LEVEL = 0.05


def report(
    results: Sequence[Result],
    variants: Sequence[Variant],
    *,
    study: Study,
    command: str,
    figures: Sequence[str],
) -> str:
    """The text beside the tables: what was asked, with which numbers it is answered, beside which control.

    command: how to get it again; figures: names of the pictures beside the text, cycles.* first, then reach.<glass>.*
    """
    first = results[0]
    parts = [
        "# Findings, each with its control",
        "Written by\n\n```\n" + command + "\n```",
        f"Checkpoint `{study.checkpoint.full_name}`; {study.n_atoms} random atoms of each glass (seed {study.seed}), "
        f"in equal numbers of the elements. For each of them the {first.k} edges that are most important by a method "
        f"are taken from all edges that can change the prediction (its receptive field). Intervals in brackets are 95% "
        f"bootstrap intervals over explained atoms, and the explained atom is the unit of every test: the important "
        f"edges of one atom stand close together and are no independent draws. The tables beside this text hold "
        "all numbers.",
        "## Do important edges lie on more cycles?",
        _picture(figures[0]),
        _cycles_text(results),
        _cycles_table(results),
        "*Random*: edges of the same receptive field, the paper's control. *Matched controls*: edges of the same "
        "receptive field, length (to 0.05 Å) and element pair that are not important; an edge that is not in the "
        "filtration lies on 0 cycles. d: Cohen's d over atoms, p: sign-flip test over atoms, both against matched "
        f"controls; Holm: p corrected for the {len(_claims(results))} rows of methods. Nearest and random edges are "
        "baselines that know nothing of the model. Last column: controls that also stand as many hops from the "
        "explained atom, of which there are few.",
        "## How far do important atoms reach?",
        *(_picture(name) for name in figures[1:]),
        reach_text(results),
        reach_table(results),
        "Fraction of the weight in shells of distance from the explained atom, over the fraction that would be there "
        "if all edges of the receptive field were equally important (1: no preference):",
        shell_table(results),
    ]
    if any(r.peaks and not r.baseline for r in results):
        parts += [peak_text(results), peak_table(results, variants)]
    if variants:
        parts += ["## How stable is it?", _stability_text(variants), _stability_table(variants)]
    return "\n\n".join(parts) + "\n"


def _picture(name: str) -> str:
    return f"{'!' if name.endswith('.png') else ''}[{name}]({name})"


def _claims(results: Sequence[Result]) -> list[Comparison]:
    """The comparisons that were tested: all but those of the baselines."""
    return [row for row in comparisons(results) if row.p_holm is not None]


def _cycles_text(results: Sequence[Result]) -> str:
    rows = _claims(results)
    if not rows:
        return "No important edge of a method could be compared; baselines are no claims."
    as_paper = [row.enrichment.against_field.ratio for row in rows]
    differing = [row for row in rows if row.p_holm < LEVEL]
    spans = ", ".join(
        f"{span([row.enrichment.against_matched.ratio for row in rows if row.filtration == name])} ({name})"
        for name in dict.fromkeys(row.filtration for row in rows)
    )
    explained = [
        100
        * (row.enrichment.matched - row.enrichment.field)
        / (row.enrichment.important - row.enrichment.field)
        for row in rows
        if row.enrichment.against_field.p_value < LEVEL and row.enrichment.important > row.enrichment.field
    ]
    text = (
        f"Seen against random edges of the receptive field, as in the paper, important edges lie on {span(as_paper)} "
        f"times as many cycles. The ratio to edges of the same length and element pair is {spans}. "
    )
    if explained:
        text += (
            f"Of the surplus over random edges, {span(explained, 0)}% is there for any edge of that length and pair: "
            "important edges are short, and short edges lie on many cycles. "
        )
    if not differing:
        highest = max(row.enrichment.against_matched.ratio_band[1] for row in rows)
        return (
            f"{text}None of {len(rows)} comparisons with matched controls differs at {LEVEL:.0%} after correction; the "
            f"intervals reach up to {highest:.2f}: a greater enrichment is excluded, a smaller one is not."
        )
    names = "; ".join(
        f"{row.result.glass}, {row.result.title}, {row.filtration}: {row.enrichment.against_matched.ratio:.2f}"
        for row in differing
    )
    return (
        f"{text}{len(differing)} of {len(rows)} comparisons with matched controls differ at {LEVEL:.0%} after "
        f"correction ({names})."
    )


def _cycles_table(results: Sequence[Result]) -> str:
    header = ["glass", "method", "filtration", "important", "random", "ratio", "matched controls", "ratio", "d", "p",
              "Holm", "edges (unmatched)", "same hops too: ratio (edges)"]  # fmt: skip
    lines = []
    for row in comparisons(results):
        one, near = row.enrichment, row.same_hops
        lines.append([
            row.result.glass, row.result.title, row.filtration, f"{one.important:.2f}", f"{one.field:.2f}",
            with_band(one.against_field.ratio, one.against_field.ratio_band), f"{one.matched:.2f}",
            with_band(one.against_matched.ratio, one.against_matched.ratio_band),
            f"{one.against_matched.cohen_d:+.2f}", f"{one.against_matched.p_value:.4f}",
            "–" if row.p_holm is None else f"{row.p_holm:.3f}",
            f"{one.n_edges} ({one.n_unmatched})",
            "–" if near is None
            else f"{with_band(near.against_matched.ratio, near.against_matched.ratio_band)} ({near.n_edges})",
        ])  # fmt: skip
    return table(header, lines)


def _stability_text(variants: Sequence[Variant]) -> str:
    real = [one for one in variants if not one.is_control]
    tests = _claims([one.result for one in real])
    differing = sum(row.p_holm < LEVEL for row in tests)
    above = sum(row.enrichment.against_matched.ratio > 1 for row in tests)
    beyond = [100 * one.result.reach["important"].beyond for one in real if "important" in one.result.reach]
    seen = []
    if tests:
        seen.append(
            f"Of {len(tests)} comparisons with edges of the same length and pair, controls aside, {differing} differ "
            f"at {LEVEL:.0%} after correction and {above} lie above 1"
        )
    if beyond:
        seen.append(f"{span(beyond, 0)}% of the important atoms are beyond {MEDIUM_RANGE:g} Å")
    return (
        f"The same questions under other conditions. {'; '.join(seen) or 'Nothing can be compared'}. *Shared*: "
        "fraction of an atom's important edges that the reference names too; *by chance*: the same for edges drawn at "
        "random from those of the same receptive field, length, element pair and hops."
    )


def _stability_table(variants: Sequence[Variant]) -> str:
    header = [
        "condition",
        "filtration",
        "ratio to random",
        "ratio to matched controls",
        "d",
        "p",
        "median distance / Å",
        "shared",
        "by chance",
    ]
    lines = []
    for one in variants:
        for name, enrichment in one.result.enrichment.items():
            if enrichment is None:
                continue
            test, where = enrichment.against_matched, one.result.reach["important"]
            lines.append([
                one.what, name, f"{enrichment.against_field.ratio:.2f}", with_band(test.ratio, test.ratio_band),
                f"{test.cohen_d:+.2f}", f"{test.p_value:.4f}",
                with_band(where.median, where.median_band),
                "–" if one.overlap is None else with_band(one.overlap.shared, one.overlap.shared_band),
                "–" if one.overlap is None else f"{one.overlap.by_chance:.2f}",
            ])  # fmt: skip
    return table(header, lines)
