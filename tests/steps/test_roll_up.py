"""Which roll-up the next one starts from."""

from sway.steps.roll_up import _last_version

from tests.steps.lakes import run_on


def test_days_that_a_slower_roll_up_put_older_acts_over_are_rolled_up_again(tmp_path):
    run = run_on(tmp_path / "lake")
    for version in (7, 9, 8):
        with run.step("roll_up") as record:
            record.input_versions = {"interactions": version}

    assert _last_version(run) == 8
