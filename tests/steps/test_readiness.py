"""Days that are missing or not good: what is said of them, which hold a network back, and for how long."""

import shutil
from datetime import date, timedelta

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import RUNS
from sway.errors import ConfigError, InputNotReady
from sway.runtime.landing import Landing
from sway.steps import score
from sway.steps.ingest import ingest
from sway.steps.night import backfill, calibrate_version, plan
from sway.steps.readiness import last_good_day, look, refuse_ahead, survey

from tests.landing import deliver, event
from tests.steps.lakes import bring_in, calibrate_by_hand, rows_of, run_on
from tests.steps.ledger import on, read, said


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


@pytest.mark.parametrize(
    ("bad", "good_until"),
    [
        ({("comments", 3): "broken"}, 2),
        ({("comments", 3): "late", ("likes", 2): "broken"}, 1),
        ({("comments", 9): "broken"}, 5),  # after the date
        ({("comments", 1): "broken"}, 0),  # nothing is good before it
        ({}, 5),
    ],
)
def test_a_network_carried_forward_is_good_until_any_of_its_feeds_was_left_out(lake, bad, good_until):
    run = run_on(lake, facebook=["posts"])
    rows = {(feed, day): "ready" for feed in ("posts", "comments", "likes") for day in range(1, 6)} | bad
    run.lake.add(FEED_DAYS, [said(lake, f"facebook/{feed}", day, state=state) for (feed, day), state in rows.items()])
    assert last_good_day(run, "facebook", on(5)) == on(5)  # where it is not, such a day makes the night wait

    run.config.environment.readiness.carry_forward.append("facebook")

    assert last_good_day(run, "facebook", on(5)) == on(1) + timedelta(days=good_until - 1)


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


@pytest.mark.parametrize(("came", "absent"), [([1, 2, 3, 5], [4]), ([1, 2, 3], [4, 5]), ([1, 2, 3, 4], [])])
def test_days_on_which_a_feed_stays_away_longer_than_it_does_are_absent_and_waited_for_by_no_night(lake, came, absent):
    run = run_on(lake, carried=["facebook"], facebook=["posts"])
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", day) for day in range(1, 6)])
    run.lake.put(FEED_DAYS, [read(lake, "facebook/shares", day) for day in came])

    found = look(run, until=on(5))
    assert [(one.feed, one.delivered_on, one.state) for one in found.away] == [
        ("shares", on(day), "absent") for day in absent
    ]
    ingest(run, found)

    states = {row["delivered_on"].day: row["state"] for row in run.lake.rows(FEED_DAYS, feed="shares")}
    assert states == {**dict.fromkeys(came, "ready"), **dict.fromkeys(absent, "absent")}
    assert last_good_day(run, "facebook", on(5)) == on(5)
    assert look(run, until=on(5)).is_empty, "what is noted already is not noted again"


def test_a_night_opens_the_manifests_of_the_weeks_it_looks_back_and_doctor_all(lake, monkeypatch):
    run = run_on(lake)
    run.lake.put(FEED_DAYS, [read(lake, "facebook/posts", day) for day in (1, 2)])
    weeks = timedelta(weeks=run.config.audits.ingest.volume.weeks)
    for day in (1, 2):
        deliver(lake, "facebook/posts", on(day), {"a.jsonl": [], "b.jsonl": []})
    deliver(lake, "facebook/posts", on(2) + weeks, {"a.jsonl": []})
    opened = []
    monkeypatch.setattr(Landing, "day", lambda *place, of=Landing.day: opened.append(place[-1]) or of(*place))

    found = look(run, until=on(2) + weeks)
    assert opened == [on(2), on(2) + weeks]
    assert [day.delivered_on for day in found.again] == [on(2)]
    assert [day.delivered_on for day in survey(run, until=on(2) + weeks).again] == [on(1), on(2)]


def test_a_missing_day_is_named_and_noted_and_nothing_else_is_written(tmp_path):
    lake = tmp_path / "lake"
    for day in ("2016-05-01", "2016-05-03"):
        deliver(lake, "facebook/events", day, {"a.jsonl": []})

    with pytest.raises(
        InputNotReady, match=r"missing:\s+facebook/events/dt=2016-05-02: nothing has landed\n"
    ) as caught:
        bring_in(run_on(lake, facebook=["events"]), until="2016-05-03")

    assert caught.value.exit_code == 20
    reason = "facebook/events/dt=2016-05-02: nothing has landed"
    assert rows_of(lake, FEED_DAYS, "delivered_on", "state", "reason") == [(date(2016, 5, 2), "absent", reason)]
    version = run_on(lake).lake.version(FEED_DAYS)
    with pytest.raises(InputNotReady):
        bring_in(run_on(lake, facebook=["events"]), until="2016-05-03")
    assert run_on(lake).lake.version(FEED_DAYS) == version, "what is noted already is not noted again"


def test_a_feed_that_never_arrived_is_missing_on_the_date_alone(tmp_path):
    with pytest.raises(InputNotReady, match=r"missing:\s+facebook/events/dt=2016-05-03: nothing has landed\n"):
        look(run_on(tmp_path / "lake", facebook=["events"]), until=date(2016, 5, 3)).check()
    assert not (tmp_path / "lake").exists(), "who only looks writes nothing"


def test_a_day_without_manifest_is_named_and_noted_and_read_when_it_is_whole(spark, tmp_path):
    lake = tmp_path / "lake"
    act = event("e1", "ann", "like", "bob", "2016-05-01T08:00:00Z")
    day = deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": [act]})
    (day / "_manifest.json").rename(lake / "held_back")

    with pytest.raises(InputNotReady, match=r"facebook/events/dt=2016-05-01: no _manifest\.json"):
        bring_in(run_on(lake, facebook=["events"]), until="2016-05-01")
    assert rows_of(lake, FEED_DAYS, "state") == [("late",)]
    assert sorted(path.name for path in (lake / "tables").iterdir()) == ["feed_days"]

    (lake / "held_back").rename(day / "_manifest.json")
    bring_in(run_on(lake, spark=spark, facebook=["events"]), until="2016-05-01")
    assert rows_of(lake, FEED_DAYS, "state") == [("ready",)]


def test_every_disagreement_with_a_manifest_is_named_together(spark, tmp_path):
    lake = tmp_path / "lake"
    one = deliver(lake, "facebook/events", "2016-05-01", {"a.jsonl": [], "b.jsonl": []})
    (one / "a.jsonl").unlink()
    other = deliver(lake, "facebook/events", "2016-05-02", {"a.jsonl": []})
    (other / "stray.jsonl").write_text("{}")

    with pytest.raises(InputNotReady) as caught:
        bring_in(run_on(lake, spark=spark))

    assert "facebook/events/dt=2016-05-01/a.jsonl: announced with 0 bytes, not there" in str(caught.value)
    assert "facebook/events/dt=2016-05-02/stray.jsonl: not announced" in str(caught.value)


def test_networks_and_feeds_nobody_declared_are_refused_with_what_to_do(tmp_path):
    lake = tmp_path / "lake"
    deliver(lake, "myspace/events", "2016-05-01", {"a.jsonl": []})
    deliver(lake, "twitter/statusses", "2016-05-01", {"a.jsonl": []})

    with pytest.raises(ConfigError) as caught:
        look(run_on(lake, facebook=["event"]), until=date(2016, 5, 1))

    assert "landing/myspace: unknown network; declare it under [networks.myspace.actions]" in str(caught.value)
    assert "landing/twitter/statusses: unknown feed; expected one of deletions, events, favourites" in str(caught.value)
    assert "facebook/event: unknown feed; expected one of comments, events" in str(caught.value)
    assert caught.value.exit_code == 10


def test_days_after_the_score_date_wait(tmp_path):
    lake = tmp_path / "lake"
    for day in ("2016-05-01", "2016-05-02"):
        deliver(lake, "facebook/events", day, {"a.jsonl": []})

    (found,) = look(run_on(lake, facebook=["events"]), until=date(2016, 5, 1)).pending
    assert [day.delivered_on for day in found.days] == [date(2016, 5, 1)]


VERSION = "sway-1.0"


@pytest.mark.parametrize(
    "do",
    [
        lambda run, day: plan(run, day, None),
        lambda run, day: calibrate_version(run, VERSION, day),
        lambda run, day: backfill(run, VERSION, on(1), day),
    ],
    ids=["night", "calibrate", "backfill"],
)
def test_a_date_after_all_deliveries_is_refused_before_anything_is_read(lake, do):
    """No night waits for these feeds: all would be scored as if nothing had happened since."""
    run = run_on(lake)
    calibrate_by_hand(run, VERSION, "twitter")
    run.lake.put(FEED_DAYS, [read(lake, "twitter/statuses", 2), said(lake, "facebook/posts", 9, state="absent")])
    deliver(lake, "facebook/posts", on(3), {"a.jsonl": []})

    with pytest.raises(InputNotReady, match=r"2016-05-04: after 2016-05-03, the newest delivery day"):
        do(run, on(4))
    assert run.lake.rows(RUNS) == []


def test_a_date_is_known_once_any_network_has_delivered(lake):
    run = run_on(lake)
    with pytest.raises(InputNotReady, match="2016-05-04: nothing has landed yet"):
        refuse_ahead(run, on(4))

    run.lake.put(FEED_DAYS, [read(lake, "twitter/statuses", day) for day in (1, 2, 4)])
    shutil.rmtree(lake / "landing")  # what was read may be removed
    refuse_ahead(run, on(4))
    deliver(lake, "facebook/posts", on(5), {"a.jsonl": []})
    refuse_ahead(run, on(5))

    deliver(lake, "facebook/posts", "2106-05-05", {"a.jsonl": []})  # a mistyped year
    with pytest.raises(InputNotReady, match="after 2016-05-05"):
        refuse_ahead(run, on(6))


def test_what_is_waited_for_is_said_before_that_nothing_has_come_of_a_date(lake):
    deliver(lake, "facebook/events", on(1), {"a.jsonl": []})
    run = run_on(lake, facebook=["events"])

    assert [away.delivered_on for away in plan(run, on(2), None).landed.waited_for] == [on(2)]
    with pytest.raises(InputNotReady, match=r"missing:\s+facebook/events/dt=2016-05-02"):
        calibrate_version(run, VERSION, on(2))
