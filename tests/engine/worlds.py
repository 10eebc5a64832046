"""Graphs as the Parquet files the engine starts from, and what it makes of them. No Spark."""

import os
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from hypothesis import strategies as st
from pyspark.sql import DataFrame
from sway.contracts.method import Method
from sway.engine.crew import Crew
from sway.engine.executor import DayFile, Figures, PairDays
from sway.engine.files import Reader
from sway.engine.local import Engine
from sway.engine.plan import Plan
from sway.engine.scatter import in_tasks, is_in_horizon, row_counts

from tests.graphs import ACTIONS, AS_OF, METHOD, Graph, act
from tests.kernels import reference

Key = Callable[[int], int]
EDGE_KEYS = (-(2**63), 2**63 - 1, -1, 0, 1, 2**62, -(2**62), 2**32)


def plain(account: int) -> int:
    return account


def at_the_edges(account: int) -> int:
    """Keys at both ends of the range, and around 0."""
    return EDGE_KEYS[account] if account < len(EDGE_KEYS) else account * 2**40


@dataclass
class Found:
    """What the engine left: rows of Propagated and strongest reactors by account, and its figures."""

    figures: Figures
    rows: dict[int, dict[str, float]] = field(default_factory=dict)
    strongest: dict[int, list[tuple[int, float, float]]] = field(default_factory=dict)


def land(graph: Graph, folder: Path, key: Key = plain, *, rows_per_group: int = 7) -> list[DayFile]:
    """PAIR_DAYS of a graph: one Parquet file a day, several row groups each."""
    days = defaultdict(dict)
    for a in graph.acts:
        if a.actor != a.target:
            name = (key(a.actor), key(a.target), a.action)
            days[a.event_date][name] = days[a.event_date].get(name, 0) + a.count
    files = []
    for day, acts in days.items():
        path = folder / f"{day}.parquet"
        columns = zip(*((*name, count) for name, count in acts.items()), strict=True)
        table = pa.table(dict(zip(("actor_key", "target_key", "action", "count"), columns, strict=True)))
        pq.write_table(table, path, row_group_size=rows_per_group)
        files.append(DayFile(str(path), day))
    return files


def as_pair_days(frame: DataFrame, folder: Path) -> PairDays:
    """PAIR_DAYS of one network as executors take them: the frame, and a Parquet file for each day of it."""
    rows = frame.select("event_date", "actor_key", "target_key", "action", "count").toArrow()
    files = []
    for day in sorted(set(rows["event_date"].to_pylist())):
        path = folder / f"{day}.parquet"
        pq.write_table(rows.filter(pc.equal(rows["event_date"], pa.scalar(day))), path)
        files.append(DayFile(str(path), day))
    return PairDays(lambda: frame, tuple(files))


def land_members(graph: Graph, folder: Path, key: Key = plain) -> list[str]:
    accounts = range(len(graph.trust))
    columns = {
        "account_key": pa.array([key(account) for account in accounts], pa.int64()),
        "trust": pa.array(graph.trust, pa.float64()),
        "voice": pa.array([reference.voice(trust) for trust in graph.trust], pa.float64()),
    }
    pq.write_table(pa.table(columns), folder / "members.parquet")
    return [str(folder / "members.parquet")]


def land_standing(graph: Graph, folder: Path, key: Key = plain) -> list[str]:
    columns = {
        "actor_key": pa.array([key(actor) for actor, _ in graph.follows], pa.int64()),
        "target_key": pa.array([key(target) for _, target in graph.follows], pa.int64()),
        "action": pa.array(["follow"] * len(graph.follows), pa.string()),
    }
    pq.write_table(pa.table(columns), folder / "standing.parquet")
    return [str(folder / "standing.parquet")]


def make_plan(folder: Path, *, bits: int = 0, method: Method = METHOD, fingerprint: str = "a test") -> Plan:
    return Plan(folder / "work", fingerprint, bits, AS_OF, method.networks["twitter"].actions, method)


def propagate(
    graph: Graph,
    folder: Path,
    *,
    key: Key = plain,
    bits: int = 0,
    threads: int = 1,
    method: Method = METHOD,
    order: Callable[[Sequence[DayFile]], Sequence[DayFile]] = list,
    rows_per_group: int = 7,
) -> Found:
    """The engine's answer, from files it lands in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    plan = make_plan(folder, bits=bits, method=method)
    files = [
        file for file in order(land(graph, folder, key, rows_per_group=rows_per_group)) if is_in_horizon(plan, file)
    ]
    with Crew(threads) as crew:
        engine = Engine(plan, crew, in_tasks(files, row_counts(files)))
        engine.present()
        figures = engine.propagate(land_members(graph, folder, key), land_standing(graph, folder, key))
    return read(plan, figures)


def read(plan: Plan, figures: Figures) -> Found:
    found = Found(figures)
    for block in range(plan.blocks):
        rows = pq.read_table(plan.path("accounts", block, "parquet")).to_pylist()
        found.rows |= {row["account_key"]: row for row in rows}
        kept = Reader(plan.path("strongest", block), plan.fingerprint).mapped()
        columns = [kept[name].tolist() for name in ("reactor", "influence_term", "reach_term") if name in kept]
        terms = list(zip(*columns, strict=True))
        for row, first, last in zip(rows, kept["ptr"], kept["ptr"][1:], strict=False):
            found.strongest[row["account_key"]] = terms[first:last]
    return found


def bits_of(folder: Path) -> dict[str, bytes]:
    """Every file that passes leave for later, by its name."""
    kept = ("present", "accounts", "strongest", "edges", "reactions", "members", "voices")
    paths = [folder / "work" / name for name in kept]
    files = [path for one in paths for path in ([one] if one.is_file() else sorted(one.iterdir()))]
    return {os.path.relpath(path, folder): path.read_bytes() for path in files}


CHAIN = Graph((1.0,) * 10_000, tuple(act(n, n + 1, "retweet") for n in range(9_999)))
ISLANDS = Graph((1.0,) * 40, tuple(act(2 * n, 2 * n + 1, "quote") for n in range(20)))


def together(graphs: Sequence[Graph]) -> Graph:
    """One graph of all, nothing connecting them."""
    trust: tuple[float, ...] = ()
    acts, follows = [], []
    for graph in graphs:
        first = len(trust)
        acts += [a._replace(actor=a.actor + first, target=a.target + first) for a in graph.acts]
        follows += [(actor + first, target + first) for actor, target in graph.follows]
        trust += graph.trust
    return Graph(trust, tuple(acts), tuple(follows))


def some_world() -> Graph:
    """Ninety accounts with two thousand acts, always the same."""
    random = Random(7)
    acts = tuple(
        act(random.randrange(90), random.randrange(90), random.choice(("retweet", "reply", "favourite")), age, count)
        for age, count in ((random.randrange(60), random.randint(1, 4)) for _ in range(2000))
    )
    return Graph(tuple(0.1 + 0.013 * n for n in range(90)), acts, ((1, 2), (3, 4)))


@st.composite
def graphs(draw: st.DrawFn, *, most_accounts: int = 9) -> Graph:
    """Any small graph: silent and suspended accounts, repeats, acts outside of the horizon, follows."""
    size = draw(st.integers(1, most_accounts))
    accounts = st.integers(0, size - 1)
    trust = draw(st.lists(st.sampled_from([0.0, 0.01, 0.12, 0.3, 1.0, 5.0]), min_size=size, max_size=size))
    ages, counts = st.sampled_from([-1, 0, 1, 3, 30, 179, 180]), st.sampled_from([1, 2, 9])
    acts = draw(st.lists(st.builds(act, accounts, accounts, st.sampled_from(ACTIONS), ages, counts), max_size=40))
    follows = draw(st.sets(st.tuples(accounts, accounts), max_size=12))
    return Graph(tuple(trust), tuple(acts), tuple(sorted(follows)))
