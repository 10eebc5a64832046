"""The open format: rows of any network as records."""

import json
from datetime import date

import pytest
from sway.networks.catalog import feed_named, network_named
from sway.networks.network import Context
from sway.networks.open_format import to_events

from tests.landing import event

AT = "2016-05-03T15:01:09Z"
ACTIONS = frozenset({"like", "comment"})


@pytest.fixture
def records(spark):
    """Records of rows as JSON lines, in order; delivered on 2016-05-04."""

    def read(rows):
        raw = [(date(2016, 5, 4), f"{n:03}", json.dumps(row)) for n, row in enumerate(rows)]
        frame = spark.createDataFrame(raw, "delivered_on date, file string, payload string")
        return to_events(frame, Context(network_named("facebook"), {"facebook": ACTIONS})).orderBy("file").collect()

    return read


TIMES = {
    "2016-05-03T15:01:09Z": "2016-05-03T15:01:09",
    "2016-05-03T15:01:09": "2016-05-03T15:01:09",
    "2016-05-03 15:01:09": "2016-05-03T15:01:09",
    "2016-05-03T15:01": "2016-05-03T15:01:00",
    "2016-05-03T15:01Z": "2016-05-03T15:01:00",
    "2016-05-03T15:01+02:00": "2016-05-03T13:01:00",
    "2016-05-03T15:01:09.5Z": "2016-05-03T15:01:09.500000",
    "2016-05-03T15:01:09.123456789Z": "2016-05-03T15:01:09.123456",
    "2016-05-03T15:01:09-11:30": "2016-05-04T02:31:09",
    "2004-02-04T00:00:00Z": "2004-02-04T00:00:00",
}


def test_times_are_iso_8601_and_utc_where_no_offset_is_given(records):
    found = records([event(str(n), "a", "like", "b", at) for n, at in enumerate(TIMES)])

    assert [record["fault"] for record in found] == [None] * len(TIMES)
    assert [record["acts"][0]["occurred_at"].isoformat() for record in found] == list(TIMES.values())


def test_a_row_is_one_act_known_by_its_instant(records):
    like, tag = records([event("e", "O'Brien", "like", 'b\n"c" 😀', AT, "p"), event("f", 2**63 - 1, "like", 7, AT, "")])

    assert like["acts"][0].asDict() == {
        "event_id": "e",
        "actor_id": "O'Brien",
        "target_id": 'b\n"c" 😀',
        "action": "like",
        "occurred_at": like["acts"][0]["occurred_at"],
        "object_id": "p",
    }
    assert (like["record_id"], like["act_key"], like["post"]) == ("e", "2016-05-03T15:01:09.000000", None)
    assert (tag["acts"][0]["actor_id"], tag["acts"][0]["target_id"]) == (str(2**63 - 1), "7")
    assert tag["acts"][0]["object_id"] is None  # CSV cannot tell empty from nothing, so nobody does


GOOD = event("e", "a", "like", "b", AT)
UNKNOWN = (
    "action poke is not declared for facebook: declare it under [networks.facebook.actions] of a file in conf/scoring/"
)
FAULTY = {
    "no id": ({**GOOD, "event_id": None}, "missing", "event_id is missing"),
    "empty id": ({**GOOD, "event_id": ""}, "out_of_range", "event_id"),
    "no actor": ({**GOOD, "actor_id": None}, "missing", "actor_id is missing"),
    "empty actor": ({**GOOD, "actor_id": ""}, "out_of_range", "actor_id"),
    "no target": ({**GOOD, "target_id": None}, "missing", "target_id is missing"),
    "empty target": ({**GOOD, "target_id": ""}, "out_of_range", "target_id"),
    "no action": ({**GOOD, "action": None}, "missing", "action is missing"),
    "empty action": ({**GOOD, "action": ""}, "out_of_range", "action"),
    "unknown action": ({**GOOD, "action": "poke"}, "unknown_action", UNKNOWN),
    "action in capitals": ({**GOOD, "action": "Like"}, "unknown_action", "action Like is not declared"),
    "no time": ({**GOOD, "occurred_at": None}, "missing", "occurred_at is missing"),
    "a day alone": ({**GOOD, "occurred_at": "2016-05-03"}, "impossible_time", "occurred_at: expected a time"),
    "no such day": ({**GOOD, "occurred_at": "2016-02-30T00:00:00Z"}, "impossible_time", "expected a time"),
    "a number": ({**GOOD, "occurred_at": 1462287669}, "impossible_time", "expected a time"),
    "no such offset": ({**GOOD, "occurred_at": "2016-05-03T15:01:09+25:00"}, "impossible_time", "expected a time"),
    "long ago": ({**GOOD, "occurred_at": "2004-02-03T23:59:59Z"}, "impossible_time", "2004-02-04 or later"),
    "the day after": ({**GOOD, "occurred_at": "2016-05-05T00:00:00Z"}, "after_delivery", "day 2016-05-04"),
    "the day after, by its offset": (
        {**GOOD, "occurred_at": "2016-05-04T23:00:00-01:00"},
        "after_delivery",
        "2016-05-05",
    ),
}


def test_each_fault_is_named(records):
    found = records([row for row, _, _ in FAULTY.values()])

    for record, (name, (_, rule, words)) in zip(found, FAULTY.items(), strict=True):
        assert record["fault"], name
        assert (record["fault"]["rule"], words in record["fault"]["reason"]) == (rule, True), name


def test_a_reason_stays_short_however_long_the_action(records):
    (record,) = records([{**GOOD, "action": "x" * 5000}])

    assert len(record["fault"]["reason"]) < 300


def test_every_network_but_the_registry_takes_the_open_format():
    assert feed_named(network_named("facebook"), "events").format == "open"
    assert feed_named(network_named("twitter"), "events").format == "open"
    assert feed_named(network_named("registry"), "events") is None
    assert feed_named(network_named("twitter"), "statuses").has_posts
