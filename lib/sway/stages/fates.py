"""records -> records with their one fate: accepted, duplicate, tombstone or quarantined."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.shared_keys import FEW_TO_SEND, apart, keyed
from sway.networks.network import BODY, RECORD, Kind

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

LONGEST_PAYLOAD = 1000
LONG_AGO = date(1900, 1, 1)

CONFLICT = "expected one content per record id in a delivery day, found several: all of them are refused"
CHANGED = "expected the content delivered before under this record id, found another: both are refused"

FEED = ("network", "feed")


def ddl(kind: Kind) -> str:
    """Columns of records of a kind with their fates."""
    origin = "delivered_on date, file string, payload string, fault struct<rule:string,reason:string>, record_id string"
    body = (f"{name} {of}" for name, of in BODY[kind].items())
    return ", ".join([origin, *body, "network string, feed string, record_hash bigint, row_bytes int, fate string"])


def with_content(records: DataFrame, *, body: Sequence[str], across_days: bool = True) -> DataFrame:
    """Records with record_hash, of their content, and id_hash, of what makes two the same; NULL where one is refused.

    Beside them row_bytes, how long the raw row is.

    `records`: network, feed, and the columns of networks/network.py; `body` names those that make up its content.
    `across_days`: as in `to_fates`.
    """
    is_bad = F.col("fault").isNotNull()
    return records.withColumns(
        {
            "record_hash": F.xxhash64(_content(body)),
            "id_hash": F.when(~is_bad, F.xxhash64(*_same(across_days))),
            "row_bytes": F.octet_length("payload"),
            # A raw row is several times its content, so only refused ones keep it on the way.
            "payload": F.when(is_bad, F.col("payload")),
        }
    )


def to_fates(
    judged: DataFrame,
    known: DataFrame,
    taken_back: DataFrame,
    *,
    body: Sequence[str],
    across_days: bool = True,
    rows: int | None = None,
) -> DataFrame:
    """Give each record its fate, and the fault that explains a quarantine.

    `judged`: what `with_content` gives, cut off from its plan, since it is looked at several times. `known`: network,
    feed, record_id, record_hash of what other delivery days brought before. `taken_back`: network, feed, record_id of
    what its network took back before; neither names a record twice. `rows`: how many records there are, where that is
    known; it changes no fate.

    tombstone: the record does nothing but take another one back, or was taken back on a day before it came; or it came
    with another content on the day that took it back, as who likes, unlikes and likes again. Other contents that
    differ under one record id are refused: within a delivery day all of them, since nothing tells which is right;
    on a later day the later ones, as changed_record, and whoever wrote the first takes that out too. So a night that
    reads many days at once decides as many nights reading one each.

    across_days: whether records of several days are held against each other. Not where a later day may say the same
    anew, and the table keeps what is newest: only records of one delivery day are compared then.
    """
    gone = _gone(judged, taken_back, has_own="takes_back" in body)
    earlier = [named.select(F.xxhash64(*RECORD).alias("id_hash")) for named in (known, gone)]
    is_small = rows is not None and rows <= FEW_TO_SEND
    once, often = keyed(judged, "id_hash") if is_small else apart(judged, "id_hash", *earlier)
    does_nothing_else = _does_nothing_else(body)
    alone = once.withColumn(
        "fate",
        F.when(F.col("fault").isNotNull(), "quarantined").when(does_nothing_else, "tombstone").otherwise("accepted"),
    )
    columns = [*(name for name in judged.columns if name != "id_hash"), "fate"]
    if often is None:
        return alone.select(*columns)
    together = _compared(often, known, gone, does_nothing_else, body=body, across_days=across_days)
    return alone.select(*columns).unionByName(together.select(*columns).localCheckpoint())


def to_held_against(others: DataFrame, apart: DataFrame, *, body: Sequence[str]) -> DataFrame:
    """Records of `others` that would be judged otherwise without those of `apart`: of an id these have or take back.

    Both: what `with_content` gives.
    """
    ids = apart.select("id_hash").where(F.col("id_hash").isNotNull())
    if "takes_back" in body:
        taken = apart.where(F.col("takes_back").isNotNull())
        ids = ids.union(taken.select("network", "takes_back.*").select(F.xxhash64(*RECORD)))
    return others.join(ids.distinct(), "id_hash", how="left_semi")


def _gone(judged: DataFrame, taken_back: DataFrame, *, has_own: bool) -> DataFrame:
    """network, feed, record_id, gone_on: what is taken back, since which delivery day; since LONG_AGO of other days."""
    before = taken_back.select(*RECORD, F.lit(LONG_AGO).alias("gone_on"))
    if not has_own:
        return before
    takes = judged.where(F.col("fault").isNull() & F.col("takes_back").isNotNull())
    once = takes.groupBy(*RECORD, "delivered_on").agg(
        F.min("takes_back").alias("takes_back"), F.count_distinct("record_hash").alias("contents")
    )
    sure = once.where("contents = 1")  # the others are refused, and take nothing back
    own = sure.select("network", "takes_back.feed", "takes_back.record_id", F.col("delivered_on").alias("gone_on"))
    return before.unionByName(own).groupBy(*RECORD).agg(F.min("gone_on").alias("gone_on"))


def _compared(
    records: DataFrame,
    known: DataFrame,
    gone: DataFrame,
    does_nothing_else: Column,
    *,
    body: Sequence[str],
    across_days: bool,
) -> DataFrame:
    """Fates of good records whose ids others have too; what is refused is shown as it was understood."""
    same_id = _same(across_days)
    earlier = known.select(*RECORD, F.col("record_hash").alias("known_hash"))
    same_day = Window.partitionBy(*same_id, "delivered_on")
    is_conflict = F.min("record_hash").over(same_day) != F.max("record_hash").over(same_day)
    in_order = Window.partitionBy(*same_id).orderBy("is_conflict", "delivered_on", "file")
    placed = (
        # One exchange for the joins and windows below: each has these columns among its keys.
        records.repartition(*RECORD)
        .join(earlier, list(RECORD), how="left")
        .join(gone, list(RECORD), how="left")
        .withColumn("is_conflict", is_conflict)
        .withColumn("place", F.row_number().over(in_order))
        .withColumn("first_hash", F.coalesce("known_hash", F.first("record_hash").over(in_order)))
    )
    is_gone = F.coalesce(F.col("gone_on") < F.col("delivered_on"), F.lit(False))
    is_first = F.col("known_hash").isNull() & (F.col("place") == 1)
    is_same = F.col("record_hash") == F.col("first_hash")
    is_undone = (F.col("gone_on") == F.col("delivered_on")) & (F.col("is_conflict") | ~is_same)
    is_refused = F.col("fate") == "quarantined"
    return placed.withColumn(
        "fate",
        F.when(is_undone, "tombstone")
        .when(F.col("is_conflict"), "quarantined")
        .when(is_gone | (is_first & does_nothing_else), "tombstone")
        .when(is_first, "accepted")
        .when(is_same, "duplicate")
        .otherwise("quarantined"),
    ).withColumns(
        {
            "payload": F.when(is_refused, _content(body)),
            "fault": F.coalesce(
                F.when(is_refused & F.col("is_conflict"), _fault("conflicting_record", CONFLICT)),
                F.when(is_refused, _fault("changed_record", CHANGED)),
            ),
        }
    )


def _does_nothing_else(body: Sequence[str]) -> Column:
    """Whether a record does nothing but take another one back.

    It may also say something of its own beside, such as the same act in fewer words elsewhere.
    """
    if "acts" not in body:
        return F.lit(False)
    says_nothing = F.col("post").isNull() & (F.coalesce(F.size("acts"), F.lit(0)) <= 0)
    return F.col("takes_back").isNotNull() & says_nothing


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
    """Rows of each file by fate: network, feed, delivered_on, file, fate, takes_back, is_changed, rows, bytes.

    takes_back: they take other records back. is_changed: they came with another content than on an earlier day.
    bytes: of the raw rows, with one more for the end of each.
    """
    takes_back = F.col("takes_back").isNotNull() if "takes_back" in fates.columns else F.lit(False)
    is_changed = F.coalesce(F.col("fault.rule") == "changed_record", F.lit(False))
    of_file = (*FEED, "delivered_on", "file")
    counted = fates.groupBy(*of_file, "fate", takes_back.alias("takes_back"), is_changed.alias("is_changed"))
    return counted.agg(F.count("*").alias("rows"), F.sum(F.col("row_bytes") + 1).alias("bytes"))


def _content(body: Sequence[str]) -> Column:
    """All a record says, as JSON. A hash of the columns would pass over NULL: (3, NULL) and (NULL, 3) hash alike."""
    options = {"ignoreNullFields": "false", "timestampFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX"}
    return F.to_json(F.struct(*body), options)


def _same(across_days: bool) -> tuple[str, ...]:
    """What two records have in common that are held against each other."""
    return RECORD if across_days else (*RECORD, "delivered_on")


def _fault(rule: str, reason: str) -> Column:
    return F.struct(F.lit(rule).alias("rule"), F.lit(reason).alias("reason"))
