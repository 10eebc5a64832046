"""What the peers on Spark share: a session, whose start is timed apart, and the same sizes for all of them."""

import json
import os
import time
from contextlib import contextmanager

from pyspark.sql import SparkSession
from pyspark.sql import functions as F

CORES = len(os.sched_getaffinity(0))
SETTINGS = {
    "spark.master": "local[*]",
    "spark.driver.memory": os.environ.get("SPARK_HEAP", "8g"),
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.python.unix.domain.socket.enabled": "true",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.shuffle.partitions": str(4 * CORES),
    "spark.sql.adaptive.enabled": "false",
    # As all candidates write.
    "spark.sql.parquet.compression.codec": "uncompressed",
    "spark.hadoop.parquet.enable.dictionary": "false",
    "spark.log.level": "ERROR",
}


@contextmanager
def session(**more):
    """A warm session; prints as JSON how long its start took, which does not count, at once: it may be stopped."""
    began = time.monotonic()
    builder = SparkSession.builder
    for key, value in {**SETTINGS, **more}.items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    spark.range(1).select(F.sum("id")).collect()
    spark.sparkContext.parallelize(range(CORES), CORES).map(abs).collect()
    print(json.dumps({"session_seconds": time.monotonic() - began}), flush=True)
    yield spark
    spark.stop()
