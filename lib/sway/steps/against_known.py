"""What accepted rows say against what is known, before they are written: lists cut short, page views told again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.contract import Contract
from sway.contracts.tables.states import FOLLOWS, PAGE_LINKS, PAGE_VIEWS
from sway.networks.network import Kind
from sway.runtime.commits import overtaken
from sway.runtime.lake import Lake
from sway.runtime.landing import Place
from sway.stages.erasing import Names, is_among
from sway.stages.relations import to_placed, to_shortened
from sway.steps.arrival import is_of
from sway.steps.file_checks import place_of_row

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TABLE_OF: Mapping[Kind, Contract] = {"relations": FOLLOWS, "page_links": PAGE_LINKS}
PLACE = ("network", "feed", "delivered_on")


@dataclass(frozen=True)
class Placed:
    """Accepted relations of one kind among those known (stages.relations.to_placed). files: those read, by network."""

    contract: Contract
    files: Mapping[str, set[str]]
    rows: DataFrame

    @classmethod
    def of(cls, lake: Lake, kind: Kind, accepted: DataFrame, erased: Names) -> Placed:
        """Computed once, since it is read several times. A list without the `erased` says nothing of them."""
        contract = TABLE_OF[kind]
        files = _files(lake, contract)
        rows = to_placed(accepted, lake.read(contract))
        if erased:
            rows = rows.where(~(is_among(F.col("actor_id"), erased) | is_among(F.col("target_id"), erased)))
        return cls(contract, files, rows.localCheckpoint())

    def check(self, lake: Lake, networks: Collection[str]) -> None:
        """Raise LeaseHeld where another run has written relations of these networks since."""
        now = _files(lake, self.contract)
        if any(now.get(network) != self.files.get(network) for network in networks):
            raise overtaken(self.contract)

    def shortened(self) -> dict[Place, tuple[int, int]]:
        """Relations that owners of a day's lists had before it, and how many fewer are on these lists."""
        rows = to_shortened(self.rows).collect()
        return {place_of_row(row): (int(row["held"]), int(row["lost"])) for row in rows}


def _files(lake: Lake, contract: Contract) -> dict[str, set[str]]:
    return {network: paths for (network,), paths in lake.log(contract).paths_by_slice().items()}


def views_again(lake: Lake, accepted: DataFrame, days: Collection[Place]) -> dict[Place, int]:
    """Rows by delivery day that give a page the views of a date which the delivery before gave it.

    Of days alone that tell of no date for the first time: others bring what is new, with what is not. Nothing is
    compared but dates of which several deliveries tell: hardly any. `days`: those on their way in.
    """
    told = accepted.select(*PLACE, "viewed.*")
    deliveries: dict[tuple[str, date], set[date]] = defaultdict(set)
    dates_of: dict[Place, set[tuple[str, date]]] = defaultdict(set)
    for row in told.select(*PLACE, "event_date").distinct().collect():
        deliveries[row["network"], row["event_date"]].add(row["delivered_on"])
        dates_of[place_of_row(row)].add((row["network"], row["event_date"]))
    known = lake.log(PAGE_VIEWS).paths_by_slice()
    several = [key for key, by in deliveries.items() if len(by) > 1 or (key[0], str(key[1])) in known]
    if not several:
        return {}
    is_several = F.struct("network", "event_date").isin([F.struct(F.lit(name), F.lit(day)) for name, day in several])
    before = lake.read(PAGE_VIEWS).where(is_several & ~is_of(days)).select(*told.columns)
    both = told.where(is_several).withColumn("is_new", F.lit(True))
    both = both.unionByName(before.withColumn("is_new", F.lit(False))).localCheckpoint()
    first = {
        (row["network"], row["event_date"]): row["first"]
        for row in both.groupBy("network", "event_date").agg(F.min("delivered_on").alias("first")).collect()
    }
    in_order = Window.partitionBy("network", "event_date", "account_id").orderBy("delivered_on", "feed")
    again = both.withColumn("is_again", F.lag("views").over(in_order) == F.col("views")).where("is_new AND is_again")
    counted = {place_of_row(row): row["count"] for row in again.groupBy(*PLACE).count().collect()}
    has_new = {place for place, dates in dates_of.items() if any(place[2] <= first.get(one, place[2]) for one in dates)}
    return {place: count for place, count in counted.items() if place not in has_new}
