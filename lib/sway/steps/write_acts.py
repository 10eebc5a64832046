"""Acts on their way in -> posts, interactions, tombstones."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.contract import Contract
from sway.contracts.frames import union
from sway.contracts.tables.acts import INTERACTIONS, POSTS, TOMBSTONES
from sway.networks.network import RECORD, instant_key
from sway.networks.open_format import EVENTS_FEED
from sway.runtime.lake import Lake
from sway.runtime.session import empty
from sway.runtime.slices import slice_of
from sway.stages import acts as acts_stage
from sway.steps.arrival import Arrival

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

RECORD_IDS = {INTERACTIONS: "record_id", POSTS: "post_id"}
MOST_LOOKED_UP = 100_000  # ids that the driver holds to see which days may hold them, some 20 MB


def write_acts(arrival: Arrival) -> None:
    """Write posts and interactions, take back what tombstones name, set aside what came with two contents."""
    standing = arrival.accepted
    has_taken = arrival.take_back > 0
    if has_taken:
        tombstones = acts_stage.to_tombstones(arrival.fates).localCheckpoint()
        taken = _of_tombstones(tombstones).localCheckpoint()
        # Mostly few: sent to where the records are, which otherwise would all be sent to meet them.
        is_few = arrival.take_back <= MOST_LOOKED_UP
        standing = standing.join(F.broadcast(taken) if is_few else taken, list(RECORD), "left_anti")
    if any(source.feed.has_posts for source in arrival.sources):
        arrival.run.lake.replace(POSTS, acts_stage.to_posts(standing), where=arrival.slice)
    _write_interactions(arrival, standing)
    _write_tombstones(arrival, tombstones if has_taken else None)
    if has_taken:
        arrival.record.counts["taken_back"] = _take_back(arrival, taken)
    if arrival.changed:
        changed = changed_records(arrival.fates).localCheckpoint()
        if not changed.isEmpty():
            arrival.record.counts["changed"] = _set_aside(arrival, changed)


def _write_tombstones(arrival: Arrival, tombstones: DataFrame | None) -> None:
    """Put tombstones, None where there are none, in the place of what these days told before they were read again."""
    lake = arrival.run.lake
    if tombstones is None:
        before = lake.batches(TOMBSTONES, ("record_id",), where=arrival.filter)
        if not any(len(batch) for batch in before):
            return
        tombstones = empty(lake.spark, TOMBSTONES.ddl)
    lake.replace(TOMBSTONES, tombstones, where=arrival.slice)


def changed_records(fates: DataFrame) -> DataFrame:
    """network, feed, record_id that came with another content than on an earlier day."""
    return fates.where(F.col("fault.rule") == "changed_record").select(*RECORD).distinct()


def _write_interactions(arrival: Arrival, standing: DataFrame) -> None:
    lake = arrival.run.lake
    new = acts_stage.to_acts(standing)
    orders = {source.network.name: source.network.act_order for source in arrival.sources}
    # Only where no source record is known may another day have brought the same act: a record carries all of its own.
    events = [source.name for source in arrival.sources if source.feed is EVENTS_FEED]
    has_earlier = bool(events and lake.log(INTERACTIONS).paths_by_slice())
    earlier = _earlier_acts(arrival, new, events).localCheckpoint() if has_earlier else None
    if earlier is None or earlier.isEmpty():
        placed = acts_stage.with_set_aside(new, act_orders=orders, rows=arrival.rows)
        lake.replace(INTERACTIONS, acts_stage.to_interactions(placed), where=arrival.slice)
    else:
        every = new.withColumn("is_new", F.lit(True)).unionByName(earlier, allowMissingColumns=True)
        placed = acts_stage.with_set_aside(every, act_orders=orders).persist()
        lake.replace(INTERACTIONS, acts_stage.to_interactions(placed.where("is_new")), where=arrival.slice)
        _judge_again(arrival, placed.where(~F.col("is_new")))
        placed.unpersist()
    _count_acts(arrival)


def _count_acts(arrival: Arrival) -> None:
    """Acts written, of them set aside, by network, as they stand in the table."""
    batches = arrival.run.lake.batches(INTERACTIONS, ("network", "set_aside"), where=arrival.filter)
    counts = acts_stage.to_act_counts(batches)
    arrival.record.counts |= {f"{network}.{name}": n for network, of in counts.items() for name, n in of.items()}


def _earlier_acts(arrival: Arrival, new: DataFrame, events: list[tuple[str, str]]) -> DataFrame:
    """Acts that other days delivered for the days of `new`, in its columns: they may be the same acts.

    Days that a killed run wrote for are among them, so that what it set aside is judged again.
    """
    rows = arrival.run.lake.read(INTERACTIONS)
    dates = new.select(F.to_date("occurred_at")).union(rows.where(arrival.slice).select("event_date")).distinct()
    touched = [row[0] for row in dates.collect()]
    earlier = rows.where(arrival.brought_by_others(*events) & F.col("event_date").isin(touched))
    kept = (name for name in new.columns if name not in ("act_key", "is_alone"))
    named = {
        "act_key": instant_key("occurred_at"),
        "is_alone": F.lit(False),
        "is_new": F.lit(False),
        "was": F.col("set_aside"),
    }
    is_judged = F.coalesce(F.col("set_aside") != "changed_record", F.lit(True))
    return earlier.where(is_judged).select(*kept, *(column.alias(name) for name, column in named.items()))


def _judge_again(arrival: Arrival, earlier: DataFrame) -> None:
    """Set earlier acts aside that new ones absorb, and count again those whose absorber did not come back."""
    changed = earlier.where(~F.equal_null("set_aside", "was"))
    count = changed.count()
    arrival.record.counts["judged_again"] = count
    if count:
        rows = acts_stage.to_interactions(changed)
        days = sorted(row[0] for row in rows.select("event_date").distinct().collect())
        of_days = slice_of(**{"old.event_date": days})
        arrival.run.lake.merge(INTERACTIONS, rows, update={"set_aside": "new.set_aside"}, where=of_days)


def _take_back(arrival: Arrival, taken: DataFrame) -> int:
    """Remove from other days what tombstones name, whichever feed of their network brought it; how many were named."""
    lake = arrival.run.lake
    count, ids = _looked_up(taken)
    for contract, record_id in RECORD_IDS.items():
        of_table = taken.withColumnRenamed("record_id", record_id)
        where = _where_named(lake, contract, ids)
        # What these days brought was not written. Looking first: a merge rewrites files, and mostly there are none.
        others = lake.read(contract).where(~F.expr(arrival.slice)).alias("old").where(where)
        if not others.join(of_table, of_table.columns, "left_semi").isEmpty():
            lake.delete(contract, of_table, where=where)
    return count


def _set_aside(arrival: Arrival, changed: DataFrame) -> int:
    """Set aside what was accepted of records that came again with another content; how many were named."""
    lake = arrival.run.lake
    count, ids = _looked_up(changed)
    for contract, record_id in RECORD_IDS.items():
        of_table = changed.withColumnRenamed("record_id", record_id)
        reason = {"set_aside": "'changed_record'"}
        lake.update(contract, of_table, reason, where=_where_named(lake, contract, ids))
    return count


def _looked_up(keys: DataFrame) -> tuple[int, dict[str, list[str]] | None]:
    """How many records are named, and their ids by network, in order; None where they are too many to hold."""
    told = keys.select("network", "record_id").limit(MOST_LOOKED_UP + 1).toArrow().to_pylist()
    if len(told) > MOST_LOOKED_UP:
        return keys.count(), None
    ids: dict[str, list[str]] = defaultdict(list)
    for network, record_id in sorted({(row["network"], row["record_id"]) for row in told}):
        ids[network].append(record_id)
    return len(told), ids


def _where_named(lake: Lake, contract: Contract, ids: dict[str, list[str]] | None) -> str:
    """SQL over `old` of the partitions that may hold one of the records named."""
    return "true" if ids is None else _of_slices(lake.log(contract).slices_holding(RECORD_IDS[contract], ids))


def _of_slices(slices: Sequence[tuple[str, ...]]) -> str:
    """SQL over `old` of rows in partitions by network and day; `false` where there are none."""
    days: dict[str, list[date]] = defaultdict(list)
    for network, day in slices:
        days[network].append(date.fromisoformat(day))
    each = (
        f"{slice_of(**{'old.network': network})} AND {slice_of(**{'old.event_date': of})}"
        for network, of in sorted(days.items())
    )
    return " OR ".join(f"({one})" for one in each) or "false"


def to_contested(lake: Lake, fates: DataFrame) -> DataFrame:
    """What was accepted under record ids that came again with another content, as rows of QUARANTINE."""
    is_changed = F.col("fault.rule") == "changed_record"
    first = F.min(F.struct("delivered_on", "file")).alias("first")
    changed = fates.where(is_changed).groupBy(*RECORD).agg(first).localCheckpoint()
    _, ids = _looked_up(changed)
    few = changed if ids is None else F.broadcast(changed)
    acts, posts = (
        lake.read(contract).alias("old").where(_where_named(lake, contract, ids)).withColumnRenamed(name, "record_id")
        for contract, name in RECORD_IDS.items()
    )
    frames = [
        rows.join(few, list(RECORD), "inner").select(
            *RECORD[:2],
            F.col("first.delivered_on").alias("delivered_on"),
            F.col("first.file").alias("file"),
            rows["delivered_on"].alias("came_on"),
            F.to_json(F.struct(*(name for name in rows.columns if name not in RECORD))).alias("payload"),
        )
        for rows in (acts, posts)
    ]
    came = F.concat(F.lit("accepted on "), F.col("came_on").cast("string"), F.lit(", until another content came: "))
    return (
        frames[0]
        .unionByName(frames[1])
        .select(
            *RECORD[:2],
            "delivered_on",
            "file",
            F.lit("changed_record").alias("rule"),
            F.concat(came, F.lit("both are refused")).alias("reason"),
            "payload",
            F.sha2("payload", 256).alias("payload_sha256"),
        )
    )


def to_known(arrival: Arrival, ids: DataFrame) -> DataFrame:
    """network, feed, record_id, record_hash of what other delivery days of these feeds brought, each record once.

    `ids`: the records that are asked for, network, feed, record_id; others may be among what is given. Only partitions
    are read whose files may hold one of them, by the least and the greatest id of each network
    (docs/decisions/what-ingest-looks-up.md).
    """
    lake = arrival.run.lake
    with_posts = [source.name for source in arrival.sources if source.feed.has_posts]
    others = [source.name for source in arrival.sources if not source.feed.has_posts]
    ends = ids.groupBy("network").agg(F.min("record_id"), F.max("record_id")).collect()
    spans = {network: (least, most) for network, least, most in ends if least is not None}
    posts, acts = (
        lake.read(contract).alias("old").where(_of_slices(lake.log(contract).slices_between(record_id, spans)))
        for contract, record_id in ((POSTS, RECORD_IDS[POSTS]), (INTERACTIONS, RECORD_IDS[INTERACTIONS]))
    )
    told = lake.read(TOMBSTONES).where(arrival.brought_by_others(*with_posts, *others))
    named = (
        posts.where(arrival.brought_by_others(*with_posts)).withColumnRenamed("post_id", "record_id"),
        acts.where(arrival.brought_by_others(*others)),
        told,
    )
    # A post may also take another feed's record back, so it is in both tables; a record may have several acts.
    every = union([rows.select(*RECORD, "record_hash") for rows in named])
    if arrival.rows > MOST_LOOKED_UP:
        return every.dropDuplicates(list(RECORD))
    return _among(every, ids).dropDuplicates(list(RECORD)).localCheckpoint()


def to_taken_back(arrival: Arrival, ids: DataFrame) -> DataFrame:
    """network, feed, record_id of records that were taken back before: those of `ids`, and others may be among them."""
    every = _of_tombstones(arrival.run.lake.read(TOMBSTONES).where(~F.expr(arrival.slice)))
    return every if arrival.rows > MOST_LOOKED_UP else _among(every, ids).localCheckpoint()


def _among(rows: DataFrame, ids: DataFrame) -> DataFrame:
    """Rows of the records of `ids`, which are few and are sent to where the rows are."""
    return rows.join(F.broadcast(ids.select(*RECORD).distinct()), list(RECORD), "left_semi")


def _of_tombstones(tombstones: DataFrame) -> DataFrame:
    """network, feed, record_id of what tombstones take back, once each."""
    taken = {"feed": F.col("of_feed"), "record_id": F.col("of_record_id")}
    return tombstones.withColumns(taken).select(*RECORD).distinct()
