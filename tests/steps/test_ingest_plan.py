"""What an ingest of one network would do, told without doing it: no Spark at all."""

import pytest
from sway import cli
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.runtime import session
from sway.runtime.lake import Lake
from sway.steps.ingest_plan import plan_ingest

from tests.landing import deliver
from tests.steps.lakes import environment, run_on
from tests.steps.ledger import on, read


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


def test_the_dry_run_of_an_ingest_says_what_each_day_would_be_and_writes_nothing(lake, capsys, monkeypatch):
    monkeypatch.setattr(session, "start_spark", None)
    days = [read(lake, "facebook/events", 2)]
    days.append(read(lake, "facebook/events", 3, state="broken", reason="a.jsonl: too odd", accepted=0))
    Lake(str(lake)).put(FEED_DAYS, days)
    deliver(lake, "facebook/events", on(2), {"b.jsonl": []})
    deliver(lake, "facebook/events", on(4), {"b.jsonl": [{"event_id": "e"}] * 3})
    (deliver(lake, "facebook/events", on(6), {"a.jsonl": []}) / "_manifest.json").unlink()
    (deliver(lake, "facebook/comments", on(4), {"a.jsonl": []}) / "a.jsonl").unlink()
    deliver(lake, "facebook/comments", on(7), {"a.jsonl": []})  # after the date
    deliver(lake, "twitter/statuses", on(4), {"a.jsonl": []})  # of another network, whose other days are missing
    version = Lake(str(lake)).version(FEED_DAYS)
    feeds = {"facebook": ["events"], "twitter": ["statuses"]}
    arguments = ["--lake", str(lake), "--env", environment(lake.parent, **feeds), "--date", "2016-05-06", "--dry-run"]

    assert cli.main(["ingest", "--network", "facebook", *arguments]) == 20
    told = capsys.readouterr()

    assert told.out == (
        "ingest of facebook up to 2016-05-06, dry run: nothing was written\n"
        "  broken   comments/dt=2016-05-04: 0 rows in 1 file; a.jsonl: announced with 0 bytes, not there\n"
        "  again    events/dt=2016-05-02: 0 rows in 1 file; delivered anew since it was read: `sway quarantine replay "
        f"--network facebook --feed events --from 2016-05-02 --to 2016-05-02 --lake {lake}` reads it again\n"
        "  read     events/dt=2016-05-03: 0 rows in 1 file; refused before: a.jsonl: too odd\n"
        "  read     events/dt=2016-05-04: 3 rows in 1 file\n"
        "  missing  events/dt=2016-05-05\n"
        "  late     events/dt=2016-05-06: no _manifest.json\n"
    )
    assert "facebook/comments/dt=2016-05-04/a.jsonl: announced with 0 bytes, not there" in told.err
    assert "facebook/events/dt=2016-05-05: nothing has landed" in told.err
    assert Lake(str(lake)).version(FEED_DAYS) == version
    assert not (lake / "tables" / "runs").exists()


def test_of_a_network_that_is_carried_forward_nothing_stops_the_ingest(lake):
    run = run_on(lake, facebook=["events"])
    run.config.environment.readiness.carry_forward.append("facebook")
    (deliver(lake, "facebook/events", on(1), {"a.jsonl": []}) / "a.jsonl").unlink()

    todo = plan_ingest(run, "facebook", on(2))

    assert [(day.outcome, day.delivered_on) for day in todo.days] == [("broken", on(1)), ("missing", on(2))]
    todo.check()


@pytest.mark.parametrize(("network", "code"), [("myspace", 10), ("registry", 0), ("twitter", 0)])
def test_one_network_is_brought_in_whatever_is_missing_of_others(lake, network, code, capsys):
    arguments = ["--lake", str(lake), "--env", environment(lake.parent, facebook=["events"]), "--date", "2016-05-01"]

    (lake / "landing").mkdir(parents=True)
    assert cli.main(["ingest", "--network", network, *arguments]) == code
    assert not (lake / "tables").exists()
    assert code == 0 or "unknown network 'myspace'" in capsys.readouterr().err
