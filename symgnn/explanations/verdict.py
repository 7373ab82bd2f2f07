"""What one explanation comes to, in a sentence: do its top edges matter more than matched control edges?

The answer rests on the permutation test of `symgnn.explanations.fidelity` (`remove_top_p`): the change of the barrier
when the k most important edges are removed, beside the changes for random draws alike in length, elements and hops.
Such a p is valid for any number of draws, so that p <= .05 is a yes. A larger p is a no only where more draws would
hardly bring it below: where the 95% interval (Clopper and Pearson, Biometrika 26, 404, 1934) of the fraction of draws
that reach the change lies above the threshold. A yes that rests on so few draws that no smaller p could come out of
them, and whose interval reaches beyond the threshold, says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from scipy.stats import beta

from symgnn.errors import InputError
from symgnn.explanations.explanation import Explanation

THRESHOLD = 0.05
CONFIDENCE = 0.95  # of the interval of p

CANCEL = "edges that raise it and edges that lower it cancel"

Answer = Literal["yes", "no", "undecided"]


@dataclass(frozen=True)
class Verdict:
    """answer        whether the top edges matter more than matched control edges
    text          the sentence, with its numbers
    k             edges removed; k_others: for how many of them the control has another edge
    p, draws      of the permutation test; p is None where there is nothing to compare with
    p_low         lower end of the 95% interval of p over further draws; None likewise
    is_open       whether further draws decide: the answer is undecided, or a yes at the limit of so few draws
    threshold     of p
    change        eV: how far removing the k edges moves the barrier; None where no edge can change it
    matched       eV: the same for matched control edges, mean
    change_all    eV: the same for all edges
    """

    answer: Answer
    text: str
    k: int
    k_others: int
    p: float | None
    draws: int
    p_low: float | None
    is_open: bool
    threshold: float
    change: float | None
    matched: float | None
    change_all: float | None


def verdict(explanation: Explanation, *, threshold: float = THRESHOLD) -> Verdict:
    """The verdict on an explanation, from its fidelity.

    Raises InputError for an explanation without fidelity (`symgnn.explain` gives one, `with_fidelity` adds it) and for
    a threshold outside 0..1.
    """
    if not 0 < threshold < 1:
        raise InputError(f"verdict: threshold {threshold:g} found, expected a number between 0 and 1")
    f = explanation.fidelity
    if "k" not in f or (f["k"] and "draws" not in f):
        raise InputError(
            f"verdict: explanation of atom {explanation.atom} without fidelity found, expected one of symgnn.explain"
        )
    k = int(f["k"])
    if not k:
        text = "No edge can change this atom's barrier: there is nothing to compare."
        return Verdict("undecided", text, 0, 0, None, 0, None, False, threshold, None, None, None)
    draws, others = int(f["draws"]), int(f["k_others"])
    change, matched, change_all = f["remove_top"], f["remove_top_matched"], f["keep_none"]
    if others:
        p = f["remove_top_p"]
        p_low = lower_end(p, draws)
        answer, reason = _answer(p, p_low, draws, threshold)
        rests_on = f"p = {p:.2g}, threshold {threshold:g}, {reason or _count(draws, 'draw')}"
        answered = f"{answer}, {_beside(change, matched)} ({rests_on})."
    else:
        p = p_low = None
        answer, reason = "undecided", ""
        answered = "undecided (no other edges of their length, elements and hops)."
    edges, them = ("This edge matters", "it") if k == 1 else (f"These {k} edges matter", "them")
    few = "" if others in (0, k) else f" {others} of the {k} {_have(others)} a matched control."
    compared = f", matched control edges by {matched:.3f} eV on average" if others else ""
    cancel = f" only: {CANCEL}" if change - change_all >= 0.0005 else ""
    text = (
        f"{edges} more than matched control edges: {answered}{few} Removing {them} moves the barrier by "
        f"{change:.3f} eV{compared}, removing all edges by {change_all:.3f} eV{cancel}."
    )
    return Verdict(
        answer, text, k, others, p, draws, p_low, bool(reason), threshold, change, matched, change_all
    )


def lower_end(p: float, draws: int) -> float:
    """Lower end of the 95% interval of the fraction of draws that reach the observed change; p as `permutation_p`
    gives it: (1 + reached) / (1 + draws)."""
    reached = round(p * (1 + draws)) - 1
    return 0.0 if reached == 0 else float(beta.ppf((1 - CONFIDENCE) / 2, reached, draws - reached + 1))


def upper_end_of_none(draws: int) -> float:
    """Upper end of that interval where no draw reaches the change."""
    return 1 - ((1 - CONFIDENCE) / 2) ** (1 / draws)


def _answer(p: float, p_low: float, draws: int, threshold: float) -> tuple[Answer, str]:
    """The answer, and why further draws decide, where they do."""
    if p <= threshold:
        is_least = round(p * (1 + draws)) == 1
        is_few = is_least and upper_end_of_none(draws) > threshold
        return "yes", f"the smallest p of {_count(draws, 'draw')}: more draws decide" if is_few else ""
    if p_low > threshold:
        return "no", ""
    if 1 / (1 + draws) > threshold:
        return "undecided", f"{_count(draws, 'draw')}: so few cannot reach it"
    return "undecided", f"{_count(draws, 'draw')}: more draws decide"


def _beside(change: float, matched: float) -> str:
    """How much larger or smaller a change is than that of matched control edges."""
    if matched < 0.0005:  # eV, which reads 0.000
        return "no difference" if change < 0.0005 else f"{change:.3f} eV more"
    more = change / matched - 1
    word = "more" if more > 0 else "less"
    if more >= 2:
        return f"{1 + more:.0f} times as much"
    return f"{100 * abs(more):.0f}% {word}" if abs(more) >= 0.005 else f"under 1% {word}"


def _have(number: int) -> str:
    return "has" if number == 1 else "have"


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
