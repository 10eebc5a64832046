"""Everybody that records on their way in name -> accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pyspark.sql import functions as F

from sway.contracts.frames import union
from sway.contracts.tables.acts import ACCOUNTS
from sway.runtime.lake import Lake
from sway.stages.accounts import to_seen, to_sightings, with_keys
from sway.steps.arrival import Arrival

FEW_ACCOUNTS = 200_000  # sent to every core, some 20 MB; a single row may name as many


def write_accounts(lake: Lake, arrivals: Sequence[Arrival]) -> None:
    """Give new accounts their keys, and known ones an earlier first time where a record tells one."""
    account = ["network", "account_id"]
    seen = to_seen(union([to_sightings(one.accepted, kind=one.kind) for one in arrivals])).persist()
    every = lake.read(ACCOUNTS)
    is_few = lake.version(ACCOUNTS) is not None and seen.count() <= FEW_ACCOUNTS
    # A night's accounts are looked for where those of the lake are, which are not sent anywhere to meet them.
    known = every.join(F.broadcast(seen.select(*account)), account, "left_semi") if is_few else every
    matched = seen.join(known.withColumnRenamed("first_seen", "seen_before"), account, how="left").persist()
    new = matched.where(F.col("account_key").isNull()).drop("account_key", "salt", "seen_before")
    keyed = with_keys(new, every, is_few=is_few)
    is_earlier = F.col("first_seen") < F.coalesce("seen_before", F.lit(datetime.max.replace(tzinfo=UTC)))
    again = matched.where(F.col("account_key").isNotNull() & is_earlier).drop("seen_before")
    lake.merge(ACCOUNTS, again.unionByName(keyed), update={"first_seen": "new.first_seen"})
    matched.unpersist()
    seen.unpersist()
