"""The leaderboard: one row per folder in checkpoints/, its seeds in subfolders, read from the cards alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean, stdev

from symgnn.benchmark.published import PUBLISHED, Published
from symgnn.datasets.definition import PAPER_NAME
from symgnn.datasets.paper import PAPER
from symgnn.glass import Glass
from symgnn.inference.card import CARD, Card, Number, read_card
from symgnn.inference.checkpoint import list_checkpoints
from symgnn.paths import checkpoint_folder

TEST = tuple(file.name for file in PAPER if file.split == "test")
VALIDATION = next(file.name for file in PAPER if file.split == "validation")
POOLED = "pooled"


@dataclass(frozen=True)
class OverSeeds:
    """A number over the n seeds of a row: mean and sample standard deviation (None for one seed)."""

    mean: float
    standard_deviation: float | None
    n: int

    def __str__(self) -> str:
        mean = f"{self.mean:.3f}"
        return mean if self.standard_deviation is None else f"{mean} ± {self.standard_deviation:.3f}"


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
        scored = [set(card.scores).intersection(TEST) for card in self._tested()]
        return tuple(name for name in TEST if scored and all(name in names for names in scored))

    def test(self, measure: str, glass: str = POOLED) -> OverSeeds | None:
        """A score over the seeds, on one test glass or pooled over `test_glasses`; None where not scored."""
        if glass == POOLED:
            if not self.test_glasses:
                return None
            glass = self.test_glasses[0] if len(self.test_glasses) == 1 else POOLED
        return self.over_seeds(lambda card: card.scores.get(glass, {}).get(measure))

    def validation(self, measure: str = "pearson") -> OverSeeds | None:
        """A score on the validation glass, from the evaluation or else from the selected epoch."""
        return self.over_seeds(
            lambda card: (
                card.scores.get(VALIDATION, card.selected.as_dict()).get(measure)
                if is_of_paper(card)
                else None
            )
        )

    def coverage(self, level: str) -> OverSeeds | None:
        """Fraction of labels inside the stated interval ("68%", "95%") on the test glasses."""
        coverages = [_coverage(card) for card in self._tested()]
        pooled = all(POOLED in coverage for coverage in coverages)
        if not pooled and len(self.test_glasses) != 1:
            return None
        glass = POOLED if pooled else self.test_glasses[0]
        return self.over_seeds(lambda card: _coverage(card).get(glass, {}).get(level))

    def over_seeds(self, value: Callable[[Card], float | None]) -> OverSeeds | None:
        """Mean and standard deviation of value(card) over the seeds that have one."""
        values = [number for card in self.cards.values() if (number := value(card)) is not None]
        if not values:
            return None
        return OverSeeds(fmean(values), stdev(values) if len(values) > 1 else None, len(values))

    def _tested(self) -> list[Card]:
        return [
            card for card in self.cards.values() if is_of_paper(card) and set(card.scores).intersection(TEST)
        ]


def _coverage(card: Card) -> dict[str, dict[str, Number]]:
    return {} if card.uncertainty is None else card.uncertainty.coverage


def is_of_paper(card: Card) -> bool:
    """Whether the checkpoint was trained on the paper's data set; scores of others cannot stand beside its scores."""
    return card.dataset in (None, PAPER_NAME)


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


def _order(row: Row, score: OverSeeds | None) -> tuple[float, str]:
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
    return Row(name, {each: read_card(path) for each, path in files.items()}, PUBLISHED.get(name))


def role(card: Card, glass: Glass) -> str | None:
    """What the glass was to this checkpoint: "train", "validation" or "test"; None for none of these."""
    names = [name for name, key in card.data_hashes.items() if key == glass.content_hash]
    for part, members in (("train", card.split.train), ("validation", card.split.validation)):
        if any(name in members for name in names):
            return part
    return "test" if glass.content_hash in card.evaluation.data_hashes.values() else None
