"""What the executor `spark` makes of a worker or a driver that is killed in the middle."""

import time

import pyarrow.parquet as pq
import pytest

from tests.cluster.drivers import PATIENCE, driver, propagated, propagated_by_threads, said
from tests.cluster.propagating import MANY
from tests.cluster.standalone import Cluster
from tests.engine.worlds import bits_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def by_threads(tmp_path_factory):
    return propagated_by_threads(tmp_path_factory.mktemp("local"), MANY)


@pytest.fixture
def cluster(tmp_path):
    """One of each test's own, since its workers are killed."""
    with Cluster(tmp_path / "cluster") as servers:
        yield servers.start()


def until(happened, process):
    began = time.monotonic()
    while not happened():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.02)


PASSES = {
    "files": ["present.done", "voices.done", "edges.done"],
    "cells": ["worker1/local"],  # where Spark keeps cells of any pass
}
CASES = [(exchange, mark) for exchange, marks in PASSES.items() for mark in marks]


@pytest.mark.parametrize(("exchange", "mark"), CASES)
def test_a_worker_killed_in_the_middle_changes_no_bit(exchange, mark, cluster, by_threads, tmp_path):
    process = driver(tmp_path, [exchange], cluster.settings(), MANY)
    if exchange == "files":
        until((tmp_path / "work" / mark).exists, process)
    else:
        until(lambda: any((cluster.folder / mark).rglob("rdd_*")), process)

    cluster.kill("worker1")

    (found,) = said(process)
    if "error" in found:  # more tasks were lost than Spark repeats: it must say so, and do it when asked again
        assert found["kind"] == "InfrastructureError"
        (found,) = propagated(tmp_path, [exchange], cluster.settings(), MANY)
    folder, rows, figures = by_threads
    assert found["residual"] == figures.residual
    assert pq.read_table(tmp_path / f"{exchange}.parquet").equals(rows)
    if exchange == "files":
        assert bits_of(tmp_path) == bits_of(folder)


def test_a_driver_killed_while_sweeping_goes_on_from_its_blocks(cluster, by_threads, tmp_path):
    process = driver(tmp_path, ["files"], cluster.settings(), MANY)
    until(lambda: any((tmp_path / "work" / "passed").glob("*.bin")), process)
    process.kill()
    process.wait()
    edges = tmp_path / "work" / "edges" / "00000.bin"
    written = edges.stat().st_mtime_ns

    (found,) = propagated(tmp_path, ["files"], cluster.settings(), MANY)

    folder, rows, figures = by_threads
    assert found["residual"] == figures.residual
    assert edges.stat().st_mtime_ns == written, "passes 1 to 3 were not done again"
    assert bits_of(tmp_path) == bits_of(folder)
    assert pq.read_table(tmp_path / "files.parquet").equals(rows)
