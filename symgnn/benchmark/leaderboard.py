"""The leaderboard: one row per folder in checkpoints/, its seeds in subfolders, read from the cards alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from symgnn.benchmark.published import PUBLISHED, Published
from symgnn.datasets.definition import PAPER_NAME
from symgnn.datasets.paper import PAPER
from symgnn.errors import InputError
from symgnn.glass import Glass
from symgnn.inference.checkpoint import CARD, list_checkpoints, read_card
from symgnn.paths import checkpoint_folder

TEST = tuple(file.name for file in PAPER if file.split == "test")
VALIDATION = next(file.name for file in PAPER if file.split == "validation")
POOLED = "pooled"

Card = dict[str, Any]


@dataclass(frozen=True)
class Spread:
    """A number over the seeds of a row: mean and sample standard deviation (None for one seed)."""

    mean: float
    sd: float | None
    n: int

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if self.sd is None else f"{self.mean:.3f} ± {self.sd:.3f}"


@dataclass(frozen=True, eq=False)
class Row:
    """One model of the leaderboard.

    name       of its folder in checkpoints/, which holds its first seed
    cards      name of a checkpoint -> its card: first the row's own, then <name>/seed1, ...
    published  what the paper reports for it, None where nothing
    """

    name: str
    cards: dict[str, Card]
    published: Published | None

    @property
    def card(self) -> Card:
        return self.cards[self.name]

    @property
    def test_glasses(self) -> tuple[str, ...]:
        """The test glasses that all scored seeds share: "pooled" is over these."""
        scored = [set(card["scores"]).intersection(TEST) for card in self._tested()]
        return tuple(name for name in TEST if scored and all(name in names for names in scored))

    def test(self, measure: str, glass: str = POOLED) -> Spread | None:
        """A score over the seeds, on one test glass or pooled over `test_glasses`; None where not scored."""
        if glass == POOLED:
            if not self.test_glasses:
                return None
            glass = self.test_glasses[0] if len(self.test_glasses) == 1 else POOLED
        return self.over_seeds(lambda card: card["scores"].get(glass, {}).get(measure))

    def validation(self, measure: str = "pearson") -> Spread | None:
        """A score on the validation glass, from the evaluation or else from the selected epoch."""
        return self.over_seeds(
            lambda card: (
                card["scores"].get(VALIDATION, card["selected"]).get(measure) if is_of_paper(card) else None
            )
        )

    def coverage(self, level: str) -> Spread | None:
        """Share of labels inside the stated interval ("68%", "95%") on the test glasses."""
        coverages = [card["uncertainty"].get("coverage", {}) for card in self._tested()]
        pooled = all(POOLED in coverage for coverage in coverages)
        if not pooled and len(self.test_glasses) != 1:
            return None
        glass = POOLED if pooled else self.test_glasses[0]
        return self.over_seeds(lambda card: card["uncertainty"].get("coverage", {}).get(glass, {}).get(level))

    def over_seeds(self, value: Callable[[Card], float | None]) -> Spread | None:
        """Mean and standard deviation of value(card) over the seeds that have one."""
        values = [found for card in self.cards.values() if (found := value(card)) is not None]
        if not values:
            return None
        return Spread(fmean(values), stdev(values) if len(values) > 1 else None, len(values))

    def _tested(self) -> list[Card]:
        return [
            card
            for card in self.cards.values()
            if is_of_paper(card) and set(card["scores"]).intersection(TEST)
        ]


def is_of_paper(card: Card) -> bool:
    """Whether the checkpoint was trained on the paper's data set; scores of others cannot stand beside its scores."""
    return card.get("dataset") in (None, PAPER_NAME)


def leaderboard(root: Path | None = None) -> list[Row]:
    """All rows of a folder, by default `checkpoint_folder()`: highest pooled test r first, those never scored last.

    Raises InputError for a bad card.
    """
    return by_test([read_row(name, card_files(name, root)) for name in list_checkpoints(root)])


def by_test(rows: list[Row]) -> list[Row]:
    """For display. Nothing is ever selected by a test score."""
    return sorted(rows, key=lambda row: _order(row, row.test("pearson")))


def by_validation(rows: list[Row]) -> list[Row]:
    """What a user should try first comes first."""
    return sorted(rows, key=lambda row: _order(row, row.validation()))


def _order(row: Row, score: Spread | None) -> tuple[float, str]:
    known = score is not None and score.mean == score.mean  # r of a constant prediction is nan
    return (-score.mean if known else float("inf"), row.name)


def card_files(name: str, root: Path | None = None) -> dict[str, Path]:
    """Checkpoint -> its card: the row's own, then those in its folders seed1, seed2, ..., by number.

    root: by default `checkpoint_folder()`.
    """
    root = root or checkpoint_folder()
    seeds = [path.parent.name for path in (root / name).glob(f"seed*/{CARD}")]
    numbers = sorted(int(seed[4:]) for seed in seeds if re.fullmatch(r"seed\d+", seed))
    names = [name, *(f"{name}/seed{number}" for number in numbers)]
    return {each: root / each / CARD for each in names}


def read_row(name: str, files: dict[str, Path]) -> Row:
    """A row from its `card_files`. Raises InputError naming file and field where a card does not fit."""
    return Row(name, {each: _checked(path) for each, path in files.items()}, PUBLISHED.get(name))


def role(card: Card, glass: Glass) -> str | None:
    """What the glass was to this checkpoint: "train", "validation" or "test"; None for one that it never met."""
    names = [name for name, key in card.get("data_hashes", {}).items() if key == glass.content_hash]
    for part in ("train", "validation"):
        if any(name in card["split"].get(part, ()) for name in names):
            return part
    return "test" if glass.content_hash in card["evaluation"].get("data_hashes", {}).values() else None


def _checked(path: Path) -> Card:
    """The card, with every entry that the leaderboard reads present and of the right kind."""
    card = read_card(path)
    entries = ("scores", "selected", "split", "invariance", "inference", "uncertainty", "evaluation")
    card |= {name: card.get(name) or {} for name in entries} | {"curve": card.get("curve") or []}
    for name in entries:
        _expect(path, name, card[name], dict)
    _expect(path, "curve", card["curve"], list)
    coverage = card["uncertainty"].get("coverage", {})
    _expect(path, "uncertainty.coverage", coverage, dict)
    tables = {f"scores.{glass}": scores for glass, scores in card["scores"].items()}
    tables |= {f"uncertainty.coverage.{glass}": shares for glass, shares in coverage.items()}
    tables |= {f"curve.{k}": point for k, point in enumerate(card["curve"])}
    for name, numbers in tables.items():
        _expect(path, name, numbers, dict)
        _expect_numbers(path, name, numbers, tuple(numbers))
    _expect_numbers(path, "selected", card["selected"], ("pearson", "epoch", "penalty"))
    _expect_numbers(path, "invariance", card["invariance"], ("largest_eV", "rms_eV", "relative"))
    _expect_numbers(path, "inference", card["inference"], ("seconds", "atoms"))
    _expect_numbers(path, "card", card, ("seconds", "n_parameters"))
    return card


def _expect_numbers(path: Path, entry: str, values: dict[str, Any], names: tuple[str, ...]) -> None:
    for name in names:
        if values.get(name) is not None:
            _expect(path, f"{entry}.{name}", values[name], (int, float))


def _expect(path: Path, field: str, value: Any, kind: type | tuple[type, ...]) -> None:
    if not isinstance(value, kind) or isinstance(value, bool):
        expected = {dict: "names and values", list: "a list"}.get(kind, "a number")
        raise InputError(f"{path}: field {field!r} is {str(value)[:40]!r}, expected {expected}")
