"""What stands around an executor while it works on one network."""

from dataclasses import replace
from datetime import date

import pytest
from sway.engine.dataframe import DataFrameExecutor
from sway.engine.executor import PairDays
from sway.engine.local_executor import LocalExecutor
from sway.runtime.run import Run, StepRecord
from sway.steps import propagation
from sway.steps.executors import executor_of
from sway.steps.propagation import Inputs, propagated

from tests.steps.lakes import run_on


class Failing:
    """An executor that fails at once, and says whether it was let go of."""

    is_released = False

    def present(self, *_, **__):
        raise MemoryError("no more")

    def release(self):
        self.is_released = True


def test_what_an_executor_holds_is_let_go_of_also_where_it_fails(tmp_path, monkeypatch):
    run, executor = run_on(tmp_path / "lake"), Failing()
    monkeypatch.setattr(propagation, "executor_of", lambda *_, **__: executor)
    inputs = Inputs(run.lake, "twitter", {}, dict.fromkeys(("pair_days", "accounts", "follows", "page_links"), ()))

    with (
        pytest.raises(MemoryError, match="no more"),
        propagated(run, StepRecord(None), "sway-1.0", inputs, date(2016, 5, 1), has_profiles=True),
    ):
        pytest.fail("nothing was found")

    assert executor.is_released


@pytest.mark.parametrize(
    ("memory", "kind", "why"),
    [
        ("1g", LocalExecutor, "twitter by local: 0 rows of acts, 1,000,000 relations and 5 accounts need"),
        ("1m", DataFrameExecutor, "twitter by dataframe: 0 rows of acts, 1,000,000 relations and 5 accounts need"),
    ],
)
def test_auto_takes_an_executor_by_the_environments_memory_and_the_record_says_why(memory, kind, why, tmp_path):
    run = run_on(tmp_path / "lake")
    environment = run.config.environment
    told = replace(environment, executor="auto", engine=replace(environment.engine, memory=memory))
    run = Run(replace(run.config, environment=told), str(tmp_path / "lake"), name="tests")
    pair_days = PairDays(lambda: pytest.fail("Spark was asked"), (), 5, 1_000_000)

    with run.step("score") as record:
        found = executor_of(run, record, "sway-1.0", "twitter", pair_days, {}, date(2016, 5, 1), has_profiles=True)

    assert isinstance(found, kind)
    assert why in record.message
