"""What claims about accounts come to -> conflicts: what was said, and why it does not hold together."""

from __future__ import annotations

from functools import reduce

from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F


def to_conflicts(asked: DataFrame, refused: DataFrame, stated: DataFrame, types: DataFrame) -> DataFrame:
    """rule, network and account where one account is at issue, entity_ids array<string>, reason.

    The frames are those of Identity.claims in stages/identity.py.
    """
    found = (
        _held_twice(asked),
        _merging_confirmed(refused),
        _contradicting_links(stated),
        _claimed_too_often(stated),
        _contradicting_types(types),
    )
    return reduce(DataFrame.unionByName, found)


def _conflict(
    rule: str | Column, network: Column, account: Column, entity_ids: Column, *reason: Column | str
) -> list[Column]:
    words = [F.lit(part) if isinstance(part, str) else part for part in reason]
    return [
        (F.lit(rule) if isinstance(rule, str) else rule).alias("rule"),
        network.cast("string").alias("network"),
        account.cast("string").alias("account"),
        entity_ids.alias("entity_ids"),
        F.concat(*words).alias("reason"),
    ]


def _held_twice(asked: DataFrame) -> DataFrame:
    return asked.where(F.size("holders") > 1).select(
        *_conflict(
            "handle_held_twice",
            F.col("network"),
            F.col("account"),
            F.array().cast("array<string>"),
            "held on ",
            F.col("day").cast("string"),
            " by the accounts ",
            F.array_join("holders", ", "),
            ": write the id",
        )
    )


def _merging_confirmed(refused: DataFrame) -> DataFrame:
    return refused.select(
        *_conflict(
            "merges_confirmed",
            F.col("network"),
            F.col("account_id"),
            F.array_sort(F.array("entity_id", "other_entity_id")),
            "same as ",
            F.col("other_network"),
            ":",
            F.col("other_id"),
            " from ",
            F.col("valid_from").cast("string"),
            " says ",
            F.col("author"),
            ", not confirmed, and both belong to confirmed entities: confirm it or end it",
        )
    )


def _contradicting_links(stated: DataFrame) -> DataFrame:
    shown = F.transform("says", lambda one: F.concat(one["role"], F.lit(" of "), one["share"].cast("string")))
    return stated.where(F.size("says") > 1).select(
        *_conflict(
            "links_differ",
            F.col("network"),
            F.col("account_id"),
            F.array("entity_id"),
            "the latest assertions say ",
            F.array_join(shown, " and "),
            ": end all but one",
        )
    )


def _claimed_too_often(stated: DataFrame) -> DataFrame:
    is_sure = F.col("is_surely_above")
    at_issue = stated.where(F.col("confirmed") & is_sure | ~is_sure & F.col("is_above"))
    shown = F.concat(F.col("share").cast("string"), F.lit(" to "), F.col("entity_id"))
    claimed = at_issue.groupBy("network", "account_id").agg(
        F.array_sort(F.collect_set("entity_id")).alias("entity_ids"),
        F.count_if(F.col("share") == 1.0).alias("wholes"),
        F.array_join(F.array_sort(F.collect_list(shown)), ", ").alias("shown"),
        F.bool_and(is_sure).alias("is_sure"),
    )
    rule = F.when(F.col("wholes") > 1, "claimed_whole_twice").otherwise("shares_above_one")
    outcome = F.when(F.col("is_sure"), "it has no entity").otherwise("links that are not confirmed are left out")
    return claimed.select(
        *_conflict(
            rule,
            F.col("network"),
            F.col("account_id"),
            F.col("entity_ids"),
            "shares sum to more than 1: ",
            F.col("shown"),
            "; until one is lowered or ended ",
            outcome,
        )
    )


def _contradicting_types(types: DataFrame) -> DataFrame:
    nothing = F.lit(None)
    names = F.array_join(F.transform("types", lambda one: one["type"]), " and ")
    return types.where(F.size("types") > 1).select(
        *_conflict(
            "types_differ",
            nothing,
            nothing,
            F.array("entity_id"),
            "the latest assertions say ",
            names,
            ": end all but one",
        )
    )
