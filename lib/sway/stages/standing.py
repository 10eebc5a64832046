"""follows, page_links as of a date -> relations between account keys that count for a network."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import functions as F

from sway.contracts.method import Action

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def to_standing(
    follows: DataFrame, links: DataFrame, accounts: DataFrame, actions: Mapping[str, Action], *, as_of: date
) -> DataFrame | None:
    """actor_key, target_key, action of every relation that holds on the date and that the network declares standing.

    `follows`: rows of FOLLOWS; `links`: actor_id, target_id of page links that hold (stages/redirects.py); both, and
    `accounts`, of one network. None where the network declares no standing relation.
    """
    declared = sorted(name for name, action in actions.items() if action.standing)
    if not declared:
        return None
    ends = F.col("valid_to").isNull() | (F.lit(as_of) < F.col("valid_to"))
    valid = follows.where((F.col("valid_from") <= F.lit(as_of)) & ends).select("actor_id", "target_id", "action")
    named = valid.unionByName(links.select("actor_id", "target_id", F.lit("page_link").alias("action")))
    keys = accounts.select("account_id", "account_key")
    return (
        named.where(F.col("action").isin(declared))
        .join(keys.toDF("actor_id", "actor_key"), "actor_id", "inner")
        .join(keys.toDF("target_id", "target_key"), "target_id", "inner")
        .select("actor_key", "target_key", "action")
    )


def to_inlinks(standing: DataFrame) -> DataFrame:
    """account_key, links: how many others have a relation towards an account, of rows of `to_standing`."""
    others = standing.where(F.col("actor_key") != F.col("target_key")).select("actor_key", "target_key").distinct()
    return others.groupBy(F.col("target_key").alias("account_key")).agg(F.count("*").alias("links"))
