"""PageRank by GraphFrames' Pregel, weighted: `python rank_graphframes.py EDGES OUT`.

SWAY_GRAPHFRAMES_JAR names its jar. Its own pageRank ignores weights. Mass of dangling vertices is made up for by
scaling at the end, as in GraphX.
"""

import json
import os
import sys

from graphframes import GraphFrame
from graphframes.lib import Pregel
from pyspark.sql import functions as F
from sparked import session

DAMPING, SWEEPS = 0.85, 20


def main(folder, out):
    with session(**{"spark.jars": os.environ["SWAY_GRAPHFRAMES_JAR"]}) as spark:
        spark.sparkContext.setCheckpointDir(f"{out}.checkpoints")
        raw = spark.read.parquet(folder)
        totals = raw.groupBy("actor_key").agg(F.sum("weight").alias("total"))
        edges = raw.join(totals, "actor_key").select(
            F.col("actor_key").alias("src"),
            F.col("target_key").alias("dst"),
            (F.col("weight") / F.col("total")).alias("s"),
        )
        vertices = raw.select(F.explode(F.array("actor_key", "target_key")).alias("id")).distinct()
        arriving = F.coalesce(Pregel.msg(), F.lit(0.0))
        ranks = (
            GraphFrame(vertices, edges)
            .pregel.setMaxIter(SWEEPS)
            .setCheckpointInterval(5)
            .withVertexColumn("rank", F.lit(1.0), F.lit(1.0 - DAMPING) + F.lit(DAMPING) * arriving)
            .sendMsgToDst(Pregel.src("rank") * Pregel.edge("s"))
            .aggMsgs(F.sum(Pregel.msg()))
            .run()
            .persist()
        )
        whole = ranks.agg(F.sum("rank")).first()[0]
        ranks.select(F.col("id").alias("account_key"), (F.col("rank") / F.lit(whole)).alias("rank")).write.parquet(out)


if __name__ == "__main__":
    print(json.dumps({"method": "dangling mass by scaling at the end"}), flush=True)
    main(*sys.argv[1:3])
