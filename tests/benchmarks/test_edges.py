"""Events to weighted edges, Parquet to Parquet, beside Spark SQL, DuckDB, Polars: `make bench` (SIZE=l: 40 M events).

Each candidate is a process of its own; what it writes is compared with numpy's sums after the clock has stopped, and
before its time is reported. All write without compression, as ours does, and without dictionaries, but for Polars,
which decides about them by itself.
"""

import shutil
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from tests.benchmarks.graphs import write_graph
from tests.benchmarks.measuring import PEER_PYTHON, REPEATS, about, lines_of, of_size, repeated, report, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(0),
    pytest.mark.skipif(not PEER_PYTHON.exists(), reason="what it compares with is made by `make bench`"),
]

EVENTS = of_size(50_000, 2_000_000, 40_000_000)
EVENTS_PER_ACCOUNT = 100  # of 40 M events 34 M bring an edge that none brought before
PEERS = {"sway": sys.executable, "sql": sys.executable, "duckdb": PEER_PYTHON, "polars": PEER_PYTHON}
SCRIPTS = Path(__file__).parent / "peers"


def test_edges(tmp_path):
    events = tmp_path / "events"
    written = write_graph(events, "communities", edges=EVENTS, seed=5, edges_per_account=EVENTS_PER_ACCOUNT)
    facts = about(what="events to edges", rows=written, repeats=REPEATS)

    runs = repeated({name: partial(folded, name, tmp_path) for name in PEERS}, REPEATS)

    right = sums_of(events)
    same = {name: same_as(right, edges_of(tmp_path / name)) for name in runs if not runs[name][0].is_stopped}
    assert all(same.values()), same
    lines = lines_of(runs, per=written, of="an event", differences={})
    report("engine", facts | {"edges": len(right[2])}, lines)


def folded(name, folder):
    for left in folder.glob(f"{name}*"):
        shutil.rmtree(left) if left.is_dir() else left.unlink()
    return run([PEERS[name], SCRIPTS / f"edges_{name}.py", folder / "events", folder / name])


def edges_of(path):
    """actor, target, weight in order of actors and targets."""
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    columns = [[], [], []]
    for file in files:
        table = pq.read_table(file, columns=["actor_key", "target_key", "weight"])
        for column, values in zip(columns, table.columns, strict=True):
            column.append(values.to_numpy())
    actor, target, weight = map(np.concatenate, columns)
    order = np.lexsort([target, actor])
    return actor[order], target[order], weight[order]


def sums_of(events):
    """What numpy makes of the events."""
    actor, target, weight = edges_of(events)
    is_first = np.append(True, (actor[1:] != actor[:-1]) | (target[1:] != target[:-1]))
    starts = np.flatnonzero(is_first)
    return actor[starts], target[starts], np.add.reduceat(weight, starts)


def same_as(right, found):
    """Weights are whole numbers, so their sums are exact."""
    return all(np.array_equal(one, other) for one, other in zip(right, found, strict=True))
