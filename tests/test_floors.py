"""The floors of the house: a module imports from its own folder or a lower floor; heavy imports wait for their use."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "seqnlp"
ORDER = (
    ("errors", "messages", "task_table", "recipe_names", "arrays"),
    ("config", "storage", "stored", "resources", "json_text", "row_fields", "cpus"),
    ("worker_pool",),
    ("workers",),
    ("text",),
    ("crf",),
    ("data",),
    ("decode",),
    ("nn",),
    ("networks",),
    ("models",),
    ("metrics",),
    ("report",),
    ("plots",),
    ("training",),
    ("hub", "bundle_digest", "bundle_fields", "saved_weights", "compact_weights"),
    ("bundle_files",),
    ("bundle_identity",),
    ("bundle",),
    ("page",),
    ("tasks",),
    ("recipe_files", "inherited"),
    ("overrides",),
    ("recipe_safety",),
    ("compose",),
    ("run_config",),
    ("train_run",),
    ("launch", "rehearsal"),
    ("studies",),
    ("api",),
    ("tables",),
    ("integrations",),
    ("sklearn", "spacy"),
    ("serve",),
    ("cli",),
    ("__init__", "__main__"),
)
"""The floors from the ground up: folders, and single files between them."""
FLOORS = {room: floor for floor, rooms in enumerate(ORDER) for room in rooms}
HEAVY = {"datasets", "hydra", "matplotlib", "omegaconf", "sacrebleu", "scipy", "seqeval", "sklearn", "sentencepiece"}
WITHOUT_TORCH = [
    "seqnlp.bundle",
    "seqnlp.tasks.tagging.api",
    "seqnlp.tasks.translation.api",
    "seqnlp.tasks.classification.api",
    "seqnlp.tasks.anomaly_detection.api",
    "seqnlp.tasks.forecasting.api",
    "seqnlp.tasks.language_model.api",
    "seqnlp.tasks.language_model.evaluation",
    "seqnlp.decode.beam",
]
"""Modules that can be imported where torch is not installed, with all that they import."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@cache
def imports(path: Path, at_import_time: bool = False) -> tuple[str, ...]:
    """Dotted names that a file imports; ``from seqnlp import bundle`` is ``seqnlp.bundle``."""
    return tuple(_imports(path, at_import_time))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path, at_import_time: bool) -> Iterator[str]:
    body = _parsed(path)
    for node in _top_level(body) if at_import_time else ast.walk(body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names)


def _top_level(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when the module is imported: nothing inside functions, nothing for type checkers only."""
    for child in ast.iter_child_nodes(node):
        for_types_only = isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING"
        if not for_types_only and not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from _top_level(child)


def packages(path: Path, at_import_time: bool = False) -> set[str]:
    return {name.partition(".")[0] for name in imports(path, at_import_time)}


def offences(paths: Iterable[Path], found: Callable[[Path], set[str]]) -> dict[str, set[str]]:
    """What each file should not import, of those that have such."""
    return {name_of(path): what for path in paths if (what := found(path))}


def test_every_module_has_a_floor() -> None:
    assert {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in MODULES} <= set(FLOORS)


def test_modules_import_from_their_own_folder_or_lower_floors() -> None:
    def higher(path: Path) -> set[str]:
        own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        rooms = {name.split(".")[1] for name in imports(path) if name.startswith("seqnlp.")} - {own, "__version__"}
        return {room for room in rooms if FLOORS.get(room, 0) >= FLOORS[own]}

    assert offences(MODULES, higher) == {}


def test_tasks_import_no_other_task() -> None:
    tasks = {folder.name for folder in (PACKAGE / "tasks").iterdir() if folder.is_dir()}

    def of_others(path: Path) -> set[str]:
        others = tuple(f"seqnlp.tasks.{task}." for task in tasks - {path.parent.name})
        return {name for name in imports(path) if name.startswith(others)}

    assert offences(PACKAGE.glob("tasks/*/*.py"), of_others) == {}


def test_no_module_imports_itself_through_others() -> None:
    names = {".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): path for path in MODULES}
    arrows = {
        name: {actual if actual in names else actual.rpartition(".")[0] for actual in imports(path)} & set(names)
        for name, path in names.items()
    }
    while free := {name for name, targets in arrows.items() if not targets}:  # what imports nothing that is left
        arrows = {name: targets - free for name, targets in arrows.items() if name not in free}
    assert set(arrows) == set()


def test_only_compose_imports_hydra() -> None:
    assert {name_of(path).partition("/")[0] for path in MODULES if packages(path) & {"hydra", "omegaconf"}} == {
        "compose"
    }


def test_heavy_libraries_are_imported_where_they_are_used() -> None:
    def heavy(path: Path) -> set[str]:
        own = {path.stem} if path.parent == PACKAGE else set()  # seqnlp/sklearn.py is for those who imported sklearn
        return packages(path, at_import_time=True) & HEAVY - own

    assert offences(MODULES, heavy) == {}


def test_there_is_no_torch_where_text_is_read_and_the_command_line_begins() -> None:
    light = [
        path
        for path in MODULES
        if name_of(path).startswith(("text/", "cli/")) or FLOORS.get(path.stem, 9) <= FLOORS["config"]
    ]
    assert len(light) > 15
    assert [name_of(path) for path in light if "torch" in packages(path, at_import_time=True)] == []
    assert [name_of(path) for path in light if "torch" in packages(path) and "text/" in name_of(path)] == []
    assert [name_of(path) for path in MODULES if name_of(path).startswith("crf/") and "torch" in packages(path)] == []


def test_networks_know_no_torch() -> None:
    without = [path for path in MODULES if name_of(path).startswith("networks/")]
    assert len(without) > 8
    assert [name_of(path) for path in without if "torch" in packages(path)] == []


def test_what_answers_without_torch_imports_none() -> None:
    code = "import sys; sys.modules['torch'] = None; import importlib; importlib.import_module(sys.argv[1])"
    for module in WITHOUT_TORCH:
        subprocess.run([sys.executable, "-c", code, module], check=True)


def test_the_rules_would_see_an_offence(tmp_path: Path) -> None:
    path = tmp_path / "offence.py"
    path.write_text(
        "import torch.nn\nfrom seqnlp import api\nif TYPE_CHECKING:\n    import hydra\n"
        "class A:\n    import scipy\n    def f(self):\n        import datasets\n",
        encoding="utf-8",
    )
    assert set(imports(path)) == {"torch.nn", "seqnlp.api", "hydra", "scipy", "datasets"}
    assert packages(path, at_import_time=True) == {"torch", "seqnlp", "scipy"}
