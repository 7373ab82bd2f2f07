"""The one-way flow: every folder of symgnn imports only from those before it."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "symgnn"
ORDER = [
    "errors",
    "interrupts",
    "arguments",
    "extras",
    "paths",
    "disk_cache",
    "recently_used",
    "metrics",
    "stats",
    "allocator",
    "jobs",
    "glass",
    "pair_search",
    "io",
    "simulate",
    "physical_inputs",
    "graph",
    "datasets",
    "structure",
    "nn",
    "descriptors",
    "check",
    "models",
    "inference",
    "training",
    "benchmark",
    "explanations",
    "homology",
    "whatif",
    "analysis",
    "viewer3d",
    "plotting",
    "report",
    "cli",
    "__main__",
]
SIMULATE_MAY_USE = {"disk_cache", "errors", "extras", "glass", "io", "jobs"}


def part_of(module: str) -> str | None:
    """'symgnn.graph.neighbors' -> 'graph'; None for the package itself and for other packages."""
    names = module.split(".")
    return names[1] if names[0] == "symgnn" and len(names) > 1 else None


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module)
            if node.module == "symgnn":
                found |= {f"symgnn.{alias.name}" for alias in node.names}
    return found


def modules():
    return sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def test_every_part_has_its_place():
    assert {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()} <= set(ORDER)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_point_backwards(path):
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    used = {part_of(module) for module in imports(path)} - {None, own, "__version__"}
    late = {part for part in used if ORDER.index(part) > ORDER.index(own)}
    assert not late, f"{path.name} of {own} imports from {late}, which come after it"
    if own == "simulate":
        assert used <= SIMULATE_MAY_USE
    assert "dashboard" not in {module.split(".")[0] for module in imports(path)}


@pytest.mark.parametrize("part", ["plotting", "viewer3d", "explanations", "homology", "models"])
def test_the_core_does_not_know_streamlit(part):
    for path in (PACKAGE / part).rglob("*.py"):
        assert "streamlit" not in {module.split(".")[0] for module in imports(path)}


def test_only_one_file_imports_dgl():
    importing = {
        path.name
        for path in modules()
        if {m.split(".")[0] for m in imports(path)} & {"dgl"} and path.name != "dgl_files.py"
    }
    assert importing == {"dgl_backend.py"}
