"""records -> records with their one fate: accepted, duplicate, tombstone or quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.tables.columns import FATES

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LONGEST_PAYLOAD = 1000

CONFLICT = "expected one content per record id in a delivery day, found several: all of them are refused"
CHANGED = "expected the content delivered before under this record id, found another: both are refused"

FEED = ("network", "feed")


def to_fates(records: DataFrame, known: DataFrame, taken_back: DataFrame, *, body: Sequence[str]) -> DataFrame:
    """Give each record its fate, and the fault that explains a quarantine.

    `records`: network, feed, and the columns of networks/network.py; `body` names those that make up its content.
    `known`: network, feed, record_id, record_hash of what other delivery days brought before. `taken_back`:
    network, feed, record_id of what its network took back before; neither names a record twice.

    tombstone: the record does nothing but take another one back, or was taken back before it came. Contents that
    differ under one record id are refused: within a delivery day all of them, since nothing tells which is right;
    on a later day the later ones, as changed_record, and whoever wrote the first takes that out too. So a night that
    reads many days at once decides as many nights reading one each.
    """
    # No row is filtered before the window: a filter would be pushed below the parsing and parse every line again.
    # A raw row is several times its content, so only refused ones keep it on the way; what is refused by
    # comparison is shown as it was understood.
    is_bad = F.col("fault").isNotNull()
    judged = (
        records.withColumns({"record_hash": F.xxhash64(_content(body)), "payload": F.when(is_bad, F.col("payload"))})
        .withColumn("group", F.coalesce(F.when(~is_bad, _group("record_id")), _alone()))
        # One exchange for the joins and windows below: each has these columns among its keys.
        .repartition(*FEED, "group")
    )
    group = _group("record_id").alias("group")
    earlier = known.select(*FEED, group, F.col("record_hash").alias("known_hash"))
    gone = taken_back.select(*FEED, group, F.lit(True).alias("is_gone"))
    same_day = Window.partitionBy(*FEED, "group", "delivered_on")
    is_conflict = F.min("record_hash").over(same_day) != F.max("record_hash").over(same_day)
    in_order = Window.partitionBy(*FEED, "group").orderBy("is_conflict", "delivered_on", "file")
    placed = (
        judged.join(earlier, [*FEED, "group"], how="left")
        .join(gone, [*FEED, "group"], how="left")
        .withColumn("is_conflict", is_conflict & ~is_bad)
        .withColumn("place", F.row_number().over(in_order))
        .withColumn("first_hash", F.coalesce("known_hash", F.first("record_hash").over(in_order)))
    )
    is_first = F.col("known_hash").isNull() & (F.col("place") == 1)
    is_same = F.col("record_hash") == F.col("first_hash")
    # A row may also say something of its own beside what it takes back, such as the same act in fewer words elsewhere.
    says_nothing_else = F.col("post").isNull() & (F.coalesce(F.size("acts"), F.lit(0)) <= 0) if "acts" in body else None
    takes_back = F.lit(False) if says_nothing_else is None else F.col("takes_back").isNotNull() & says_nothing_else
    is_refused = F.col("fate") == "quarantined"
    return (
        placed.withColumn(
            "fate",
            F.when(is_bad | F.col("is_conflict"), "quarantined")
            .when(F.col("is_gone") | (is_first & takes_back), "tombstone")
            .when(is_first, "accepted")
            .when(is_same, "duplicate")
            .otherwise("quarantined"),
        )
        .withColumns(
            {
                "payload": F.when(is_refused, F.coalesce("payload", _content(body))),
                "fault": F.coalesce(
                    "fault",
                    F.when(F.col("is_conflict"), _fault("conflicting_record", CONFLICT)),
                    F.when(is_refused, _fault("changed_record", CHANGED)),
                ),
            }
        )
        .select(*records.columns, "record_hash", "fate")
    )


def to_quarantine(fates: DataFrame) -> DataFrame:
    """The refused records as rows of QUARANTINE, less the run's id.

    The same row refused twice for the same reason in one file is one row here.
    """
    refused = fates.where(F.col("fate") == "quarantined")
    whole = F.coalesce("payload", F.lit(""))
    # Other readers of the table take nothing but UTF-8.
    shown = F.make_valid_utf8(F.substring(whole, 1, LONGEST_PAYLOAD))
    return refused.select(
        *FEED,
        "delivered_on",
        "file",
        "fault.rule",
        "fault.reason",
        shown.alias("payload"),
        F.sha2(whole, 256).alias("payload_sha256"),
    ).dropDuplicates([*FEED, "delivered_on", "file", "rule", "payload_sha256"])


def to_file_fates(fates: DataFrame) -> DataFrame:
    """Rows of each file by fate: network, feed, delivered_on, file, rows_read, then one count per fate."""
    return fates.groupBy(*FEED, "delivered_on", "file").agg(
        F.count("*").alias("rows_read"), *(_count(F.col("fate") == fate).alias(fate) for fate in FATES)
    )


def _content(body: Sequence[str]) -> Column:
    """All a record says, as JSON. A hash of the columns would pass over NULL: (3, NULL) and (NULL, 3) hash alike."""
    options = {"ignoreNullFields": "false", "timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"}
    return F.to_json(F.struct(*body), options)


def _group(record_id: str) -> Column:
    """What the records of one id have in common, and no refused row has."""
    return F.concat(F.lit("="), F.col(record_id))


def _alone() -> Column:
    """What a refused row is grouped by: spread over all tasks, compared with nothing."""
    return F.concat(F.lit("!"), F.col("delivered_on"), F.col("file"), F.hash("payload"))


def _fault(rule: str, reason: str) -> Column:
    return F.struct(F.lit(rule).alias("rule"), F.lit(reason).alias("reason"))


def _count(holds: Column) -> Column:
    return F.coalesce(F.count_if(holds), F.lit(0))
