"""Who may import whom, and who may touch storage (design section 2)."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.places import REPOSITORY

SWAY = REPOSITORY / "lib" / "sway"

# Room: the rooms it may import from, besides itself. What joins everything is named in JOINS instead.
MAY_IMPORT = {
    "errors": set(),
    "contracts": {"errors"},
    "networks": {"errors", "contracts"},
    "stages": {"errors", "contracts", "networks", "kernels"},
    "kernels": {"errors"},
    "engine": {"errors", "contracts", "kernels"},
    "runtime": {"errors", "contracts", ""},
    "worlds": {"errors", "runtime"},
    # Of steps the arrays alone, which a test below holds.
    "evaluation": {"errors", "contracts", "kernels", "stages", "engine", "runtime", "worlds", "steps"},
}
JOINS = {"steps", "cli", "jobs"}

# Third-party packages a room may use; a room that is not listed is free.
PACKAGES = {
    "errors": set(),
    "kernels": {"numpy", "scipy"},
    "contracts": {"duckdb", "numpy", "pyarrow", "pydantic", "pyspark"},
    "networks": {"pyspark"},
    "stages": {"numpy", "pyarrow", "pyspark"},
    "steps": {"numpy", "pyarrow", "pyspark"},
    "evaluation": {"numpy", "scipy"},
}

# Modules that read or write files, and what each is for.
STORAGE = {
    "runtime/lake.py",  # Delta tables
    "runtime/commits.py",  # and the errors of their commits
    "runtime/landing.py",  # manifests
    "runtime/landing_reader.py",  # landing files
    "runtime/landing_writer.py",  # landing files of generated worlds
    "runtime/landing_damage.py",  # bad ones among them
    "runtime/config.py",  # conf/
    "runtime/session.py",  # the folder of jars
    "runtime/views.py",  # lib/sway/sql
    "engine/files.py",  # the engine's work files
    "engine/crew.py",  # markers of its passes
    "engine/work.py",  # its folders
    "engine/memory.py",  # what Linux says in /proc and /sys
    "engine/scatter.py",  # the Parquet files it starts from
    "engine/spark_crew.py",  # what workers of a session read in its work folder
    "engine/cells.py",  # work files under way
    "engine/cell_engine.py",  # and those of the driver
    "engine/workers.py",  # workers' own folders, and our code as it goes to them
    "runtime/code.py",  # our own source, to name it
    "evaluation/files.py",  # data sets, and the report
}
TOUCHES_STORAGE = {
    "open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir", "rmdir", "rmtree", "iterdir",
    "glob", "save", "parquet", "forPath", "saveAsTable", "write_deltalake", "DeltaTable",
}  # fmt: skip
STORAGE_PACKAGES = {"deltalake", "delta", "shutil", "tempfile", "pyarrow.parquet", "pyarrow.fs", "pyarrow.dataset"}


def modules() -> list[Path]:
    return sorted([*SWAY.rglob("*.py"), *(REPOSITORY / "jobs").glob("*.py")])


def room(path: Path) -> str:
    """contracts for lib/sway/contracts/contract.py, cli for lib/sway/cli.py, nothing for lib/sway/__init__.py."""
    if path.is_relative_to(REPOSITORY / "jobs"):
        return "jobs"
    first = path.relative_to(SWAY).parts[0].removesuffix(".py")
    return "" if first == "__init__" else first


def imports(path: Path, *, at_module_level: bool = False) -> Iterator[str]:
    """Full names of what a file imports, those for type checking alone left out."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in _outside_type_checking(tree, functions=not at_module_level):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room"
            yield from (f"{node.module}.{name.name}" for name in node.names)


def _outside_type_checking(node: ast.AST, *, functions: bool) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        if isinstance(child, ast.FunctionDef) and not functions:
            continue
        yield child
        yield from _outside_type_checking(child, functions=functions)


def named(path: Path) -> str:
    return str(path.relative_to(SWAY if path.is_relative_to(SWAY) else REPOSITORY))


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_room_imports_from_the_rooms_before_it(path):
    own = room(path)
    inner = {name.split(".")[1] if "." in name else "" for name in imports(path) if name.split(".")[0] == "sway"}
    inner = {"" if other in ("__version__", "INSTRUCTIONS") else other for other in inner}

    if own not in JOINS:
        assert inner <= MAY_IMPORT.get(own, set()) | {own}
    assert not inner & (JOINS - {own, "steps"}) or own == "jobs"


@pytest.mark.parametrize("path", modules(), ids=named)
def test_a_room_uses_its_packages_only(path):
    used = {name.split(".")[0] for name in imports(path)} - sys.stdlib_module_names - {"sway"}

    assert used <= PACKAGES.get(room(path), used)


@pytest.mark.parametrize("path", sorted((SWAY / "evaluation").glob("*.py")), ids=named)
def test_evaluation_knows_no_step_but_the_scores_in_arrays(path):
    assert {name for name in imports(path) if name.startswith("sway.steps.")} <= {
        f"sway.steps.in_arrays.{name}" for name in ("Posts", "Scores", "World", "score_arrays")
    }


@pytest.mark.parametrize("path", sorted((SWAY / "stages").glob("*.py")), ids=named)
def test_stages_import_no_other_stage(path):
    assert not [name for name in imports(path) if name.startswith("sway.stages.")]


@pytest.mark.parametrize("path", sorted((SWAY / "stages").glob("*.py")), ids=named)
def test_stages_never_see_a_clock_a_path_or_the_environment(path):
    assert not {name.split(".")[0] for name in imports(path)} & {"os", "pathlib", "time", "random", "secrets"}
    calls = {node.attr for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Attribute)}
    assert not calls & {"today", "now", "utcnow", "current_date", "current_timestamp"}


@pytest.mark.parametrize("path", [path for path in modules() if named(path) not in STORAGE], ids=named)
def test_storage_is_touched_by_its_own_modules_only(path):
    packages = {name for name in imports(path) if any(f"{name}.".startswith(f"{p}.") for p in STORAGE_PACKAGES)}
    called = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called.add(getattr(node.func, "attr", getattr(node.func, "id", "")))

    assert not packages
    assert not called & TOUCHES_STORAGE


@pytest.mark.parametrize("path", sorted((REPOSITORY / "airflow_dags").glob("*.py")), ids=lambda path: path.name)
def test_dag_files_import_nothing_of_ours_and_no_spark(path):
    assert not {name.split(".")[0] for name in imports(path)} & {"sway", "jobs", "pyspark", "delta"}


def test_the_command_loads_pyspark_only_when_a_verb_needs_it():
    assert not [name for name in imports(SWAY / "cli.py", at_module_level=True) if "pyspark" in name]
    looking = "import sys, sway.cli, sway.runtime.views; print(int('pyspark' in sys.modules))"
    found = subprocess.run([sys.executable, "-c", looking], capture_output=True, text=True, check=True)

    assert found.stdout == "0\n"
