"""The Spark session of a run, with Delta from the folder of fetched jars: nothing is resolved at start-up."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sway import INSTRUCTIONS
from sway.errors import ConfigError, InfrastructureError
from sway.runtime.config import HOME, Environment

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

SETTINGS = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # Each query is written out as text for a UI, again after each of its stages.
    "spark.sql.ui.explainMode": "simple",
    "spark.sql.maxPlanStringLength": "1000",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # A log of some thousand files needs one task to be read, not fifty.
    "spark.databricks.delta.snapshotPartitions": "1",
    # At its default each VACUUM and each listing runs 10,000 tasks.
    "spark.sql.sources.parallelPartitionDiscovery.parallelism": "8",
    # A feed's files are named one by one; a job for each feed with more than 32 of them takes longer than looking.
    "spark.sql.sources.parallelPartitionDiscovery.threshold": "1000",
    # Each task would write its own file into every day's folder: 304 files for 38 days, 38 with this.
    "spark.databricks.delta.optimizeWrite.enabled": "true",
    # By TCP a task and its Python worker wait 40 ms for each other's acknowledgement: 25 ms a task that does nothing,
    # on two cores, 9 by sockets of the file system (docs/decisions/graph-engine.md).
    "spark.python.unix.domain.socket.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "65536",
    "spark.sql.execution.pythonUDF.arrow.enabled": "true",
    # Nanoseconds, as pandas writes them, come as numbers that ingest turns into times; else they are refused.
    "spark.sql.legacy.parquet.nanosAsLong": "true",
    "spark.log.level": "ERROR",
}
# What PySpark makes columns with.
JAVA_CLASSES = ("org.apache.spark.sql.functions", "functions", "PythonUtils", "PythonSQLUtils")


def start_spark(environment: Environment, *, name: str) -> SparkSession:
    """The session of this process, made as `environment` says or as spark-submit already made it.

    Raises InfrastructureError when the Delta jars have not been fetched or Java cannot be started.
    """
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    java = Path(sys.prefix) / "java"
    if java.exists():  # the Java 17 that set-up found: the machine's default may be another
        os.environ["JAVA_HOME"] = str(java)
    builder = SparkSession.builder.appName(name)
    for key, value in settings(environment).items():
        builder = builder.config(key, value)
    try:
        spark = builder.getOrCreate()
    except Exception as error:
        raise InfrastructureError(f"Spark did not start: {error}") from error
    _keep_members(spark)
    return spark


class _KeepingMembers:
    """A Java class of the session that remembers its members, so that Java is asked for each of them once."""

    def __init__(self, java_class: Any) -> None:
        self._java_class = java_class

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._java_class, name)
        setattr(self, name, member)
        return member


def _keep_members(spark: SparkSession) -> None:
    """Have PySpark's functions looked up once: else each use of one asks Java for the class, then for the function."""
    java: Any = spark._jvm
    for name in JAVA_CLASSES:
        found = getattr(java, name)
        if not isinstance(found, _KeepingMembers):  # a session that was there already keeps them
            setattr(java, name, _KeepingMembers(found))


def empty(spark: SparkSession, ddl: str) -> DataFrame:
    """A frame without rows that Spark knows to have none, so that joins with it cost nothing.

    createDataFrame([]) is a scan by Python workers instead, which are started for it, and nothing is left out.
    """
    from pyspark.sql import functions as F
    from pyspark.sql.types import StructType

    schema = StructType.fromDDL(ddl)
    assert isinstance(schema, StructType), "a list of columns is a struct"
    columns = [F.lit(None).cast(field.dataType).alias(field.name) for field in schema]
    return spark.range(1).where(F.lit(False)).select(*columns)


@contextmanager
def interpreted(spark: SparkSession, *, but_expressions: bool = False) -> Iterator[None]:
    """No code generation: plans of thirty feeds take longer to compile than it saves, and outgrow a Java method.

    but_expressions: code for the columns of one projection is generated all the same, which is far smaller.
    """
    wanted = {"spark.sql.codegen.wholeStage": "false"}
    if not but_expressions:
        wanted["spark.sql.codegen.factoryMode"] = "NO_CODEGEN"
    before = {key: spark.conf.get(key) for key in wanted}
    for key, value in wanted.items():
        spark.conf.set(key, value)
    try:
        yield
    finally:
        for key, old in before.items():
            spark.conf.set(key, str(old))


def settings(environment: Environment) -> dict[str, str]:
    """The settings of a session: ours, and the environment's."""
    partitions = {"spark.sql.shuffle.partitions": str(environment.spark.shuffle_partitions)}
    for_workers = {f"spark.executorEnv.{name}": os.environ[name] for name in INSTRUCTIONS}
    made = {**SETTINGS, **for_workers, **partitions, **environment.spark.settings}
    if "SPARK_ENV_LOADED" in os.environ:  # under spark-submit, which was given master, memory and jars
        return made
    return {
        **made,
        "spark.master": environment.spark.master,
        "spark.driver.memory": environment.spark.driver_memory,
        "spark.jars": ",".join(jars(environment)),
    }


def jars(environment: Environment) -> list[str]:
    """The fetched jars, and GraphFrames' where SWAY_GRAPHFRAMES_JAR names it.

    Raises InfrastructureError when there are none, ConfigError where GraphFrames is asked for and its jar is not there.
    """
    folder = Path(environment.spark.jars)
    folder = folder if folder.is_absolute() else HOME / folder
    found = sorted(str(jar) for jar in folder.glob("*.jar"))
    if not found:
        raise InfrastructureError(f"no jars in {folder}: run `make setup`, which fetches them once")
    own = os.environ.get("SWAY_GRAPHFRAMES_JAR")
    if own:
        found.append(own)
    if environment.executor == "graphframes" and not any("graphframes" in Path(jar).name for jar in found):
        raise ConfigError(
            f'executor = "graphframes": no jar of io.graphframes:graphframes-spark4_2.13:0.12.3 in {folder}, and'
            " SWAY_GRAPHFRAMES_JAR does not name one; put it there, or choose another executor"
        )
    return found
