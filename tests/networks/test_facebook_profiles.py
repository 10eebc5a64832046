"""Facebook's users and pages as records of profiles."""

import pytest
from sway.networks.facebook import FACEBOOK

from tests.networks.feeds import NO_COUNT, as_drawn, faults, records_of

LARGEST = 2**63 - 1


PROFILES = {
    "profiles": {
        "whole": {
            "id": LARGEST,
            "name": "Ann 'O' \"😀\"",
            "username": "ann",
            "birthday": "05/04/1998",
            "locale": "pt_BR",
            "location": {"id": "1", "name": "Porto"},
            "friends": {"data": [], "summary": {"total_count": "12"}},
        },
        "bare": {"id": "7"},
        "18 tomorrow": {"id": "7", "birthday": "05/05/1998", "age_range": {"min": 21}},
        "born on 29 February": {"id": "7", "birthday": "02/29/2000"},
        "a day alone": {"id": "7", "birthday": "02/29"},
        "a day and a range": {"id": "7", "birthday": "02/29", "age_range": {"min": 13, "max": 17}},
        "a late year": {"id": "7", "birthday": "1999"},
        "an early year": {"id": "7", "birthday": "1997"},
        "the year between": {"id": "7", "birthday": "1998"},
        "a range": {"id": "7", "age_range": {"min": "18", "max": "20"}},
        "an open range": {"id": "7", "age_range": {"min": 21}},
        "an open range from 13": {"id": "7", "age_range": {"min": 13}},
        "no id": {"name": "x"},
        "bad birthday": {"id": "7", "birthday": "02/30"},
        "birthday the other way": {"id": "7", "birthday": "1998-05-04"},
        "not born": {"id": "7", "birthday": "05/05/2016"},
        "negative friends": {"id": "7", "friends": {"summary": {"total_count": -1}}},
        "half a year": {"id": "7", "age_range": {"max": 17.5}},
    },
    "pages": {
        "whole": {
            "id": "9",
            "name": "Porto & Co",
            "username": "porto",
            "category": "Company",
            "fan_count": 3_000_000_000,
            "location": {"city": "Porto", "country": "Portugal", "latitude": 41.1},
        },
        "bare": {"id": 9, "location": {"country": "Portugal"}},
        "no id": {"id": ""},
        "more than there can be": {"id": "9", "fan_count": LARGEST + 1},
    },
}

PROFILES_REFUSED = f"""
    [profiles]             | rule            | reason
    no id                  | missing         | id is missing
    bad birthday           | impossible_time | birthday: expected MM/DD/YYYY, YYYY or MM/DD, found 02/30
    birthday the other way | impossible_time | birthday: expected MM/DD/YYYY, YYYY or MM/DD, found 1998-05-04
    not born               | after_delivery  | birthday: expected a day on or before the delivery day
    negative friends       | out_of_range    | friends.summary.total_count: {NO_COUNT} -1
    half a year            | out_of_range    | age_range.max: {NO_COUNT} 17.5

    [pages]                | rule         | reason
    no id                  | missing      | id is missing
    more than there can be | out_of_range | fan_count: {NO_COUNT} {LARGEST + 1}
"""


@pytest.fixture(scope="module")
def profiles(spark):
    return records_of(spark, FACEBOOK, PROFILES)


def test_users_and_pages_are_profiles_of_their_delivery_day(profiles):
    nothing = dict.fromkeys(profiles["pages: bare"]["profile"].asDict())

    assert profiles["profiles: whole"]["record_id"] == f"{LARGEST}@2016-05-04"
    assert profiles["profiles: whole"]["profile"].asDict() == nothing | {
        "account_id": str(LARGEST),
        "handle": "ann",
        "name": "Ann 'O' \"😀\"",
        "followers": 12,
        "following": 12,
        "type": "user",
        "place": "Porto",
        "language": "pt",
        "is_minor": False,
    }
    assert profiles["profiles: bare"]["profile"].asDict() == nothing | {"account_id": "7", "type": "user"}
    assert profiles["pages: whole"]["profile"].asDict() == nothing | {
        "account_id": "9",
        "handle": "porto",
        "name": "Porto & Co",
        "followers": 3_000_000_000,
        "type": "page",
        "title": "Company",
        "place": "Porto, Portugal",
    }
    assert profiles["pages: bare"]["profile"]["place"] == "Portugal"
    assert faults(profiles) == as_drawn(PROFILES_REFUSED)


def test_who_is_under_age_on_the_delivery_day_is_a_minor_and_unknown_where_nothing_tells(profiles):
    ages = {name: row["profile"]["is_minor"] for name, row in profiles.items() if row["fault"] is None}

    assert {name for name, is_minor in ages.items() if is_minor} == {
        "profiles: 18 tomorrow",
        "profiles: born on 29 February",
        "profiles: a day and a range",
        "profiles: a late year",
    }
    assert {name for name, is_minor in ages.items() if is_minor is None} == {
        "profiles: bare",
        "profiles: a day alone",
        "profiles: the year between",
        "profiles: an open range from 13",
        "pages: whole",
        "pages: bare",
    }
