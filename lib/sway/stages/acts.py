"""accepted records -> interactions: one act counted once (method 1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


ORIGIN = ("network", "feed", "delivered_on", "record_id", "record_hash", "act_key")


def to_acts(accepted: DataFrame) -> DataFrame:
    """Every act the records carry, one row each; is_alone: no other row can be of the same act."""
    is_alone = (F.size("acts") == 1) & (F.col("act_key") == F.col("record_id"))
    carried = accepted.select(*ORIGIN, is_alone.alias("is_alone"), F.explode("acts").alias("act"))
    return carried.select(*ORIGIN, "is_alone", "act.*")


def with_set_aside(acts: DataFrame, *, act_orders: Mapping[str, Sequence[str]]) -> DataFrame:
    """`acts` with why they do not count, NULL for those that do.

    self_act: actor and target are one. absorbed: another row of the same act comes before it in the network's
    order. Rows of one act share feed, actor, target and act_key: the source record or, where none is known, the
    instant. Of them the first in the order (`act_orders`, by network) stays, with every row of the same action;
    actions outside of the order (likes) neither absorb nor are absorbed.
    """
    alone = acts.where("is_alone").withColumn("set_aside", F.when(is_self_act(), "self_act"))
    return _absorbed(acts.where(~F.col("is_alone")), act_orders).unionByName(alone)


def is_self_act() -> Column:
    return F.col("actor_id") == F.col("target_id")


def _absorbed(acts: DataFrame, act_orders: Mapping[str, Sequence[str]]) -> DataFrame:
    places = [
        F.when((F.col("network") == network) & (F.col("action") == action), F.lit(place))
        for network, order in sorted(act_orders.items())
        for place, action in enumerate(order)
    ]
    place = F.coalesce(*places, F.lit(None).cast("int"))
    same_act = Window.partitionBy("network", "feed", "actor_id", "target_id", "act_key")
    first = F.min("place").over(same_act)
    why = F.when(is_self_act(), "self_act").when(F.col("place") > first, "absorbed")
    return acts.withColumn("place", place).withColumn("set_aside", why).drop("place")


def to_interactions(acts: DataFrame) -> DataFrame:
    """Acts with their `set_aside` as rows of INTERACTIONS."""
    return acts.select(
        "network",
        F.to_date("occurred_at").alias("event_date"),
        "event_id",
        "record_id",
        "actor_id",
        "target_id",
        "action",
        "occurred_at",
        "object_id",
        "set_aside",
        "feed",
        "delivered_on",
        "record_hash",
    )


def to_posts(accepted: DataFrame) -> DataFrame:
    """The records' posts as rows of POSTS."""
    return accepted.where(F.col("post").isNotNull()).select(
        "network",
        F.to_date("post.created_at").alias("event_date"),
        "post.*",
        F.lit(None).cast("string").alias("set_aside"),
        "feed",
        "delivered_on",
        "record_hash",
    )


def to_tombstones(fates: DataFrame) -> DataFrame:
    """What records take back, as rows of TOMBSTONES."""
    told = fates.where(F.col("fate").isin("accepted", "tombstone") & F.col("takes_back").isNotNull())
    return told.select(
        "network",
        "feed",
        "record_id",
        F.col("takes_back.feed").alias("of_feed"),
        F.col("takes_back.record_id").alias("of_record_id"),
        "delivered_on",
        "record_hash",
    )


def to_act_counts(acts: DataFrame) -> DataFrame:
    """One row per network: acts derived, of them self-acts, absorbed, and interactions left."""
    why = F.col("set_aside")
    return acts.groupBy("network").agg(
        F.count("*").alias("derived"),
        _count(why == "self_act").alias("self_acts"),
        _count(why == "absorbed").alias("absorbed"),
        _count(why.isNull()).alias("interactions"),
    )


def _count(holds: Column) -> Column:
    return F.coalesce(F.count_if(holds), F.lit(0))
