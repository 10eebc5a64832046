"""A driver of a cluster: propagates a world by the executor `spark`, and says as JSON how it went.

One argument, JSON: settings of the session, exchange (files, cells), folder of the world, folder to work in.
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
FEW_SWEEPS = replace(METHOD, influence=replace(METHOD.influence, sweeps=5))  # each is a job


def main(settings, exchange, world, work):
    builder = SparkSession.builder
    for key, value in settings.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    world, work = Path(world), Path(work)
    about = {"network": METHOD.networks["twitter"], "method": FEW_SWEEPS, "as_of": AS_OF}
    files = land(some_world(), world)
    acts = PairDays(spark.range(0), tuple(files), 90)
    members = spark.read.parquet(*land_members(some_world(), world))
    standing = spark.read.parquet(*land_standing(some_world(), world))
    executor = (
        SparkFilesExecutor(work, "a test", 2, ROWS_PER_BLOCK)
        if exchange == "files"
        else SparkCellsExecutor("a test", 2, ROWS_PER_BLOCK)
    )
    try:
        present = executor.present(acts, **about).toArrow()
        found = executor.propagate(acts, members, standing, **about)
        rows = found.accounts.toArrow().sort_by("account_key")
        pq.write_table(rows, work.parent / f"{exchange}.parquet")
        figures = found.figures
        said = {
            "present": sorted(present["account_key"].to_pylist()),
            "blocks": figures.blocks,
            "block_bytes": figures.block_bytes,
            "pairs": figures.pairs,
            "accounts": figures.accounts,
            "residual": figures.residual,
            "seconds": figures.seconds,
        }
    except SwayError as error:
        said = {"kind": type(error).__name__, "error": str(error)}
    executor.release()
    spark.stop()
    print(json.dumps(said))


if __name__ == "__main__":
    main(*json.loads(sys.argv[1]))
