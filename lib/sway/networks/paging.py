"""Standing relations as networks tell them: changes, and lists in pages, of a poll whole or in part."""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.networks.network import to_record

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PAGE = ("poll", "page", "next_page")


def entries() -> Column:
    """What a page names, each once, as `others` of a relation has it; `entries` array<string> is as it was given."""
    return F.array_sort(F.array_distinct("entries"))


def with_list(records: DataFrame) -> DataFrame:
    """Records of relations with `change` also where it is NULL: in pages of a list.

    A page `lists` where the pages that one delivery day holds of its poll are an unbroken chain and all of them good:
    together they are the list. Pages of a poll that was broken off, of which one is refused, or one came twice with
    different entries, which are both refused later, say of their own entries that they stand (`begins`), and nothing
    of any other: they end no relation.

    Besides what `to_record` gives, `records` has PAGE, which are left out: poll (equal for the pages of one poll, NULL
    for a row that is none of a list or does not tell of which), page (the token asked with, '' for the first) and
    next_page (the token of the next, '' on the last).
    """
    # Rows outside of any list stay by themselves: together they would be one partition, however many there are.
    one_poll = Window.partitionBy("delivered_on", F.coalesce("poll", F.hex(F.xxhash64("payload"))))
    asked, named = (F.array_sort(F.collect_set(token).over(one_poll)) for token in ("page", "next_page"))
    is_good = ~F.bool_or(F.col("fault").isNotNull()).over(one_poll)
    contents = F.collect_set(F.struct("record_id", F.xxhash64("relation.others"))).over(one_poll)
    has_one_content_each = F.size(contents) == F.size(F.collect_set("record_id").over(one_poll))
    is_whole = is_good & has_one_content_each & (asked == named) & F.array_contains(asked, "")
    change = F.coalesce("relation.change", F.when(is_whole, "lists").otherwise("begins"))
    return records.withColumn("relation", F.col("relation").withField("change", change)).drop(*PAGE)


def to_relation_records(rows: DataFrame, action: str, *, poll: Column, change_id: Column) -> DataFrame:
    """Records of relations from rows that are a change each, or a page of the list that `poll` names.

    `rows` holds fault, owner_id, owner_is, other_id, at, said (`begins` or `ends` for a change, NULL for a page),
    page, next_page and entries. `poll`: see `poll_of`. `change_id` names a change.
    """
    is_change = F.col("said").isNotNull()
    return with_list(
        to_record(
            rows.withColumn("poll", F.when(~is_change, poll)),
            "relations",
            fault=F.col("fault"),
            record_id=F.when(is_change, change_id).otherwise(F.concat_ws("/", poll, "page")),
            relation=F.struct(
                F.lit(action).alias("action"),
                "owner_id",
                "owner_is",
                F.when(is_change, F.array("other_id")).otherwise(entries()).alias("others"),
                F.col("said").alias("change"),
                "at",
            ),
            beside=PAGE,
        )
    )


def poll_of(separator: str, *parts: str | Column) -> Column:
    """What names a poll; NULL where a part of it is not told, as by a refused row: such rows are of no common poll."""
    told = [F.col(part) if isinstance(part, str) else part for part in parts]
    return F.when(reduce(and_, (part.isNotNull() for part in told)), F.concat_ws(separator, *told))


def said(what: str, begins: str, ends: str) -> Column:
    """What a change says by one of two words, as `to_relation_records` reads it."""
    return F.when(F.col(what) == begins, "begins").when(F.col(what) == ends, "ends")
