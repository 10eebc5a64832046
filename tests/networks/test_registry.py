"""Labels from landing/registry/."""

import json
from datetime import date

import pytest
from sway.networks.network import Context
from sway.networks.registry import REGISTRY, to_labels

GOOD = {
    "network": "twitter",
    "account_id": "10",
    "label": "spam",
    "author": "us",
    "reason": "bought reactions",
    "valid_from": "2016-05-01",
    "valid_to": "2016-06-01",
}


@pytest.fixture
def records(spark):
    """Records of labels, in order; delivered on 2016-05-04."""

    def read(rows):
        raw = [(date(2016, 5, 4), f"{n:03}", json.dumps(row)) for n, row in enumerate(rows)]
        frame = spark.createDataFrame(raw, "delivered_on date, file string, payload string")
        return to_labels(frame, Context(REGISTRY, {"twitter": frozenset()})).orderBy("file").collect()

    return read


def test_a_label_holds_from_a_day_until_another_or_for_good(records):
    ended, open_ended = records([GOOD, {**GOOD, "valid_to": None, "reason": None}])

    assert (ended["fault"], open_ended["fault"]) == (None, None)
    assert ended["label"].asDict() == {
        **GOOD,
        "valid_from": date(2016, 5, 1),
        "valid_to": date(2016, 6, 1),
        "delivered_on": date(2016, 5, 4),
    }
    assert open_ended["label"]["valid_to"] is None


def test_the_same_label_delivered_again_is_the_same_record(records):
    one, changed, other = records([GOOD, {**GOOD, "reason": "else"}, {**GOOD, "author": "them"}])

    assert one["record_id"] == changed["record_id"] != other["record_id"]


FAULTY = {
    "no network": ({**GOOD, "network": None}, "missing"),
    "unknown network": ({**GOOD, "network": "twiter"}, "unknown_network"),
    "no account": ({**GOOD, "account_id": None}, "missing"),
    "empty account": ({**GOOD, "account_id": ""}, "out_of_range"),
    "unknown label": ({**GOOD, "label": "evil"}, "out_of_range"),
    "no author": ({**GOOD, "author": ""}, "out_of_range"),
    "no first day": ({**GOOD, "valid_from": None}, "missing"),
    "no such day": ({**GOOD, "valid_from": "2016-02-30"}, "impossible_time"),
    "an instant for a day": ({**GOOD, "valid_to": "2016-06-01T00:00:00Z"}, "impossible_time"),
    "a year alone, which would be read as a day": ({**GOOD, "valid_from": "2016"}, "impossible_time"),
    "ended before it began": ({**GOOD, "valid_to": "2016-05-01"}, "out_of_range"),
}


def test_each_fault_is_named(records):
    found = records([row for row, _ in FAULTY.values()])

    assert {n: record["fault"] and record["fault"]["rule"] for n, record in zip(FAULTY, found, strict=True)} == {
        name: rule for name, (_, rule) in FAULTY.items()
    }
