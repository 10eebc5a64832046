"""The executor of plain Spark joins: slow and obvious, the twin every other executor is checked against.

pair_days -> strengths -> pairs -> reactions (engine/pairs.py) -> sweeps -> accounts
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from sway.contracts.method import Method, Network
from sway.engine.clock import Clock
from sway.engine.exact import exact_sum
from sway.engine.executor import Figures, PairDays, Propagated
from sway.engine.pairs import to_favours, to_pairs, to_present, to_reactions, to_strengths, to_voices
from sway.kernels.keys import Keys
from sway.kernels.sweep import error_bound

ADAPTIVE = "spark.sql.adaptive.enabled"


# known, edges, continuation, sweeps -> known with influence after the last sweep, and after the one before.
Sweep = Callable[[DataFrame, DataFrame, float, int], tuple[DataFrame, DataFrame]]


@dataclass(frozen=True)
class DataFrameExecutor:
    """Executor by joins. The same bits on any number of cores and partitions, in any order of rows.

    sweep: how influence is found from `known` and edges; see the function of that name.
    """

    sweep: Sweep = field(default_factory=lambda: sweep)

    def present(self, pair_days: PairDays, *, network: Network, method: Method, as_of: date) -> Keys:
        """As Executor.present."""
        present = to_present(pair_days.frame(), strength=method.strength, as_of=as_of)
        found: Keys = present.toArrow()["account_key"].to_numpy()
        return found

    def propagate(
        self,
        pair_days: PairDays,
        members: pa.Table,
        standing: pa.Table | None = None,
        *,
        network: Network,
        method: Method,
        as_of: date,
    ) -> Propagated:
        """As Executor.propagate. Nothing stays persisted.

        Frames that several steps read are computed once and cut off from their plan (localCheckpoint): a
        sweep would otherwise plan again all that came before it. Spark drops them when nothing holds them.
        """
        clock = Clock()
        passing = method.influence
        acts = pair_days.frame()
        spark = acts.sparkSession
        believed = spark.createDataFrame(members.select(["account_key", "trust", "voice"]))
        related = None if standing is None else spark.createDataFrame(standing)
        with ExitStack() as held:
            held.enter_context(fixed_partitions(spark))
            strengths = to_strengths(acts, related, network.actions, strength=method.strength, as_of=as_of)
            pairs = held.enter_context(persisted(to_pairs(strengths, network.actions)))
            known = to_known(believed, to_voices(pairs, method.shares)).localCheckpoint()
            reactions = to_reactions(to_favours(pairs, method.favours), known, method)
            reactions = reactions.repartition("target_key").localCheckpoint()
            edges = to_edges(reactions).localCheckpoint()
            clock.lap("reactions")
            influence, before = self.sweep(known, edges, passing.continuation, passing.sweeps)
            clock.lap("sweeps")
            accounts = to_accounts(influence, to_received(reactions))
            residual = relative_change(influence, before)
            found, pair_count = accounts.toArrow(), reactions.count()
            clock.lap("accounts")
        bound = error_bound(residual, passing.continuation)
        figures = Figures(passing.sweeps, residual, bound, len(found), pair_count, clock.laps)
        return Propagated(found, figures)

    def release(self) -> None:
        """As Executor.release: Spark lets go by itself."""


def to_known(members: DataFrame, voices: DataFrame) -> DataFrame:
    """Members and how they speak, with 0 targets for the silent; a join on the account moves none of them."""
    given = voices.withColumnRenamed("actor_key", "account_key")
    return (
        members.select("account_key", "trust", "voice")
        .repartition("account_key")
        .join(given, "account_key", "left")
        .fillna(0, ["acts_given", "targets"])
    )


def to_edges(reactions: DataFrame) -> DataFrame:
    """What sweeps read: actor, target, passed = voice * share. Actors without voice pass nothing on."""
    return reactions.where(F.col("voice") > 0).select(
        "actor_key", "target_key", (F.col("voice") * F.col("share")).alias("passed")
    )


def sweep(known: DataFrame, edges: DataFrame, continuation: float, sweeps: int) -> tuple[DataFrame, DataFrame]:
    """y = m + continuation * sum over reactors of passed * y, `sweeps` times from y = m.

    Returns `known` with its influence after the last sweep, and after the one before.
    """
    before = influence = known.withColumn("influence", F.col("trust"))
    for _ in range(sweeps):
        increased = F.col("trust") + F.lit(continuation) * F.coalesce("arriving", F.lit(0.0))
        following = (
            known.join(to_arriving(edges, influence).hint("shuffle_hash"), "account_key", "left")
            .withColumn("influence", increased)
            .drop("arriving")
        )
        before, influence = influence, following.localCheckpoint()
    return influence, before


def to_arriving(edges: DataFrame, influence: DataFrame) -> DataFrame:
    """What arrives at each target in one sweep: the sum of passed * the actor's influence."""
    is_heard = (F.col("voice") > 0) & F.col("divisor").isNotNull()
    heard = influence.where(is_heard).select(F.col("account_key").alias("actor_key"), "influence")
    return (
        edges.join(F.broadcast(heard), "actor_key", "inner")
        .groupBy(F.col("target_key").alias("account_key"))
        .agg(exact_sum(F.col("passed") * F.col("influence")).alias("arriving"))
    )


def relative_change(influence: DataFrame, before: DataFrame) -> float:
    """Summed change between two vectors over the sum of the newer; 0 when nobody has influence."""
    earlier = before.select("account_key", F.col("influence").alias("earlier"))
    change = F.abs(F.col("influence") - F.col("earlier"))
    sums = influence.join(earlier, "account_key", "inner").agg(
        exact_sum(change).alias("change"), exact_sum(F.col("influence")).alias("whole")
    )
    found = sums.collect()[0]
    return float(found["change"] / found["whole"]) if found["whole"] else 0.0


def to_received(reactions: DataFrame) -> DataFrame:
    """One row per target: what reached it, and from how many."""
    contribution = F.col("contribution")
    return reactions.groupBy(F.col("target_key").alias("account_key")).agg(
        exact_sum(contribution).alias("reach"),
        exact_sum(contribution * contribution).alias("reach_squares"),
        F.sum("acts").alias("reactions"),
        F.count_if(F.col("acts") > 0).alias("reactors"),
    )


def to_accounts(influence: DataFrame, received: DataFrame) -> DataFrame:
    """One row per member, 0 where it received or gave nothing: the columns of Propagated."""
    return (
        influence.join(received, "account_key", "left")
        .select(
            "account_key", "influence", "reach", "reach_squares", "reactions",
            "reactors", "acts_given", "targets",
        )
        .fillna(0)
    )  # fmt: skip


@contextmanager
def persisted(frame: DataFrame) -> Iterator[DataFrame]:
    """The frame, kept in memory or on disk once computed, and let go at the end."""
    kept = frame.persist()
    try:
        yield kept
    finally:
        kept.unpersist()


class FixedPartitions:
    """Adaptive execution off while anybody asks for it: it would merge partitions on one side of a join, so rows would
    move again. Networks may propagate side by side in threads of one session.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._asked = 0
        self._before = ""

    @contextmanager
    def __call__(self, spark: SparkSession) -> Iterator[None]:
        with self._lock:
            if self._asked == 0:
                self._before = str(spark.conf.get(ADAPTIVE))
                spark.conf.set(ADAPTIVE, "false")
            self._asked += 1
        try:
            yield
        finally:
            with self._lock:
                self._asked -= 1
                if self._asked == 0:
                    spark.conf.set(ADAPTIVE, self._before)


fixed_partitions = FixedPartitions()
