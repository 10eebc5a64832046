"""The executor `graphframes`: the twin, its sweeps by the Pregel of GraphFrames, where its jar is. A cross-check.

Pregel adds up messages as doubles in any order, so that last digits may differ from run to run.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.engine.components import missing_part
from sway.engine.dataframe import DataFrameExecutor
from sway.errors import ConfigError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

CHECKPOINT_EVERY = 5  # sweeps, so that plans do not grow


def graphframes_executor(spark: SparkSession) -> DataFrameExecutor:
    """The executor. Raises ConfigError where GraphFrames cannot be had."""
    missing = missing_part(spark)
    if missing is not None:
        raise ConfigError(
            f'executor = "graphframes": {missing}. Put it there (the jar into the folder that spark.jars of the'
            ' environment file names, or its path into SWAY_GRAPHFRAMES_JAR), or choose executor = "auto"'
        )
    return DataFrameExecutor(sweep=by_pregel)


def by_pregel(known: DataFrame, edges: DataFrame, continuation: float, sweeps: int) -> tuple[DataFrame, DataFrame]:
    """y = m + continuation * sum over reactors of passed * y, as engine.dataframe.sweep.

    `before` is y as it stood when the last messages were sent.
    """
    lib = importlib.import_module("graphframes.lib")
    frames = importlib.import_module("graphframes")
    vertices = known.withColumnRenamed("account_key", "id")
    links = edges.select(F.col("actor_key").alias("src"), F.col("target_key").alias("dst"), "passed")
    arriving = F.coalesce(lib.Pregel.msg(), F.lit(0.0))
    found = (
        frames.GraphFrame(vertices, links)
        .pregel.setMaxIter(sweeps)
        .setCheckpointInterval(CHECKPOINT_EVERY)
        .withVertexColumn("influence", F.col("trust"), F.col("trust") + F.lit(continuation) * arriving)
        .withVertexColumn("earlier", F.col("trust"), F.col("influence"))
        .sendMsgToDst(lib.Pregel.src("influence") * lib.Pregel.edge("passed"))
        .aggMsgs(F.sum(lib.Pregel.msg()))
        .run()
        .withColumnRenamed("id", "account_key")
        .localCheckpoint()
    )
    before = found.drop("influence").withColumnRenamed("earlier", "influence")
    return found.drop("earlier"), before
