"""Ingest and roll-up in Polars: `python ingest_polars.py events|statuses LANDING OUT`. Prints what it counted."""

import json
import sys

import polars as pl

ORDER = {"retweet": 0, "quote": 1, "reply": 2, "mention": 3}
ACCOUNT = pl.Struct({"id_str": pl.String})
OTHER = pl.Struct({"id_str": pl.String, "user": ACCOUNT})
SCHEMAS = {
    "events": dict.fromkeys(("event_id", "actor_id", "target_id", "action", "occurred_at", "object_id"), pl.String),
    "statuses": {
        "id_str": pl.String,
        "created_at": pl.String,
        "source": pl.String,
        "user": ACCOUNT,
        "retweeted_status": OTHER,
        "quoted_status": OTHER,
        "in_reply_to_user_id_str": pl.String,
        "in_reply_to_status_id_str": pl.String,
        "entities": pl.Struct({"user_mentions": pl.List(ACCOUNT), "hashtags": pl.List(pl.Struct({"text": pl.String}))}),
    },
}


def to_acts_of_events(raw):
    at = pl.col("occurred_at").str.to_datetime("%Y-%m-%dT%H:%M:%SZ", strict=False)
    is_there = [pl.col(name).str.len_bytes() > 0 for name in ("event_id", "actor_id", "target_id")]
    return raw.filter(*is_there, at.is_not_null(), pl.col("action").is_in([*ORDER, "favourite"])).select(
        pl.col("event_id").alias("record_id"),
        "event_id",
        "actor_id",
        "target_id",
        "action",
        at.alias("at"),
        "object_id",
        pl.col("occurred_at").alias("act_key"),
    )


def to_acts_of_statuses(raw):
    field = pl.element().struct.field
    at = pl.col("created_at").str.slice(4).str.to_datetime("%b %d %H:%M:%S %z %Y", strict=False)
    retweeted, quoted = (pl.col(name).struct for name in ("retweeted_status", "quoted_status"))
    is_retweet = pl.col("retweeted_status").is_not_null()
    status = raw.select(
        pl.col("id_str").alias("record_id"),
        pl.col("user").struct.field("id_str").alias("actor_id"),
        at.dt.convert_time_zone("UTC").dt.replace_time_zone(None).alias("at"),
        is_retweet.alias("is_retweet"),
        retweeted.field("user").struct.field("id_str").alias("retweeted"),
        retweeted.field("id_str").alias("retweeted_id"),
        quoted.field("user").struct.field("id_str").alias("quoted"),
        quoted.field("id_str").alias("quoted_id"),
        pl.col("in_reply_to_user_id_str").alias("replied"),
        pl.col("in_reply_to_status_id_str").alias("replied_id"),
        pl.col("entities").struct.field("user_mentions").list.eval(field("id_str")).list.unique().alias("mentioned"),
    )

    def acts(rows, action, target, about):
        return rows.select(
            "record_id",
            pl.concat_str("record_id", pl.lit(f"/{action}/"), target).alias("event_id"),
            "actor_id",
            pl.col(target).alias("target_id"),
            pl.lit(action).alias("action"),
            "at",
            pl.col(about).alias("object_id"),
            pl.col("record_id").alias("act_key"),
        ).filter(pl.col("target_id").is_not_null())

    original = status.filter(~pl.col("is_retweet"))
    return pl.concat(
        [
            acts(status.filter("is_retweet"), "retweet", "retweeted", "retweeted_id"),
            acts(original, "quote", "quoted", "quoted_id"),
            acts(original, "reply", "replied", "replied_id"),
            acts(original.explode("mentioned"), "mention", "mentioned", "record_id"),
        ]
    )


def main(feed, landing, out):
    record_id = "event_id" if feed == "events" else "id_str"
    once = pl.scan_ndjson(f"{landing}/dt=*/part-*", schema=SCHEMAS[feed]).unique()
    raw = once.filter(pl.len().over(record_id) == 1)
    acts = to_acts_of_events(raw) if feed == "events" else to_acts_of_statuses(raw)
    place = pl.col("action").replace_strict(ORDER, default=None, return_dtype=pl.Int8)
    first = place.min().over("actor_id", "target_id", "act_key")
    interactions = acts.select(
        "record_id",
        "event_id",
        "actor_id",
        "target_id",
        "action",
        pl.col("at").alias("occurred_at"),
        "object_id",
        pl.col("at").dt.date().alias("event_date"),
        pl.when(pl.col("actor_id") == pl.col("target_id"))
        .then(pl.lit("self_act"))
        .when(place > first)
        .then(pl.lit("absorbed"))
        .alias("set_aside"),
    ).collect(engine="streaming")
    write(interactions, f"{out}/interactions")
    pair_days = (
        interactions.lazy()
        .filter(pl.col("set_aside").is_null())
        .group_by(
            pl.col("actor_id").hash().alias("actor_key"),
            pl.col("target_id").hash().alias("target_key"),
            "action",
            "event_date",
        )
        .agg(pl.len().alias("count"), pl.col("occurred_at").max().alias("last_at"))
        .collect(engine="streaming")
    )
    write(pair_days, f"{out}/pair_days")
    standing = interactions["set_aside"].null_count()
    print(json.dumps({"acts": {"rows": len(interactions), "interactions": standing}}))


def write(frame, folder):
    frame.write_parquet(folder, compression="snappy", partition_by="event_date")


if __name__ == "__main__":
    main(*sys.argv[1:])
