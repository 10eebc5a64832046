"""What the lake makes of several writers at once, and of a run that was killed while it made a table."""

import pytest
from delta.exceptions import ConcurrentAppendException
from deltalake import DeltaTable
from sway.contracts.tables import CALIBRATIONS, METRICS, PAIR_DAYS, RUNS
from sway.errors import AuditFailed, LeaseHeld
from sway.runtime import lake as lakes
from sway.runtime.lake import Lake


def metric(name):
    return {"run_id": "r", "name": name, "algorithm_version": None, "score_date": None, "network": None,
            "value": 1.0, "low": None, "high": None, "outcome": "passed"}  # fmt: skip


def in_threads(work, count):
    """The errors of `count` threads that do `work(number)` together."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(count) as pool:
        return [error for error in (f.exception() for f in [pool.submit(work, n) for n in range(count)]) if error]


def test_appends_of_several_runs_all_arrive(tmp_path):
    lake = Lake(str(tmp_path))
    lake.ensure(METRICS)

    errors = in_threads(lambda n: [lake.add(METRICS, [metric(f"{n}-{k}")]) for k in range(6)], 3)

    assert errors == []
    assert len(lake.rows(METRICS)) == 18


def test_constraints_a_killed_run_left_out_are_added_by_the_next(tmp_path):
    lake = Lake(str(tmp_path))
    whole = Lake(str(tmp_path / "whole"))
    lake._create(PAIR_DAYS)
    whole.ensure(PAIR_DAYS)

    lake.ensure(PAIR_DAYS)

    def rules(of):
        return DeltaTable(of.uri(PAIR_DAYS)).metadata().configuration

    assert rules(lake) == rules(whole) != {}


def test_a_commit_of_spark_that_met_another_is_a_held_lease():
    with (
        pytest.raises(LeaseHeld, match="calibrations was changed by another run"),
        lakes._one_spark_writer(CALIBRATIONS),
    ):
        raise ConcurrentAppendException("Files were added by a concurrent update")


def test_another_error_of_a_commit_stays_what_it_is():
    with pytest.raises(ZeroDivisionError), lakes._one_spark_writer(CALIBRATIONS):
        raise ZeroDivisionError


def test_the_record_of_a_failed_step_never_hides_why_it_failed(tmp_path, new_run, monkeypatch):
    run = new_run(tmp_path)

    def no_room(*_):
        raise OSError("no space left")

    monkeypatch.setattr(run.lake, "add", no_room)
    with pytest.raises(AuditFailed, match="too many rows"), run.step("ingest"):
        raise AuditFailed("too many rows")


def test_a_failed_step_is_recorded_with_its_sentence(tmp_path, new_run):
    run = new_run(tmp_path)

    with pytest.raises(AuditFailed), run.step("ingest"):
        raise AuditFailed("too many rows")

    (row,) = run.lake.rows(RUNS)
    assert (row["state"], row["message"]) == ("failed", "AuditFailed: too many rows")
