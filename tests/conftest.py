"""What tests share: one Spark session with Delta, tables drawn as text, and lakes to run steps on."""

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pyspark.sql import DataFrame, SparkSession

REPOSITORY = Path(__file__).resolve().parents[1]
if str(REPOSITORY) not in sys.path:  # so that `from tests.tables import ...` works from any directory
    sys.path.insert(0, str(REPOSITORY))

from sway.runtime import config  # noqa: E402
from sway.runtime.run import Run  # noqa: E402
from sway.runtime.session import start_spark  # noqa: E402

from tests.tables import drawn  # noqa: E402

ENVIRONMENT = REPOSITORY / "tests" / "environment.toml"


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SparkSession]:
    """The one session of this process, as tests/environment.toml says."""
    os.chdir(tmp_path_factory.mktemp("spark"))  # where Spark leaves its warehouse folder
    session = start_spark(config.load(str(ENVIRONMENT)).environment, name="tests")
    yield session
    session.stop()


@pytest.fixture
def table(spark: SparkSession) -> Callable[[str], DataFrame]:
    """Draws a table from text, types in the header: see tests/tables.py."""
    return lambda text: drawn(spark, text)


@pytest.fixture(scope="session")
def new_run(spark: SparkSession) -> Callable[..., Run]:
    """Makes a run on a lake: new_run(folder), with `environment` the path of another environment file."""

    def make(lake: Path, environment: Path = ENVIRONMENT) -> Run:
        return Run(config.load(str(environment)), str(lake), name="tests", spark=spark)

    return make
