"""Profiles, labels, relations, page views, assertions and opt-outs on their way into their tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.contract import Contract
from sway.contracts.queries import select
from sway.contracts.tables.identity import IDENTITY_ASSERTIONS, OPT_OUTS
from sway.contracts.tables.states import LABELS, PAGE_VIEWS, PROFILES
from sway.runtime.lake import Lake
from sway.stages import identity, opt_outs, profiles
from sway.stages.relations import to_relations
from sway.steps.against_known import Placed
from sway.steps.arrival import Arrival

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

NEWER = "new.delivered_on >= old.delivered_on"


def write_profiles(arrival: Arrival) -> None:
    """Records of profiles -> PROFILES, each account's states one after the other."""
    lake = arrival.run.lake
    rows = profiles.to_profiles(arrival.accepted, lake.read(PROFILES)).localCheckpoint()
    # A merge writes each file again of which a row changes, and new rows beside those: in one merge the file of the
    # last states would be the file of all there ever were. Killed between the two, the first finds nothing left to do.
    ended = rows.where("NOT is_new")
    if not ended.isEmpty():
        lake.merge(PROFILES, ended, update={"valid_to": "new.valid_to"})
    lake.merge(PROFILES, rows.where("is_new"), update=_all(PROFILES))
    names = ("network", "delivered_on", "profile.account_id")
    told = arrival.accepted.agg(F.count("*").alias("rows"), F.count_distinct(*names).alias("states")).first()
    assert told is not None, "an aggregate without groups has one row"
    arrival.record.counts["profiles"] = told["rows"]
    if told["rows"] > told["states"]:
        doubled = told["rows"] - told["states"]
        arrival.record.log.warning("accounts that two feeds describe on one day; the first by name holds", rows=doubled)


def write_labels(arrival: Arrival) -> None:
    """Records of labels -> LABELS; the last delivery of a label holds."""
    told = arrival.accepted.select("label.*").toArrow()
    arrival.run.lake.merge_arrow(LABELS, profiles.to_labels(told), when=NEWER)


def write_assertions(arrival: Arrival) -> None:
    """Records of identity lists -> IDENTITY_ASSERTIONS; the last delivery of a claim holds."""
    told = arrival.accepted.select("assertion.*", "delivered_on").toArrow()
    arrival.run.lake.merge_arrow(IDENTITY_ASSERTIONS, identity.to_assertions(told), when=NEWER)


def write_opt_outs(arrival: Arrival) -> None:
    """Records of opt-outs -> OPT_OUTS; the last delivery of a wish holds."""
    arrival.run.lake.merge_arrow(OPT_OUTS, opt_outs.to_opt_outs(told_of_opt_outs(arrival.accepted)), when=NEWER)


def told_of_opt_outs(accepted: DataFrame) -> pa.Table:
    """Accepted records of opt-outs as stages/opt_outs.py reads them: few, however large the delivery."""
    return accepted.select("opt_out.*", "delivered_on").toArrow()


def write_erasures(lake: Lake, by_id: pa.Table) -> None:
    """Keep who asked to be erased by id instead of by `handle`: nothing that is ingested later tells whose it was."""
    if len(by_id):
        lake.merge_arrow(OPT_OUTS, opt_outs.to_opt_outs(by_id), when=NEWER)
        lake.delete_arrow(OPT_OUTS, select(BY_HANDLE, by_id=by_id))


BY_HANDLE = "SELECT DISTINCT network, handle AS account, kind, since FROM by_id"


def write_page_views(arrival: Arrival) -> None:
    """Records of page views -> PAGE_VIEWS, one row a page and day; a later delivery of a day replaces its count."""
    last = F.max_by(F.struct("viewed.views", "feed", "record_hash"), "delivered_on")
    rows = (
        arrival.accepted.groupBy("network", F.col("viewed.event_date"), F.col("viewed.account_id"))
        .agg(last.alias("last"), F.max("delivered_on").alias("delivered_on"))
        .select("network", "event_date", "account_id", "last.views", "last.feed", "delivered_on", "last.record_hash")
    )
    arrival.run.lake.merge(PAGE_VIEWS, rows, update=_all(PAGE_VIEWS), when=NEWER)


def write_relations(arrival: Arrival) -> None:
    """Records of relations between accounts, or of links between pages -> FOLLOWS, PAGE_LINKS, each with its days."""
    lake = arrival.run.lake
    placed = arrival.placed or Placed.of(lake, arrival.kind, arrival.accepted, arrival.erased)
    rows = to_relations(placed.rows, has_tangled=not placed.rows.where("is_tangled").isEmpty())
    placed.check(lake, {source.network.name for source in arrival.sources})
    lake.merge(placed.contract, rows, update={"valid_to": "new.valid_to"}, delete="is_gone")


def _all(contract: Contract) -> dict[str, str]:
    return {name: f"new.{name}" for name in contract.columns}
