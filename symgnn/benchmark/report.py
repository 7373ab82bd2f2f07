"""The leaderboard as text: tables of strings for the terminal, and the whole of checkpoints/README.md."""

from __future__ import annotations

import shlex
from pathlib import Path

from symgnn.benchmark.leaderboard import TEST, VALIDATION, OverSeeds, Row, leaderboard
from symgnn.benchmark.own_glasses import own_table, read_rows
from symgnn.benchmark.published import IN_GENERAL, REFERENCES, SOURCE
from symgnn.benchmark.text_table import UNKNOWN, TextTable
from symgnn.errors import InputError
from symgnn.inference.card import Card
from symgnn.io.writing import replacing
from symgnn.paths import checkpoint_folder

README = "README.md"


def accuracy_table(rows: list[Row]) -> TextTable:
    """Scores on the test glasses, beside the validation glass and the paper; ± is over seeds."""
    glasses = [name for name in TEST if any(name in row.test_glasses for row in rows)]
    per_glass = glasses if len(glasses) > 1 else []
    scored_on = {row.test_glasses for row in rows if row.test_glasses}
    with_coverage = any(row.coverage("68%") for row in rows)
    header = [
        "checkpoint",
        "seeds",
        f"r {' + '.join(glasses) or 'test'}",
        *(f"r {name}" for name in per_glass),
    ]
    header += [f"r {VALIDATION} (validation)", "Spearman", "MAE / eV", "AUC top 5%", "AUC bottom 5%"]
    header += ["coverage 68% / 95%"] * with_coverage + ["r in the paper"]
    lines = []
    for row in rows:
        pooled = _text(row.test("pearson"))
        if len(scored_on) > 1 and row.test_glasses:
            pooled += f" ({' + '.join(row.test_glasses)})"
        line = [f"`{row.name}`", seeds(row), pooled]
        line += [_text(row.test("pearson", name)) for name in per_glass]
        line += [_text(row.validation())]
        line += [_mean(row.test(name)) for name in ("spearman", "mae_eV", "auc_top5", "auc_bottom5")]
        if with_coverage:
            fractions = [row.coverage(level) for level in ("68%", "95%")]
            line.append(" / ".join(f"{each.mean:.2f}" if each else UNKNOWN for each in fractions))
        lines.append([*line, _paper(row)])
    return TextTable(header, lines)


def short_table(rows: list[Row]) -> TextTable:
    """What fits into a terminal: change is the largest under rotations and reflections."""
    lines = []
    for row, cost in zip(rows, cost_table(rows).lines, strict=True):
        means = [_mean(row.validation()), _mean(row.test("mae_eV"))]
        paper = f"{row.published.r:.3f}" if row.published and row.published.r is not None else UNKNOWN
        lines.append([row.name, seeds(row), _text(row.test("pearson")), *means, cost[7], paper])
    return TextTable(["checkpoint", "seeds", "r test", "r val.", "MAE/eV", "change/eV", "r paper"], lines)


def cost_table(rows: list[Row]) -> TextTable:
    """What a model costs, and how far its predictions move when the glass is turned or mirrored."""
    header = ["checkpoint", "model", "parameters", "selected", "training / s", "trained on"]
    header += ["inference / s", "largest change / eV", "rms change / eV", "of the standard deviation"]
    lines = []
    for row in rows:
        card = row.card
        largest = largest_change(row)
        rms = row.over_seeds(lambda c: c.invariance and c.invariance.rms)
        relative = row.over_seeds(lambda c: c.invariance and c.invariance.relative)
        seconds = row.over_seeds(lambda c: c.seconds)
        inference = row.over_seeds(lambda c: c.inference and c.inference.seconds)
        lines.append(
            [
                f"`{row.name}`",
                card.model,
                UNKNOWN if card.n_parameters is None else f"{card.n_parameters:,}",
                selected_epochs(row),
                f"{seconds.mean:.0f}" if seconds else UNKNOWN,
                card.device or UNKNOWN,
                f"{inference.mean:.2f}" if inference else UNKNOWN,
                UNKNOWN if largest is None else small(largest),
                small(rms.mean) if rms else UNKNOWN,
                f"{100 * relative.mean:.2g}%" if relative else UNKNOWN,
            ]
        )
    return TextTable(header, lines)


def largest_change(row: Row) -> float | None:
    """In eV, of any predicted barrier under rotations and reflections, over all seeds; None where not evaluated."""
    changes = [card.invariance.largest for card in row.cards.values() if card.invariance is not None]
    return max(changes, default=None)


def selected_epochs(row: Row) -> str:
    """'80 of 80', or '75, 80, 70 of 80' for three seeds; 'penalty 10' for a linear model; 'weights of NAME' where
    nothing was trained; – where not stated."""
    selected = [card.selected for card in row.cards.values()]
    penalties = [f"{each.penalty:g}" for each in selected if each.penalty is not None]
    if penalties:
        return f"penalty {', '.join(penalties)}"
    epochs = [str(each.epoch) for each in selected if each.epoch is not None]
    total, start = row.card.training.max_epoch, getattr(row.card.training, "start_from", "")
    if start and total == 0:
        return f"weights of {start}"
    return (", ".join(epochs) + (f" of {total}" if total else "")) if epochs else UNKNOWN


def seeds(row: Row) -> str:
    """How many seeds a row has; a linear system has one solution, whatever the seed."""
    return "exact" if row.card.selected.penalty is not None else str(len(row.cards))


def small(value: float) -> str:
    """A number that may be a rounding error: 0.123, or 2e-06 below a thousandth, or 0."""
    return f"{value:.3f}" if value >= 1e-3 else f"{value:.0e}" if value else "0"


def reproduction(name: str, card: Card) -> str:
    """The command that trains this checkpoint, with the folder that the leaderboard reads."""
    command = card.command or ""
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if words[:1] != ["symgnn"] or words[1:2] not in (["train"], ["combine"]):
        return command
    kept, skip = [], False
    for word in words:  # folders of the machine that trained it
        if word in ("--data", "--output-dir"):
            skip = True
        elif not skip and not word.startswith(("--data=", "--output-dir=")):
            kept.append(word)
        else:
            skip = False
    on_one = words[1] == "train" and (card.device or "").startswith("CPU, 1 thread")
    one_thread = "OMP_NUM_THREADS=1 " * on_one
    return f"{one_thread}{shlex.join([*kept, '--output-dir', f'checkpoints/{name}'])}"


def write_readme(root: Path | None = None) -> Path:
    """Write the leaderboard of a folder of checkpoints, by default `checkpoint_folder()`, into its README.md, whole;
    returns its path."""
    root = root or checkpoint_folder()
    rows = leaderboard(root)
    if not rows:
        raise InputError(f"{root}: no checkpoint found, expected folders with card.json and weights")
    path = root / README
    with replacing(path) as temporary:
        temporary.write_text(_readme(rows, root), encoding="utf-8")
    return path


def _readme(rows: list[Row], root: Path) -> str:
    glasses = [name for name in TEST if any(name in row.test_glasses for row in rows)]
    missing = [name for name in TEST if name not in glasses]
    timed = sorted({c.inference.device for r in rows for c in r.cards.values() if c.inference})
    commands = [(name, reproduction(name, card)) for row in rows for name, card in row.cards.items()]
    commands.sort(key=lambda row_command: "symgnn combine" in row_command[1])  # members first
    parts = [
        "# Checkpoints",
        _INTRODUCTION,
        "## Accuracy",
        f"r is Pearson's correlation of predicted and labelled barriers over the atoms of {_and(glasses)}"
        + (f" ({_and(missing)} not scored yet)." if missing and glasses else ".")
        + " ± is the sample standard deviation over seeds (exact: the weights solve a linear system, no seed has a "
        "part in it). Rows are sorted by this r, for reading only.",
        accuracy_table(rows).markdown(),
        _ACCURACY_NOTES,
        "### Beside the paper",
        f"{SOURCE}. {IN_GENERAL} "
        + " ".join(f"{name} reaches {r:.3f} in its table." for name, r in REFERENCES.items()),
        "\n".join(_differences(rows)),
        *_on_own_glasses(root),
        "## Cost and invariance",
        cost_table(rows).markdown(),
        "Inference: from a glass of 3000 atoms to its barriers, graph included"
        + (f" ({_and(timed)}). " if timed else ". ")
        + _COST_NOTES,
        "## Protocol",
        _PROTOCOL,
        "## Reproduce a row",
        _REPRODUCE,
        "```\nsymgnn data fetch\n" + "\n".join(command for _, command in commands if command) + "\n```",
        "```\nsymgnn evaluate      # scores all of them, writes the cards and this file\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _on_own_glasses(root: Path) -> list[str]:
    """The section on the data set "own"; nothing where own_glasses.csv is not there."""
    rows = read_rows(root)
    return [] if rows is None else ["## On our own glasses", _OWN_GLASSES, own_table(rows).markdown()]


def _differences(rows: list[Row]) -> list[str]:
    return [
        f"- `{row.name}`: {_text(row.test('pearson'))} here, {row.published} in the paper: {row.published.reason}"
        for row in rows
        if row.published and row.published.reason
    ]


def _paper(row: Row) -> str:
    return str(row.published) if row.published else UNKNOWN


def _text(score: OverSeeds | None) -> str:
    return UNKNOWN if score is None else str(score)


def _mean(score: OverSeeds | None) -> str:
    return UNKNOWN if score is None else f"{score.mean:.3f}"


def _and(names: list[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or "no glass yet"


_INTRODUCTION = """\
Written by `symgnn evaluate` from the cards: do not edit. One folder per trained model: `weights.safetensors`,
`card.json` (settings, target scale, split, hashes of the data, seed, curve, scores, time, device) and `curve.csv`.
Loading runs no code. Further seeds of a row are in its subfolders `seed1`, `seed2`, ...; each is a checkpoint of its
own: `symgnn predict FILE --checkpoint symgnn/seed1`. `explainer.safetensors`, where there is one, is the network that
explains predictions at once (`symgnn explain --method amortised`), made by `symgnn train-explainer NAME`.

The environment variable `SYMGNN_CHECKPOINTS` names another folder to take checkpoints from: command line, Python,
dashboard and this leaderboard then know those in it by name."""

_ACCURACY_NOTES = """\
AUC: area under the ROC curve for finding the 5% of atoms with the highest, or lowest, barriers. Coverage, where a card
states it: fraction of labels inside the intervals that should hold 68% and 95% of them. They are calibrated on train6,
whose strain makes errors larger, and are too wide on glasses like the training glasses. The labels carry noise of about
0.14 eV (one glass was labelled twice), which limits r to about 0.88: see [data/README.md](../data/README.md)."""

_COST_NOTES = """\
Training seconds are wall time while other work shared the machine, committees the sum of their members'.
Change: of any predicted barrier when the whole glass is multiplied by four random elements of O(3), rotations and
reflections in turn; beside it its rms, also in percent of the standard deviation of the predictions. Rounding alone
gives up to about 1e-5 eV. Several seeds: means, and the largest change of all."""

_OWN_GLASSES = """\
`python -m benchmarks.own_glasses` writes `own_glasses.csv`, which this table shows: the test glasses of the data set
`own` ([data/README.md](../data/README.md)), with barriers searched under the paper's potential, among them
compositions that no checkpoint has seen. Nothing was trained on them or chosen by them. Their labels are means of six
events each; corrected is r divided by the root of the labels' reliability, what r would be with very many events.
Bias is the mean of prediction minus label. The paper reports r .786 on its Cu64Zr36, .608 on Cu50Zr50 and .586 on
Cu80Zr20, other glasses than these, and 0.361 for MD local sampling on its test glasses. MD local sampling here:
`symgnn simulate sampling` with 200 runs of 1 ps at 700 K. Seconds are processor time of one thread."""

_PROTOCOL = """\
The split is by glass, never by atom: train0 to train5 for training, train6 for everything that is chosen (settings,
epoch, calibration, members of a committee), test0 and test1 for nothing but the scores above, computed once on
finished checkpoints. An earlier recipe of SymGNN had been scored on test0 before (r 0.8245, one seed); the change to
averaged weights was made for what it does to validation scores. Grouped cross-validation over the training glasses
(`python benchmarks/cross_validation.py ridge symgnn equiformer --folds train2 train3`, one seed, mean r of two held-out
glasses) agrees with the choice of the committee: ridge 0.713, symgnn 0.725, equiformer 0.729, their mean 0.744.
How the settings of a row were chosen stands in the first lines of its file in `symgnn/training/configs/`. train6 is
train5 strained by 4%, which makes it harder than the test glasses: validation scores are lower."""

_REPRODUCE = """\
On one thread of the same machine a CPU run repeats bit by bit; another number of threads rounds differently and acts
like another seed."""
