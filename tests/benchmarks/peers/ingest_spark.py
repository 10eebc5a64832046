"""Ingest and roll-up in Spark, the shortest way: `python ingest_spark.py events|statuses LANDING OUT`. Prints counts.

What of our time is Spark's own: its reader of JSON, which drops what it cannot read, no fates, no Delta.
"""

import json
import sys

from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from sparked import SETTINGS

ORDER = ("retweet", "quote", "reply", "mention")
OTHER = "struct<id_str: string, user: struct<id_str: string>>"
SCHEMAS = {
    "events": "event_id string, actor_id string, target_id string, action string, occurred_at string, object_id string",
    "statuses": "id_str string, created_at string, source string, user struct<id_str: string>, "
    f"retweeted_status {OTHER}, quoted_status {OTHER}, in_reply_to_user_id_str string, "
    "in_reply_to_status_id_str string, "
    "entities struct<user_mentions: array<struct<id_str: string>>, hashtags: array<struct<text: string>>>",
}
LIKE_OURS = {
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.parquet.compression.codec": "snappy",
    "spark.hadoop.parquet.enable.dictionary": "true",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",
}


def to_acts_of_events(raw):
    at = F.try_to_timestamp("occurred_at", F.lit("yyyy-MM-dd'T'HH:mm:ssX"))
    is_there = (F.col("event_id") != "") & (F.col("actor_id") != "") & (F.col("target_id") != "")
    return raw.where(is_there & at.isNotNull() & F.col("action").isin(*ORDER, "favourite")).select(
        F.col("event_id").alias("record_id"),
        "event_id",
        "actor_id",
        "target_id",
        "action",
        at.alias("at"),
        "object_id",
        F.col("occurred_at").alias("act_key"),
    )


def to_acts_of_statuses(raw):
    def act(action, target, about):
        return F.struct(F.lit(action).alias("action"), target.alias("target_id"), about.alias("object_id"))

    mentioned = F.array_distinct("entities.user_mentions.id_str")
    originals = F.concat(
        F.array(
            act("quote", F.col("quoted_status.user.id_str"), F.col("quoted_status.id_str")),
            act("reply", F.col("in_reply_to_user_id_str"), F.col("in_reply_to_status_id_str")),
        ),
        F.coalesce(F.transform(mentioned, lambda one: act("mention", one, F.col("id_str"))), F.array()),
    )
    retweets = F.array(act("retweet", F.col("retweeted_status.user.id_str"), F.col("retweeted_status.id_str")))
    status = raw.select(
        F.col("id_str").alias("record_id"),
        F.col("user.id_str").alias("actor_id"),
        F.try_to_timestamp(F.substring("created_at", 5, 26), F.lit("MMM dd HH:mm:ss Z yyyy")).alias("at"),
        F.explode(F.when(F.col("retweeted_status").isNotNull(), retweets).otherwise(originals)).alias("act"),
    )
    return status.where(F.col("act.target_id").isNotNull()).select(
        "record_id",
        F.concat("record_id", F.lit("/"), "act.action", F.lit("/"), "act.target_id").alias("event_id"),
        "actor_id",
        "act.target_id",
        "act.action",
        "at",
        "act.object_id",
        F.col("record_id").alias("act_key"),
    )


def main(feed, landing, out):
    builder = SparkSession.builder
    for key, value in (SETTINGS | LIKE_OURS).items():
        builder = builder.config(key, value)
    spark = builder.getOrCreate()
    record_id = "event_id" if feed == "events" else "id_str"
    once = spark.read.schema(SCHEMAS[feed]).json(f"{landing}/dt=*/part-*").distinct()
    of_record = Window.partitionBy(record_id)
    raw = once.withColumn("contents", F.count("*").over(of_record)).where("contents = 1")
    acts = to_acts_of_events(raw) if feed == "events" else to_acts_of_statuses(raw)
    place = F.array_position(F.lit(list(ORDER)), F.col("action"))
    place = F.when(place > 0, place)
    first = F.min(place).over(Window.partitionBy("actor_id", "target_id", "act_key"))
    self_act = F.when(F.col("actor_id") == F.col("target_id"), "self_act")
    interactions = acts.select(
        "record_id",
        "event_id",
        "actor_id",
        "target_id",
        "action",
        F.col("at").alias("occurred_at"),
        "object_id",
        F.to_date("at").alias("event_date"),
        self_act.when(place > first, "absorbed").alias("set_aside"),
    )
    interactions.repartition("event_date").write.partitionBy("event_date").parquet(f"{out}/interactions")
    written = spark.read.parquet(f"{out}/interactions")
    keys = (F.xxhash64("actor_id").alias("actor_key"), F.xxhash64("target_id").alias("target_key"))
    pair_days = (
        written.where("set_aside IS NULL")
        .groupBy(*keys, "action", "event_date")
        .agg(F.count("*").alias("count"), F.max("occurred_at").alias("last_at"))
    )
    pair_days.repartition("event_date").write.partitionBy("event_date").parquet(f"{out}/pair_days")
    print(json.dumps({"acts": {"rows": written.count(), "interactions": written.where("set_aside IS NULL").count()}}))
    spark.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
