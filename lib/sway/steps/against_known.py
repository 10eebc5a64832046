"""What accepted rows say of what is known, before they are written: relations that lists end, views told again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.contract import Contract
from sway.contracts.tables.states import FOLLOWS, PAGE_LINKS, PAGE_VIEWS
from sway.networks.network import Kind
from sway.runtime.lake import Lake
from sway.runtime.landing import Place
from sway.stages.relations import to_ended, to_placed
from sway.steps.arrival import is_of
from sway.steps.file_checks import place_of_row
from sway.steps.unusual_days import Told

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE_OF: Mapping[Kind, Contract] = {"relations": FOLLOWS, "page_links": PAGE_LINKS}
PLACE = ("network", "feed", "delivered_on")


def to_told(lake: Lake, placed: Mapping[Kind, DataFrame], viewed: DataFrame | None, days: Collection[Place]) -> Told:
    """What accepted records of delivery `days` say of what is known; each day is held against those before it.

    `placed`: relations by kind, as `to_known_relations` gives them. `viewed`: records of page views.
    """
    ended = {
        place_of_row(row): (int(row["ended"]), int(row["held"]))
        for kind in placed
        for row in to_ended(placed[kind]).collect()
    }
    return Told(again={} if viewed is None else _views_again(lake, viewed, days), ended=ended)


def to_known_relations(lake: Lake, kind: Kind, accepted: DataFrame) -> DataFrame:
    """Accepted relations of one kind, placed among those known; computed once, since they are read several times."""
    return to_placed(accepted, lake.read(TABLE_OF[kind])).localCheckpoint()


def _views_again(lake: Lake, accepted: DataFrame, days: Collection[Place]) -> dict[Place, int]:
    """Rows by delivery day that give a page the views of a day which the delivery before gave it.

    Nothing is compared but dates of which several deliveries tell: hardly any.
    """
    told = accepted.select(*PLACE, "viewed.*")
    deliveries: dict[tuple[str, date], int] = defaultdict(int)
    for row in told.groupBy(*PLACE, "event_date").agg(F.lit(True)).collect():
        deliveries[row["network"], row["event_date"]] += 1
    known = lake.log(PAGE_VIEWS).paths_by_slice()
    several = [key for key, count in deliveries.items() if count > 1 or (key[0], str(key[1])) in known]
    if not several:
        return {}
    dates = F.struct("network", "event_date").isin([F.struct(F.lit(name), F.lit(day)) for name, day in several])
    before = lake.read(PAGE_VIEWS).where(~is_of(days)).select(*told.columns)
    both = told.where(dates).withColumn("is_new", F.lit(True))
    both = both.unionByName(before.where(dates).withColumn("is_new", F.lit(False)))
    in_order = Window.partitionBy("network", "event_date", "account_id").orderBy("delivered_on", "feed")
    again = both.withColumn("is_again", F.lag("views").over(in_order) == F.col("views")).where("is_new AND is_again")
    return {place_of_row(row): row["count"] for row in again.groupBy(*PLACE).count().collect()}
