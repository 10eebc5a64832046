"""How far back a record that comes now is looked for: what is known, and what a deletion names."""

import json
from datetime import date, timedelta

import pytest
from sway.contracts.tables.acts import INTERACTIONS, POSTS
from sway.contracts.tables.deliveries import FEED_DAYS
from sway.runtime.lake import Lake
from sway.runtime.landing import MANIFEST

from tests.landing import deliver, event, mentions, status
from tests.steps.lakes import bring_in, rows_of, run_on

FIRST = date(2016, 1, 1)
LATER = FIRST + timedelta(days=400)


def told(day, event_id="e1", object_id=None):
    return event(event_id, "ann", "mention", "bob", f"{day}T12:00:00Z", object_id)


@pytest.fixture(scope="module")
def told_again(spark, tmp_path_factory):
    """A lake in which an event came again after a year, of another day, and one that is new; read day by day."""
    lake = tmp_path_factory.mktemp("known") / "lake"
    for day in (FIRST, LATER):
        deliver(lake, "twitter/events", day, {"a.jsonl": [told(day), told(day, f"only {day}")]})
        bring_in(run_on(lake, spark=spark, refused_share=1.0), until=str(LATER))
    return lake


def test_an_id_is_known_for_good(told_again):
    assert rows_of(told_again, FEED_DAYS, "accepted", "quarantined", where={"delivered_on": LATER}) == [(1, 1)]
    counted = rows_of(told_again, INTERACTIONS, "event_id", where={"set_aside": None})
    assert counted == [(f"only {FIRST}",), (f"only {LATER}",)]


def test_a_first_load_after_others_repeats_what_came(spark, tmp_path):
    lake = tmp_path / "lake"
    deliver(lake, "twitter/events", FIRST, {"a.jsonl": [told(FIRST)]})
    bring_in(run_on(lake, spark=spark))
    folder = deliver(lake, "twitter/events", LATER, {"a.jsonl": [told(FIRST), told(FIRST, "e2")]})
    manifest = folder / MANIFEST
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "history": True}))
    bring_in(run_on(lake, spark=spark), until=str(LATER))

    assert rows_of(lake, FEED_DAYS, "accepted", "duplicate", where={"delivered_on": LATER}) == [(1, 1)]


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


def test_the_log_tells_which_days_may_hold_an_id(spark, tmp_path):
    lake = tmp_path / "lake"
    days = [FIRST + timedelta(days=n) for n in range(3)]
    for n, day in enumerate(days):
        ids = range(10 * n + 10, 10 * n + 13)
        deliver(lake, "twitter/events", day, {"a.jsonl": [told(day, str(number)) for number in ids]})
    bring_in(run_on(lake, spark=spark))
    log = Lake(str(lake)).log(INTERACTIONS)

    def holding(*ids):
        return [day for _, day in log.slices_holding("record_id", {"twitter": list(ids)})]

    def between(least, most):
        return [day for _, day in log.slices_between("record_id", {"twitter": (least, most)})]

    first, second, third = map(str, days)
    assert holding("11") == [first]
    assert holding("10", "32") == [first, third]
    assert holding("13", "19", "2", "33") == []
    assert holding("22") == [second]
    assert between("12", "20") == [first, second]
    assert between("13", "19") == between("33", "4") == []
    assert between("0", "9") == [first, second, third]
    assert log.slices_holding("record_id", {"facebook": ["11"]}) == []
    assert log.slices_between("record_id", {"facebook": ("0", "9")}) == []
