"""Page views and whole lists of relations that arrive empty, halved, doubled or as yesterday's: none drops a page."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.contracts.tables.states import FOLLOWS, PAGE_LINKS, PAGE_VIEWS
from sway.errors import InputNotReady
from sway.runtime.run import Run
from sway.steps.ingest import ingest
from sway.steps.readiness import last_good_day, look

from tests.landing import deliver
from tests.steps.lakes import bring_in, rows_of, run_on

FIRST, PAGES, LINKS = date(2016, 5, 1), 30, 4
YESTERDAYS, EMPTY, HALVED, DOUBLED, GOOD = (FIRST + timedelta(days=n) for n in range(21, 26))
BEFORE = YESTERDAYS - timedelta(days=1)


def views(day, pages=range(PAGES)):
    return [
        {
            "project": "en.wikipedia",
            "article": f"Page_{page}",
            "granularity": "daily",
            "timestamp": f"{day:%Y%m%d}00",
            "access": "all-access",
            "agent": "user",
            "views": 100 + page,
        }
        for page in pages
    ]


def links(count=LINKS):
    """Each page's whole list: the pages that follow it."""
    return [
        {
            "ns": 0,
            "title": f"Page {page}",
            "links": [{"ns": 0, "title": f"Page {(page + n) % PAGES}"} for n in range(1, count + 1)],
        }
        for page in range(PAGES)
    ]


def pages():
    return [{"pageid": page + 1, "ns": 0, "title": f"Page {page}"} for page in range(PAGES)]


def follows(day, count=LINKS):
    return [
        {
            "endpoint": "followers/ids",
            "user_id": user,
            "ids": [(user + n) % PAGES + 1 for n in range(1, count + 1)],
            "next_cursor": 0,
            "polled_at": f"{day}T06:00:00Z",
        }
        for user in range(1, PAGES + 1)
    ]


WHAT_CAME = {
    "wikipedia/page_views": {
        YESTERDAYS: views(BEFORE),
        EMPTY: [],
        HALVED: views(HALVED, range(PAGES // 2)),
        DOUBLED: 2 * views(DOUBLED),
        GOOD: views(GOOD),
    },
    "wikipedia/page_links": {
        YESTERDAYS: links(),
        EMPTY: [],
        HALVED: links(LINKS // 2),
        DOUBLED: pages(),  # another feed's lines, which are pages without links here
        GOOD: links(LINKS - 1),
    },
    "twitter/follows": {
        YESTERDAYS: follows(BEFORE),
        EMPTY: [],
        HALVED: follows(HALVED, LINKS // 2),
        DOUBLED: 2 * follows(DOUBLED),
        GOOD: follows(GOOD, LINKS - 1),
    },
}
BROKEN = {
    "wikipedia/page_views": {
        YESTERDAYS: f"dt={YESTERDAYS}: 30 of 30 rows came before, at most 50.00% may",
        EMPTY: f"dt={EMPTY}: 0 rows accepted, 0.00 of the 30 of such weekdays; expected ",
        HALVED: f"dt={HALVED}: 15 rows accepted, 0.50 of the 30 of such weekdays; expected ",
    },
    "wikipedia/page_links": {
        HALVED: f"dt={HALVED}: its lists are short of 58 of the 116 relations their owners had",
        DOUBLED: f"dt={DOUBLED}: its lists are short of 116 of the 116 relations their owners had",
    },
    "twitter/follows": {
        HALVED: f"dt={HALVED}: its lists are short of 58 of the 116 relations their owners had",
    },
}


def run(lake, spark=None, carried=("wikipedia", "twitter")):
    """A run for which a median of thirty rows is enough to judge."""
    loaded = run_on(lake, carried=carried).config
    volume = replace(loaded.audits.ingest.volume, fewest_rows=PAGES, fail_deviations=2)
    audits = replace(loaded.audits, ingest=replace(loaded.audits.ingest, volume=volume))
    return Run(replace(loaded, audits=audits), str(lake), name="tests", spark=spark)


def land(lake, days):
    for n in range(21):
        day = FIRST + timedelta(days=n)
        if n % 7 in (1, 2, 3) or day == BEFORE:  # of other weekdays nothing is asked
            deliver(lake, "wikipedia/page_views", day, {"a.jsonl": views(day)})
    deliver(lake, "wikipedia/page_links", FIRST, {"a.jsonl": links()})
    deliver(lake, "twitter/follows", FIRST, {"a.jsonl": follows(FIRST)})
    for feed, came in WHAT_CAME.items():
        for day in days:
            deliver(lake, feed, day, {"a.jsonl": came[day]})


@pytest.fixture(scope="module")
def drill(spark, tmp_path_factory):
    """Three weeks and five days, of which each but the last fails in its own way, read in one batch."""
    lake = tmp_path_factory.mktemp("drill") / "lake"
    land(lake, [YESTERDAYS, EMPTY, HALVED, DOUBLED, GOOD])
    bring_in(run(lake, spark), until=str(GOOD))
    return lake


def states(lake):
    told = rows_of(lake, FEED_DAYS, "network", "feed", "delivered_on", "state", "reason")
    return {(f"{network}/{feed}", day): (state, reason) for network, feed, day, state, reason in told if day > BEFORE}


@pytest.mark.parametrize("feed", WHAT_CAME)
def test_each_day_that_would_drop_somebody_is_broken_and_says_why(drill, feed):
    found = {day: told for (of, day), told in states(drill).items() if of == feed}

    assert {day: state for day, (state, _) in found.items()} == {
        day: "broken" if day in BROKEN[feed] else "ready" for day in WHAT_CAME[feed]
    }
    for day, reason in BROKEN[feed].items():
        assert found[day][1].startswith(f"{feed}/{reason}")


def test_nothing_of_a_broken_day_is_in_and_what_stood_goes_on(drill):
    viewed = rows_of(drill, PAGE_VIEWS, "event_date", "delivered_on")
    assert {row for row in viewed if row[0] > BEFORE} == {(DOUBLED, DOUBLED), (GOOD, GOOD)}
    assert len([row for row in viewed if row[0] == DOUBLED]) == PAGES
    assert set(viewed) >= {(BEFORE, BEFORE)}, "nor does another day say what it said"
    for table in (PAGE_LINKS, FOLLOWS):
        rows = rows_of(drill, table, "valid_from", "valid_to")
        assert {began for began, _ in rows} == {FIRST}
        assert [ended for _, ended in rows if ended] == [GOOD] * PAGES, "each list is one shorter on the good day"


def test_a_network_that_is_carried_forward_is_good_until_the_day_before(drill):
    looked = run(drill)

    assert last_good_day(looked, "wikipedia", GOOD) == BEFORE
    assert last_good_day(looked, "twitter", GOOD) == HALVED - timedelta(days=1)


def test_a_network_that_is_not_carried_forward_waits_and_an_operator_may_say_that_lists_are_right(spark, tmp_path):
    lake = tmp_path / "lake"
    deliver(lake, "twitter/follows", FIRST, {"a.jsonl": follows(FIRST)})
    deliver(lake, "twitter/follows", HALVED, {"a.jsonl": follows(HALVED, LINKS // 2)})
    waiting = run(lake, spark, carried=())

    with pytest.raises(InputNotReady, match="short of 58 of the 116 relations") as caught:
        bring_in(waiting, until=str(HALVED))
    assert caught.value.exit_code == 20
    assert "--accept" in str(caught.value)
    assert rows_of(lake, FOLLOWS, "valid_from") == []

    ingest(waiting, look(waiting, until=HALVED), is_accepted=True)
    assert [valid_to for (valid_to,) in rows_of(lake, FOLLOWS, "valid_to")].count(HALVED) == 60


def test_a_run_that_was_killed_before_it_was_done_finds_the_same_when_it_is_repeated(spark, tmp_path, monkeypatch):
    lake = tmp_path / "lake"
    came = {FIRST: follows(FIRST), HALVED: follows(HALVED, LINKS // 2), GOOD: follows(GOOD)}
    for day, lists in came.items():
        deliver(lake, "twitter/follows", day, {"a.jsonl": lists})
    killed = run(lake, spark)
    with monkeypatch.context() as patch:
        patch.setattr("sway.steps.ingest._Ingest._mark", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            bring_in(killed, until=str(GOOD))
    assert len(rows_of(lake, FOLLOWS, "valid_from")) == PAGES * LINKS, "tables were written"

    bring_in(run(lake, spark), until=str(GOOD))

    told = rows_of(lake, FEED_DAYS, "delivered_on", "state")
    assert dict(told) == {FIRST: "ready", HALVED: "broken", GOOD: "ready"}
    assert rows_of(lake, FOLLOWS, "valid_from", "valid_to") == [(FIRST, None)] * (PAGES * LINKS)


def test_what_a_feed_rightly_brings_is_let_in(spark, tmp_path):
    """Redirects that lead elsewhere, views of dates that came before beside new ones, and lists without the erased."""
    lake = tmp_path / "lake"
    day = {n: FIRST + timedelta(days=n) for n in range(3)}
    gone = {"network": "twitter", "account": "1", "kind": "erase", "since": str(FIRST), "author": "desk"}
    for n, on in day.items():
        redirects = [{"from": f"Other {page}", "to": f"Page {page + n}"} for page in range(120)]
        deliver(lake, "wikipedia/redirects", on, {"a.jsonl": redirects})
        window = [row for back in range(min(n, 2) + 1) for row in views(on - timedelta(days=back))]
        deliver(lake, "wikipedia/page_views", on, {"a.jsonl": window})
        lists = [{**row, "ids": [1, *row["ids"]]} for row in follows(on, 1)]
        deliver(lake, "twitter/follows", on, {"a.jsonl": [{**row, "user_id": row["user_id"] + 100} for row in lists]})
    few = run(lake, spark)
    limits = replace(few.config.audits.ingest, lists_judged_from=10)
    few = Run(
        replace(few.config, audits=replace(few.config.audits, ingest=limits)), str(lake), name="tests", spark=spark
    )
    bring_in(few, until=str(day[0]))
    deliver(lake, "registry/opt_outs", day[1], {"a.jsonl": [gone]})
    bring_in(few, until=str(day[2]))

    assert {state for (state,) in rows_of(lake, FEED_DAYS, "state")} == {"ready"}
    assert len(rows_of(lake, FOLLOWS, "actor_id", where={"actor_id": "1"})) > 10, "what was told before stays"


@pytest.mark.slow
def test_nights_find_what_one_batch_finds(drill, spark, tmp_path):
    lake = tmp_path / "lake"
    for day in (BEFORE, YESTERDAYS, EMPTY, HALVED, DOUBLED, GOOD):
        land(lake, [] if day == BEFORE else [day])
        bring_in(run(lake, spark), until=str(day))

    assert states(lake) == states(drill)
    assert states(lake), "there are some"
    for table in (FOLLOWS, PAGE_LINKS):
        columns = ("actor_id", "target_id", "valid_from", "valid_to")
        assert sorted(map(str, rows_of(lake, table, *columns))) == sorted(map(str, rows_of(drill, table, *columns)))
