"""Standing relations as networks tell them: changes, and lists in pages, of a poll whole or in part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.networks.network import to_record

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def with_list(pages: DataFrame, poll: Column) -> DataFrame:
    """`pages` with `others` array<string>, their entries each once, and `change`, as records of relations have them.

    A page `lists` where the pages that one delivery day holds of its poll are an unbroken chain: together they are
    the list. Pages of a poll that was broken off say of their own entries that they stand (`begins`), and nothing of
    any other: they end no relation.

    `pages` holds delivered_on, payload, page (the token asked with, '' for the first), next_page (the token of the
    next, '' on the last) and entries array<string>. `poll` is equal for the pages of one poll and NULL for a row
    that is none of a list, such as a refused one; others and change mean nothing there.
    """
    # Rows outside of any list stay by themselves: together they would be one partition, however many there are.
    one_poll = Window.partitionBy("delivered_on", F.coalesce(poll, F.hex(F.xxhash64("payload"))))
    asked, named = (F.array_sort(F.collect_set(token).over(one_poll)) for token in ("page", "next_page"))
    is_whole = (asked == named) & F.array_contains(asked, "")
    change = F.when(is_whole, "lists").otherwise("begins")
    return pages.withColumns({"others": F.array_sort(F.array_distinct("entries")), "change": change})


def to_relation_records(rows: DataFrame, action: str, *, poll: Column, change_id: Column) -> DataFrame:
    """Records of relations from rows that are a change each, or a page of the list that `poll` names.

    `rows` holds fault, owner_id, owner_is, other_id, at, and said (`begins` or `ends` for a change, NULL for a page),
    besides what `with_list` reads. `change_id` names a change.
    """
    is_change = F.col("said").isNotNull()
    return to_record(
        with_list(rows, F.when(~is_change & F.col("fault").isNull(), poll)),
        "relations",
        fault=F.col("fault"),
        record_id=F.when(is_change, change_id).otherwise(F.concat_ws("/", poll, "page")),
        relation=F.struct(
            F.lit(action).alias("action"),
            "owner_id",
            "owner_is",
            F.when(is_change, F.array("other_id")).otherwise(F.col("others")).alias("others"),
            F.coalesce("said", "change").alias("change"),
            "at",
        ),
    )


def said(what: str, begins: str, ends: str) -> Column:
    """What a change says by one of two words, as `to_relation_records` reads it."""
    return F.when(F.col(what) == begins, "begins").when(F.col(what) == ends, "ends")
