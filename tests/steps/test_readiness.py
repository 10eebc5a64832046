"""Days that are not good: which hold a network back, and for how long. No Spark at all."""

import shutil
from datetime import timedelta

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.errors import InputNotReady
from sway.steps import roll_up, score
from sway.steps.ingest import ingest
from sway.steps.readiness import last_good_day, look

from tests.landing import deliver
from tests.steps.lakes import run_on
from tests.steps.ledger import on, read, said


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


def test_a_late_or_broken_day_whose_folder_is_gone_holds_nothing_back(lake):
    run = run_on(lake, carried=["facebook"], facebook=["posts"])
    posts = [read(lake, "facebook/posts", day) for day in (1, 2, 3)]
    late, broken = said(lake, "facebook/comments", 2, state="late"), read(lake, "facebook/comments", 3, state="broken")
    run.lake.put(FEED_DAYS, [*posts, read(lake, "facebook/comments", 1), late, broken])
    assert last_good_day(run, "facebook", on(3)) == on(1)

    (away,) = look(run, until=on(3)).away
    assert (away.feed, away.delivered_on, away.state) == ("comments", on(2), "absent")

    shutil.rmtree(lake / "landing" / "facebook" / "comments")
    ingest(run, look(run, until=on(3)))

    states = {row["delivered_on"].day: row["state"] for row in run.lake.rows(FEED_DAYS, feed="comments")}
    assert states == {1: "ready", 2: "absent", 3: "absent"}
    assert last_good_day(run, "facebook", on(3)) == on(3)
    assert look(run, until=on(3)).is_empty


def test_a_day_of_a_feed_that_is_waited_for_is_waited_for_where_its_folder_is_gone(lake):
    run = run_on(lake, facebook=["posts"])
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", 1), said(lake, "facebook/posts", 2, state="broken")])

    with pytest.raises(InputNotReady, match="facebook/posts/dt=2016-05-02: nothing has landed"):
        ingest(run, look(run, until=on(2)))


@pytest.mark.parametrize("state", ["late", "broken"])
def test_a_network_whose_first_day_is_bad_is_left_out_for_a_while_and_then_waited_for(lake, state):
    run = run_on(lake, carried=["facebook"], facebook=["posts"])
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", day) for day in range(1, 13)])
    run.lake.put(FEED_DAYS, [said(lake, "facebook/comments", 1, state=state)])

    with run.step("score") as record:
        assert score._as_of(run, record, "facebook", on(7)) is None
    assert "facebook: not scored: good until 2016-04-30 only, and nothing of it came before" in record.message
    assert record.counts["facebook.carried_days"] == 7  # so that doctor finds it worth restating
    with pytest.raises(InputNotReady, match="facebook: its feeds are good until 2016-04-30 only"), run.step("score"):
        score._as_of(run, record, "facebook", on(8))


def test_a_mistyped_year_stops_the_night_and_is_no_reason_to_leave_a_network_out(lake):
    run = run_on(lake, carried=["facebook"], facebook=["posts"])
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", day) for day in (1, 2)])
    mistyped = deliver(lake, "facebook/comments", on(2) - timedelta(days=3652), {"a.jsonl": []})
    (mistyped / "_manifest.json").unlink()
    ingest(run, look(run, until=on(2)))

    with run.step("score") as record, pytest.raises(InputNotReady, match=r"good until 2006-05-02 only.*`sway doctor"):
        score._as_of(run, record, "facebook", on(2))
    shutil.rmtree(mistyped)
    ingest(run, look(run, until=on(2)))
    with run.step("score") as record:
        assert score._as_of(run, record, "facebook", on(2)) == on(2)


def test_days_that_a_slower_roll_up_put_older_acts_over_are_rolled_up_again(lake):
    run = run_on(lake)
    for version in (7, 9, 8):
        with run.step("roll_up") as record:
            record.input_versions = {"interactions": version}

    assert roll_up._last_version(run) == 8
