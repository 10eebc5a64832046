"""Twitter's statuses and users as records."""

import json
from datetime import date

import pytest
from sway.networks.network import Context
from sway.networks.twitter import TWITTER, to_statuses, to_users

from tests.landing import account, mentions, status

LARGEST = 2**63 - 1
AT = "May 03 15:01:09 +0000 2016"
RAW = "delivered_on date, file string, payload string"


@pytest.fixture
def records(spark):
    """Records of raw lines, in order; lines may be rows or text."""

    def read(lines, convert=to_statuses):
        payloads = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        rows = [(date(2016, 5, 4), f"{n:03}", payload) for n, payload in enumerate(payloads)]
        found = convert(spark.createDataFrame(rows, RAW), Context(TWITTER, {}))
        return found.orderBy("file").collect()

    return read


def acts(record):
    return [(act["action"], act["target_id"], act["object_id"]) for act in record["acts"]]


def test_a_status_may_quote_reply_and_mention_and_a_retweet_is_one_act(records):
    quoted = {"id": 7, "id_str": "7", "user": account(70)}
    lines = {
        "plain": status(1, 10, AT),
        "mentions, each once": status(2, 10, AT, entities=mentions(20, 30, 20)),
        "reply with its mention": status(
            3, 10, AT, in_reply_to_status_id_str="8", in_reply_to_user_id_str="20", entities=mentions(20, 30)
        ),
        "reply to itself, a thread": status(4, 10, AT, in_reply_to_status_id=3, in_reply_to_user_id=10),
        "reply to nobody known": status(5, 10, AT, in_reply_to_screen_name="gone"),
        "quote": status(6, 10, AT, is_quote_status=True, quoted_status=quoted, entities=mentions(20)),
        "quote of what is gone": status(9, 10, AT, is_quote_status=True),
        "retweet": status(11, 10, AT, retweeted_status={**quoted, "quoted_status": quoted}, entities=mentions(70, 20)),
        "retweet of a reply": status(12, 10, AT, retweeted_status=quoted, in_reply_to_user_id_str="20"),
        "mention of nobody": status(13, 10, AT, entities={"user_mentions": [{"screen_name": "x"}], "hashtags": []}),
    }
    found = dict(zip(lines, records(lines.values()), strict=True))

    assert {name: acts(record) for name, record in found.items()} == {
        "plain": [],
        "mentions, each once": [("mention", "20", "2"), ("mention", "30", "2")],
        "reply with its mention": [("reply", "20", "8"), ("mention", "20", "3"), ("mention", "30", "3")],
        "reply to itself, a thread": [("reply", "10", "3")],
        "reply to nobody known": [],
        "quote": [("quote", "70", "7"), ("mention", "20", "6")],
        "quote of what is gone": [],
        "retweet": [("retweet", "70", "7")],
        "retweet of a reply": [("retweet", "70", "7")],
        "mention of nobody": [],
    }
    assert {record["fault"] for record in found.values()} == {None}
    assert {name for name, record in found.items() if record["post"]["kind"] == "reshare"} == {
        "retweet",
        "retweet of a reply",
    }
    retweet = found["retweet"]
    assert (retweet["record_id"], retweet["act_key"], retweet["acts"][0]["event_id"]) == ("11", "11", "11/retweet/70")
    assert retweet["acts"][0]["actor_id"] == retweet["post"]["author_id"] == "10"


def test_a_post_keeps_its_client_hashtags_and_instant(records):
    (record,) = records(
        [
            status(
                1,
                10,
                "Feb 29 23:30:00 -0130 2016",
                source='<a href="http://twitter.com" rel="nofollow">Twitter Web 😀</a>',
                entities={"user_mentions": [], "hashtags": [{"text": "b"}, {"text": "a"}]},
            )
        ]
    )

    post = record["post"]
    assert (post["client"], post["hashtags"]) == ("Twitter Web 😀", ["b", "a"])
    assert post["created_at"].isoformat() == "2016-03-01T01:00:00"


def test_ids_are_the_text_where_there_is_one_and_numbers_are_exact(records):
    big = status(LARGEST, LARGEST - 1, AT, in_reply_to_user_id=LARGEST - 2)
    for line in (big, big["user"]):
        del line["id_str"]
    rounded = status(1, 10, AT)
    rounded |= {"id": 9223372036854775807, "id_str": "9223372036854775806"}

    exact, text, empty = records([big, rounded, {**status(3, 10, AT), "id_str": ""}])

    assert (exact["record_id"], exact["post"]["author_id"]) == (str(LARGEST), str(LARGEST - 1))
    assert exact["acts"][0]["target_id"] == str(LARGEST - 2)
    assert text["record_id"] == "9223372036854775806"
    assert empty["record_id"] == "3"


GOOD = status(1, 10, AT)
FAULTY = {
    "no id": ({**GOOD, "id": None, "id_str": None}, "missing", "id is missing"),
    "no user": ({**GOOD, "user": None}, "missing", "user.id is missing"),
    "user without id": ({**GOOD, "user": {"screen_name": "x"}}, "missing", "user.id is missing"),
    "retweet without user": (
        {**GOOD, "retweeted_status": {"id": 5}},
        "missing",
        "retweeted_status.user.id is missing",
    ),
    "no time": ({**GOOD, "created_at": None}, "impossible_time", "created_at: expected a time, found none"),
    "bad time": ({**GOOD, "created_at": "Tue May 32 15:01:09 +0000 2016"}, "impossible_time", "found none"),
    "other time": ({**GOOD, "created_at": "2016-05-03T15:01:09Z"}, "impossible_time", "found none"),
    "before Twitter": (
        status(1, 10, "Mar 20 23:59:59 +0000 2006"),
        "impossible_time",
        "expected 2006-03-21 or later, found 2006-03-20 23:59:59",
    ),
    "after its delivery": (
        status(1, 10, "May 05 00:00:00 +0000 2016"),
        "after_delivery",
        "delivery day 2016-05-04, found 2016-05-05 00:00:00",
    ),
    "broken off": ('{"id": 1, "us', "malformed", "one JSON object"),
    "two in a line": ('{"id": 1}{"id": 2}', "malformed", "one JSON object"),
    "with a tail": (json.dumps(GOOD) + " x", "malformed", "one JSON object"),
    "a list": ("[1, 2]", "malformed", "one JSON object"),
    "a number": ("7", "malformed", "one JSON object"),
    "null": ("null", "malformed", "one JSON object"),
    "an empty line": ("", "malformed", "one JSON object"),
    "a field of another kind": ({**GOOD, "user": "ann"}, "malformed", "one JSON object"),
    "nothing at all": ("{}", "missing", "id is missing"),
}


def test_each_fault_is_named(records):
    found = records([line for line, _, _ in FAULTY.values()])

    for record, (name, (_, rule, words)) in zip(found, FAULTY.items(), strict=True):
        assert record["fault"], name
        assert (record["fault"]["rule"], words in record["fault"]["reason"]) == (rule, True), name


def test_times_at_the_edges_are_good(records):
    edges = [status(1, 10, "Mar 21 00:00:00 +0000 2006"), status(2, 10, "May 04 23:59:59 +0000 2016")]

    assert [record["fault"] for record in records(edges)] == [None, None]


def test_a_line_end_of_windows_is_no_fault(records):
    assert records([json.dumps(GOOD) + "\r"])[0]["fault"] is None


def test_users_are_profiles_of_their_delivery_day(records):
    user = {
        "id": LARGEST,
        "screen_name": "ann",
        "name": "Ann 'O' \"😀\"",
        "created_at": f"Tue {AT}",
        "followers_count": 3,
        "friends_count": 0,
        "location": "",
        "lang": "en",
        "verified": True,
    }
    whole, bare = records([user, {"id_str": "7"}], to_users)

    assert (whole["fault"], bare["fault"]) == (None, None)
    assert whole["record_id"] == f"{LARGEST}@2016-05-04"
    profile = whole["profile"].asDict()
    assert profile.pop("created_at").isoformat() == "2016-05-03T15:01:09"
    assert profile == {
        "account_id": str(LARGEST),
        "handle": "ann",
        "name": "Ann 'O' \"😀\"",
        "followers": 3,
        "following": 0,
        "type": "verified",
        "title": None,
        "place": None,
        "language": "en",
        "is_minor": None,
    }
    assert bare["profile"]["account_id"] == "7"


FAULTY_USERS = {
    "no id": ({"screen_name": "x"}, "missing"),
    "bad time": ({"id": 1, "created_at": "yesterday"}, "impossible_time"),
    "negative followers": ({"id": 1, "followers_count": -1}, "out_of_range"),
    "negative following": ({"id": 1, "friends_count": -1}, "out_of_range"),
    "half a follower": ({"id": 1, "followers_count": 1.5}, "malformed"),
    "more than there can be": ({"id": 1, "followers_count": LARGEST + 1}, "malformed"),
}


def test_each_fault_of_a_user_is_named(records):
    found = records([line for line, _ in FAULTY_USERS.values()], to_users)

    assert [record["fault"] and record["fault"]["rule"] for record in found] == [r for _, r in FAULTY_USERS.values()]
