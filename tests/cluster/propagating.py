"""A driver of a cluster: propagates a world by the executor `spark`, and says as JSON how it went.

One argument, JSON: settings of the session, exchanges (of files, cells), folders of the world and to work in, sweeps.
"""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
from pyspark.sql import SparkSession
from sway.engine.executor import PairDays
from sway.engine.spark_executor import SparkCellsExecutor, SparkFilesExecutor
from sway.errors import SwayError

from tests.engine.worlds import land, land_members, land_standing, some_world
from tests.graphs import AS_OF, METHOD

ROWS_PER_BLOCK = 1000
FEW, MANY = 5, 40  # sweeps, each a job


def no_frame():
    raise AssertionError("a frame of acts was asked for")


def swept(sweeps):
    """The method with another number of sweeps."""
    return replace(METHOD, influence=replace(METHOD.influence, sweeps=sweeps))


def main(settings, exchanges, world, work, sweeps):
    builder = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    print(json.dumps([propagated(spark, exchange, Path(world), Path(work), sweeps) for exchange in exchanges]))
    spark.stop()


def propagated(spark, exchange, world, work, sweeps):
    about = {"network": METHOD.networks["twitter"], "method": swept(sweeps), "as_of": AS_OF}
    acts = PairDays(no_frame, tuple(land(some_world(), world)), 90)
    members = pq.read_table(land_members(some_world(), world))
    standing = pq.read_table(land_standing(some_world(), world))
    executor = (
        SparkFilesExecutor(work, "a test", 2, ROWS_PER_BLOCK, spark=lambda: spark)
        if exchange == "files"
        else SparkCellsExecutor("a test", 2, ROWS_PER_BLOCK, spark=lambda: spark)
    )
    try:
        present = executor.present(acts, **about)
        found = executor.propagate(acts, members, standing, **about)
        rows = found.accounts.sort_by("account_key")
    except SwayError as error:
        return {"kind": type(error).__name__, "error": str(error)}
    finally:
        executor.release()
    pq.write_table(rows, work.parent / f"{exchange}.parquet")
    names = ("blocks", "block_bytes", "pairs", "accounts", "residual")
    figures = {name: getattr(found.figures, name) for name in names}
    return {"present": sorted(present.tolist()), **figures}


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
