"""What tests of the DAGs share. They run in Airflow's environment (`make pytest-airflow`), where there is neither
our package nor Spark: what they need of the jobs' environment they call as a command.
"""

import importlib.util
import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from airflow.sdk import DAG

REPOSITORY = Path(__file__).resolve().parents[2]
DAGS = REPOSITORY / "airflow_dags"

# The other environment's tests collect this folder too, and have no Airflow.
collect_ignore_glob = [] if importlib.util.find_spec("airflow") else ["test_*.py"]

# Airflow reads these when it is first imported; a configuration left by an earlier run must not count.
_home = tempfile.TemporaryDirectory(prefix="airflow-")
os.environ["AIRFLOW_HOME"] = _home.name
os.environ["AIRFLOW__CORE__LOAD_EXAMPLES"] = "false"
os.environ["AIRFLOW__CORE__DAGS_FOLDER"] = str(DAGS)
# As an installation would say where Spark runs.
os.environ["AIRFLOW_CONN_SWAY_SPARK"] = json.dumps({"conn_type": "spark", "host": "local[2]"})

SETTINGS = ("HOME", "LAKE", "ENV", "VERSIONS", "PYTHON", "JAVA_HOME", "DRIVER_MEMORY", "JARS", "RETRIES")


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def load_dag(monkeypatch: pytest.MonkeyPatch) -> Callable[..., "DAG"]:
    """Reads the DAG file as Airflow does, with the environment variables given: load_dag(SWAY_LAKE="s3://lake")."""

    def load(**variables: str) -> "DAG":
        from airflow.dag_processing.dagbag import DagBag

        for name in SETTINGS:
            monkeypatch.delenv(f"SWAY_{name}", raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        bag = DagBag(dag_folder=str(DAGS))
        assert bag.import_errors == {}
        return bag.dags["sway_nightly"]

    return load


@pytest.fixture(scope="session")
def sway() -> Callable[..., str]:
    """Runs the command `sway` of the jobs' environment and returns what it printed."""

    def run(*arguments: str | Path) -> str:
        command = [REPOSITORY / ".venv" / "bin" / "python", "-m", "sway.cli", *arguments]
        return _output(command, {"JAVA_HOME": str(REPOSITORY / ".venv" / "java")})

    return run


@pytest.fixture(scope="session")
def airflow() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Runs the command `airflow` on its own metadata database: airflow("dags", "test", ..., SWAY_LAKE=lake)."""
    with tempfile.TemporaryDirectory(prefix="airflow-") as home:

        def run(*arguments: str, **variables: Any) -> subprocess.CompletedProcess[str]:
            told = {name: str(value) for name, value in variables.items()}
            environment = {**os.environ, "AIRFLOW_HOME": home, **told}
            command = ["airflow", *arguments]
            return subprocess.run(command, env=environment, cwd=home, capture_output=True, text=True, check=False)

        for preparation in (["db", "migrate"], ["pools", "set", "sway", "1", "one sway job at a time"]):
            done = run(*preparation)
            assert done.returncode == 0, done.stdout + done.stderr
        yield run


def _output(command: list[str | Path], variables: dict[str, str]) -> str:
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
