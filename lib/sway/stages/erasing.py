"""records with their fates -> the same without what erased accounts did, said or had done to them.

A record with nothing left becomes a `tombstone`, as if it had been taken back before it came. Of any other the rest
stays, with the hash of the whole, so that it is recognised when it comes again. Identity lists, labels and opt-outs are
left as they are: they say which accounts these are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.networks.network import ACCOUNTS, BODY, RECORD, Kind

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

Names = Mapping[str, frozenset[str]]  # erased accounts by network
# Accounts that a record names, of the kinds that tell about accounts.
NAMED: Mapping[Kind, str] = {
    "acts": ACCOUNTS["acts"],
    "profiles": ACCOUNTS["profiles"],
    "relations": ACCOUNTS["relations"],
    "page_links": ACCOUNTS["relations"],
    "page_views": "array(viewed.account_id)",
}
HIDDEN = "[erased]"


def to_named(fates: DataFrame, erased: DataFrame, kind: Kind) -> DataFrame:
    """RECORD and account_id: which of `erased` (network, account_id) a record names, or the text of a refused row.

    Each pair once; a record without an id has the empty one. Erased accounts are few: they are sent to the records.
    """
    erased = F.broadcast(erased)
    account = ["network", "account_id"]
    records = fates.withColumn("record_id", F.coalesce("record_id", F.lit("")))
    told = records.select(*RECORD, F.explode(F.expr(NAMED[kind])).alias("account_id"))
    refused = records.where((F.col("fate") == "quarantined") & F.col("payload").isNotNull()).select(*RECORD, "payload")
    found = refused.join(erased, "network", "inner").where(F.col("payload").contains(F.col("account_id")))
    named = told.join(erased, account, "left_semi").unionByName(found.select(*told.columns))
    return named.select(*told.columns).distinct()


def by_naming(fates: DataFrame, named: DataFrame) -> tuple[DataFrame, DataFrame]:
    """Records that are not among `named` (RECORD), and those that are: few, whose parts are then looked into."""
    keyed = fates.withColumn("key", F.coalesce("record_id", F.lit("")))
    keys = F.broadcast(named.select(*RECORD[:2], F.col("record_id").alias("key")).distinct())
    key = [*RECORD[:2], "key"]
    others, these = (keyed.join(keys, key, how).select(*fates.columns) for how in ("left_anti", "left_semi"))
    return others, these


def without_erased(fates: DataFrame, names: Names, kind: Kind) -> DataFrame:
    """`fates` less every act, post, profile, relation and view of the accounts named."""
    names_one = F.coalesce(F.exists(F.expr(NAMED[kind]), lambda account: is_among(account, names)), F.lit(False))
    stripped = fates.withColumn("names_one", names_one).withColumns(_left(names, kind))
    is_gone = F.col("names_one") & _says_nothing(names, kind)
    body = {name: F.when(~F.col("is_gone"), F.col(name)) for name in BODY[kind]}
    return (
        stripped.withColumn("is_gone", is_gone)
        .withColumns(
            {
                **body,
                "fate": F.when(F.col("is_gone"), "tombstone").otherwise(F.col("fate")),
                "fault": F.when(~F.col("is_gone"), F.col("fault")),
                "payload": F.when(~F.col("is_gone"), F.col("payload")),
            }
        )
        .select(*fates.columns)
    )


def redacted(refused: DataFrame, names: Names) -> DataFrame:
    """Rows of QUARANTINE without the payload where it names an erased account; the reason names none."""
    for network, ids in sorted(names.items()):
        whole = rf"(?<![\p{{L}}\p{{N}}_])(?:{'|'.join(map(re.escape, sorted(ids)))})(?![\p{{L}}\p{{N}}_])"
        is_of = F.col("network") == network
        names_one = is_of & F.coalesce(F.col("payload").rlike(whole), F.lit(False))
        hidden = F.regexp_replace("reason", whole, HIDDEN)
        refused = refused.withColumns(
            {
                "payload": F.when(~names_one, F.col("payload")),
                "reason": F.when(is_of, hidden).otherwise(F.col("reason")),
            }
        )
    return refused


def is_among(account: Column, names: Names) -> Column:
    """Whether an account of the row's network is one of those named."""
    each = ((F.col("network") == network) & account.isin(sorted(ids)) for network, ids in sorted(names.items()))
    return F.coalesce(reduce(or_, each, F.lit(False)), F.lit(False))


def _left(names: Names, kind: Kind) -> dict[str, Column]:
    """What is left of a record's body."""
    if kind == "acts":
        return {
            "acts": F.filter(
                "acts", lambda act: ~(is_among(act["actor_id"], names) | is_among(act["target_id"], names))
            ),
            "post": F.when(~is_among(F.col("post.author_id"), names), F.col("post")),
        }
    if kind in ("relations", "page_links"):
        others = F.filter("relation.others", lambda other: ~is_among(other, names))
        return {"relation": F.col("relation").withField("others", others)}
    return {}


def _says_nothing(names: Names, kind: Kind) -> Column:
    """Of a record that named an erased account: whether the rest says nothing. A list without them still is one."""
    if kind == "acts":
        return F.col("post").isNull() & (F.coalesce(F.size("acts"), F.lit(0)) <= 0)
    if kind in ("relations", "page_links"):
        is_change = F.col("relation.change") != "lists"
        return is_among(F.col("relation.owner_id"), names) | (is_change & (F.size("relation.others") == 0))
    return F.lit(True)
