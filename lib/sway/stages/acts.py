"""accepted records -> interactions: one act counted once (method 1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.shared_keys import FEW_TO_SEND, apart, keyed

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


COUNTED = {"self_act": "self_acts", "absorbed": "absorbed", None: "interactions"}  # set_aside and its count
SAME_ACT = ("network", "feed", "actor_id", "target_id", "act_key")
ORIGIN = ("network", "feed", "delivered_on", "record_id", "record_hash", "act_key")


def to_acts(accepted: DataFrame) -> DataFrame:
    """Every act the records carry, one row each; is_alone: no other row can be of the same act."""
    is_alone = (F.size("acts") == 1) & (F.col("act_key") == F.col("record_id"))
    carried = accepted.select(*ORIGIN, is_alone.alias("is_alone"), F.explode("acts").alias("act"))
    return carried.select(*ORIGIN, "is_alone", "act.*")


def with_set_aside(acts: DataFrame, *, act_orders: Mapping[str, Sequence[str]], rows: int | None = None) -> DataFrame:
    """`acts` with why they do not count, NULL for those that do.

    self_act: actor and target are one. absorbed: another row of the same act comes before it in the network's
    order. Rows of one act share feed, actor, target and act_key: the source record or, where none is known, the
    instant. Of them the first in the order (`act_orders`, by network) stays, with every row of the same action;
    actions outside of the order (likes) neither absorb nor are absorbed. `rows`: how many records the acts are of,
    where that is known; it changes nothing.
    """
    act_hash = F.when(~F.col("is_alone"), F.xxhash64(*SAME_ACT))
    is_small = rows is not None and rows <= FEW_TO_SEND
    once, often = (keyed if is_small else apart)(acts.withColumn("act_hash", act_hash), "act_hash")
    placed = once.withColumn("set_aside", F.when(is_self_act(), "self_act"))
    if often is not None:
        placed = placed.unionByName(_absorbed(often, act_orders))
    return placed.drop("act_hash")


def is_self_act() -> Column:
    """Whether an act's actor is its target: such an act stays in the table and does not count."""
    return F.col("actor_id") == F.col("target_id")


def _absorbed(acts: DataFrame, act_orders: Mapping[str, Sequence[str]]) -> DataFrame:
    places = [
        F.when((F.col("network") == network) & (F.col("action") == action), F.lit(place))
        for network, order in sorted(act_orders.items())
        for place, action in enumerate(order)
    ]
    place = F.coalesce(*places, F.lit(None).cast("int"))
    same_act = Window.partitionBy(*SAME_ACT)
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


def to_act_counts(acts: Iterable[pa.RecordBatch]) -> dict[str, dict[str, int]]:
    """By network: acts derived, of them self-acts, absorbed, and interactions left. `acts`: network, set_aside."""
    counts: dict[str, dict[str, int]] = {}
    for batch in acts:
        grouped = pa.Table.from_batches([batch]).group_by(["network", "set_aside"]).aggregate([([], "count_all")])
        for row in grouped.to_pylist():
            of_network = counts.setdefault(row["network"], dict.fromkeys(("derived", *COUNTED.values()), 0))
            of_network["derived"] += row["count_all"]
            if row["set_aside"] in COUNTED:
                of_network[COUNTED[row["set_aside"]]] += row["count_all"]
    return counts
