"""Components of pairs: by SciPy here; by GraphFrames, where its jar is present, of more than one machine can hold."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from pyspark.sql import functions as F

from sway.errors import InfrastructureError
from sway.kernels.components import Connect, Integers, components

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def connect_for(session: Callable[[], SparkSession], links: int, *, most_links: int) -> Connect:
    """Who connects so many links: SciPy, which needs no session, else GraphFrames.

    Raises InfrastructureError where GraphFrames is wanted and cannot be had.
    """
    if links <= most_links:
        return components
    spark = session()
    missing = missing_part(spark)
    if missing is not None:
        raise InfrastructureError(
            f"{links:,} identity links are more than the {most_links:,} that one task takes, and GraphFrames cannot"
            f" connect them: {missing}. Put it there, or allow one task more links"
        )
    return partial(by_graphframes, spark)


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


def by_graphframes(spark: SparkSession, left: Integers, right: Integers) -> Integers:
    """As kernels.components.components: the smallest vertex of the component that each pair lies in."""
    if not len(left):
        return left
    graphframes = importlib.import_module("graphframes")
    edges = spark.createDataFrame(pa.table({"src": left, "dst": right}))
    vertices = edges.select(F.explode(F.array("src", "dst")).alias("id")).distinct()
    # Local checkpoints need no folder; -1: joins as Spark plans them, which GraphFrames recommends.
    found = graphframes.GraphFrame(vertices, edges).connectedComponents(
        use_local_checkpoints=True, broadcastThreshold=-1
    )
    return smallest_of(found.select("id", "component").toArrow(), left)


def smallest_of(labelled: pa.Table, vertices: Integers) -> Integers:
    """The smallest id of the component of each of `vertices`, whatever number `labelled` (id, component) gives it."""
    ids, label = (labelled[name].to_numpy() for name in ("id", "component"))
    order = np.argsort(ids)
    ids, (_, first, place) = ids[order], np.unique(label[order], return_index=True, return_inverse=True)
    smallest: Integers = ids[first][place][np.searchsorted(ids, vertices)]
    return smallest
