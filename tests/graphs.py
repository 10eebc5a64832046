"""Small graphs of acts for tests: put into one frame, computed by the slow twin."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

import pyarrow as pa
from pyspark.sql import DataFrame, Row, SparkSession
from sway.contracts.method import Method
from sway.contracts.tables.acts import PAIR_DAYS
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import PairDays, Propagated
from sway.runtime import config

from tests.kernels import reference
from tests.kernels.reference import Act

AS_OF = date(2016, 5, 1)
DESIGN: Method = config.load().method("sway-0.2")
# With sway-1.0's soft end of the horizon, which every executor has to know.
METHOD = replace(DESIGN, strength=replace(DESIGN.strength, fade_out_days=reference.FADE_OUT_DAYS))
SOFT = {"fade_out_days": reference.FADE_OUT_DAYS}
FOLLOW = METHOD.networks["twitter"].actions["follow"]
ACTIONS = tuple(reference.TWITTER)
MEMBERS = pa.schema([("account_key", pa.int64()), ("trust", pa.float64()), ("voice", pa.float64())])
STANDING = pa.schema([("actor_key", pa.int64()), ("target_key", pa.int64()), ("action", pa.string())])
ROOM = 1000  # keys between two graphs in one frame


@dataclass(frozen=True)
class Graph:
    """Accounts 0, 1, ... with their trust, acts between them, and who follows whom."""

    trust: tuple[float, ...]
    acts: tuple[Act, ...]
    follows: tuple[tuple[int, int], ...] = ()

    def raw(self) -> reference.Raw:
        """The slow twin's influence, reach and reactions of every account."""
        trust = dict(enumerate(self.trust))
        return reference.raw(
            self.acts,
            AS_OF,
            m=trust,
            suspended=[a for a, m in trust.items() if m == 0],
            also=tuple(trust),
            standing=[(actor, target, FOLLOW.weight) for actor, target in self.follows],
            **SOFT,
        )

    def counts(self) -> dict[int, tuple[int, int, int, int]]:
        """reactions, reactors, acts_given, targets of every account"""
        counted = [a for a, _ in reference.dated(self.acts, AS_OF)]
        pairs = {(a.actor, a.target) for a in counted}
        received, given = Counter[int](), Counter[int]()
        for a in counted:
            received[a.target] += a.count
            given[a.actor] += a.count
        reactors, targets = Counter(target for _, target in pairs), Counter(actor for actor, _ in pairs)
        return {n: (received[n], reactors[n], given[n], targets[n]) for n in range(len(self.trust))}

    def pair_count(self) -> int:
        acted = {(a.actor, a.target) for a, _ in reference.dated(self.acts, AS_OF)}
        return len(acted | {pair for pair in self.follows if pair[0] != pair[1]})

    def solved(self) -> dict[int, float]:
        """The fixed point of influence, by a dense solve."""
        voices = {account: reference.voice(m) for account, m in enumerate(self.trust)}
        return reference.influence_solved(voices, self._shares(), dict(enumerate(self.trust)), voices)

    def _shares(self) -> dict[reference.Pair, float]:
        standing = [(actor, target, FOLLOW.weight) for actor, target in self.follows]
        d = reference.decayed_counts(self.acts, AS_OF, **SOFT)
        return reference.shares(reference.strengths(d, standing=standing))

    def strongest(self) -> dict[int, list[tuple[int, float, float]]]:
        """The slow twin's ten strongest reactors of every account that has any."""
        raw, voices = self.raw(), {account: reference.voice(m) for account, m in enumerate(self.trust)}
        contributions = reference.contributions(self.acts, AS_OF, voices, **SOFT)
        return reference.strongest(self._shares(), contributions, voices, raw.influence, raw.reach)


def act(actor: int, target: int, action: str = "mention", age_days: int = 0, count: int = 1) -> Act:
    return Act(actor, target, action, AS_OF - timedelta(days=age_days), count)


def some_graphs(count: int, *, seed: int, most_accounts: int = 8) -> list[Graph]:
    """Any graphs: with acts towards oneself, outside of the horizon and repeated, or without an act at all.

    From a seed and not from hypothesis, whose first examples are all but empty: a run of the executor takes
    seconds, so as many graphs as possible go into one.
    """
    random = Random(seed)
    return [_some_graph(random, random.randint(1, most_accounts)) for _ in range(count)]


def _some_graph(random: Random, size: int) -> Graph:
    trust = random.choices([0.0, 0.01, 0.1, 0.12, 0.2, 0.3, 1.0, 1.0, 1.0, 5.0], k=size)
    acts = (
        act(
            random.randrange(size),
            random.randrange(size),
            random.choice(ACTIONS),
            random.choice([-1, 0, 0, 1, 150, 179, 180, 400, *range(2, 60)]),
            random.choice([1, 1, 2, 9]),
        )
        for _ in range(random.randint(0, 4 * size))
    )
    pairs = {(random.randrange(size), random.randrange(size)) for _ in range(random.randint(0, 2 * size))}
    return Graph(tuple(trust), tuple(acts), tuple(sorted(pairs)))


def star(leaves: int, *, inward: bool) -> Graph:
    """A hub all leaves act upon, or that acts upon all of them."""
    acts = (act(leaf, 0) if inward else act(0, leaf) for leaf in range(1, leaves + 1))
    return Graph((1.0,) * (leaves + 1), tuple(acts))


EMPTY = Graph((1.0,), ())
RING = Graph((1.0,) * 4, tuple(act(a, (a + 1) % 4, "retweet") for a in range(4)))
FAVOURS = Graph((1.0, 1.0), (act(0, 1, "retweet", count=9), act(1, 0, "favourite")))
CLIQUE = Graph(  # almost a whole voice goes round: nothing converges more slowly
    (1.0,) * 6, tuple(act(a, b, "retweet", 0, 10**6) for a in range(6) for b in range(6) if a != b)
)
ODD_ONES = (EMPTY, RING, FAVOURS, CLIQUE, star(40, inward=True), star(40, inward=False))


def to_pair_days(spark: SparkSession, graphs: Sequence[Graph]) -> DataFrame:
    """One network's PAIR_DAYS of all graphs side by side, nothing connecting them."""
    rows = [
        ("twitter", a.event_date, n * ROOM + a.actor, n * ROOM + a.target, a.action, a.count, None)
        for n, graph in enumerate(graphs)
        for a in graph.acts
    ]
    return spark.createDataFrame(rows, PAIR_DAYS.ddl)


def to_standing(graphs: Sequence[Graph]) -> pa.Table:
    rows = [
        {"actor_key": n * ROOM + actor, "target_key": n * ROOM + target, "action": "follow"}
        for n, graph in enumerate(graphs)
        for actor, target in graph.follows
    ]
    return pa.Table.from_pylist(rows, STANDING)


def to_members(graphs: Sequence[Graph]) -> pa.Table:
    rows = [
        {"account_key": n * ROOM + account, "trust": trust, "voice": reference.voice(trust)}
        for n, graph in enumerate(graphs)
        for account, trust in enumerate(graph.trust)
    ]
    return pa.Table.from_pylist(rows, MEMBERS)


def propagate(spark: SparkSession, graphs: Sequence[Graph], method: Method = METHOD) -> Propagated:
    """The executor's answer over all graphs at once."""
    return DataFrameExecutor().propagate(
        PairDays(lambda: to_pair_days(spark, graphs)),
        to_members(graphs),
        to_standing(graphs),
        network=method.networks["twitter"],
        method=method,
        as_of=AS_OF,
    )


def found(propagated: Propagated) -> dict[tuple[int, int], Row]:
    """Rows by graph and account."""
    return {divmod(row["account_key"], ROOM): Row(**row) for row in propagated.accounts.to_pylist()}
