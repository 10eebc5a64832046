"""identity_assertions, profiles -> entities, entity_links: who is behind accounts.

Nothing is guessed. Who cannot be found is returned as unlinked; of claims that contradict each other only those links
stay that are confirmed and agree, and stages/identity_conflicts.py says which do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple

import numpy as np
from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from sway.contracts.arrays import Floats, with_arrays_at_once
from sway.contracts.tables.identity import ENTITIES, ENTITY_LINKS, IDENTITY_ASSERTIONS
from sway.kernels.components import settle
from sway.networks.references import to_accounts, to_unlinked

SLACK = 1e-9  # shares such as 0.1 + 0.2 + 0.7 sum to a little more than 1
ACCOUNT = ("network", "account_id")


class Claims(NamedTuple):
    """What the claims come to, as stages/identity_conflicts.py reads it.

    `asked`: references with `holders`. `refused`: claims that would merge two confirmed entities. `stated`: links
    with `says`, and whether shares sum to more than 1. `types`: entity_id, types.
    """

    asked: DataFrame
    refused: DataFrame
    stated: DataFrame
    types: DataFrame


class Identity(NamedTuple):
    """Who is behind accounts as of a date.

    `entities` and `entity_links` are rows of their contracts. `unlinked`: network, account, day, reason; references
    that no account is known for. `claims`: where conflicts show.
    """

    entities: DataFrame
    entity_links: DataFrame
    unlinked: DataFrame
    claims: Claims


def to_assertions(accepted: DataFrame) -> DataFrame:
    """Accepted records as rows of IDENTITY_ASSERTIONS; of several deliveries of one the last one holds."""
    last = Window.partitionBy(*IDENTITY_ASSERTIONS.key).orderBy(F.desc("delivered_on"))
    placed = accepted.select("assertion.*", "delivered_on").withColumn("place", F.row_number().over(last))
    return placed.where("place = 1").drop("place")


def to_identity(
    assertions: DataFrame,
    profiles: DataFrame,
    known: DataFrame,
    *,
    as_of: date,
    connect: Callable[[DataFrame], DataFrame] | None = None,
) -> Identity:
    """Entities and their accounts as the assertions valid on `as_of` say.

    `known`: rows of ENTITIES of earlier nights, so that an id which was merged into an older one is not lost.
    `connect`: components of pairs (left, right) as (vertex, component), for more links than one task takes;
    without it one task finds them. What merges is told in kernels/components.py. An entity's id is the hash of its
    earliest asserted account (valid_from, network, account_id), so no order of input or of nights changes it.

    The links of an account whose shares sum to more than 1 are left out: if the confirmed ones alone do, all of
    them, else those that are not confirmed.
    """
    past = assertions.where(F.col("valid_from") <= F.lit(as_of))
    past = past.withColumn("is_valid", F.col("valid_to").isNull() | (F.lit(as_of) < F.col("valid_to")))
    found = to_accounts(_references(past), profiles).localCheckpoint()
    claims = _with_accounts(past, found).localCheckpoint()
    valid = claims.where("is_valid").drop("is_valid")

    asserted = _asserted(claims)
    members = _to_members(valid, asserted, connect).localCheckpoint()
    placed = _with_entities(valid, members).localCheckpoint()
    is_refused = F.coalesce(
        (F.col("relation") == "same_as") & (F.col("entity_id") != F.col("other_entity_id")), F.lit(False)
    )
    standing = placed.where(~is_refused)
    stated = _to_stated(standing).localCheckpoint()
    types = _to_types(standing)

    asked = found.where("is_valid")
    return Identity(
        entities=ENTITIES.conform(_to_entities(standing, members, types, asserted, known, as_of)),
        entity_links=ENTITY_LINKS.conform(stated.where("is_kept")),
        unlinked=to_unlinked(asked),
        claims=Claims(asked, placed.where(is_refused), stated, types),
    )


def _references(assertions: DataFrame) -> DataFrame:
    """network, account, day of every account the assertions name, once each; is_valid if one of them is."""
    about = (F.col("valid_from").alias("day"), "is_valid")
    others = assertions.where(F.col("other_account").isNotNull())
    named = assertions.select("network", "account", *about).union(
        others.select("other_network", "other_account", *about)
    )
    return named.groupBy("network", "account", "day").agg(F.max("is_valid").alias("is_valid"))


def _with_accounts(assertions: DataFrame, found: DataFrame) -> DataFrame:
    """`assertions` with account_id and other_id, NULL where not found; without those that then say nothing.

    same_as with one account found says that this one has an entity, so it stands in both places.
    """
    ids = found.select("network", "account", F.col("day").alias("valid_from"), "account_id")
    others = ids.toDF("other_network", "other_account", "valid_from", "other_id")
    is_whole = F.col("relation") == "same_as"
    says_something = F.col("other_id").isNotNull() | (is_whole & F.col("account_id").isNotNull())
    return (
        assertions.join(ids, ["network", "account", "valid_from"], "left")
        .join(others, ["other_network", "other_account", "valid_from"], "left")
        .where(says_something)
    )


def _asserted(claims: DataFrame) -> DataFrame:
    """network, account_id, day: every account that has an entity by a claim, and each day such a claim begins.

    Claims that ended count too: an id does not change because its oldest claim did not last.
    """
    day = F.col("valid_from").alias("day")
    own = claims.where((F.col("relation") == "same_as") & F.col("account_id").isNotNull())
    others = claims.where(F.col("other_id").isNotNull())
    return own.select(*ACCOUNT, day).union(others.select("other_network", "other_id", day)).distinct()


def _entity_id(day: str, network: str, account_id: str) -> Column:
    """128 bits in hex of an account and the day it was first asserted."""
    written = F.to_json(F.array(F.col(day).cast("string"), network, account_id))
    return F.substring(F.sha2(written, 256), 1, 32)


def _to_members(valid: DataFrame, asserted: DataFrame, connect: Callable[[DataFrame], DataFrame] | None) -> DataFrame:
    """network, account_id, entity_id, first_seen: the entity of every account that has one by a valid claim."""
    first = asserted.groupBy(*ACCOUNT).agg(F.min("day").alias("day"))
    # Numbers in the order that decides an entity's id; they depend on the run, so they are made once.
    numbered = first.orderBy("day", *ACCOUNT).withColumn("vertex", F.monotonically_increasing_id()).localCheckpoint()
    roots = _to_roots(_to_pairs(valid, numbered), connect)
    entities = numbered.select(
        F.col("vertex").alias("root"),
        _entity_id("day", *ACCOUNT).alias("entity_id"),
        F.col("day").alias("first_seen"),
    )
    return (
        roots.join(numbered, "vertex", "inner")
        .join(entities, "root", "inner")
        .select(*ACCOUNT, "entity_id", "first_seen")
    )


def _to_pairs(valid: DataFrame, numbered: DataFrame) -> DataFrame:
    """left, right (vertices), is_confirmed (0 or 1), day (number): what the claims say is one, once each.

    A vertex paired with itself has an entity; so has the other account of part_of.
    """
    vertices = numbered.select(*ACCOUNT, "vertex")
    lefts, rights = vertices.toDF(*ACCOUNT, "left"), vertices.toDF("other_network", "other_id", "right")
    is_part = F.col("relation") == "part_of"
    left = F.when(~is_part, F.col("left"))
    return (
        valid.join(lefts, [*ACCOUNT], "left")
        .join(rights, ["other_network", "other_id"], "left")
        .select(
            F.coalesce(left, "right").alias("left"),
            F.coalesce(F.col("right"), left).alias("right"),
            F.col("confirmed").cast("int").alias("is_confirmed"),
            F.unix_date("valid_from").alias("day"),
        )
        .distinct()
    )


def _to_roots(pairs: DataFrame, connect: Callable[[DataFrame], DataFrame] | None) -> DataFrame:
    """vertex, root: the earliest vertex of the entity that each vertex of the pairs is part of."""
    if connect is None:
        return _settled(pairs)
    pairs = pairs.localCheckpoint()
    whole = connect(pairs.select("left", "right")).select("vertex", F.col("component").alias("whole"))
    whole = whole.localCheckpoint()
    sure = connect(pairs.where("is_confirmed = 1").select("left", "right"))
    contested = (
        sure.join(whole, "vertex", "inner")
        .groupBy("whole")
        .agg(F.count_distinct("component").alias("confirmed"))
        .where("confirmed > 1")
        .select("whole")
    )
    peaceful = whole.join(contested, "whole", "left_anti")
    smallest = peaceful.groupBy("whole").agg(F.min("vertex").alias("root"))
    disputed = whole.join(contested, "whole", "left_semi").select(F.col("vertex").alias("left"))
    return (
        peaceful.join(smallest, "whole", "inner")
        .select("vertex", "root")
        .unionByName(_settled(pairs.join(disputed, "left", "left_semi")))
    )


def _settled(pairs: DataFrame) -> DataFrame:
    roots = {"left_root": "bigint", "right_root": "bigint"}
    settled = with_arrays_at_once(pairs, _settle, reads=("left", "right", "is_confirmed", "day"), adds=roots)
    sides = F.explode(
        F.array(
            *(F.struct(F.col(side).alias("vertex"), F.col(f"{side}_root").alias("root")) for side in ("left", "right"))
        )
    )
    return settled.select(sides.alias("side")).select("side.*").distinct()


def _settle(pairs: Mapping[str, Floats]) -> Mapping[str, Any]:
    """The kernel's roots; vertices are below 2**53, so doubles hold them exactly."""
    left, right, day = (pairs[name].astype(np.int64) for name in ("left", "right", "day"))
    settled = settle(left, right, pairs["is_confirmed"] > 0, day)
    return {name: roots.astype(np.float64) for name, roots in settled._asdict().items()}


def _with_entities(valid: DataFrame, members: DataFrame) -> DataFrame:
    """`valid` with entity_id of the account (NULL for part_of) and other_entity_id."""
    own = members.select(*ACCOUNT, "entity_id")
    others = own.toDF("other_network", "other_id", "other_entity_id")
    is_whole = F.col("relation") == "same_as"
    return (
        valid.join(own, [*ACCOUNT], "left")
        .join(others, ["other_network", "other_id"], "left")
        .withColumn("entity_id", F.when(is_whole, F.col("entity_id")))
    )


def _to_stated(standing: DataFrame) -> DataFrame:
    """Rows as of ENTITY_LINKS with `says`, distinct shares and roles of the strongest claims.

    share and role are those of the strongest claim that gives any: confirmed before not, then the latest. Besides,
    whether the account's shares sum to more than 1: those of confirmed links (`is_surely_above`), of all (`is_above`).
    `is_kept`: no conflict.
    """
    said = standing.select(F.coalesce("entity_id", "other_entity_id").alias("claimed_by"), *standing.columns).drop(
        "entity_id"
    )
    about = ("evidence", "confirmed", "valid_from", "valid_to")
    first = said.where(F.col("account_id").isNotNull()).select(
        F.col("claimed_by").alias("entity_id"), *ACCOUNT, "share", "role", *about
    )
    other = said.where(F.col("other_id").isNotNull()).select(
        F.col("other_entity_id"), "other_network", "other_id", F.lit(None), F.lit(None), *about
    )
    is_said = F.col("share").isNotNull() | F.col("role").isNotNull()
    claim = F.struct(
        "confirmed",
        "valid_from",
        F.coalesce("share", F.lit(1.0)).alias("share"),
        F.coalesce("role", F.lit("owner")).alias("role"),
    )
    one_account = Window.partitionBy(*ACCOUNT)
    links = (
        first.union(other)
        .groupBy("entity_id", *ACCOUNT)
        .agg(
            F.collect_set(F.when(is_said, claim)).alias("claims"),
            F.array_join(F.array_sort(F.collect_set("evidence")), "; ").alias("evidence"),
            F.max("confirmed").alias("confirmed"),
            F.min("valid_from").alias("valid_from"),
            F.when(F.count("*") == F.count("valid_to"), F.max("valid_to")).alias("valid_to"),
        )
        .withColumn("says", _strongest("claims", "share", "role"))
        .withColumn("evidence", F.nullif("evidence", F.lit("")))
    )
    return (
        links.withColumn("share", F.coalesce(F.get("says", F.lit(0))["share"], F.lit(1.0)))
        .withColumn("role", F.coalesce(F.get("says", F.lit(0))["role"], F.lit("owner")))
        .withColumn("sure", F.coalesce(F.sum(F.when(F.col("confirmed"), F.col("share"))).over(one_account), F.lit(0.0)))
        .withColumn("is_surely_above", F.col("sure") > 1 + SLACK)
        .withColumn("is_above", F.sum("share").over(one_account) > 1 + SLACK)
        .withColumn(
            "is_kept",
            (F.size("says") <= 1) & ~F.col("is_surely_above") & (F.col("confirmed") | ~F.col("is_above")),
        )
    )


def _strongest(claims: str, *names: str) -> Column:
    """Of structs (confirmed, valid_from, ...) the distinct values of `names` in those that are confirmed and latest."""

    def rank(claim: Column) -> Column:
        return F.struct(claim["confirmed"], claim["valid_from"])

    best = F.array_max(F.transform(claims, rank))
    kept = F.filter(claims, lambda claim: rank(claim) == best)
    values = F.transform(kept, lambda claim: F.struct(*(claim[name].alias(name) for name in names)))
    return F.array_sort(F.array_distinct(values))


def _to_types(standing: DataFrame) -> DataFrame:
    """entity_id, types: what the strongest claims say an entity is, `unknown` left aside; several contradict."""
    claim = F.struct("confirmed", "valid_from", F.col("entity_type").alias("type"))
    is_said = F.col("entity_type") != "unknown"
    entity = F.coalesce("entity_id", "other_entity_id")
    return (
        standing.select(entity.alias("entity"), F.when(is_said, claim).alias("claim"))
        .groupBy(F.col("entity").alias("entity_id"))
        .agg(F.collect_set("claim").alias("claims"))
        .select("entity_id", _strongest("claims", "type").alias("types"))
    )


def _to_entities(
    standing: DataFrame, members: DataFrame, types: DataFrame, asserted: DataFrame, known: DataFrame, as_of: date
) -> DataFrame:
    """Entities that stand, and known ones that do not: with the entity their first account is part of now, if any."""
    confirmed = standing.groupBy(F.coalesce("entity_id", "other_entity_id").alias("entity")).agg(
        F.max("confirmed").alias("confirmed")
    )
    kind = F.when(F.size("types") == 1, F.get("types", F.lit(0))["type"]).otherwise(F.lit("unknown"))
    now = (
        members.select("entity_id", "first_seen")
        .distinct()
        .join(types, "entity_id", "left")
        .join(confirmed.withColumnRenamed("entity", "entity_id"), "entity_id", "left")
        .select(
            "entity_id", kind.alias("type"), "first_seen", F.lit(None).cast("string").alias("merged_into"), "confirmed"
        )
    )
    # An id is one of its account's days: whichever it was hashed with, the account is in one entity today.
    grown = asserted.join(members, [*ACCOUNT], "inner").select(
        _entity_id("day", *ACCOUNT).alias("old_id"), F.col("entity_id").alias("merged_into")
    )
    old = (
        known.where(F.col("first_seen") <= F.lit(as_of))
        .join(now, "entity_id", "left_anti")
        .select(F.col("entity_id").alias("old_id"), "type", "first_seen", "confirmed")
        .join(grown, "old_id", "left")
        .select(F.col("old_id").alias("entity_id"), "type", "first_seen", "merged_into", "confirmed")
    )
    return now.unionByName(old)
