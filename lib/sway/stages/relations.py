"""accepted records of kinds relations and page_links -> standing relations with validity: rows of FOLLOWS, PAGE_LINKS.

Records say things about a pair (action, actor, target) on a day:

    lists   the owner's whole list, as its delivery day begins: pairs on it hold, the owner's others (on that side) do
            not. Several lines of one owner, side, action and delivery day are one list together.
    begins  the pair holds from the day of `at`
    ends    the pair does not hold from the day of `at`

Where several things are said of one day, the last instant counts of one delivery's changes; a begin and an end at one
instant leave the pair as it was, for whichever came first, the other undid it. A change counts more than a list of that
day, and being on one list more than not being on another (both its accounts may list a pair).
So a pair that begins and ends within a day never held, and one that ends and begins again was never interrupted.

Delivery days are folded in order, each into what the days before left, whether they come in one call or in many.
What days leave are rows: days on which a pair began or ended. Rows do not keep all that was said, so what follows turns
out differently if it is told after later days were folded:

    an end before a day on which the pair was only confirmed (listed, or said to begin while it held): the pair stays
        ended until it is named again
    a begin before a day on which the pair was missing or said to end while it did not hold: it holds until the next
        list without it, or end
    a second change of a pair on one day: the one delivered later counts, not the later instant
    a list of a day on which the pair is known to have begun or ended: what is known stays
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pyspark.sql import Window
from pyspark.sql import functions as F

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PAIR = ("network", "action", "actor_id", "target_id")
BEFORE_ALL = date(1900, 1, 1)  # the turn of what is known: before every delivery day

# Of what is said about a pair on one day, the highest counts.
LIST, KNOWN, CHANGE = 0, 1, 2
SAID = "struct<day:date,by:int,holds:boolean,feed:string,delivered_on:date>"
ROW = "struct<valid_from:date,valid_to:date,feed:string,delivered_on:date>"


def to_placed(accepted: DataFrame, known: DataFrame) -> DataFrame:
    """What is said of each pair, by turns: what `to_relations` reads, several times.

    `accepted`: network, feed, delivered_on and `relation`, see networks/network.py. `known`: rows of FOLLOWS or
    PAGE_LINKS. Relations to oneself are none. is_tangled: a turn speaks of days that earlier turns spoke of.
    """
    named, lists = _named(accepted), accepted.where(F.col("relation.change") == "lists")
    said = named.unionByName(_as_said(_near(known, named, lists)))
    return _by_turns(said.unionByName(_missing(lists, said.select(*PAIR).distinct())))


def to_relations(placed: DataFrame, *, has_tangled: bool) -> DataFrame:
    """What changes when records are folded into the known relations: rows to merge by key, with `is_gone`.

    The result has the columns of FOLLOWS or PAGE_LINKS. is_gone: the known row is no more; else the row is new, or its
    valid_to changed. `feed` and `delivered_on` of a row are those that told its beginning. Only what records name
    changes, and what owners who delivered a list no longer name. `has_tangled`: whether any pair of `placed` is.
    """
    simple = _of_simple(placed.where(~F.col("is_tangled")))
    return simple.union(_of_tangled(placed.where("is_tangled"))) if has_tangled else simple


def to_shortened(placed: DataFrame) -> DataFrame:
    """network, feed, delivered_on, held, lost: relations that owners of lists had, and how many fewer they list.

    By numbers, so that a list with others on it is not short. Left out is the one owner who lost most, since one may do
    so; who had a single relation, whose list says only that it changed; and pairs that known rows say more of from a
    later day on, where an old day is read again.
    """
    in_order = Window.partitionBy(*PAIR).orderBy("turn", "day", "by")
    known_until = F.max(F.when(F.col("by") == KNOWN, F.col("day"))).over(Window.partitionBy(*PAIR))
    told = placed.withColumns({"was_held": F.lag("holds", 1, False).over(in_order), "known_until": known_until})
    is_old = F.coalesce(F.col("known_until") > F.col("turn"), F.lit(False))
    owner = F.when(F.col("side") == "actor", F.col("actor_id")).otherwise(F.col("target_id"))
    held, listed = F.count_if("was_held"), F.count_if("holds")
    lists = (
        told.where((F.col("by") == LIST) & ~is_old)
        .groupBy("network", "feed", F.col("turn").alias("delivered_on"), "action", "side", owner.alias("owner_id"))
        .agg(held.alias("held"), F.greatest(held - listed, F.lit(0)).alias("lost"))
        .where("held > 1")
    )
    worst = F.max(F.struct("lost", "held"))
    return lists.groupBy("network", "feed", "delivered_on").agg(
        (F.sum("held") - worst["held"]).alias("held"), (F.sum("lost") - worst["lost"]).alias("lost")
    )


def _named(accepted: DataFrame) -> DataFrame:
    """What records say of the pairs they name: one row per record and pair."""
    origin = ("network", "feed", "delivered_on")
    relation = accepted.select(*origin, "relation.*").withColumn("other", F.explode("others"))
    is_actor, is_list = F.col("owner_is") == "actor", F.col("change") == "lists"
    return relation.where(F.col("owner_id") != F.col("other")).select(
        "network",
        "action",
        F.when(is_actor, F.col("owner_id")).otherwise(F.col("other")).alias("actor_id"),
        F.when(is_actor, F.col("other")).otherwise(F.col("owner_id")).alias("target_id"),
        F.col("delivered_on").alias("turn"),
        F.when(is_list, F.col("delivered_on")).otherwise(F.to_date("at")).alias("day"),
        F.when(is_list, LIST).otherwise(CHANGE).alias("by"),
        (F.col("change") != "ends").alias("holds"),
        F.when(~is_list, F.col("at")).alias("at"),
        F.when(is_list, F.col("owner_is")).alias("side"),
        "feed",
        "delivered_on",
    )


def _near(known: DataFrame, named: DataFrame, lists: DataFrame) -> DataFrame:
    """Known rows of actors that are named at all or own a list, and of targets that own one: no other can change.

    Without this each night would group all rows there ever were.
    """
    actor, target = ["network", "action", "actor_id"], ["network", "action", "target_id"]
    actors = named.select(*actor).union(_days_of(lists, "actor").select(*actor))
    targets = _days_of(lists, "target").select(*target)
    return (
        known.join(actors.distinct().withColumn("by_actor", F.lit(True)), actor, how="left")
        .join(targets.distinct().withColumn("by_target", F.lit(True)), target, how="left")
        .where(F.col("by_actor").isNotNull() | F.col("by_target").isNotNull())
    )


def _days_of(lists: DataFrame, side: str) -> DataFrame:
    """Delivery days, with their feed, on which accounts on that side of their relations delivered their list."""
    owned = lists.where(F.col("relation.owner_is") == side)
    owner = F.col("relation.owner_id").alias(f"{side}_id")
    return owned.groupBy("network", "relation.action", owner, "delivered_on").agg(F.min("feed").alias("feed"))


def _missing(lists: DataFrame, pairs: DataFrame) -> DataFrame:
    """That a pair does not hold, for every list of its actor or target: those who do name it say so besides."""

    def of_side(side: str) -> DataFrame:
        same_owner = ["network", "action", f"{side}_id"]
        missing = pairs.join(_days_of(lists, side), same_owner, how="inner")
        return missing.select(*PAIR, F.lit(side).alias("side"), "feed", "delivered_on")

    return (
        of_side("actor")
        .union(of_side("target"))
        .select(
            *PAIR,
            F.col("delivered_on").alias("turn"),
            F.col("delivered_on").alias("day"),
            F.lit(LIST).alias("by"),
            F.lit(False).alias("holds"),
            F.lit(None).cast("timestamp").alias("at"),
            "side",
            "feed",
            "delivered_on",
        )
    )


def _as_said(rows: DataFrame) -> DataFrame:
    """Known rows as what would be said to give them: that the pair holds from one day and not from another."""
    days = F.array(
        F.struct(F.col("valid_from").alias("day"), F.lit(True).alias("holds")),
        F.struct(F.col("valid_to").alias("day"), F.lit(False).alias("holds")),
    )
    return (
        rows.withColumn("said", F.explode(days))
        .where(F.col("said.day").isNotNull())
        .select(
            *PAIR,
            F.lit(BEFORE_ALL).alias("turn"),
            "said.day",
            F.lit(KNOWN).alias("by"),
            "said.holds",
            F.lit(None).cast("timestamp").alias("at"),
            F.lit(None).cast("string").alias("side"),
            "feed",
            "delivered_on",
        )
    )


def _by_turns(said: DataFrame) -> DataFrame:
    """What is said of each pair, once a turn, day and kind; is_tangled: a turn speaks of earlier turns' days.

    side: whose list it is, the actor's or the target's; the actor's where both say it.

    Partitioned by pair, so that nothing below moves rows again.
    """
    begun, ended = F.max(F.when(F.col("holds"), F.col("at"))), F.max(F.when(~F.col("holds"), F.col("at")))
    last = F.when(ended.isNull(), True).when(begun.isNull(), False).otherwise(F.nullif(begun, ended) > ended)
    in_order = Window.partitionBy(*PAIR).orderBy("turn", "day", "by")
    return (
        said.repartition(*PAIR)
        .groupBy(*PAIR, "turn", "day", "by")
        .agg(
            F.when(F.col("by") == CHANGE, last).otherwise(F.max("holds")).alias("holds"),
            F.min("side").alias("side"),
            F.min("feed").alias("feed"),
            F.min("delivered_on").alias("delivered_on"),
        )
        .where(F.col("holds").isNotNull())
        .withColumn("is_back", F.coalesce(F.col("day") <= F.lag("day").over(in_order), F.lit(False)))
        .withColumn("is_tangled", F.max("is_back").over(Window.partitionBy(*PAIR)))
        .drop("is_back")
    )


def _of_simple(placed: DataFrame) -> DataFrame:
    """What changes of pairs of which every day is later than the one before: nearly all, in one pass over each."""
    in_order = Window.partitionBy(*PAIR).orderBy("turn", "day", "by")
    is_turned = F.col("holds") != F.lag("holds", 1, False).over(in_order)
    turned = placed.withColumn("is_turned", is_turned).where("is_turned")
    valid_to, ended_in = F.lead("day").over(in_order), F.lead("turn").over(in_order)
    is_new = (F.col("turn") != BEFORE_ALL) | (F.col("ended_in") != BEFORE_ALL)
    return (
        turned.withColumns({"valid_from": F.col("day"), "valid_to": valid_to, "ended_in": ended_in})
        .where(F.col("holds") & is_new)
        .select(*PAIR, "valid_from", "valid_to", "feed", "delivered_on", F.lit(False).alias("is_gone"))
    )


def _of_tangled(placed: DataFrame) -> DataFrame:
    """What changes of pairs that are told about days which earlier turns spoke of."""
    folded = _folded(placed)
    # A known row keeps who told it, so days are enough to tell what changed.
    is_new = ~F.exists(
        "known_rows",
        lambda old: (old["valid_from"] == F.col("row.valid_from")) & old["valid_to"].eqNullSafe(F.col("row.valid_to")),
    )
    is_gone = ~F.exists("rows", lambda row: row["valid_from"] == F.col("row.valid_from"))
    new = folded.withColumn("row", F.explode("rows")).where(is_new).withColumn("is_gone", F.lit(False))
    gone = folded.withColumn("row", F.explode("known_rows")).where(is_gone).withColumn("is_gone", F.lit(True))
    return new.union(gone).select(*PAIR, "row.*", "is_gone")


def _folded(placed: DataFrame) -> DataFrame:
    """One row per pair of which records say anything: its `rows` now and the `known_rows` before, arrays of ROW."""
    per_turn = placed.groupBy(*PAIR, "turn").agg(
        F.collect_list(F.struct("day", "by", "holds", "feed", "delivered_on").cast(SAID)).alias("said")
    )
    turns = F.array_sort(F.collect_list(F.struct("turn", "said")))
    is_known = F.col("turns")[0]["turn"] == BEFORE_ALL
    is_told = ~is_known | (F.size("turns") > 1)
    per_pair = per_turn.groupBy(*PAIR).agg(turns.alias("turns")).where(is_told)
    now = F.aggregate("turns", F.array().cast(f"array<{SAID}>"), lambda held, turn: _after(held, turn["said"]))
    return per_pair.select(
        *PAIR, now.alias("now"), F.when(is_known, F.array_sort(F.col("turns")[0]["said"])).alias("known")
    ).select(*PAIR, _to_rows("now").alias("rows"), F.coalesce(_to_rows("known"), F.array()).alias("known_rows"))


def _after(held: Column, said: Column) -> Column:
    """What is held of a pair after one more turn: days on which it began and ended, alternately, a begin first."""
    known = F.transform(held, lambda one: one.withField("by", F.lit(KNOWN)))
    return F.aggregate(F.array_sort(F.concat(known, said)), F.array().cast(f"array<{SAID}>"), _with)


def _with(held: Column, one: Column) -> Column:
    """`held` and one thing more, said of its last day or a later one: it counts if it contradicts the last."""
    last = F.try_element_at(held, F.lit(-1))
    says_nothing_new = one["holds"] == F.coalesce(last["holds"], F.lit(False))
    is_undone = F.coalesce(last["day"] == one["day"], F.lit(False))
    return (
        F.when(says_nothing_new, held)
        .when(is_undone, F.slice(held, 1, F.size(held) - 1))
        .otherwise(F.concat(held, F.array(one)))
    )


def _to_rows(said: str) -> Column:
    """Each begin with the end that follows it, as an array of ROW."""
    following = F.transform(
        said,
        lambda one, place: F.struct(
            one["day"].alias("valid_from"),
            F.try_element_at(said, place + 2)["day"].alias("valid_to"),
            one["feed"].alias("feed"),
            one["delivered_on"].alias("delivered_on"),
            one["holds"].alias("holds"),
        ),
    )
    begins = F.filter(following, lambda one: one["holds"])
    return F.transform(begins, lambda one: one.dropFields("holds")).cast(f"array<{ROW}>")
