"""PageRank on our engine, executor spark, in one session: `python rank_spark.py EDGES OUT`. Prints seconds by part."""

import json
import os
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sparked import session
from sway.engine.executor import DayFile
from sway.engine.files import write_table
from sway.engine.pagerank import PageRank
from sway.engine.plan import Place, block_bits
from sway.engine.scatter import in_tasks, row_counts
from sway.engine.spark_crew import SparkCrew, by_spark
from sway.kernels.iteration import Goal

DAMPING, SWEEPS = 0.85, 20
EDGES_PER_ACCOUNT = 16  # as graphs.py has it: a night knows how many accounts there are, and cuts blocks by them


def main(folder, out):
    files = [DayFile(str(path)) for path in sorted(Path(folder).glob("*.parquet"))]
    counts = row_counts(files)
    edges = sum(map(sum, counts))
    place = Place(Path(f"{out}.work"), "benchmark", block_bits(edges, edges // EDGES_PER_ACCOUNT))
    with (
        session(**{"spark.driver.memory": "1g"}) as spark,
        SparkCrew(spark.sparkContext, len(os.sched_getaffinity(0))) as crew,
    ):
        ranking = PageRank(place, crew, in_tasks(files, counts), sweeper=by_spark)
        figures = ranking.rank(Goal(sweeps=SWEEPS), damping=DAMPING)
        write_table(Path(out), pa.concat_tables([pq.read_table(path) for path in ranking.rank_files()]))
    print(json.dumps({"seconds": figures.seconds}))


if __name__ == "__main__":
    main(*sys.argv[1:3])
