"""The executor `spark` in a session of one machine, over files and over cells, and what it says when workers cannot."""

from dataclasses import replace
from functools import partial

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sway.engine import spark_executor
from sway.engine.crew import Crew
from sway.engine.executor import DayFile, PairDays
from sway.engine.local import Engine
from sway.engine.scatter import in_tasks, is_in_horizon, row_counts
from sway.engine.spark_crew import SparkCrew
from sway.engine.spark_executor import SparkCellsExecutor, SparkFilesExecutor
from sway.engine.workers import Whereabouts, clear_errors, guarded, look, refuse_others, versions
from sway.errors import InfrastructureError, NotConverged

from tests.engine.worlds import (
    CHAIN,
    ISLANDS,
    at_the_edges,
    bits_of,
    land,
    land_members,
    land_standing,
    make_plan,
    together,
)
from tests.graphs import AS_OF, METHOD, ODD_ONES, Graph, some_graphs, star

FEW_SWEEPS = replace(METHOD, influence=replace(METHOD.influence, sweeps=3))  # each is a job
ABOUT = {"network": METHOD.networks["twitter"], "method": FEW_SWEEPS, "as_of": AS_OF}


def executor_of(exchange, folder, spark, *, rows=100):
    if exchange == "files":
        return SparkFilesExecutor(folder / "work", "a test", 2, rows, spark=lambda: spark)
    return SparkCellsExecutor("a test", 2, rows, spark=lambda: spark)


def no_frame():
    pytest.fail("a frame of acts was asked for")


def by_threads(graph, folder, blocks, rows_per_group):
    """What `local` makes of it over so many blocks: test_local holds the same graphs to the slow twin."""
    folder.mkdir()
    plan = make_plan(folder, bits=blocks.bit_length() - 1, method=FEW_SWEEPS)
    landed = land(graph, folder, at_the_edges, rows_per_group=rows_per_group)
    files = [file for file in landed if is_in_horizon(plan, file)]
    with Crew(2) as crew:
        engine = Engine(plan, crew, in_tasks(files, row_counts(files)))
        engine.present()
        engine.propagate(land_members(graph, folder, at_the_edges), land_standing(graph, folder, at_the_edges))
        return pq.read_table(engine.account_files()).sort_by("account_key")


# From a seed and not by hypothesis, each of whose examples would be a run: one takes Spark some seconds however small
# its graph is, so that many graphs go into one. test_local has the same tasks, and graphs by hypothesis.
@pytest.mark.parametrize("exchange", ["files", "cells"])
@pytest.mark.parametrize(
    ("to_graph", "rows"),  # of a block
    [
        pytest.param(
            partial(together, [*some_graphs(12, seed=8), *ODD_ONES, CHAIN, ISLANDS]), 3000, id="any and odd graphs"
        ),
        pytest.param(partial(Graph, (1.0,), ()), 400, id="one account, no act"),
        pytest.param(partial(star, 100_000, inward=True), 50_000, id="a hub of 10^5 reactors"),
        pytest.param(
            partial(star, 1_000_000, inward=True), 250_000, id="a hub of 10^6 reactors", marks=pytest.mark.slow
        ),
    ],
)
def test_spark_gives_the_bits_of_local_with_keys_at_the_ends_of_their_range(exchange, to_graph, rows, spark, tmp_path):
    graph = to_graph()
    rows_per_group = 7 + len(graph.acts) // 100
    files = land(graph, tmp_path, at_the_edges, rows_per_group=rows_per_group)
    files = [DayFile(f"file://{file.path}", file.day) for file in files] if exchange == "cells" else files
    acts = PairDays(no_frame, tuple(files), len(graph.trust))
    executor = executor_of(exchange, tmp_path, spark, rows=rows)

    members = pq.read_table(land_members(graph, tmp_path, at_the_edges))
    standing = pq.read_table(land_standing(graph, tmp_path, at_the_edges))
    present = set(executor.present(acts, **ABOUT).tolist())
    found = executor.propagate(acts, members, standing, **ABOUT)

    accounts = found.accounts.sort_by("account_key")
    assert accounts.equals(by_threads(graph, tmp_path / "local", found.figures.blocks, rows_per_group))
    assert found.figures.pairs == graph.pair_count()
    counted = [a for a in graph.acts if 0 <= age(a) < METHOD.strength.horizon_days and a.actor != a.target]
    assert present == {at_the_edges(account) for a in counted for account in (a.actor, a.target)}
    if exchange == "files":
        assert bits_of(tmp_path) == bits_of(tmp_path / "local")
    executor.release()


def age(a):
    return (AS_OF - a.event_date).days


@pytest.mark.parametrize("exchange", ["files", "cells"])
def test_members_that_are_not_usable_are_named_by_the_worker_that_meets_them(exchange, spark, tmp_path):
    acts = PairDays(no_frame, (), 3)
    members = pa.table({"account_key": [1], "trust": [float("nan")], "voice": [1.0]})
    executor = executor_of(exchange, tmp_path, spark)

    with pytest.raises(InfrastructureError, match=r"trust: expected 0 to 1e\+18, found nan and 0 more"):
        executor.propagate(acts, members, None, **ABOUT)

    assert not (tmp_path / "work" / "accounts.done").exists()
    executor.release()


def test_an_error_of_a_task_keeps_its_kind_and_its_sentence(spark):
    def failing(_number, items):
        raise NotConverged(f"residual 4.1e-05\nafter {len(list(items))} sweeps")

    with pytest.raises(NotConverged) as error, clear_errors("a test"):
        spark.sparkContext.parallelize(range(2), 1).mapPartitionsWithIndex(guarded(failing)).collect()

    assert str(error.value) == "residual 4.1e-05\nafter 2 sweeps"


def test_an_error_that_nobody_foresaw_says_what_it_was(spark):
    with (
        SparkCrew(spark.sparkContext, 1) as crew,
        pytest.raises(InfrastructureError, match=r"on Spark: .*KeyError: 'q'"),
    ):
        crew.each(lambda _: {}["q"], 1)


def test_a_folder_that_workers_do_not_see_is_named(spark, tmp_path):
    with pytest.raises(InfrastructureError, match=r"elsewhere: Spark's worker on .* does not see this folder.*cells"):
        look(spark.sparkContext, tmp_path / "elsewhere" / "mark")


@pytest.mark.parametrize(
    ("other", "sentence"),
    [
        ({"python": "3.10.2"}, "on node7: python: expected 3.*, found 3.10.2; install the same there"),
        ({"numpy": "none", "scipy": "1.0"}, "numpy: expected .*, found none; scipy: expected .*, found 1.0"),
    ],
)
def test_versions_that_differ_are_named(other, sentence):
    refuse_others("node7", versions(), versions())
    with pytest.raises(InfrastructureError, match=sentence):
        refuse_others("node7", versions() | other, versions())


def test_workers_without_room_are_refused_before_anything_starts(spark, monkeypatch):
    full = [Whereabouts("node1", versions(), True, 1, 10**9), Whereabouts("node2", versions(), True, 1, 10**9)]
    monkeypatch.setattr(spark_executor, "look", lambda context, path: full)

    spark_executor.refuse_if_workers_are_full(spark, rows=10**7, accounts=10**5)
    with pytest.raises(InfrastructureError, match=r"may take 18\.1 GB of .*\(node1, node2\), and 2\.0 GB are free"):
        spark_executor.refuse_if_workers_are_full(spark, rows=10**8, accounts=10**5)
