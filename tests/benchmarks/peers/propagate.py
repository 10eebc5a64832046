"""The score's own graph, acts to accounts: `python propagate.py sway|spark|dataframe ACTS OUT`, members beside ACTS.

Prints seconds by pass, but for dataframe, which has none.
"""

import json
import os
import sys
import time
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sparked import session
from sway.engine.crew import Crew
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import DayFile, PairDays
from sway.engine.files import write_table
from sway.engine.local import Engine
from sway.engine.plan import Plan, block_bits
from sway.engine.scatter import in_tasks, row_counts
from sway.engine.spark_crew import SparkCrew, by_spark
from sway.engine.sweeps import in_threads
from sway.runtime import config

ROWS_PER_BLOCK, LAST_DAY = 3_000_000, date(2016, 5, 1)
METHOD = config.load().method("sway-0.2")
NETWORK = METHOD.networks["twitter"]
COLUMNS = ["account_key", "influence", "reach", "reactions"]


def main(executor, folder, out):
    files = [DayFile(str(path), date.fromisoformat(path.stem)) for path in sorted(Path(folder).glob("*.parquet"))]
    members = str(Path(folder).parent / "members.parquet")
    if executor == "dataframe":
        with session(**{"spark.sql.broadcastTimeout": "3600"}) as spark:
            write_table(Path(out), by_joins(spark, files, members).select(COLUMNS))
        return
    heap = {"spark.driver.memory": "1g"}
    with nullcontext() if executor == "sway" else session(**heap) as spark:
        threads = len(os.sched_getaffinity(0))
        with Crew(threads) if spark is None else SparkCrew(spark.sparkContext, threads) as crew:
            found, seconds = by_engine(
                crew, in_threads if spark is None else by_spark, files, members, Path(f"{out}.work")
            )
        write_table(Path(out), pa.concat_tables([pq.read_table(path, columns=COLUMNS) for path in found]))
    print(json.dumps({"seconds": seconds}))


def by_engine(crew, sweeper, files, members, work):
    counts = row_counts(files)
    accounts = pq.ParquetFile(members).metadata.num_rows
    bits = block_bits(sum(map(sum, counts)), accounts, most_rows=ROWS_PER_BLOCK)
    plan = Plan(work, "benchmark", bits, LAST_DAY, NETWORK.actions, METHOD)
    engine = Engine(plan, crew, in_tasks(files, counts), sweeper)
    began = time.monotonic()
    engine.present()
    seconds = {"acts and who is present": time.monotonic() - began}
    figures = engine.propagate([members], [])
    return engine.account_files(), seconds | dict(figures.seconds)


def by_joins(spark, files, members):
    from pyspark.sql import functions as F

    days = [spark.read.parquet(file.path).withColumn("event_date", F.lit(file.day)) for file in files]
    acts = days[0]
    for day in days[1:]:
        acts = acts.unionByName(day)
    about = {"network": NETWORK, "method": METHOD, "as_of": LAST_DAY}
    return DataFrameExecutor().propagate(PairDays(lambda: acts), pq.read_table(members), None, **about).accounts


if __name__ == "__main__":
    main(*sys.argv[1:4])
