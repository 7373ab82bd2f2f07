"""The study of physics as Markdown: predicted beside measured changes, methods ranked beside distance, moving atoms."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from symgnn.analysis.importance_ranking import DISTANCE, RANDOM_NUMBERS
from symgnn.analysis.markdown import number, table, with_band
from symgnn.analysis.moving_atoms import RELAXED_SWAP
from symgnn.analysis.physics_study import REPEATS, PhysicsStudy
from symgnn.analysis.physics_tables import PhysicsTables, measured_rows
from symgnn.analysis.swap_predictions import SETTINGS
from symgnn.explanations.methods import title_of


def physics_report(tables: PhysicsTables, *, study: PhysicsStudy, command: str, figure: str) -> str:
    """The text beside the tables. command: how to get it again; figure: name of the picture beside the text."""
    rows = tables.rows
    known = measured_rows(rows, "all")
    reduced = ", ".join(f"{title_of(name)}: {_settings(values)}" for name, values in SETTINGS.items())
    parts = [
        "# Changes that physics checks",
        "Written by\n\n```\n" + command + "\n```",
        f"Glasses: {', '.join(dict.fromkeys(rows['glass']))}. {study.n_centres} centre atoms of each (the elements in "
        f"turn, seed {study.seed}); around each, {study.n_random} swaps of a neighbour within 5 Å drawn at random and "
        f"{study.n_strata} others from strata of equal width of the change that `{study.checkpoint.full_name}` "
        "predicts. Every swapped glass is relaxed under the potential. Barriers are searched around the centre until "
        f"there are {study.events} different events, after each swap once and before all swaps {REPEATS} times from "
        f"other seeds. {len(rows)} swaps, {len(rows) - len(known)} of them without a minimum or events; "
        f"{int(_events(rows))} events in {int(_tries(rows))} tries. `swaps.csv` beside this text has a row per swap, "
        "the other tables all numbers.",
        f"Measured: mean change {known['change_eV'].mean():+.3f} eV, standard deviation "
        f"{known['change_eV'].std():.3f} eV, standard error of one change {_rms(known['standard_error_eV']):.3f} eV "
        f"(root mean square); {_rms(known['before_standard_error_eV']):.3f} eV of it is the error of what was measured "
        "before, common to all swaps of a centre.",
        f"![predicted and measured changes]({figure})" if figure.endswith(".png") else f"[figure]({figure})",
        "## Does a change do what was predicted?",
        _agreement_table(tables.agreement),
        "Intervals in brackets are 95% bootstrap intervals over centres. *Slope*: of measured on predicted changes; "
        "above 1 the predicted ones are too small. *Corrected r*: without the error of the measurement, "
        "r / √reliability; the reliability from the standard errors, with the error that a centre's swaps have in "
        "common counted as such. *Within centres*: of deviations from the mean of the centre, in which that error "
        "cancels. *Lower*: fraction measured as lower, which the answer \"lower\" always gets right: the control of "
        "the same sign.",
        "## Which importance orders what swaps do?",
        "Spearman's correlation of the importance of the swapped atom for the centre, as explained in the glass before "
        "the swap, with the size of the measured change. The control is distance alone (nearer first); *beyond* is the "
        "difference to it.",
        "Swaps drawn at random:",
        _ranking_table(tables.ranking, "random"),
        "All swaps:",
        _ranking_table(tables.ranking, "all"),
        f"Importance: sum over an atom's edges, of a signed method in eV. {reduced}. *{RELAXED_SWAP}*: size of the "
        "predicted change after relaxation; *swapped neighbours* the same without it. Random numbers: mean of 500 "
        "draws and the range of 95% of them.",
        "## Do the atoms that move in events lie on important edges?",
        _event_table(tables.events),
        "Events around the centres before any swap. For an event in which m atoms besides the centre move more than "
        ".1 Å, the m most important ones are compared with them, among all atoms and among those within 5 Å, the only "
        "ones that swaps know. *Control*: importance shuffled among atoms at equal distances (shells of .5 Å). Ratio "
        "with its 95% interval over centres, p of a sign-flip test over centres.",
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _agreement_table(agreement: pd.DataFrame) -> str:
    header = ["checkpoint", "predicted change", "swaps", "n (centres)", "r", "corrected r", "reliability", "slope",
              "same sign", "lower", "within centres: r", "corrected", "mean predicted / eV",
              "mean measured / eV"]  # fmt: skip
    lines = [
        [
            f"`{row['checkpoint']}`", row["predicted_change"], row["swaps"], f"{row['changes']} ({row['centres']})",
            *(_band(row, name) for name in ("r", "r_corrected", "reliability", "slope", "same_sign")),
            number(row["lower"]), _band(row, "within_r"), _band(row, "within_r_corrected"),
            f"{row['predicted']:+.3f}", f"{row['measured']:+.3f}",
        ]
        for _, row in agreement.iterrows()
    ]  # fmt: skip
    return table(header, lines)


def _ranking_table(ranking: pd.DataFrame, group: str) -> str:
    header = [
        "checkpoint",
        "method",
        "all swaps together",
        "beyond distance",
        "within centres",
        "beyond distance",
    ]
    some = ranking[ranking["swaps"] == group]
    controls = [name for _, name in (DISTANCE, RANDOM_NUMBERS)]
    lines = [
        [
            f"`{row['checkpoint']}`" if row["checkpoint"] else "–",
            f"control: {row['method']}" if row["method"] in controls else title_of(row["method"]),
            *(_band(row, name) for name in ("pooled", "beyond_pooled", "within", "beyond_within")),
        ]
        for _, row in some.iterrows()
    ]
    first = some.iloc[0]
    return f"{table(header, lines)}\n\n{first['n']} swaps around {first['centres']} centres."


def _event_table(events: pd.DataFrame) -> str:
    header = ["checkpoint", "method", "atoms", "moving atoms in events", "among the most important", "control", "ratio",
              "p"]  # fmt: skip
    order = events.sort_values(["atoms", "ratio"], ascending=[True, False])
    lines = [
        [
            f"`{row['checkpoint']}`", title_of(row["method"]), row["atoms"], f"{row['moving']} in {row['events']}",
            f"{row['shared']:.0f}", f"{row['control']:.0f}", _band(row, "ratio"), f"{row['p']:.4f}",
        ]
        for _, row in order.iterrows()
    ]  # fmt: skip
    return table(header, lines)


def _band(row: pd.Series, name: str) -> str:
    return with_band(row[name], (row[f"{name}_low"], row[f"{name}_high"]))


def _settings(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())


def _rms(values: pd.Series) -> float:
    return float((values**2).mean() ** 0.5)


def _events(rows: pd.DataFrame) -> float:
    return rows["after_events"].sum() + _once(rows)["before_events"].sum()


def _tries(rows: pd.DataFrame) -> float:
    return rows["after_tries"].sum() + _once(rows)["before_tries"].sum()


def _once(rows: pd.DataFrame) -> pd.DataFrame:
    """One row per centre."""
    return rows.drop_duplicates("centre_number")
