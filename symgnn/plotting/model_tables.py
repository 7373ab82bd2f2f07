"""Tables of the leaderboard and of a checkpoint's card, as shown and as downloaded. Their columns name the units."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from symgnn.benchmark.leaderboard import Row
from symgnn.benchmark.report import largest_change
from symgnn.inference.card import Card, Entry


def leaderboard_table(rows: Sequence[Row]) -> pd.DataFrame:
    """One row per model; scores are means over seeds, r_test_sd their sample standard deviation."""
    table = pd.DataFrame([_line(row) for row in rows])
    return table.dropna(axis="columns", how="all")


def _line(row: Row) -> dict[str, Any]:
    r = row.test("pearson")
    means = {
        "r_validation": row.validation(),
        "spearman": row.test("spearman"),
        "mae_eV": row.test("mae_eV"),
        "auc_top5": row.test("auc_top5"),
        "auc_bottom5": row.test("auc_bottom5"),
        "coverage_68": row.coverage("68%"),
        "coverage_95": row.coverage("95%"),
        "training_s": row.over_seeds(lambda card: card.seconds),
        "inference_s": row.over_seeds(lambda card: card.inference and card.inference.seconds),
    }
    known = {name: each.mean if each else None for name, each in means.items()}
    return {
        "checkpoint": row.name,
        "r_test": r.mean if r else None,
        "r_test_sd": r.standard_deviation if r else None,
        "r_paper": row.published.r if row.published else None,
        **known,
        "largest_change_eV": largest_change(row),
        "parameters": row.card.n_parameters,
        "seeds": len(row.cards),
    }


def seed_table(row: Row) -> pd.DataFrame:
    """One line per seed of a row: its checkpoint, r on the glasses it was scored on, selected epoch."""
    lines = []
    for name, card in row.cards.items():
        scores = {f"r_{glass}": values.get("pearson") for glass, values in card.scores.items()}
        seed, epoch = card.training.seed, card.selected.epoch
        lines.append({"checkpoint": name, "seed": seed, **scores, "epoch": epoch})
    return pd.DataFrame(lines)


def card_sections(card: Card) -> dict[str, pd.DataFrame]:
    """The sections of the card: title -> table of names and values. The learning curve and the scores are left out."""
    sections = {
        "Model": {"model": card.model, **card.settings, "parameters": card.n_parameters},
        "Training": {
            **{
                key: value
                for key, value in card.training.as_dict().items()
                if key not in ("model", "settings")
            },
            **card.selected.as_dict(),
        },
        "Target": _entries(card.target),
        "Split": card.split.as_dict(),
        "Data hashes": {**card.data_hashes, **card.evaluation.data_hashes},
        "Run": {
            "command": card.command,
            "device": card.device,
            "training (s)": card.seconds,
            "date": card.date,
            **card.software,
            "sha256 of the weights": card.weights_sha256,
        },
        "Invariance": _entries(card.invariance),
        "Inference": _entries(card.inference),
        "Uncertainty": _entries(card.uncertainty),
    }
    return {title: _names_and_values(values) for title, values in sections.items() if values}


def _entries(part: Entry | None) -> dict[str, Any]:
    return {} if part is None else part.as_dict()


def _names_and_values(values: dict[str, Any]) -> pd.DataFrame:
    flat = _flat(values)
    return pd.DataFrame({"name": list(flat), "value": list(flat.values())})


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, str]:
    """Nested entries side by side, 'coverage · test0 · 0.68'; those without a value are left out."""
    flat: dict[str, str] = {}
    for name, value in values.items():
        if isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            value = {str(number): each for number, each in enumerate(value, start=1)}
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name} · ")
        elif value is not None:
            flat[f"{prefix}{name}"] = _value_text(value)
    return flat


def _value_text(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(_value_text, value))
    return f"{value:.4g}" if isinstance(value, float) else str(value)
