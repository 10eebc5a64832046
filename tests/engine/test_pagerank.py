"""PageRank on the engine against a dense solve."""

import tempfile
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sway.engine import pagerank
from sway.engine.crew import Crew
from sway.engine.executor import DayFile
from sway.engine.pagerank import PageRank
from sway.engine.plan import Place
from sway.engine.scatter import in_tasks, row_counts
from sway.errors import ConfigError, InfrastructureError, NotConverged
from sway.kernels.iteration import Goal

from tests.engine.worlds import at_the_edges
from tests.kernels import reference

EXACT = Goal(tolerance=1e-11)
keys = st.integers(0, 9).map(at_the_edges)
edge_lists = st.lists(st.tuples(keys, keys, st.floats(0.01, 100)), max_size=40)


def tasks(table, path):
    pq.write_table(table, path, row_group_size=5)
    files = [DayFile(str(path))]
    return in_tasks(files, row_counts(files))


def rank(edges, folder, *, teleport=None, goal=EXACT, bits=1, threads=2, weighted=True):
    """Ranks by account, and figures."""
    columns = {"actor_key": [e[0] for e in edges], "target_key": [e[1] for e in edges], "weight": [e[2] for e in edges]}
    kinds = {"actor_key": pa.int64(), "target_key": pa.int64(), "weight": pa.float64()}
    names = list(kinds)[: 3 if weighted else 2]
    told = tasks(pa.table({name: pa.array(columns[name], kinds[name]) for name in names}), folder / "edges.parquet")
    to = ()
    if teleport is not None:
        accounts = {"account_key": pa.array(list(teleport), pa.int64()), "trust": list(teleport.values())}
        to = tasks(pa.table({**accounts, "voice": [1.0] * len(teleport)}), folder / "teleport.parquet")
    with Crew(threads) as crew:
        engine = PageRank(Place(folder / "work", "a test", bits), crew, told, to)
        figures = engine.rank(goal, damping=0.85)
        tables = [pq.read_table(path) for path in engine.rank_files()]
    return {row["account_key"]: row["rank"] for table in tables for row in table.to_pylist()}, figures


@settings(max_examples=40, deadline=None)
@given(edge_lists, st.dictionaries(keys, st.floats(0.0, 9.0), max_size=9), st.integers(0, 3), st.sampled_from([0, 3]))
def test_ranks_equal_a_dense_solve(edges, teleport, bits, depth):
    wanted = {key: 0.0 for edge in edges for key in edge[:2]} | teleport
    is_uniform = sum(teleport.values()) < 0.1
    weights = {}
    for source, target, weight in edges:
        weights[source, target] = weights.get((source, target), 0.0) + weight

    with tempfile.TemporaryDirectory() as folder:
        goal = Goal(tolerance=1e-11, depth=depth)
        found, figures = rank(edges, Path(folder), teleport=None if is_uniform else wanted, goal=goal, bits=bits)

    if is_uniform:
        wanted = {key: 1.0 for edge in edges for key in edge[:2]}
    assert found.keys() == wanted.keys()
    assert (figures.accounts, figures.pairs) == (len(wanted), len(weights))
    if wanted:
        assert found == pytest.approx(reference.pagerank(weights, wanted), rel=1e-6, abs=1e-9)
        assert sum(found.values()) == pytest.approx(1.0, abs=1e-6)


def test_order_and_threads_change_no_bit(tmp_path):
    random = Random(4)
    edges = [(random.randrange(40), random.randrange(40), random.random() + 0.1) for _ in range(1500)]
    folders = [tmp_path / name for name in ("one", "two")]
    for folder in folders:
        folder.mkdir()

    first, figures = rank(edges, folders[0], threads=1, bits=2)
    second, _ = rank(random.sample(edges, len(edges)), folders[1], threads=2, bits=2)

    assert first == second
    assert figures.residual <= 1e-11 < figures.error_bound * 10


def test_edges_without_weight_count_alike(tmp_path):
    edges = [(0, 1, 1.0), (0, 2, 1.0), (1, 2, 1.0)]

    assert rank(edges, tmp_path, weighted=False)[0] == pytest.approx(
        reference.pagerank({edge[:2]: 1.0 for edge in edges}, dict.fromkeys(range(3), 1.0))
    )


@pytest.mark.parametrize(
    ("weight", "found"),
    [(float("nan"), "found nan"), (float("inf"), "found inf"), (-1.0, "found -1"), (0.0, "found 0")],
)
def test_weights_that_are_not_usable_are_named(weight, found, tmp_path):
    with pytest.raises(InfrastructureError, match=rf"edges\.parquet: weight: expected .*{found}"):
        rank([(0, 1, 1.0), (1, 2, weight)], tmp_path)


def test_a_teleport_vector_of_nothing_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="teleport vector with a sum above 0"):
        rank([(0, 1, 1.0)], tmp_path, teleport={0: 0.0})


def test_a_disk_that_fills_up_while_ranks_are_written_is_named(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pagerank, "write_parquet", full)
    with pytest.raises(InfrastructureError, match=r"the pass sweeps stopped: .*No space left on device"):
        rank([(0, 1, 1.0)], tmp_path)


def test_not_converging_leaves_no_ranks(tmp_path):
    with pytest.raises(NotConverged, match="PageRank residual"):
        rank([(0, 1, 1.0), (1, 2, 1.0), (2, 0, 3.0), (0, 2, 1.0)], tmp_path, goal=Goal(tolerance=1e-15, most_sweeps=2))

    assert not (tmp_path / "work" / "ranks").exists()
