"""Components of pairs: by SciPy in one task, or of more than that takes by GraphFrames, where its jar is there."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from pyspark.sql import functions as F

from sway.contracts.arrays import Floats, with_arrays_at_once
from sway.errors import InfrastructureError
from sway.kernels.components import components

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# (left, right) pairs of bigint -> vertex, component: equal for the vertices of one component.
Connect = Callable[["DataFrame"], "DataFrame"]


def connect_for(spark: SparkSession, links: int, *, most_links: int) -> Connect | None:
    """How so many links are connected: None while stages/identity.py does it in one task, else by GraphFrames.

    Raises InfrastructureError where GraphFrames is wanted and cannot be had.
    """
    if links <= most_links:
        return None
    missing = missing_part(spark)
    if missing is not None:
        raise InfrastructureError(
            f"{links:,} identity links are more than the {most_links:,} that one task takes, and GraphFrames cannot"
            f" connect them: {missing}. Put it there, or allow one task more links"
        )
    return by_graphframes


def missing_part(spark: SparkSession) -> str | None:
    """What GraphFrames lacks here, in words; None where it can be used."""
    try:
        importlib.import_module("graphframes")
    except ImportError:
        return "the Python package graphframes-py 0.12.3 is not installed"
    java: Any = spark.sparkContext._jvm
    try:
        loader = java.java.lang.Thread.currentThread().getContextClassLoader()
        loader.loadClass("org.graphframes.GraphFramePythonAPI")
    except Exception:  # py4j wraps ClassNotFoundException
        return "the jar of io.graphframes:graphframes-spark4_2.13:0.12.3 is not among the session's jars"
    return None


def by_scipy(pairs: DataFrame) -> DataFrame:
    """As by_graphframes, in one task; what GraphFrames is held to."""
    found = with_arrays_at_once(pairs, _components, reads=("left", "right"), adds={"component": "bigint"})
    return found.select(F.explode(F.array("left", "right")).alias("vertex"), "component").distinct()


def _components(pairs: Mapping[str, Floats]) -> Mapping[str, Any]:
    """The kernel's components; vertices are below 2**53, so doubles hold them exactly."""
    return {"component": components(pairs["left"].astype(np.int64), pairs["right"].astype(np.int64))}


def by_graphframes(pairs: DataFrame) -> DataFrame:
    """vertex, component of every vertex that `pairs` (left, right: bigint) name."""
    graphframes = importlib.import_module("graphframes")
    vertices = pairs.select(F.explode(F.array("left", "right")).alias("id")).distinct()
    edges = pairs.select(F.col("left").alias("src"), F.col("right").alias("dst"))
    # Local checkpoints need no folder; -1: joins as Spark plans them, which GraphFrames recommends.
    found: DataFrame = graphframes.GraphFrame(vertices, edges).connectedComponents(
        use_local_checkpoints=True, broadcastThreshold=-1
    )
    return found.select(F.col("id").alias("vertex"), "component")
