"""How far back a record that comes now is looked for: what is known, and what a deletion names."""

import json
from datetime import date, timedelta

import pytest
from sway.contracts.tables.acts import INTERACTIONS, POSTS
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.runtime.config import load
from sway.runtime.lake import Lake
from sway.runtime.landing import MANIFEST

from tests.landing import deliver, event, mentions, status
from tests.steps.lakes import bring_in, rows_of, run_on

LIMITS = load().audits.ingest
FIRST = date(2016, 1, 1)
LAST_KNOWN = FIRST + timedelta(days=LIMITS.late_days + LIMITS.remembered_days)  # delivery day that still looks at FIRST


def told(day, event_id="e1", object_id=None):
    return event(event_id, "ann", "mention", "bob", f"{day}T12:00:00Z", object_id)


@pytest.fixture(scope="module")
def told_again(spark, tmp_path_factory):
    """By the day on which an event comes again, of that day: the fates of its delivery and the acts that count."""
    found = {}
    for again in (LAST_KNOWN, LAST_KNOWN + timedelta(days=1)):
        lake = tmp_path_factory.mktemp("known") / "lake"
        for day in (FIRST, again):
            deliver(lake, "twitter/events", day, {"a.jsonl": [told(day), told(day, f"only {day}")]})
            bring_in(run_on(lake, spark=spark, refused_share=1.0))
        fates = rows_of(lake, FEED_DAYS, "accepted", "quarantined", where={"delivered_on": again})
        counted = rows_of(lake, INTERACTIONS, "event_id", "event_date", where={"set_aside": None})
        found[again] = fates, [day for name, day in counted if name == "e1"]
    return found


def test_another_day_under_a_known_id_is_refused_and_the_first_set_aside(told_again):
    assert told_again[LAST_KNOWN] == ([(1, 1)], [])


def test_beyond_the_days_remembered_an_id_is_a_new_one(told_again):
    again = LAST_KNOWN + timedelta(days=1)

    assert told_again[again] == ([(2, 0)], [FIRST, again])


def test_a_first_load_is_held_against_everything(spark, tmp_path):
    lake = tmp_path / "lake"
    later = LAST_KNOWN + timedelta(days=400)
    deliver(lake, "twitter/events", FIRST, {"a.jsonl": [told(FIRST)]})
    bring_in(run_on(lake, spark=spark))
    folder = deliver(lake, "twitter/events", later, {"a.jsonl": [told(FIRST), told(FIRST, "e2")]})
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "history": True}))
    bring_in(run_on(lake, spark=spark), until=str(later))

    assert rows_of(lake, FEED_DAYS, "accepted", "duplicate", where={"delivered_on": later}) == [(1, 1)]


@pytest.mark.parametrize("ids", [(1001, 2001, 3001), (2001, 1001, 3001)], ids=["rising", "in no order"])
def test_a_deletion_finds_what_it_names_however_old(spark, tmp_path, ids):
    lake = tmp_path / "lake"
    oldest, middle, deleted_on = "Jan 01", "Feb 01", date(2016, 12, 1)
    for number, shown, day in zip(ids, (oldest, middle), (FIRST, date(2016, 2, 1)), strict=False):
        row = status(number, 10, f"{shown} 08:00:00 +0000 2016", entities=mentions(20))
        deliver(lake, "twitter/statuses", day, {"a.jsonl": [row]})
    bring_in(run_on(lake, spark=spark))
    taken = [{"delete": {"status": {"id_str": str(number)}}} for number in (ids[0], 9999)]
    deliver(lake, "twitter/deletions", deleted_on, {"a.jsonl": taken})
    bring_in(run_on(lake, spark=spark))

    assert rows_of(lake, INTERACTIONS, "record_id") == [(str(ids[1]),)]
    assert rows_of(lake, POSTS, "post_id") == [(str(ids[1]),)]


def test_a_deletion_looks_at_the_days_whose_ids_may_be_its_own(spark, tmp_path):
    lake = tmp_path / "lake"
    days = [FIRST + timedelta(days=n) for n in range(3)]
    for n, day in enumerate(days):
        ids = range(10 * n + 10, 10 * n + 13)
        deliver(lake, "twitter/events", day, {"a.jsonl": [told(day, str(number)) for number in ids]})
    bring_in(run_on(lake, spark=spark))

    def holding(*ids):
        found = Lake(str(lake)).log(INTERACTIONS).slices_holding("record_id", {"twitter": list(ids)})
        return [day for _, day in found]

    first, second, third = map(str, days)
    assert holding("11") == [first]
    assert holding("10", "32") == [first, third]
    assert holding("13", "19", "2", "33") == []
    assert holding("22") == [second]
    assert Lake(str(lake)).log(INTERACTIONS).slices_holding("record_id", {"facebook": ["11"]}) == []
