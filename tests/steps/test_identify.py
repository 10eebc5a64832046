"""Which date the identity tables speak for."""

from datetime import date

from sway.contracts.tables import IDENTITY_ASSERTIONS
from sway.steps.identify import is_identified, newest_asked

from tests.steps.lakes import run_on

EARLY, LATE = date(2016, 5, 1), date(2016, 5, 3)


def test_the_tables_never_go_back_to_an_earlier_date(tmp_path):
    run = run_on(tmp_path / "lake")  # without Spark: that would be an error
    assert is_identified(run, LATE), "nothing was ever asserted"
    run.lake.ensure(IDENTITY_ASSERTIONS)
    assert not is_identified(run, EARLY)
    assert newest_asked(run, EARLY) == EARLY

    with run.step("identify", on=LATE) as record:
        record.input_versions = {IDENTITY_ASSERTIONS.name: run.lake.version(IDENTITY_ASSERTIONS)}

    assert is_identified(run, EARLY)
    assert is_identified(run, LATE)
    assert not is_identified(run, date(2016, 5, 4))
    assert newest_asked(run, EARLY) == LATE
