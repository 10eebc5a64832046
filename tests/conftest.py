"""What tests share: one Spark session with Delta, tables drawn as text, and lakes to run steps on."""

from sway.runtime import config  # before numpy, which keeps the instructions it is imported with  # isort: skip

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from pyspark.sql import DataFrame, SparkSession
from sway.runtime.landing_writer import LandingWriter
from sway.runtime.run import Run
from sway.runtime.session import start_spark
from sway.steps.night import calibrate_version, night, plan
from sway.worlds.generate import generate

from tests.places import ENVIRONMENT
from tests.tables import drawn, drawn_in_arrow

VERSION = "sway-1.0"
SCORED = date(2016, 1, 4)


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
def arrow_table() -> Callable[[str], pa.Table]:
    """Draws the same as an Arrow table, for what needs no Spark."""
    return drawn_in_arrow


@pytest.fixture(scope="session")
def new_run(spark: SparkSession) -> Callable[..., Run]:
    """Makes a run on a lake: new_run(folder), with `environment` the path of another environment file."""

    def make(lake: Path, environment: Path = ENVIRONMENT) -> Run:
        return Run(config.load(str(environment)), str(lake), name="tests", spark=spark)

    return make


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake of 400 accounts and five days that nothing has read yet. To be copied, not changed.

    Twitter, Facebook and the registry alone: each further network would add some seconds to each night.
    """
    lake = tmp_path_factory.mktemp("landed") / "lake"
    generate(LandingWriter(lake), accounts=400, days=5, seed=2016)
    for network in ("google_plus", "linkedin", "wikipedia"):
        shutil.rmtree(lake / "landing" / network)
    return lake


@pytest.fixture(scope="session")
def scored(landed: Path, tmp_path_factory: pytest.TempPathFactory, new_run: Callable[..., Run]) -> Path:
    """The same lake calibrated and scored on its fourth day, the fifth left for a night to come. To be copied."""
    lake = tmp_path_factory.mktemp("scored") / "lake"
    shutil.copytree(landed, lake)
    run = new_run(lake)
    calibrate_version(run, VERSION, SCORED)
    night(run, plan(run, SCORED, None))
    return lake
