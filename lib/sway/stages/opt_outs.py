"""opt_outs, profiles, entity links -> accounts that are neither scored nor shown."""

from __future__ import annotations

from datetime import date

from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F

from sway.contracts.tables.identity import OPT_OUTS
from sway.networks.references import is_handle, to_accounts, to_unlinked
from sway.networks.registry import ENTITY

ACCOUNT = ("network", "account_id")


def to_opt_outs(accepted: DataFrame) -> DataFrame:
    """Accepted records as rows of OPT_OUTS; of several deliveries of one the last one holds."""
    last = Window.partitionBy(*OPT_OUTS.key).orderBy(F.desc("delivered_on"))
    placed = accepted.select("opt_out.*", "delivered_on").withColumn("place", F.row_number().over(last))
    return placed.where("place = 1").drop("place")


def to_erasures_by_id(asked: DataFrame, profiles: DataFrame) -> DataFrame:
    """Rows of OPT_OUTS of kind erase that name an account by its `handle`, under its id.

    The profile that tells whose handle it is may be among what is never ingested: this keeps what it told.
    """
    by_handle = asked.where((F.col("kind") == "erase") & is_handle(F.col("account")))
    found = _opted_out_accounts(by_handle, profiles).where(F.col("account_id").isNotNull())
    named = found.withColumns({"handle": F.col("account"), "account": F.col("account_id")})
    return named.select(*OPT_OUTS.columns, "handle")


def to_suppressed(
    opt_outs: DataFrame,
    profiles: DataFrame,
    entities: DataFrame,
    entity_links: DataFrame,
    *,
    now: date,
    score_date: date,
) -> DataFrame:
    """network, account_id, kind (suppress or erase), reason (opt_out or minor): accounts neither scored nor shown.

    Opt-outs hold as of `now`, for every score date; a handle means whoever had it on the day they asked. An
    entity's opt-out, also under an id that was merged into another, holds for the accounts it owns by `entity_links`.
    Besides, accounts that a profile valid on the score date labels under age.
    """
    asked = opt_outs.where(F.col("since") <= F.lit(now))
    accounts = _opted_out_accounts(asked, profiles).where(F.col("account_id").isNotNull()).select(*ACCOUNT, "kind")
    owned = entity_links.where(F.col("role") == "owner").select("entity_id", *ACCOUNT)
    of_entities = (
        to_opted_out_entities(asked, entities, now=now).join(owned, "entity_id", "inner").select(*ACCOUNT, "kind")
    )
    begun = F.col("valid_from") <= F.lit(score_date)
    is_valid = begun & (F.col("valid_to").isNull() | (F.lit(score_date) < F.col("valid_to")))
    minors = profiles.where(is_valid & F.col("is_minor")).select(*ACCOUNT, F.lit("suppress").alias("kind"))
    opted_out = accounts.unionByName(of_entities).withColumn("reason", F.lit("opt_out"))
    return (
        opted_out.unionByName(minors.withColumn("reason", F.lit("minor")))
        .groupBy(*ACCOUNT)
        .agg(F.min("kind").alias("kind"), F.max("reason").alias("reason"))  # erase before suppress
    )


def to_opted_out_entities(opt_outs: DataFrame, entities: DataFrame, *, now: date) -> DataFrame:
    """entity_id, kind: entities that opted out by `now` under their id, or under one that was merged into theirs."""
    asked = opt_outs.where((F.col("network") == ENTITY) & (F.col("since") <= F.lit(now)))
    standing = entities.select(F.col("entity_id").alias("account"), "merged_into")
    return (
        asked.join(standing, "account", "left")
        .select(F.coalesce("merged_into", "account").alias("entity_id"), "kind")
        .groupBy("entity_id")
        .agg(F.min("kind").alias("kind"))
    )


def to_unlinked_opt_outs(opt_outs: DataFrame, profiles: DataFrame) -> DataFrame:
    """network, account, day, reason: opt-outs by a handle nobody had, or several accounts, on the day they asked."""
    return to_unlinked(_opted_out_accounts(opt_outs, profiles).where(F.col("account_id").isNull()))


def _opted_out_accounts(opt_outs: DataFrame, profiles: DataFrame) -> DataFrame:
    asked = opt_outs.where(F.col("network") != ENTITY).withColumn("day", F.col("since"))
    references = asked.select("network", "account", "day").distinct()
    return asked.join(to_accounts(references, profiles), ["network", "account", "day"], "inner")
