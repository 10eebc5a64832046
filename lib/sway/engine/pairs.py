"""From pair days to reactions: what one account's acts towards another are worth (method 1 to 3, 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from math import ceil

from pyspark.sql import Column, DataFrame, Window
from pyspark.sql import functions as F

from sway.contracts.method import Action, Favours, Method, Shares, Strength
from sway.engine.exact import exact_sum


def decay(age_days: Column, strength: Strength) -> Column:
    """What is left of an act at this age: 1 on its day, 1/2 after one half-life, and on to 0 at the horizon's end."""
    left = F.pow(F.lit(0.5), age_days / F.lit(strength.half_life_days))
    if not strength.fade_out_days:
        return left
    return left * F.least(F.lit(1.0), (F.lit(strength.horizon_days) - age_days) / F.lit(strength.fade_out_days))


def to_present(pair_days: DataFrame, *, strength: Strength, as_of: date) -> DataFrame:
    """account_key of every actor and target of rows within the horizon, once each."""
    age_days = F.datediff(F.lit(as_of), "event_date")
    acts = pair_days.where((age_days >= 0) & (age_days < strength.horizon_days))
    return acts.select(F.explode(F.array("actor_key", "target_key")).alias("account_key")).distinct()


def to_strengths(
    pair_days: DataFrame,
    standing: DataFrame | None,
    actions: Mapping[str, Action],
    *,
    strength: Strength,
    as_of: date,
) -> DataFrame:
    """One row per actor, target and declared action: strength d, acts, age_days of the latest.

    d = sum over days of count * decay(age), in acts. age is in whole UTC days before `as_of`, 0 on the day
    itself; rows of 0 <= age < horizon_days count. A standing relation has d = 1, no acts and no age.
    Rows are partitioned by actor, so that nothing which is grouped by actor below moves them again.
    """
    age_days = F.datediff(F.lit(as_of), "event_date")
    is_in_horizon = (age_days >= 0) & (age_days < strength.horizon_days)
    is_declared = F.col("action").isin(list(actions))
    is_between_accounts = F.col("actor_key") != F.col("target_key")
    decayed = F.coalesce(F.col("count") * decay(F.col("age_days"), strength), F.lit(1.0))
    told = pair_days.where(is_in_horizon & is_declared & is_between_accounts).select(
        "actor_key", "target_key", "action", "count", age_days.alias("age_days")
    )
    if standing is not None:
        nothing = {"count": F.lit(None).cast("bigint"), "age_days": F.lit(None).cast("int")}
        told = told.unionByName(standing.where(is_declared & is_between_accounts).withColumns(nothing))
    return (
        told.repartition("actor_key")
        .groupBy("actor_key", "target_key", "action")
        .agg(
            exact_sum(decayed).alias("strength"),
            F.coalesce(F.sum("count"), F.lit(0)).alias("acts"),
            F.min("age_days").alias("age_days"),
        )
    )


def to_pairs(strengths: DataFrame, actions: Mapping[str, Action]) -> DataFrame:
    """One row per actor and target: weight g, endorsement e, conversation n, acts, age_days of the latest.

    g = sum over actions of weight * ln(1 + d): repeats saturate. e and n are g over endorsing acts and over
    conversation only; standing relations are in g alone. Without acts age_days is NULL.
    """
    saturated = weight_of(F.col("action"), actions) * F.log1p("strength")
    endorsing = [name for name, action in actions.items() if action.endorsing and not action.standing]
    conversing = [name for name, action in actions.items() if action.conversation]
    return strengths.groupBy("actor_key", "target_key").agg(
        exact_sum(saturated).alias("weight"),
        exact_sum(F.when(F.col("action").isin(endorsing), saturated)).alias("endorsement"),
        exact_sum(F.when(F.col("action").isin(conversing), saturated)).alias("conversation"),
        F.sum("acts").alias("acts"),
        F.min("age_days").alias("age_days"),
    )


def weight_of(action: Column, actions: Mapping[str, Action]) -> Column:
    """The declared weight of an action; NULL for others."""
    return F.coalesce(*(F.when(action == name, F.lit(declared.weight)) for name, declared in actions.items()))


def sincerity(endorsement: Column, returned: Column, conversation: Column, favours: Favours) -> Column:
    """What netting of favours leaves of a pair, 1 - netting to 1.

    unreturned + (1 - unreturned) * min(1, n / restoring_conversation): conversation n restores what is netted.
    unreturned = 1 - netting * min(e, returned) / e; 1 if the target endorsed nothing of the actor's,
    1 - netting if only the target endorsed.
    """
    both = F.lit(1.0) - F.lit(favours.netting) * F.least(endorsement, returned) / endorsement
    unreturned = F.when(returned == 0, F.lit(1.0)).when(endorsement > 0, both).otherwise(F.lit(1.0 - favours.netting))
    restored = F.least(F.lit(1.0), conversation / F.lit(favours.restoring_conversation))
    return unreturned + (F.lit(1.0) - unreturned) * restored


def to_favours(pairs: DataFrame, favours: Favours) -> DataFrame:
    """`pairs` with their sincerity, from what the target endorsed of the actor's."""
    returned = pairs.where(F.col("endorsement") > 0).select(
        F.col("target_key").alias("actor_key"),
        F.col("actor_key").alias("target_key"),
        F.col("endorsement").alias("returned"),
    )
    left = sincerity(F.col("endorsement"), F.coalesce("returned", F.lit(0.0)), F.col("conversation"), favours)
    return (
        pairs.join(returned, ["actor_key", "target_key"], "left")
        .withColumn("sincerity", left)
        .drop("endorsement", "conversation", "returned")
    )


def most_capped(cap: float) -> int:
    """How many targets can stand at the cap at once: the largest t with t * cap < 1."""
    return ceil(1.0 / cap) - 1


def to_voices(pairs: DataFrame, shares: Shares) -> DataFrame:
    """One row per actor: targets of acts, acts_given, and the divisor D that turns weights into shares of a voice.

    D = reserve + sum over targets of min(g, cap D), solved: the least over t of (reserve + the weights beyond
    the t largest) / (1 - cap t).
    """
    largest_first = Window.partitionBy("actor_key").orderBy(F.desc("weight"))
    beyond = [exact_sum(F.when(F.col("place") > t, F.col("weight"))) for t in range(most_capped(shares.cap) + 1)]
    solved = [(F.lit(shares.reserve) + rest) / F.lit(1.0 - shares.cap * t) for t, rest in enumerate(beyond)]
    return (
        pairs.withColumn("place", F.row_number().over(largest_first))
        .groupBy("actor_key")
        .agg(
            F.count_if(F.col("acts") > 0).alias("targets"),
            F.sum("acts").alias("acts_given"),
            (F.least(*solved) if len(solved) > 1 else solved[0]).alias("divisor"),
        )
    )


def to_reactions(favours: DataFrame, known: DataFrame, method: Method) -> DataFrame:
    """One row per actor and target: acts, the actor's voice, share of that voice, contribution c to reach.

    share = min(cap, g / D); c = voice * k / (k + habit_targets) * decay(age of the latest act) * sincerity,
    with k the actor's distinct targets, and 0 without acts. `known`: account_key, voice and the columns of to_voices.
    """
    actors = known.select(F.col("account_key").alias("actor_key"), "voice", "targets", "divisor")
    habit = F.col("targets") / F.greatest(F.col("targets") + F.lit(method.reach.habit_targets), F.lit(1.0))
    fresh = F.coalesce(decay(F.col("age_days"), method.strength), F.lit(0.0))
    return favours.join(actors, "actor_key", "inner").select(
        "actor_key",
        "target_key",
        "acts",
        "voice",
        F.least(F.lit(method.shares.cap), F.col("weight") / F.col("divisor")).alias("share"),
        (F.col("voice") * habit * fresh * F.col("sincerity")).alias("contribution"),
    )
