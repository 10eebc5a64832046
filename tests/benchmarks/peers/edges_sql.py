"""Events to weighted edges in Spark SQL: `python edges_sql.py EVENTS OUT`."""

import sys

from pyspark.sql import functions as F
from sparked import session


def main(folder, out):
    with session(**{"spark.sql.adaptive.enabled": "true"}) as spark:
        events = spark.read.parquet(folder)
        events.groupBy("actor_key", "target_key").agg(F.sum("weight").alias("weight")).write.parquet(out)


if __name__ == "__main__":
    main(*sys.argv[1:3])
