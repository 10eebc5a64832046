"""A feed that arrives empty, halved, doubled or with yesterday's content: its day is broken, no score stands on it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sway.contracts.tables.acts import INTERACTIONS
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.record import PUBLISHED
from sway.errors import InputNotReady
from sway.runtime.run import Run
from sway.runtime.views import in_duckdb
from sway.steps.ingest import ingest
from sway.steps.night import night, plan
from sway.steps.readiness import last_good_day, look

from tests.conftest import VERSION
from tests.landing import deliver, event
from tests.steps.lakes import bring_in, calibrate_by_hand, rows_of, run_on

FIRST, ROWS = date(2016, 5, 1), 20
FAILED = FIRST + timedelta(days=21)  # three of its weekdays came before
YESTERDAY, NEXT = FAILED - timedelta(days=1), FAILED + timedelta(days=1)
HOW = {"facebook": "empty", "twitter": "halved", "google_plus": "doubled", "linkedin": "yesterday's"}
EVENTS = {network: ["events"] for network in (*HOW, "forum")}  # the forum's day is good
WAITED = {network: feeds for network, feeds in EVENTS.items() if network != "facebook"}  # read when it is there


def acts(day, count=ROWS):
    return [event(f"{day}/{n}", f"a{n}", "mention", f"b{n % 3}", f"{day}T12:00:00Z") for n in range(count)]


def run(lake, spark=None, carried=()):
    """A run for which a median of ten rows is enough to judge, with a forum where acts count as on Twitter."""
    loaded = run_on(lake).config
    readiness = replace(loaded.environment.readiness, carry_forward=list(carried))
    volume = replace(loaded.audits.ingest.volume, fewest_rows=10)
    limits = replace(loaded.audits.ingest, volume=volume)
    method = loaded.method(VERSION)
    method = replace(method, networks={**method.networks, "forum": method.networks["twitter"]})
    loaded = replace(
        loaded,
        environment=replace(loaded.environment, feeds=WAITED, readiness=readiness),
        audits=replace(loaded.audits, ingest=limits),
        methods={VERSION: method},
    )
    return Run(loaded, str(lake), name="tests", spark=spark)


def read_and_score(made, on):
    night(made, plan(made, on, None))


def failing(network):
    """What the network's feed brings on the day it fails."""
    contents = {"facebook": [], "twitter": acts(FAILED, ROWS // 2), "google_plus": acts(FAILED, 2 * ROWS)}
    return contents.get(network, acts(YESTERDAY) if network == "linkedin" else acts(FAILED))


@pytest.fixture(scope="module")
def drill(spark, tmp_path_factory):
    """Three weeks, scored, then a day on which each feed but one fails in its own way, and a good day, not scored.

    Returns the lake, what a night that waits for three of the failed raised, and what it left.
    """
    lake = tmp_path_factory.mktemp("drill") / "lake"
    for network in EVENTS:
        for n in range(21):
            day = FIRST + timedelta(days=n)
            is_told = n % 7 == 0 or day == YESTERDAY  # of other weekdays nothing is asked; fewer partitions, less time
            deliver(lake, f"{network}/events", day, {"a.jsonl": acts(day) if is_told else []})
    good = run(lake, spark)
    calibrate_by_hand(good, VERSION, *EVENTS)
    read_and_score(good, YESTERDAY)

    for network in EVENTS:
        deliver(lake, f"{network}/events", FAILED, {"a.jsonl": failing(network)})
    with pytest.raises(InputNotReady) as waiting:
        read_and_score(run(lake, spark, carried=["linkedin"]), FAILED)
    left = {
        "days": {max(days(lake, network)) for network in EVENTS},
        "published": rows_of(lake, PUBLISHED, "score_date"),
    }
    read_and_score(run(lake, spark, carried=HOW), FAILED)
    for network in EVENTS:
        deliver(lake, f"{network}/events", NEXT, {"a.jsonl": acts(NEXT)})
    bring_in(run(lake, spark, carried=HOW), until=str(NEXT))
    return lake, waiting.value, left


def days(lake, network):
    return [day for (day,) in rows_of(lake, INTERACTIONS, "event_date", where={"network": network})]


def published(lake, network, on):
    """Published scores of a network by account: all that is told, but for which date and attempt tells it."""
    found = in_duckdb(run(lake).lake).execute(
        "SELECT * EXCLUDE (score_date, attempt, flags) FROM account_scores_published "
        "WHERE network = ? AND score_date = ? ORDER BY account_id",
        [network, on],
    )
    return found.fetchall()


def test_a_night_that_waits_stops_and_names_every_feed_with_what_was_expected(drill):
    _, error, left = drill

    assert error.exit_code == 20
    for network, found in {"facebook": "0 rows accepted, 0.00", "twitter": "10 rows accepted, 0.50"}.items():
        assert f"{network}/events/dt={FAILED}: {found} of the 20 of such weekdays; expected 0.511 to 1.96" in str(error)
    assert f"google_plus/events/dt={FAILED}: 40 rows accepted, 2.00 of the 20" in str(error)
    assert "linkedin" not in str(error)
    assert "sway ingest --network NETWORK --date YYYY-MM-DD --accept" in str(error)
    assert left == {"days": {YESTERDAY}, "published": [(YESTERDAY,)]}, "nothing of any network comes in"


@pytest.mark.parametrize("network", HOW, ids=HOW.values())
def test_no_account_is_published_with_a_drop_since_a_feed_failed(drill, network):
    """Its scores are those of the last good date, worked out anew, and say so."""
    lake, _, _ = drill
    asked = "SELECT DISTINCT score_date, as_of, flags FROM account_scores_history WHERE network = ? ORDER BY score_date"

    assert in_duckdb(run(lake).lake).execute(asked, [network]).fetchall() == [
        (YESTERDAY, YESTERDAY, []),
        (FAILED, YESTERDAY, ["stale_network"]),
    ]
    assert len(published(lake, network, FAILED)) == ROWS + 3
    assert published(lake, network, FAILED) == published(lake, network, YESTERDAY)
    asked = "SELECT DISTINCT change_1_day FROM account_scores_history WHERE network = ? AND score_date = ? AND rank = 1"
    assert in_duckdb(run(lake).lake).execute(asked, [network, FAILED]).fetchall() == [(0.0,)]


def test_other_networks_are_scored_as_if_nothing_had_failed(drill):
    lake, _, _ = drill
    asked = (
        "SELECT score_date, as_of, flags, min(score), sum(reactions) FROM account_scores_history "
        "WHERE network = 'forum' GROUP BY ALL ORDER BY score_date"
    )
    before, after = in_duckdb(run(lake).lake).sql(asked).fetchall()

    assert (before[:3], after[:3]) == ((YESTERDAY, YESTERDAY, []), (FAILED, FAILED, []))
    assert after[3] > before[3] > 0
    assert after[4] == before[4] + ROWS


def test_where_networks_are_carried_forward_the_failed_day_alone_is_left_out(drill):
    lake, _, _ = drill
    states = {
        (network, day): (state, reason)
        for network, day, state, reason in rows_of(lake, FEED_DAYS, "network", "delivered_on", "state", "reason")
        if day >= YESTERDAY
    }

    assert "20 of 20 rows came before, at most 50.00% may" in states["linkedin", FAILED][1]
    for network, found in zip(HOW, (0, 10, 40, 0), strict=True):
        assert [states[network, day][0] for day in (YESTERDAY, FAILED, NEXT)] == ["ready", "broken", "ready"]
        assert f"{found} rows accepted" in states[network, FAILED][1]
        brought = days(lake, network)
        assert brought.count(FAILED) == 0
        assert {brought.count(day) for day in set(brought)} == {ROWS}


def test_a_backlog_read_in_one_batch_is_judged_as_if_each_of_its_days_had_come_alone(drill, spark, tmp_path):
    told = ("network", "delivered_on", "state", "accepted", "reason")
    one_by_one = rows_of(drill[0], FEED_DAYS, *told, where={"delivered_on": FAILED})
    lake = tmp_path / "backlog" / "lake"
    for network in EVENTS:
        for day in (*(FIRST + timedelta(days=7 * week) for week in range(3)), YESTERDAY):
            deliver(lake, f"{network}/events", day, {"a.jsonl": acts(day)})
        deliver(lake, f"{network}/events", FAILED, {"a.jsonl": failing(network)})
    carrying = run(lake, spark, carried=EVENTS)
    assert not look(carrying, until=FAILED).waited_for

    bring_in(carrying, until=str(FAILED))

    assert rows_of(lake, FEED_DAYS, *told, where={"delivered_on": FAILED}) == one_by_one
    assert [state for _, _, state, *_ in one_by_one].count("broken") == len(HOW)
    assert {network: FAILED in days(lake, network) for network in EVENTS} == {n: n == "forum" for n in EVENTS}


def test_the_last_good_day_is_the_one_before_the_gap(drill):
    lake, _, _ = drill
    looked = run(lake, carried=HOW)

    for network in HOW:
        assert last_good_day(looked, network, FAILED - timedelta(days=2)) == FAILED - timedelta(days=2)
        assert last_good_day(looked, network, NEXT) == YESTERDAY
    assert last_good_day(looked, "forum", NEXT) == NEXT
    assert last_good_day(looked, "wikipedia", NEXT) == NEXT  # no night waits for it
    assert last_good_day(run(lake.with_name("none")), "twitter", NEXT) is None


def test_a_broken_day_is_looked_at_again_each_night_and_let_in_by_an_operator_who_says_it_is_right(drill, spark):
    lake, _, _ = drill
    again = run(lake, spark, carried=HOW)
    found = look(again, until=NEXT)
    assert {(one.network, tuple(day.delivered_on for day in one.days)) for one in found.pending} == {
        (network, (FAILED,)) for network in HOW
    }
    ingest(again, look(again, until=NEXT, network="twitter"), is_accepted=True)

    assert last_good_day(again, "twitter", NEXT) == NEXT
    assert last_good_day(again, "linkedin", NEXT) == YESTERDAY


def test_a_day_that_never_arrives_stops_the_night_or_is_carried(drill):
    lake, _, _ = drill
    later = NEXT + timedelta(days=1)
    for network in sorted(set(EVENTS) - {"twitter"}):
        deliver(lake, f"{network}/events", later, {"a.jsonl": acts(later)})

    with pytest.raises(InputNotReady, match=rf"missing:\s+twitter/events/dt={later}: nothing has landed\n") as caught:
        look(run(lake), until=later).check()
    assert caught.value.exit_code == 20
    carried = look(run(lake, carried=["twitter"]), until=later)
    carried.check()
    (away,) = carried.away
    assert (away.network, away.delivered_on, away.state) == ("twitter", later, "absent")
