"""A feed that arrives empty, halved, doubled or with yesterday's content: its day is broken, and no night uses it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sway.contracts.tables import FEED_DAYS, INTERACTIONS
from sway.errors import AuditFailed, InputNotReady
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import last_good_day, look

from tests.landing import deliver, event
from tests.steps.lakes import bring_in, rows_of, run_on

FIRST, ROWS = date(2016, 5, 1), 20
EVENTS = {"facebook": ["events"], "twitter": ["events"], "google_plus": ["events"], "linkedin": ["events"]}
FAILED = FIRST + timedelta(days=21)  # three of its weekdays came before
NEXT = FAILED + timedelta(days=1)


def acts(day, count=ROWS):
    return [event(f"{day}/{n}", f"a{n}", "mention", "bob", f"{day}T12:00:00Z") for n in range(count)]


def run(lake, spark=None, carried=()):
    """A run for which a median of ten rows is enough to judge."""
    made = run_on(lake, spark=spark, **EVENTS)
    loaded = made.config
    readiness = replace(loaded.environment.readiness, carry_forward=list(carried))
    limits = replace(loaded.audits.ingest, volume=replace(loaded.audits.ingest.volume, fewest_rows=10))
    loaded = replace(
        loaded,
        environment=replace(loaded.environment, readiness=readiness),
        audits=replace(loaded.audits, ingest=limits),
    )
    return Run(loaded, str(lake), name="tests", spark=spark)


@pytest.fixture(scope="module")
def drill(spark, tmp_path_factory):
    """Three weeks of four networks, then a day on which each feed fails in its own way, and a good day.

    Returns the lake and what a night that waits for all of them raised.
    """
    lake = tmp_path_factory.mktemp("drill") / "lake"
    for network in EVENTS:
        for n in range(21):
            day = FIRST + timedelta(days=n)
            is_told = n % 7 == 0 or n == 20  # of other weekdays nothing is asked; fewer partitions take less time
            deliver(lake, f"{network}/events", day, {"a.jsonl": acts(day) if is_told else []})
    bring_in(run(lake, spark), until=str(FAILED - timedelta(days=1)))

    yesterday = FAILED - timedelta(days=1)
    deliver(lake, "facebook/events", FAILED, {"a.jsonl": []})
    deliver(lake, "twitter/events", FAILED, {"a.jsonl": acts(FAILED, ROWS // 2)})
    deliver(lake, "google_plus/events", FAILED, {"a.jsonl": acts(FAILED, 2 * ROWS)})
    deliver(lake, "linkedin/events", FAILED, {"a.jsonl": acts(yesterday)})
    for network in EVENTS:
        deliver(lake, f"{network}/events", NEXT, {"a.jsonl": acts(NEXT)})
    with pytest.raises(AuditFailed) as waiting:
        bring_in(run(lake, spark, carried=["linkedin"]), until=str(NEXT))
    left = {
        network: max(day for (day,) in rows_of(lake, INTERACTIONS, "event_date", where={"network": network}))
        for network in EVENTS
    }
    bring_in(run(lake, spark, carried=EVENTS), until=str(NEXT))
    return lake, waiting.value, left


def test_a_night_that_waits_stops_and_names_every_feed_with_what_was_expected(drill):
    _, error, left = drill

    assert error.exit_code == 30
    for network, found in {"facebook": "0 rows accepted, 0.00", "twitter": "10 rows accepted, 0.50"}.items():
        assert f"{network}/events/dt={FAILED}: {found} of the 20 of such weekdays; expected 0.6 to 1.8" in str(error)
    assert f"google_plus/events/dt={FAILED}: 40 rows accepted, 2.00 of the 20" in str(error)
    assert "linkedin" not in str(error)
    assert "sway ingest --network NETWORK --date YYYY-MM-DD --accept" in str(error)
    assert set(left.values()) == {FAILED - timedelta(days=1)}, "nothing of any network comes in"


def test_where_networks_are_carried_forward_the_failed_day_alone_is_left_out(drill):
    lake, _, _ = drill
    states = {
        (network, day): (state, reason)
        for network, day, state, reason in rows_of(lake, FEED_DAYS, "network", "delivered_on", "state", "reason")
        if day >= FAILED - timedelta(days=1)
    }

    for network, found in zip(EVENTS, (0, 10, 40, 0), strict=True):
        assert [states[network, FAILED + timedelta(days=n)][0] for n in (-1, 0, 1)] == ["ready", "broken", "ready"]
        assert f"{found} rows accepted" in states[network, FAILED][1]
        days = [day for (day,) in rows_of(lake, INTERACTIONS, "delivered_on", where={"network": network})]
        assert days.count(FAILED) == 0
        assert {days.count(day) for day in set(days)} == {ROWS}


def test_the_last_good_day_is_the_one_before_the_gap(drill):
    lake, _, _ = drill
    looked = run(lake)

    for network in EVENTS:
        assert last_good_day(looked, network, FAILED - timedelta(days=2)) == FAILED - timedelta(days=2)
        assert last_good_day(looked, network, NEXT) == FAILED - timedelta(days=1)
    assert last_good_day(looked, "wikipedia", NEXT) == NEXT  # no night waits for it
    assert last_good_day(run(lake.with_name("none")), "facebook", NEXT) is None


def test_a_broken_day_is_looked_at_again_each_night_and_let_in_by_an_operator_who_says_it_is_right(drill, spark):
    lake, _, _ = drill
    again = run(lake, spark, carried=EVENTS)
    found = look(again, until=NEXT)
    assert {(one.network, tuple(day.delivered_on for day in one.days)) for one in found.pending} == {
        (network, (FAILED,)) for network in EVENTS
    }
    ingest(again, found.of("twitter"), is_accepted=True)

    assert last_good_day(again, "twitter", NEXT) == NEXT
    assert last_good_day(again, "linkedin", NEXT) == FAILED - timedelta(days=1)


def test_a_day_that_never_arrives_stops_the_night_or_is_carried(drill):
    lake, _, _ = drill
    later = NEXT + timedelta(days=1)
    for network in sorted(set(EVENTS) - {"twitter"}):
        deliver(lake, f"{network}/events", later, {"a.jsonl": acts(later)})

    with pytest.raises(InputNotReady, match=rf"missing:\s+twitter/events/dt={later}: nothing has landed\n") as caught:
        look(run(lake), until=later)
    assert caught.value.exit_code == 20
    (away,) = look(run(lake, carried=["twitter"]), until=later).away
    assert (away.network, away.delivered_on, away.state) == ("twitter", later, "absent")
