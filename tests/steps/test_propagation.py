"""What stands around an executor while it works on one network."""

from datetime import date

import pytest
from sway.runtime.run import StepRecord
from sway.steps import propagation
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
    inputs = Inputs(run.lake, "twitter", {}, {"pair_days": (), "accounts": ()})

    with (
        pytest.raises(MemoryError, match="no more"),
        propagated(run, StepRecord(None), "sway-1.0", inputs, date(2016, 5, 1), has_profiles=True),
    ):
        pytest.fail("nothing was found")

    assert executor.is_released
