"""The engine on one machine against the slow twin, and what must not change a bit of its result."""

import tempfile
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sway.engine.executor import DayFile
from sway.engine.scatter import in_tasks

from tests.engine.worlds import CHAIN, ISLANDS, at_the_edges, bits_of, graphs, plain, propagate, some_world
from tests.graphs import AS_OF, EMPTY, ODD_ONES, Graph, star

FIGURES = {"influence": "influence", "reach": "reach", "reach_squares": "squares"}
COUNTS = ("reactions", "reactors", "acts_given", "targets")
CLOSE = {"rel": 1e-6, "abs": 1e-9}


def check(graph, folder, **how):
    """Everything the engine says of a graph is what the slow twin says."""
    key = how.get("key", plain)
    found, raw, counts = propagate(graph, folder, **how), graph.raw(), graph.counts()
    assert found.rows.keys() == {key(account) for account in range(len(graph.trust))}
    accounts = range(len(graph.trust))
    rows = [found.rows[key(account)] for account in accounts]
    for name, expected in FIGURES.items():
        wanted = [getattr(raw, expected)[account] for account in accounts]
        np.testing.assert_allclose([row[name] for row in rows], wanted, rtol=1e-6, atol=1e-9, err_msg=name)
    for row, account in zip(rows, accounts, strict=True):
        assert tuple(row[name] for name in COUNTS) == counts[account]
    assert found.figures.pairs == graph.pair_count()
    assert found.figures.accounts == len(graph.trust)
    return found


@settings(max_examples=60, deadline=None)
@given(graphs(), st.integers(0, 3), st.sampled_from([plain, at_the_edges]))
def test_the_engine_equals_the_slow_twin_over_any_blocks_and_keys(graph, bits, key):
    with tempfile.TemporaryDirectory() as folder:
        found = check(graph, Path(folder), bits=bits, key=key)

    # Twenty sweeps leave 2^-20 of the way to the fixed point, which a dense solve gives.
    solved = graph.solved()
    influence = {account: found.rows[key(account)]["influence"] for account in solved}
    assert influence == pytest.approx(solved, rel=1e-5, abs=1e-9)


@pytest.mark.parametrize("graph", [*ODD_ONES, CHAIN, ISLANDS], ids=lambda graph: f"{len(graph.trust)} accounts")
def test_the_engine_equals_the_slow_twin_on_odd_graphs(graph, tmp_path):
    check(graph, tmp_path, bits=2, threads=2)


def test_a_hub_of_a_thousand_reactors_knows_its_strongest_ten(tmp_path):
    graph = star(1000, inward=True)
    trusted = Graph(tuple(0.2 + 0.001 * n for n in range(1001)), graph.acts)

    found = check(trusted, tmp_path, bits=1)

    assert [reactor for reactor, _, _ in found.strongest[0]][:3] == [1000, 999, 998]
    assert len(found.strongest[0]) == 10


def test_row_groups_of_one_file_are_read_together_until_a_task_is_full():
    one, other = (DayFile(name, AS_OF) for name in ("a", "b"))

    tasks = in_tasks([other, one], [[3_000_000, 3_000_000], [3, 4]])

    assert tasks == [(DayFile("a", AS_OF, (0, 1)), DayFile("b", AS_OF, (0,))), (DayFile("b", AS_OF, (1,)),)]


@pytest.mark.slow
def test_a_hub_of_a_million_reactors_equals_the_slow_twin(tmp_path):
    check(star(1_000_000, inward=True), tmp_path, bits=4, threads=2, rows_per_group=100_000)


@settings(max_examples=30, deadline=None)
@given(graphs())
def test_the_strongest_reactors_equal_the_slow_twin(graph):
    with tempfile.TemporaryDirectory() as folder:
        found = propagate(graph, Path(folder), bits=1)

    for account, expected in graph.strongest().items():
        terms = found.strongest[account]
        assert [one + other for _, one, other in terms] == pytest.approx([o + r for _, o, r in expected], **CLOSE)


def test_threads_and_the_order_of_files_change_no_bit(tmp_path):
    graph = some_world()

    propagate(graph, tmp_path / "one", bits=3, threads=1)
    propagate(graph, tmp_path / "two", bits=3, threads=2, order=lambda files: files[::-1])
    shuffled = Graph(graph.trust, tuple(Random(3).sample(graph.acts, len(graph.acts))), graph.follows[::-1])
    propagate(shuffled, tmp_path / "three", bits=3, threads=2)

    first = bits_of(tmp_path / "one")
    assert len(first) == 8 * 7
    assert bits_of(tmp_path / "two") == first
    assert bits_of(tmp_path / "three") == first


def test_files_under_other_names_change_no_bit(tmp_path):
    graph = some_world()
    propagate(graph, tmp_path / "one", bits=2)

    def renamed(files):
        moved = []
        for number, file in enumerate(files):
            path = Path(file.path).with_name(f"{997 * number % 1000:03d}.parquet")
            Path(file.path).rename(path)
            moved.append(type(file)(str(path), file.day))
        return moved

    propagate(graph, tmp_path / "two", bits=2, order=renamed)

    assert bits_of(tmp_path / "two") == bits_of(tmp_path / "one")


def test_nobody_propagates_to_nothing(tmp_path):
    found = propagate(Graph((), ()), tmp_path)

    assert (found.rows, found.figures.residual, found.figures.accounts, found.figures.pairs) == ({}, 0.0, 0, 0)
    assert propagate(EMPTY, tmp_path / "other", bits=2).rows[0]["influence"] == 1.0


def test_the_error_bound_holds_against_a_dense_solve(tmp_path):
    clique = ODD_ONES[3]
    found = propagate(clique, tmp_path)

    solved = clique.solved()
    distance = sum(abs(found.rows[account]["influence"] - solved[account]) for account in solved)
    assert 1e-9 < distance / sum(solved.values()) <= found.figures.error_bound < 1e-6
