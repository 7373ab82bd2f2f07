"""Every option of the commands on models and data reaches the function that it is for; see test_options.py. And no
option of any command is left out."""

import pytest
import typer

from symgnn.cli import app
from symgnn.explanations.selection import random_atoms
from symgnn.io.structures import read_glass
from tests.cli.test_options import CASES, COMPARE, MANY, name_of

TRAIN = "symgnn.training.run:train_checkpoint"


def glasses_of(arguments):
    """Names of the training and validation glasses."""
    return [glass.name for glass in arguments["training"]], [glass.name for glass in arguments["validation"]]


OTHERS = [
    (TRAIN, "train --learning-rate .5", lambda a: a["config"].learning_rate, 0.5),
    (TRAIN, "train --patience 7", lambda a: a["config"].patience, 7),
    (TRAIN, "train --max-epoch 7", lambda a: a["config"].max_epoch, 7),
    (TRAIN, "train --eval-interval 7", lambda a: a["config"].eval_interval, 7),
    (TRAIN, "train --start-from egat", lambda a: a["config"].start_from, "egat"),
    ("symgnn.cli.findings:physics_findings",
     "findings glass.xyz --physics --compare egat --compare gcn --swaps 3 --events 7 --atoms 5",
     lambda a: (a["compared"], a["swaps"], a["events"], a["centres"]), (["egat", "gcn"], 3, 7, 5)),
    (TRAIN, "train --seed 7", lambda a: a["config"].seed, 7),
    (TRAIN, "train --model-name egat", lambda a: a["config"].model, "egat"),
    (TRAIN, "train --output-dir out", lambda a: str(a["folder"]), "out"),
    (TRAIN, "train --model-name egat", lambda a: str(a["folder"]), "runs/egat"),
    (TRAIN, "train --device cpu", lambda a: a["device"], "cpu"),
    (TRAIN, "train --data place", lambda a: glasses_of(a),
     (["train of paper in place"], ["validation of paper in place"])),
    (TRAIN, "train --dataset my.yaml", lambda a: (*glasses_of(a), a["dataset"]),
     (["train of my.yaml in None"], ["validation of my.yaml in None"], "paper")),
    ("symgnn.training.config:read_config", "train --config my.yaml", lambda a: str(a["path"]), "my.yaml"),
    ("symgnn.inference.device:check_device", "train --device abacus", lambda a: a["device"], "abacus"),
    ("symgnn.cli.models:_log_to", "train --log-level DEBUG --console-log",
     lambda a: (a["level"], a["to_console"]), ("DEBUG", True)),
    ("symgnn.training.combine:combine", "combine egat schnet --output-dir out --seed 7",
     lambda a: ([name_of(one) for one in a["checkpoints"]], str(a["folder"]), a["seed"]),
     (["egat", "schnet"], "out", 7)),
    ("symgnn.training.combine:combine", "combine egat schnet --output-dir out --data place --dataset my.yaml",
     lambda a: glasses_of(a), (["train of my.yaml in place"], ["validation of my.yaml in place"])),
    ("symgnn.training.run:calibrate_checkpoint", "calibrate egat --data place --dataset my.yaml",
     lambda a: (name_of(a["checkpoint"]), *glasses_of(a)),
     ("egat", ["train of my.yaml in place"], ["validation of my.yaml in place"])),
    ("symgnn.benchmark.runs:evaluate_all",
     "evaluate egat schnet --split test --data place --dataset my.yaml --root .",
     lambda a: (a["names"], a["split"], a["dataset"].test[0].name, str(a["root"])),
     (["egat", "schnet"], "test", "test of my.yaml in place", ".")),
    ("symgnn.benchmark.report:write_readme", "evaluate --table-only --root here", lambda a: str(a["root"]), "here"),
    ("symgnn.explanations.methods.amortised_training:train_explainer",
     "train-explainer egat --atoms 7 --epochs 5 --seed 3",
     lambda a: (name_of(a["checkpoint"]), a["training"].atoms, a["training"].epochs, a["training"].seed),
     ("egat", 7, 5, 3)),
    ("symgnn.explanations.methods.amortised_training:train_explainer",
     "train-explainer egat --data place --dataset my.yaml",
     lambda a: ([glass.name for glass in a["glasses"]], a["validation"].name),
     (["train of my.yaml in place"], "validation of my.yaml in place")),
    ("symgnn.datasets.paper:fetch", "data fetch --from a --to b",
     lambda a: (str(a["source"]), str(a["folder"])), ("a", "b")),
    ("symgnn.simulate:make_glass", "simulate glass -o x.xyz --atoms 300 --quench-rate 2e12 --seed 3",
     lambda a: (a["n_atoms"], a["quench_rate"], a["seed"]), (300, 2e12, 3)),
    ("symgnn.simulate:search_barriers",
     "simulate barriers glass.xyz --atoms 3-5 --events 7 --max-tries 9 --seed 3 --workers 2",
     lambda a: ([int(atom) for atom in a["atoms"]], a["events"], a["max_tries"], a["seed"], a["workers"]),
     ([3, 4, 5], 7, 9, 3, 2)),
    ("symgnn.simulate:search_barriers", "simulate barriers glass.xyz --atoms 3 --scheduler tcp://here:1",
     lambda a: (a["scheduler"], a["events"], a["max_tries"], a["potential"]), ("tcp://here:1", 10, None, None)),
    ("symgnn.cli.simulate:check_folders", "simulate barriers glass.xyz --atoms 3 -o out",
     lambda a: str(a["folders"][0]), "out"),
    ("symgnn.simulate:sample_locally",
     "simulate sampling glass.xyz --temperature 500 --time .5 --runs 7 --seed 3 --workers 2",
     lambda a: (a["temperature"], a["time"], a["runs"], a["seed"], a["workers"]), (500, 0.5, 7, 3, 2)),
    ("symgnn.simulate:sample_locally", "simulate sampling glass.xyz --scheduler tcp://here:1",
     lambda a: (a["scheduler"], a["temperature"], a["time"], a["runs"]), ("tcp://here:1", 700, 1, 200)),
    ("symgnn.cli.simulate:check_folders", "simulate sampling glass.xyz -o out",
     lambda a: str(a["folders"][0]), "out"),
    ("symgnn.simulate:read_potential", "simulate barriers glass.xyz --atoms 3 --potential my.eam.fs",
     lambda a: str(a["path"]), "my.eam.fs"),
    ("symgnn.simulate:read_potential", "simulate verify glass.xyz --potential my.eam.fs",
     lambda a: str(a["path"]), "my.eam.fs"),
    ("symgnn.cli.whatif:_check", "whatif glass.xyz --atom 3 --swap 4=Zr --check 7 --seed 2",
     lambda a: (a["tries"], a["seed"], a["result"].change.atom), (7, 2, 4)),
    ("symgnn.cli.simulate:check_file", "simulate verify glass.xyz --relax out/x.xyz",
     lambda a: str(a["path"]), "out/x.xyz"),
    ("symgnn.simulate:parse_composition", "simulate glass -o x.xyz --composition Cu50Zr50",
     lambda a: next(iter(a.values())), "Cu50Zr50"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("target", "line", "found", "expected"), OTHERS, ids=[line for _, line, _, _ in OTHERS]
)
def test_an_option_of_other_commands_reaches_its_function(called, target, line, found, expected):
    assert found(called(target, line)) == expected


@pytest.mark.parametrize("seed", [0, 4])
@pytest.mark.parametrize(("target", "options"), [(MANY, ""), (COMPARE, "--evaluate")])
def test_the_seed_decides_which_atoms_are_drawn(called, place, target, options, seed):
    found = called(target, f"explain glass.xyz --atoms random:5 {options} --seed {seed}")["atoms"]
    assert found.tolist() == random_atoms(read_glass(place / "glass.xyz"), 5, seed).tolist()


ELSEWHERE = {"--help", "--types", "--methods"}
"""Options that other tests put to work: --types in test_cli.py, --methods in explanations/test_methods.py."""


def test_no_option_is_left_out():
    lines = [f"{command} {line}" for command, _, line, _, _ in CASES] + [line for _, line, _, _ in OTHERS]
    commands = typer.main.get_command(app).commands
    commands = {**commands, **{f"{group} {name}": command for group in ("data", "simulate")
                               for name, command in commands[group].commands.items()}}  # fmt: skip
    left_out = [
        f"{name} {option.opts[0]}"
        for name, command in commands.items()
        for option in command.params
        if option.param_type_name == "option" and not ELSEWHERE & set(option.opts)
        if not any(line.startswith(f"{name} ") and set(option.opts) & set(line.split()) for line in lines)
    ]
    assert left_out == []
