"""PageRank in GraphX, through the jar that comes with Spark: `python rank_graphx.py EDGES OUT`.

Unweighted, since its own PageRank knows no weights. It takes edges as text and leaves ranks as text; both ways count.
Mass of dangling vertices is left out while sweeping and made up for by scaling at the end, which is the same at rest.
"""

import json
import sys

from pyspark.sql import functions as F
from sparked import CORES, session

DAMPING, SWEEPS = 0.85, 20


def main(folder, out):
    with session() as spark:
        edges = spark.read.parquet(folder)
        edges.select(F.concat_ws(" ", "actor_key", "target_key")).write.text(f"{out}.edges")
        jvm, context = spark._jvm, spark.sparkContext._jsc.sc()
        level = jvm.org.apache.spark.storage.StorageLevel.MEMORY_AND_DISK()
        loader = jvm.org.apache.spark.graphx.GraphLoader
        graph = loader.edgeListFile(context, f"{out}.edges", False, 4 * CORES, level, level)
        ranked = graph.ops().staticPageRank(SWEEPS, 1.0 - DAMPING)
        ranked.vertices().saveAsTextFile(f"{out}.ranks")
        found = F.regexp_extract("value", r"\((.*),(.*)\)", 1), F.regexp_extract("value", r"\((.*),(.*)\)", 2)
        ranks = spark.read.text(f"{out}.ranks").select(
            found[0].cast("bigint").alias("account_key"), found[1].cast("double").alias("rank")
        )
        whole = ranks.agg(F.sum("rank")).first()[0]
        ranks.withColumn("rank", F.col("rank") / F.lit(whole)).write.parquet(out)


if __name__ == "__main__":
    print(json.dumps({"method": "unweighted, dangling mass by scaling at the end"}), flush=True)
    main(*sys.argv[1:3])
