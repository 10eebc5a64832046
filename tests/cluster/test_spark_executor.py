"""The executor `spark` on a standalone cluster of several JVMs: the same bits as `local`, acts never rows of Spark."""

import json

import pyarrow.parquet as pq
import pytest

from tests.cluster.drivers import BITS, propagated, propagated_by_threads
from tests.cluster.propagating import FEW
from tests.engine.worlds import bits_of

ACCOUNTS = 90
MOST_RECORDS = 200  # of a stage: accounts, relations, and blocks times tasks; there are some 1,800 rows of acts


@pytest.fixture(scope="module")
def by_threads(tmp_path_factory):
    return propagated_by_threads(tmp_path_factory.mktemp("local"), FEW)


def test_several_jvms_give_the_bits_of_local_and_spark_sees_no_act(cluster, by_threads, tmp_path):
    events = tmp_path / "events"
    events.mkdir()
    log = {"spark.eventLog.enabled": "true", "spark.eventLog.dir": events.as_uri(), "spark.eventLog.compress": "false"}

    by_exchange = propagated(tmp_path, ["files", "cells"], cluster.settings(**log), FEW)

    folder, rows, figures = by_threads
    for exchange, found in zip(("files", "cells"), by_exchange, strict=True):
        assert found["present"] == list(range(ACCOUNTS))
        assert (found["blocks"], found["accounts"], found["pairs"]) == (1 << BITS, figures.accounts, figures.pairs)
        assert found["residual"] == figures.residual
        assert pq.read_table(tmp_path / f"{exchange}.parquet").equals(rows)
    assert bits_of(tmp_path) == bits_of(folder)
    records, hosts = records_by_stage(events)
    assert len(hosts) == 2, "both workers did something"
    assert len(records) > 2 * (5 + FEW), "a job for each pass and sweep"
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

    one = {"spark.cores.max": "1", "spark.executorEnv.PYTHONPATH": str(other.parent)}
    (found,) = propagated(tmp_path, ["files"], cluster.settings(**one), FEW)

    assert found["kind"] == "InfrastructureError"
    assert "numpy: expected" in found["error"]
    assert "found 1.0.1" in found["error"]
    assert not list((tmp_path / "work").glob("*.done"))
