"""interactions -> pair_days: acts of one actor towards one target, by action and day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.account_keys import account_key

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def to_pair_days(interactions: DataFrame, accounts: DataFrame) -> DataFrame:
    """Count interactions per day, those set aside left out, with keys in the place of ids, as rows of PAIR_DAYS.

    `accounts`: rows of ACCOUNTS, of which those alone are looked up whose key is not the plain hash of network and id.
    They are next to none, so acts are not sent to where the keys of millions of accounts are.
    """
    moved = accounts.where(F.col("salt") > 0).select("network", "account_id", "account_key")
    actors = F.broadcast(moved.toDF("network", "actor_id", "moved_actor_key"))
    targets = F.broadcast(moved.toDF("network", "target_id", "moved_target_key"))
    keys = {
        "actor_key": F.coalesce("moved_actor_key", account_key("actor_id")),
        "target_key": F.coalesce("moved_target_key", account_key("target_id")),
    }
    return (
        interactions.where(F.col("set_aside").isNull())
        .join(actors, ["network", "actor_id"], how="left")
        .join(targets, ["network", "target_id"], how="left")
        .withColumns(keys)
        .groupBy("network", "event_date", "actor_key", "target_key", "action")
        .agg(F.count("*").alias("count"), F.max("occurred_at").alias("last_at"))
    )
