"""accepted records -> interactions: one act counted once (method 1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def to_acts(accepted: DataFrame) -> DataFrame:
    """Every act the records carry, one row each, still with self-acts and with several rows for one act."""
    return accepted.select("delivered_on", "record_hash", "act_key", F.explode("acts").alias("act")).select(
        "delivered_on", "record_hash", "act_key", "act.*"
    )


def is_self_act() -> Column:
    return F.col("actor_id") == F.col("target_id")


def with_place(acts: DataFrame, *, act_order: Sequence[str]) -> DataFrame:
    """`acts` with `is_absorbed`: another row of the same act comes before it in the network's order.

    Rows of one act share actor, target and act_key: the source record or, where none is known, the instant. Of
    them the first in `act_order` stays, with every row of the same action; actions outside of the order (likes)
    neither absorb nor are absorbed.
    """
    order = F.array(*(F.lit(action) for action in act_order)).cast("array<string>")
    place = F.nullif(F.array_position(order, F.col("action")), F.lit(0))
    same_act = Window.partitionBy("actor_id", "target_id", "act_key")
    first = F.min("place").over(same_act)
    is_absorbed = F.coalesce(F.col("place") > first, F.lit(False))
    return acts.withColumn("place", place).withColumn("is_absorbed", is_absorbed).drop("place")


def to_interactions(acts: DataFrame, *, network: str, feed: str) -> DataFrame:
    """Acts between two accounts that count, as rows of INTERACTIONS."""
    kept = acts.where(~is_self_act() & ~F.col("is_absorbed"))
    return kept.select(
        F.lit(network).alias("network"),
        F.to_date("occurred_at").alias("event_date"),
        "event_id",
        "actor_id",
        "target_id",
        "action",
        "occurred_at",
        "object_id",
        F.lit(feed).alias("feed"),
        "delivered_on",
        "record_hash",
    )


def to_posts(accepted: DataFrame, *, network: str, feed: str) -> DataFrame:
    """The records' posts as rows of POSTS."""
    return accepted.where(F.col("post").isNotNull()).select(
        F.lit(network).alias("network"),
        F.to_date("post.created_at").alias("event_date"),
        "post.*",
        F.lit(feed).alias("feed"),
        "delivered_on",
        "record_hash",
    )


def to_act_counts(acts: DataFrame) -> DataFrame:
    """One row: acts derived, self-acts, absorbed, and interactions left. Self-acts are not counted as absorbed."""
    is_absorbed = F.col("is_absorbed") & ~is_self_act()
    return acts.agg(
        F.count("*").alias("derived"),
        F.coalesce(F.count_if(is_self_act()), F.lit(0)).alias("self_acts"),
        F.coalesce(F.count_if(is_absorbed), F.lit(0)).alias("absorbed"),
        F.coalesce(F.count_if(~is_self_act() & ~is_absorbed), F.lit(0)).alias("interactions"),
    )
