"""The executor `spark` on a standalone cluster of several JVMs: the same bits as `local`, acts never rows of Spark."""

import json
import subprocess
import sys
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from sway.engine.crew import Crew
from sway.engine.local import Engine
from sway.engine.scatter import in_tasks, row_counts

from tests.cluster.propagating import FEW_SWEEPS, ROWS_PER_BLOCK
from tests.cluster.standalone import Cluster
from tests.engine.worlds import bits_of, land, land_members, land_standing, make_plan, some_world

REPOSITORY = Path(__file__).resolve().parents[2]
ACCOUNTS, BITS = 90, 1
MOST_RECORDS = 200  # of a stage: accounts, relations, and blocks times tasks; there are some 1,800 rows of acts


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    """A master and two workers, whose local folders are their own."""
    servers = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        yield servers.start()
    finally:
        servers.stop()


@pytest.fixture(scope="module")
def by_threads(tmp_path_factory):
    """What `local` makes of the same world: its folder, and its rows."""
    folder = tmp_path_factory.mktemp("local")
    plan, files = make_plan(folder, bits=BITS, method=FEW_SWEEPS), land(some_world(), folder)
    with Crew(2) as crew:
        engine = Engine(plan, crew, in_tasks(files, row_counts(files)))
        figures = engine.propagate(land_members(some_world(), folder), land_standing(some_world(), folder))
        return folder, pq.read_table(engine.account_files()).sort_by("account_key"), figures


def driver(folder, exchange, settings):
    world = folder / "world"
    world.mkdir(parents=True, exist_ok=True)
    words = json.dumps([settings, exchange, str(world), str(folder / "work")])
    return subprocess.Popen(
        [sys.executable, "-m", "tests.cluster.propagating", words],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(process):
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-5000:]
    return json.loads(output.splitlines()[-1])


def propagated(folder, exchange, settings):
    return said(driver(folder, exchange, settings))


@pytest.mark.parametrize("exchange", ["files", "cells"])
def test_several_jvms_give_the_bits_of_local_and_spark_sees_no_act(exchange, cluster, by_threads, tmp_path):
    events = tmp_path / "events"
    events.mkdir()
    log = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": events.as_uri(), "spark.eventLog.compress": "false"}

    found = propagated(tmp_path, exchange, cluster.settings(**log))

    folder, rows, figures = by_threads
    assert found["present"] == list(range(ACCOUNTS))
    assert (found["blocks"], found["accounts"], found["pairs"]) == (1 << BITS, figures.accounts, figures.pairs)
    assert found["residual"] == figures.residual
    assert pq.read_table(tmp_path / f"{exchange}.parquet").equals(rows)
    if exchange == "files":
        assert bits_of(tmp_path) == bits_of(folder)
    records, hosts = records_by_stage(events)
    assert len(hosts) == 2, "both workers did something"
    assert len(records) > 5 + FEW_SWEEPS.influence.sweeps, "a job for each pass and sweep"
    assert max(records.values()) <= MOST_RECORDS, records


def records_by_stage(events):
    """The largest number of records that each stage read, wrote or shuffled, and the executors that did."""
    counted, executors = {}, set()
    for path in sorted(path for path in events.rglob("events_*") if path.is_file()):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            if event["Event"] != "SparkListenerTaskEnd":
                continue
            executors.add(event["Task Info"]["Executor ID"])
            metrics = event["Task Metrics"]
            parts = {
                "read": metrics["Input Metrics"]["Records Read"],
                "written": metrics["Output Metrics"]["Records Written"],
                "shuffled in": metrics["Shuffle Read Metrics"]["Total Records Read"],
                "shuffled out": metrics["Shuffle Write Metrics"]["Shuffle Records Written"],
            }
            for part, records in parts.items():
                key = (event["Stage ID"], part)
                counted[key] = counted.get(key, 0) + records
    stages = {stage for stage, _ in counted}
    return {stage: max(counted.get((stage, part), 0) for part in parts) for stage in stages}, executors


def test_workers_with_another_numpy_are_named_and_nothing_is_begun(cluster, tmp_path):
    other = tmp_path / "other" / "numpy"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("__version__ = '1.0.1'\n")

    found = propagated(tmp_path, "files", cluster.settings(**{"spark.executorEnv.PYTHONPATH": str(other.parent)}))

    assert found["kind"] == "InfrastructureError"
    assert "numpy: expected" in found["error"]
    assert "found 1.0.1" in found["error"]
    assert not list((tmp_path / "work").glob("*.done"))


assert ROWS_PER_BLOCK < len(some_world().acts) <= ROWS_PER_BLOCK << BITS, "as many blocks as `local` is given here"
