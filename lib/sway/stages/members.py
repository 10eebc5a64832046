"""The accounts a night gives influence to, and how far each is believed (method 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import partial
from typing import Any

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F

from sway.contracts.arrays import Floats, with_arrays
from sway.contracts.method import Labels, Trust
from sway.kernels.trust import trust, voice

FACTS = ("age_days", "followers", "following", "label_factor", "is_seed", "is_suspended")


def to_members(
    acting: DataFrame,
    posts: DataFrame,
    accounts: DataFrame,
    profiles: DataFrame,
    labels: DataFrame,
    standing: DataFrame | None = None,
    silenced: DataFrame | None = None,
    *,
    as_of: date,
    horizon_days: int,
    has_profiles: bool,
    trust: Trust,
) -> DataFrame:
    """MEMBERS: account_key, account_id, trust, voice; every account that acted or was acted upon (`acting`:
    account_key, once each, as the executor finds them), posted, or stands in a relation (`standing`: actor_key,
    target_key of those that hold and count). Who is `silenced` (account_id, once each) is believed like the suspended.

    All other frames hold one network's rows, as their contracts declare them; rows outside the horizon, profiles
    and labels not valid on the date are left out here. `accounts` must be whole: its earliest first_seen is
    the network's first day. Without profiles (`has_profiles`, frozen with the calibration) age and the ratio
    of followers say nothing; labels count all the same. Trust and voice: kernels/trust.py.
    """
    judged = to_judgements(labels, as_of, trust.labels)
    if silenced is not None:
        no_voice = silenced.select("account_id", F.lit(True).alias("is_silenced"))
        judged = judged.join(no_voice, "account_id", "full").withColumn(
            "is_suspended", F.coalesce("is_silenced", "is_suspended")
        )
    first_day = accounts.agg(F.to_date(F.min("first_seen")).alias("network_first_day"))
    present = to_present(acting, posts, accounts, standing, as_of=as_of, horizon_days=horizon_days)
    facts = (
        present.join(accounts.select("account_key", "account_id", "first_seen"), "account_key", "inner")
        .crossJoin(F.broadcast(first_day))
        .join(to_states(profiles, as_of), "account_id", "left")
        .join(judged, "account_id", "left")
        .select(
            "account_key",
            "account_id",
            to_age_days(as_of, trust.first_days_of_data, has_profiles).alias("age_days"),
            *(F.when(F.lit(has_profiles), F.col(name)).alias(name) for name in ("followers", "following")),
            F.coalesce("label_factor", F.lit(1.0)).alias("label_factor"),
            *(F.coalesce(name, F.lit(False)).cast("int").alias(name) for name in ("is_seed", "is_suspended")),
        )
    )
    believed = with_arrays(
        facts, partial(to_trust, numbers=trust), reads=FACTS, adds={"trust": "double", "voice": "double"}
    )
    return believed.drop(*FACTS)


def to_present(
    acting: DataFrame,
    posts: DataFrame,
    accounts: DataFrame,
    standing: DataFrame | None = None,
    *,
    as_of: date,
    horizon_days: int,
) -> DataFrame:
    """account_key of `acting`, of every author within the horizon and of every standing relation, once each."""
    present = acting.select("account_key")
    if standing is not None:
        related = F.explode(F.array("actor_key", "target_key")).alias("account_key")
        present = present.unionByName(standing.select(related))
    authors = posts.where(is_in_horizon(as_of, horizon_days)).select(F.col("author_id").alias("account_id"))
    posting = authors.distinct().join(accounts, "account_id", "inner").select("account_key")
    return present.unionByName(posting).distinct()


def is_in_horizon(as_of: date, horizon_days: int) -> Column:
    """Not after the date, and fewer than `horizon_days` whole days before it."""
    age_days = F.datediff(F.lit(as_of), "event_date")
    return (age_days >= 0) & (age_days < horizon_days)


def is_valid(as_of: date) -> Column:
    """Whether a row with valid_from and valid_to holds on the date: from the one, until before the other."""
    return (F.col("valid_from") <= F.lit(as_of)) & (F.col("valid_to").isNull() | (F.lit(as_of) < F.col("valid_to")))


def to_states(profiles: DataFrame, as_of: date) -> DataFrame:
    """The profile valid on the date: account_id, created_at, followers, following."""
    return profiles.where(is_valid(as_of)).select("account_id", "created_at", "followers", "following")


def to_judgements(labels: DataFrame, as_of: date, factors: Labels) -> DataFrame:
    """One row per account with a label valid on the date: the lowest factor, is_seed, is_suspended."""
    label = F.col("label")
    factor = F.when(label == "spam", factors.spam).when(label == "restricted", factors.restricted)
    return (
        labels.where(is_valid(as_of))
        .groupBy("account_id")
        .agg(
            F.min(factor).alias("label_factor"),
            F.max(label == "seed").alias("is_seed"),
            F.max(label == "suspended").alias("is_suspended"),
        )
    )


def to_age_days(as_of: date, first_days_of_data: int, has_profiles: bool) -> Column:
    """Whole UTC days since the account was opened, else since it was first seen, 0 if that is after the date.

    NULL, age says nothing: on a network without profiles, and for accounts of unknown date of opening that
    were first seen in the network's first days of data, when everybody is.
    """
    first_seen = F.to_date("first_seen")
    is_first = F.datediff(first_seen, "network_first_day") < first_days_of_data
    since = F.coalesce(F.to_date("created_at"), F.when(~is_first, first_seen))
    age_days = F.greatest(F.lit(0), F.datediff(F.lit(as_of), since))
    return F.when(F.lit(has_profiles) & since.isNotNull(), age_days)


def to_trust(facts: Mapping[str, Floats], numbers: Trust) -> Mapping[str, Any]:
    """The kernels' trust and voice of one batch of accounts."""
    believed = trust(
        facts["age_days"],
        facts["followers"],
        facts["following"],
        facts["label_factor"],
        facts["is_seed"] > 0,
        facts["is_suspended"] > 0,
        floor=numbers.floor,
        full_age_days=numbers.full_age_days,
        followers_grace=numbers.followers_grace,
        lowest_follow_ratio=numbers.lowest_follow_ratio,
        seed_trust=numbers.seed_trust,
    )
    heard = voice(believed, silent_at=numbers.silent_at, full_voice_after=numbers.full_voice_after)
    return {"trust": believed, "voice": heard}
