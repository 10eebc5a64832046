"""accepted records -> accounts with their 64-bit keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

from sway.contracts.account_keys import account_key
from sway.contracts.frames import union
from sway.contracts.shared_keys import apart
from sway.errors import InfrastructureError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

MOST_SALTS = 20


def to_sightings(accepted: DataFrame, *, kind: str) -> DataFrame:
    """network, account_id, at: the accounts that records name, and when, a row for each time.

    Profiles and whole lists of relations give no time, and other kinds name no account of a network's own accord.
    """
    never = F.lit(None).cast("timestamp")
    if kind == "profiles":
        named = accepted.select("network", F.col("profile.account_id").alias("account_id"), never.alias("at"))
    elif kind in ("relations", "page_links"):
        at = F.when(F.col("relation.change") != "lists", F.col("relation.at"))
        both = F.concat(F.array("relation.owner_id"), F.coalesce("relation.others", F.array().cast("array<string>")))
        named = accepted.select("network", F.explode(both).alias("account_id"), at.alias("at"))
    elif kind == "acts":
        named = _named_by_acts(accepted)
    else:
        named = accepted.select("network", never.cast("string").alias("account_id"), never.alias("at")).limit(0)
    return named


def to_seen(sightings: DataFrame) -> DataFrame:
    """network, account_id, first_seen: each account once, with its earliest time."""
    return sightings.groupBy("network", "account_id").agg(F.min("at").alias("first_seen"))


def _named_by_acts(accepted: DataFrame) -> DataFrame:
    """network, account_id, at of every actor, target and author, in one pass over the records."""
    nobody, never = F.array().cast("array<string>"), F.array().cast("array<timestamp>")
    actors, targets = F.coalesce("acts.actor_id", nobody), F.coalesce("acts.target_id", nobody)
    occurred = F.coalesce("acts.occurred_at", never)
    accounts = F.concat(actors, targets, F.array("post.author_id"))
    times = F.concat(occurred, occurred, F.array("post.created_at"))
    named = accepted.select(
        "network", F.explode(F.arrays_zip(accounts.alias("account_id"), times.alias("at"))).alias("seen")
    )
    return named.select("network", "seen.account_id", "seen.at").where(F.col("account_id").isNotNull())


def with_keys(new: DataFrame, taken: DataFrame, *, is_few: bool = False) -> DataFrame:
    """Give each new account a key no other account has.

    `new`: network, account_id, first_seen of accounts without key. `taken`: account_key of all networks.
    On a collision the account that has the key keeps it; among new ones the first id does, compared as bytes;
    the others move on to the next salt, which is recorded. With n accounts one collision is expected per
    2^65/n^2 lakes, so the loop almost always ends after its first look. is_few: the new accounts are sent to where the
    keys taken are, and not both to where they meet; it changes no key.

    Raises InfrastructureError when salts run out, which no honest hash does.
    """
    settled: list[DataFrame] = []
    waiting = new.withColumn("salt", F.lit(0))
    taken = taken.select("account_key")
    for _ in range(MOST_SALTS):
        candidates = waiting.withColumn("account_key", account_key("account_id", F.col("salt")))
        wanted = F.broadcast(candidates.select("account_key").distinct())
        once, often = apart(
            candidates, "account_key", taken.join(wanted, "account_key", "left_semi") if is_few else taken
        )
        settled.append(once)
        if often is None:
            return union(settled)
        place = F.row_number().over(Window.partitionBy("account_key").orderBy("network", "account_id"))
        used = taken.withColumn("is_taken", F.lit(True))
        looked = often.withColumn("place", place).join(used, "account_key", how="left")
        is_free = F.col("is_taken").isNull() & (F.col("place") == 1)
        won = looked.where(is_free).drop("place", "is_taken")
        lost = looked.where(~is_free).drop("place", "is_taken", "account_key")
        settled.append(won)
        taken = union([taken, once.select("account_key"), won.select("account_key")])
        waiting = lost.withColumn("salt", F.col("salt") + 1)
    raise InfrastructureError(f"account keys still collide after {MOST_SALTS} salts")
