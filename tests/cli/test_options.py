"""Every option of the commands on structures reaches the function that it is for. Nothing is computed: a missing,
swapped or ignored option shows in the arguments of that function."""

import pytest

FILE = "glass.xyz"


def name_of(checkpoint):
    return checkpoint.argument


ONE = "symgnn.explanations.explain:cached_explanation"
MANY = "symgnn.explanations.batch:explain_batch"
COMPARE = "symgnn.explanations.benchmark:compare_methods"
MAP = "symgnn.explanations.signed_map:signed_map"
ONE_CHANGE = "symgnn.whatif.reference:Reference.ask"
SCAN = "symgnn.whatif:scan"
STUDY = "symgnn.analysis.study:Study.run"

CASES = [
    ("explain", ONE, "--atom 5", lambda a: a["atom"], 5),
    ("explain", ONE, "--atom 5 --seed 3", lambda a: a["seed"], 3),
    ("explain", ONE, "--atom 5 --checkpoint egat", lambda a: name_of(a["checkpoint"]), "egat"),
    ("explain", ONE, "--atom 5 --method nearest", lambda a: a["method"].name, "nearest"),
    ("explain", ONE, "--atom 5 --setting steps=7", lambda a: a["method"].steps, 7),
    ("explain", ONE, "--atom 5 --setting steps=7 --setting size=2", lambda a: a["method"].size, 2.0),
    ("explain", ONE, "--atom 5 --method occlusion --setting reach=0", lambda a: a["method"].reach, 0),
    ("explain", "symgnn.cli.explanations:explain_one", "--atom 5 --top 4", lambda a: a["top"], 4),
    ("explain", "symgnn.cli.explanations:explain_one", "--atom 5", lambda a: a["top"], 50),
    ("explain", "symgnn.cli.explanations:explain_one", "--atom 5 -o out", lambda a: str(a["output"]), "out"),
    ("explain", MANY, "--atoms 3-5", lambda a: a["atoms"].tolist(), [3, 4, 5]),
    ("explain", MANY, "--atoms 0 --seed 3", lambda a: a["seed"], 3),
    ("explain", MANY, "--atoms 0 --top 4", lambda a: a["top"], 4),
    ("explain", MANY, "--atoms 0", lambda a: a["top"], 50),
    ("explain", MANY, "--atoms 0 --workers 2", lambda a: a["workers"], 2),
    ("explain", MANY, "--atoms 0", lambda a: (a["workers"], a["scheduler"]), (None, None)),
    ("explain", MANY, "--atoms 0 --scheduler tcp://here:1", lambda a: a["scheduler"], "tcp://here:1"),
    ("explain", MANY, "--atoms 0 --method gradient", lambda a: a["method"].name, "gradient"),
    ("explain", MANY, "--atoms 0 --setting steps=7", lambda a: a["method"].steps, 7),
    ("explain", MANY, "--atoms 0 --checkpoint egat", lambda a: name_of(a["checkpoint"]), "egat"),
    ("explain", "symgnn.cli.explanations:explain_one", "--atom 5 --draws 7", lambda a: a["draws"], 7),
    ("explain", MAP, "--map", lambda a: a["method"].name, "gradient"),
    ("explain", MAP, "--map --method integrated_gradients --setting points=5", lambda a: a["method"].points, 5),
    ("explain", MAP, "--map --checkpoint egat", lambda a: name_of(a["checkpoint"]), "egat"),
    ("explain", COMPARE, "--evaluate --atoms 3-5", lambda a: a["atoms"].tolist(), [3, 4, 5]),
    ("explain", COMPARE, "--evaluate", lambda a: len(a["atoms"]), 50),
    ("explain", COMPARE, "--evaluate --seed 3", lambda a: a["seed"], 3),
    ("explain", COMPARE, "--evaluate --workers 2", lambda a: a["workers"], 2),
    ("explain", COMPARE, "--evaluate --scheduler tcp://here:1", lambda a: a["scheduler"], "tcp://here:1"),
    ("explain", COMPARE, "--evaluate --checkpoint egat", lambda a: name_of(a["checkpoint"]), "egat"),
    ("explain", COMPARE, "--evaluate --method random --method nearest",
     lambda a: [method.name for method in a["methods"]], ["random", "nearest"]),
    ("explain", COMPARE, "--evaluate --replica replica.xyz", lambda a: a["replica"].name, "replica"),
    ("explain", COMPARE, "--evaluate", lambda a: a["replica"], None),
    *((("whatif", ONE_CHANGE, f"--{kind} {value}", lambda a: str(a["change"]), f"{kind} {text}"))
      for kind, value, text in (
          ("swap", "17=Zr", "17=Zr"), ("exchange", "17,23", "17,23"), ("strain", "0.02,0,0,0,0,0", "0.02,0,0,0,0,0"),
          ("remove", "17", "17"), ("move", "17=0.1,0,0", "17=0.1,0,0"), ("anneal", "600:10", "600:10:0"))),
    ("whatif", ONE_CHANGE, "--anneal 600:10 --seed 3", lambda a: a["change"].seed, 3),
    ("whatif", ONE_CHANGE, "--swap 17=Zr --atom 5", lambda a: a["atom"], 5),
    ("whatif", SCAN, "--atom 5", lambda a: (a["atom"], a["kind"], a["within"], a["relax"]), (5, "swap", 5.0, True)),
    ("whatif", SCAN, "--atom 5 --change exchange", lambda a: a["kind"], "exchange"),
    ("whatif", SCAN, "--atom 5 --within 3.5", lambda a: a["within"], 3.5),
    ("whatif", SCAN, "--atom 5 --unrelaxed", lambda a: a["relax"], False),
    ("whatif", SCAN, "--atom 5 --checkpoint egat", lambda a: name_of(a["checkpoint"]), "egat"),
    ("whatif", SCAN, "--atom 5 --workers 2", lambda a: a["workers"], 2),
    ("whatif", SCAN, "--atom 5 --scheduler tcp://here:1", lambda a: a["scheduler"], "tcp://here:1"),
    ("whatif", "symgnn.cli.whatif:check_folders", "--atom 5 -o out", lambda a: str(a["folders"][0]), "out"),
    ("findings", STUDY, "--checkpoint egat", lambda a: name_of(a["self"].checkpoint), "egat"),
    ("findings", STUDY, "other.xyz", lambda a: [glass.name for glass in a["self"].glasses], ["glass", "other"]),
    ("findings", STUDY, "--method random --method gradient",
     lambda a: [method.name for method in a["self"].methods], ["random", "gradient"]),
    ("findings", STUDY, "--atoms 7", lambda a: a["self"].n_atoms, 7),
    ("findings", STUDY, "--top 4", lambda a: a["self"].top_k, 4),
    ("findings", STUDY, "--seed 3", lambda a: a["self"].seed, 3),
    ("findings", STUDY, "--workers 2", lambda a: a["self"].workers, 2),
    ("findings", STUDY, "--scheduler tcp://here:1", lambda a: a["self"].scheduler, "tcp://here:1"),
    ("findings", "symgnn.cli.findings:check_folders", "-o out", lambda a: str(a["folders"][0]), "out"),
    ("findings", STUDY, "--retrained symgnn/seed1 --retrained egat",
     lambda a: [(name, name_of(one)) for name, one in a["self"].retrained],
     [("symgnn/seed1", "symgnn/seed1"), ("egat", "egat")]),
    ("findings", STUDY, "--replicas glass.xyz replica.xyz", lambda a: [replica.name for replica in a["self"].replicas],
     ["glass", "replica"]),
    ("predict", "symgnn.inference.predict:predict_with_uncertainty", "--checkpoint egat",
     lambda a: name_of(a["checkpoint"]), "egat"),
    ("predict", "symgnn.inference.predict:load_checkpoint", "--device abacus", lambda a: a["device"], "abacus"),
    ("predict", "symgnn.inference.predict:write_prediction", "-o out", lambda a: str(a["folder"]), "out"),
    ("predict", "symgnn.io.frames:read_frame", "--frame 2", lambda a: a["index"], 2),
    ("predict", "symgnn.inference.frames:predict_frames", "--frame all --checkpoint egat -o out",
     lambda a: (name_of(a["checkpoint"]), str(a["folder"]), a["stem"]), ("egat", "out", "glass")),
    ("structure", "symgnn.structure:write_table", "-o out",
     lambda a: str(a["path"]), "out/glass.local_structure.csv"),
    ("check", "symgnn.check:fit_surroundings", "--dataset my.yaml",
     lambda a: [glass.name for glass in a["glasses"]], ["train of my.yaml in None"]),
    ("check", "symgnn.cli.check:check_file", "-o out/glass.xyz", lambda a: str(a["path"]), "out/glass.xyz"),
    ("report", "symgnn.report:glass_report", "--checkpoint egat",
     lambda a: (name_of(a["checkpoint"]), a["file"]), ("egat", "glass.xyz")),
    ("report", "symgnn.cli.report:check_file", "-o out/a.html", lambda a: str(a["path"]), "out/a.html"),
    ("report", ONE, "--atom 5 --method integrated_gradients --setting points=4 --seed 3 --checkpoint egat",
     lambda a: (a["atom"], a["method"].name, a["method"].points, a["seed"], name_of(a["checkpoint"])),
     (5, "integrated_gradients", 4, 3, "egat")),
    ("report", "symgnn.report:atom_report", "--atom 5 --top 7", lambda a: a["k"], 7),
    ("topology", "symgnn.homology:glass_topology", "--cutoff 3.5", lambda a: a["cutoff"], 3.5),
    ("topology", "symgnn.homology.local_diagrams:local_persistence", "--around 5 --radius 5.5 --cutoff 3.5",
     lambda a: (a["atom"], a["radius"], a["cutoff"]), (5, 5.5, 3.5)),
    ("topology", "symgnn.homology.local_diagrams:local_persistence", "--around 5",
     lambda a: (a["radius"], a["cutoff"]), (8.0, 4.0)),
    ("topology", "symgnn.homology:rips_filtration", "--voids --cutoff 5.5", lambda a: a["cutoff"], 5.5),
    ("topology", "symgnn.homology:rips_filtration", "--voids --cutoff 3", lambda a: a["cutoff"], 5.0),
    ("topology", "symgnn.homology:rips_filtration", "--against other.xyz --cutoff 3",
     lambda a: (a["glass"].name, a["cutoff"]), ("other", 3.0)),
    ("topology", "symgnn.homology.exact_cycles:exact_cycles", "--exact --cutoff 3",
     lambda a: a["persistence"].filtration.cutoff, 3.0),
    ("topology", "symgnn.homology.images:persistence_image", "--image", lambda a: a["n_atoms"], 120),
    ("topology", "symgnn.homology.files:write_topology", "-o out", lambda a: str(a["folder"]), "out/glass.topology"),
    ("graph", "symgnn.graph.dgl_files:write_graphs", "-o g.bin --cutoff 3.5",
     lambda a: (a["cutoff"], a["self_loops"], str(a["path"])), (3.5, False, "g.bin")),
    ("graph", "symgnn.graph.dgl_files:write_graphs", "-o g.bin --self-loops", lambda a: a["self_loops"], True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "target", "line", "found", "expected"),
    CASES,
    ids=[f"{command} {line}" for command, _, line, _, _ in CASES],
)
def test_an_option_reaches_its_function(called, command, target, line, found, expected):
    assert found(called(target, f"{command} {FILE} {line}")) == expected
