"""interactions -> pair_days: acts of one actor towards one target, by action and day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def to_pair_days(interactions: DataFrame, accounts: DataFrame) -> DataFrame:
    """Count interactions per day, those set aside left out, with keys in the place of ids, as rows of PAIR_DAYS.

    Every actor and target has a key: ingest gives keys before it writes interactions.
    """
    keys = accounts.select("network", "account_id", "account_key")
    actors = keys.toDF("network", "actor_id", "actor_key")
    targets = keys.toDF("network", "target_id", "target_key")
    return (
        interactions.where(F.col("set_aside").isNull())
        .join(actors, ["network", "actor_id"], how="inner")
        .join(targets, ["network", "target_id"], how="inner")
        .groupBy("network", "event_date", "actor_key", "target_key", "action")
        .agg(F.count("*").alias("count"), F.max("occurred_at").alias("last_at"))
    )
