"""PageRank by the joins of the executor dataframe: `python rank_dataframe.py EDGES OUT`.

As there: edges cut off from their plan and partitioned by target, ranks broadcast, a checkpoint each sweep.
"""

import sys

from pyspark.sql import functions as F
from sparked import session
from sway.engine.dataframe import to_arriving

DAMPING, SWEEPS = 0.85, 20


def main(folder, out):
    # A broadcast of some million ranks takes longer than Spark waits by default.
    with session(**{"spark.sql.broadcastTimeout": "3600"}) as spark:
        raw = spark.read.parquet(folder)
        totals = raw.groupBy("actor_key").agg(F.sum("weight").alias("divisor"))
        edges = (
            raw.join(totals, "actor_key")
            .groupBy("actor_key", "target_key")
            .agg((F.sum("weight") / F.first("divisor")).alias("passed"))
            .repartition("target_key")
            .localCheckpoint()
        )
        named = raw.select(F.explode(F.array("actor_key", "target_key")).alias("account_key")).distinct()
        known = (
            named.join(totals.withColumnRenamed("actor_key", "account_key"), "account_key", "left")
            .withColumn("voice", F.lit(1.0))
            .localCheckpoint()
        )
        n = known.count()
        ranks = known.withColumn("influence", F.lit(1.0 / n))
        for _ in range(SWEEPS):
            dangling = ranks.where(F.col("divisor").isNull()).agg(F.sum("influence")).first()[0] or 0.0
            everywhere = (DAMPING * dangling + 1.0 - DAMPING) / n
            came = to_arriving(edges, ranks).hint("shuffle_hash")
            rank = F.lit(DAMPING) * F.coalesce("arriving", F.lit(0.0)) + F.lit(everywhere)
            ranks = known.join(came, "account_key", "left").withColumn("influence", rank).drop("arriving")
            ranks = ranks.localCheckpoint()
        ranks.select("account_key", F.col("influence").alias("rank")).write.parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:3])
