"""Small graphs of acts for tests: drawn by hypothesis, put into one frame, computed by the slow twin."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import strategies as st
from pyspark.sql import DataFrame, Row, SparkSession
from sway.contracts.method import Method
from sway.contracts.tables import PAIR_DAYS
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import Propagated
from sway.runtime import config

from tests.kernels import reference
from tests.kernels.reference import Act

AS_OF = date(2016, 5, 1)
METHOD: Method = config.load().method("sway-0.1")
ACTIONS = tuple(reference.TWITTER)
MEMBERS = "account_key bigint, trust double, voice double"
ROOM = 1000  # keys between two graphs in one frame


@dataclass(frozen=True)
class Graph:
    """Accounts 0, 1, ... with their trust, and acts between them."""

    trust: tuple[float, ...]
    acts: tuple[Act, ...]

    def raw(self) -> reference.Raw:
        """The slow twin's influence, reach and reactions of every account."""
        trust = dict(enumerate(self.trust))
        return reference.raw(self.acts, AS_OF, m=trust, also=tuple(trust))


def act(actor: int, target: int, action: str = "mention", age_days: int = 0, count: int = 1) -> Act:
    return Act(actor, target, action, AS_OF - timedelta(days=age_days), count)


@st.composite
def graphs(draw: st.DrawFn, most_accounts: int = 8) -> Graph:
    """Any graph: acts towards oneself, outside of the horizon and repeated among them, or no act at all."""
    size = draw(st.integers(1, most_accounts))
    trusts = st.sampled_from([0.0, 0.01, 0.1, 0.12, 0.2, 0.3, 1.0, 1.0, 5.0])
    trust = draw(st.lists(trusts, min_size=size, max_size=size))
    accounts = st.integers(0, size - 1)
    ages = st.one_of(st.integers(0, 60), st.sampled_from([-1, 0, 179, 180, 400]))
    acts = st.builds(act, accounts, accounts, st.sampled_from(ACTIONS), ages, st.integers(1, 9))
    return Graph(tuple(trust), tuple(draw(st.lists(acts, max_size=4 * size))))


def star(leaves: int, *, inward: bool) -> Graph:
    """A hub all leaves act upon, or that acts upon all of them."""
    acts = (act(leaf, 0) if inward else act(0, leaf) for leaf in range(1, leaves + 1))
    return Graph((1.0,) * (leaves + 1), tuple(acts))


EMPTY = Graph((1.0,), ())
RING = Graph((1.0,) * 4, tuple(act(a, (a + 1) % 4, "retweet") for a in range(4)))
FAVOURS = Graph((1.0, 1.0), (act(0, 1, "retweet", count=9), act(1, 0, "favourite")))
ODD_ONES = (EMPTY, RING, FAVOURS, star(40, inward=True), star(40, inward=False))


def to_pair_days(spark: SparkSession, graphs: Sequence[Graph]) -> DataFrame:
    """One network's PAIR_DAYS of all graphs side by side, nothing connecting them."""
    rows = [
        ("twitter", a.event_date, n * ROOM + a.actor, n * ROOM + a.target, a.action, a.count, None)
        for n, graph in enumerate(graphs)
        for a in graph.acts
    ]
    return spark.createDataFrame(rows, PAIR_DAYS.ddl)


def to_members(spark: SparkSession, graphs: Sequence[Graph]) -> DataFrame:
    rows = [
        (n * ROOM + account, trust, reference.voice(trust))
        for n, graph in enumerate(graphs)
        for account, trust in enumerate(graph.trust)
    ]
    return spark.createDataFrame(rows, MEMBERS)


def propagate(spark: SparkSession, graphs: Sequence[Graph], method: Method = METHOD) -> Propagated:
    """The executor's answer over all graphs at once."""
    return DataFrameExecutor().propagate(
        to_pair_days(spark, graphs),
        to_members(spark, graphs),
        network=method.networks["twitter"],
        method=method,
        as_of=AS_OF,
    )


def found(propagated: Propagated) -> dict[tuple[int, int], Row]:
    """Rows by graph and account."""
    return {divmod(row.account_key, ROOM): row for row in propagated.accounts.collect()}
