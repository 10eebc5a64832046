"""When records happened, against the day they were delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

HAPPENED = {
    "acts": "to_date(coalesce(post.created_at, get(acts, 0).occurred_at))",
    "relations": "to_date(if(relation.change = 'lists', NULL, relation.at))",
    "page_links": "to_date(if(relation.change = 'lists', NULL, relation.at))",
    "page_views": "viewed.event_date",
}


def happened_on(kind: str) -> Column:
    """UTC day of a record; NULL where it has none: states, and rows that take others back."""
    return F.expr(HAPPENED.get(kind, "CAST(NULL AS DATE)"))


def with_too_late(records: DataFrame, kind: str, *, late_days: int, history: Sequence[date]) -> DataFrame:
    """`records` with the fault too_late where they happened more than `late_days` days before their delivery day.

    `history`: delivery days of first loads, which bring any age.
    """
    day = happened_on(kind)
    is_late = (F.datediff("delivered_on", day) > late_days) & ~F.col("delivered_on").isin(list(history))
    sentence = F.concat(
        F.lit(f"expected a time at most {late_days} days before the delivery day "),
        F.col("delivered_on").cast("string"),
        F.lit(", found "),
        day.cast("string"),
        F.lit('; a first load says "history": true in its manifest'),
    )
    fault = F.when(is_late, F.struct(F.lit("too_late").alias("rule"), sentence.alias("reason")))
    return records.withColumn("fault", F.coalesce("fault", fault))


def to_touched(accepted: DataFrame, kind: str) -> DataFrame:
    """network, feed, delivered_on, event_date, rows: accepted records of days before their delivery day."""
    day = happened_on(kind)
    return (
        accepted.withColumn("event_date", day)
        .where(F.col("event_date") < F.col("delivered_on"))
        .groupBy("network", "feed", "delivered_on", "event_date")
        .agg(F.count("*").alias("rows"))
    )
