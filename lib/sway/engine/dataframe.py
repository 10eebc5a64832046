"""The executor of plain Spark joins: slow and obvious, the twin every other executor is checked against.

pair_days -> strengths -> pairs -> reactions (engine/pairs.py) -> sweeps -> accounts
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from time import monotonic

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from sway.contracts.method import Method, Network
from sway.engine.exact import exact_sum
from sway.engine.executor import Figures, Propagated
from sway.engine.pairs import to_favours, to_pairs, to_reactions, to_strengths, to_voices

ADAPTIVE = "spark.sql.adaptive.enabled"


@dataclass(frozen=True)
class DataFrameExecutor:
    """Executor by joins. The same bits on any number of cores and partitions, in any order of rows.

    Measured at 0.55 million pairs, 300,000 accounts, two cores: see docs/decisions/dataframe-executor.md.
    """

    def propagate(
        self, pair_days: DataFrame, members: DataFrame, *, network: Network, method: Method, as_of: date
    ) -> Propagated:
        """As Executor.propagate. All work is done on return; nothing stays persisted but the result itself."""
        clock = Clock()
        with ExitStack() as held:
            held.enter_context(fixed_partitions(pair_days.sparkSession))
            strengths = to_strengths(pair_days, network.actions, strength=method.strength, as_of=as_of)
            pairs = held.enter_context(persisted(to_pairs(strengths, network.actions)))
            voices = held.enter_context(persisted(to_voices(pairs, method.shares)))
            known = to_known(members).localCheckpoint()
            favours = to_favours(pairs, method.favours)
            reactions = to_reactions(favours, voices, known, method).repartition("target_key").localCheckpoint()
            edges = to_edges(reactions).localCheckpoint()
            clock.lap("reactions")
            influence, before = sweep(known, edges, method.influence.continuation, method.influence.sweeps)
            clock.lap("sweeps")
            accounts = to_accounts(influence, to_received(reactions), voices).localCheckpoint()
            residual = relative_change(influence, before)
            clock.lap("accounts")
            return Propagated(
                accounts,
                Figures(
                    sweeps=method.influence.sweeps,
                    residual=residual,
                    error_bound=residual * method.influence.continuation / (1.0 - method.influence.continuation),
                    accounts=known.count(),
                    pairs=reactions.count(),
                    seconds=clock.laps,
                ),
            )


def to_known(members: DataFrame) -> DataFrame:
    """Members by account, laid out so that a join on the account moves nothing."""
    return members.select("account_key", "trust", "voice").repartition("account_key")


def to_edges(reactions: DataFrame) -> DataFrame:
    """What sweeps read: actor, target and passed = voice * share. Actors without voice pass nothing on."""
    return reactions.where(F.col("voice") > 0).select(
        "actor_key", "target_key", (F.col("voice") * F.col("share")).alias("passed")
    )


def sweep(known: DataFrame, edges: DataFrame, continuation: float, sweeps: int) -> tuple[DataFrame, DataFrame]:
    """y = m + continuation * sum over reactors of passed * y, `sweeps` times from y = m.

    Returns the last influence and the one before it: account_key, voice, influence. Each sweep is cut off from
    the plan of those before, which would otherwise be planned again, 1 + 2 + ... + sweeps joins in all.
    """
    before = influence = known.withColumn("influence", F.col("trust"))
    for _ in range(sweeps):
        arriving = to_arriving(edges, influence)
        increased = F.col("trust") + F.lit(continuation) * F.coalesce("arriving", F.lit(0.0))
        following = known.join(arriving.hint("shuffle_hash"), "account_key", "left").withColumn("influence", increased).drop("arriving")
        before, influence = influence, following.localCheckpoint()
    return influence, before


def to_arriving(edges: DataFrame, influence: DataFrame) -> DataFrame:
    """What arrives at each target in one sweep: the sum of passed * the actor's influence."""
    heard = influence.where(F.col("voice") > 0).select(F.col("account_key").alias("actor_key"), "influence")
    return (
        edges.join(F.broadcast(heard), "actor_key", "inner")
        .groupBy(F.col("target_key").alias("account_key"))
        .agg(exact_sum(F.col("passed") * F.col("influence")).alias("arriving"))
    )


def relative_change(influence: DataFrame, before: DataFrame) -> float:
    """Summed change between two vectors over the sum of the newer: 0 when there is nothing to compare."""
    earlier = before.select("account_key", F.col("influence").alias("earlier"))
    sums = (
        influence.join(earlier, "account_key", "inner")
        .agg(
            exact_sum(F.abs(F.col("influence") - F.col("earlier"))).alias("change"),
            exact_sum(F.col("influence")).alias("all"),
        )
        .first()
    )
    return float(sums["change"] / sums["all"]) if sums is not None and sums["all"] else 0.0


def to_received(reactions: DataFrame) -> DataFrame:
    """One row per target: what reached it, and from how many."""
    contribution = F.col("contribution")
    return reactions.groupBy(F.col("target_key").alias("account_key")).agg(
        exact_sum(contribution).alias("reach"),
        exact_sum(contribution * contribution).alias("reach_squares"),
        exact_sum(F.col("voice") * F.col("acts")).alias("voiced_reactions"),
        F.sum("acts").alias("reactions"),
        F.count("*").alias("reactors"),
    )


def to_accounts(influence: DataFrame, received: DataFrame, voices: DataFrame) -> DataFrame:
    """One row per member, 0 where it received or gave nothing."""
    given = voices.select(F.col("actor_key").alias("account_key"), "acts_given", "targets")
    counts = ["reactions", "reactors", "acts_given", "targets"]
    sums = ["reach", "reach_squares", "voiced_reactions"]
    return (
        influence.select("account_key", "influence")
        .join(received, "account_key", "left")
        .join(given, "account_key", "left")
        .select("account_key", "influence", *sums, *counts)
        .fillna(0)
    )


@contextmanager
def persisted(frame: DataFrame) -> Iterator[DataFrame]:
    """The frame, kept in memory or on disk once computed, and let go at the end."""
    kept = frame.persist()
    try:
        yield kept
    finally:
        kept.unpersist()


@contextmanager
def fixed_partitions(spark: SparkSession) -> Iterator[None]:
    """Adaptive execution off: it would merge partitions of one side of a join only, and plan each sweep twice."""
    before = spark.conf.get(ADAPTIVE)
    spark.conf.set(ADAPTIVE, "false")
    try:
        yield
    finally:
        spark.conf.set(ADAPTIVE, str(before))


@dataclass
class Clock:
    """Seconds by part, in the order the parts ended."""

    laps: dict[str, float] = field(default_factory=dict)
    since: float = field(default_factory=monotonic)

    def lap(self, name: str) -> None:
        now = monotonic()
        self.laps[name], self.since = now - self.since, now
