"""Twitter's feeds as records."""

import json

import pytest
from sway.networks.twitter import (
    TWITTER,
    to_statuses,
    to_users,
)

from tests.landing import account, mentions, status
from tests.networks.feeds import in_order
from tests.records import assert_drawn

LARGEST = 2**63 - 1
AT = "May 03 15:01:09 +0000 2016"


@pytest.fixture
def records(spark):
    """Records of raw lines, in order; lines may be rows or text."""
    return lambda lines, convert=to_statuses: in_order(spark, TWITTER, convert, lines)


QUOTED = {"id": 7, "id_str": "7", "user": account(70)}
GOOD = status(1, 10, AT)
STATUSES = {
    "plain": GOOD,
    "mentions": status(2, 10, AT, entities=mentions(20, 30, 20)),
    "long, streamed": status(
        16, 10, AT, truncated=True, entities=mentions(20), extended_tweet={"entities": mentions(20, 30)}
    ),
    "long, no entities": status(17, 10, AT, entities=mentions(20), extended_tweet={"full_text": "Hi"}),
    "reply that mentions": status(
        3, 10, AT, in_reply_to_status_id_str="8", in_reply_to_user_id_str="20", entities=mentions(20)
    ),
    "a thread": status(4, 10, AT, in_reply_to_status_id=3, in_reply_to_user_id=10),
    "reply to nobody": status(5, 10, AT, in_reply_to_screen_name="gone"),
    "quote": status(6, 10, AT, is_quote_status=True, quoted_status=QUOTED, entities=mentions(20)),
    "quote of nothing": status(9, 10, AT, is_quote_status=True),
    "retweet": status(11, 10, AT, retweeted_status={**QUOTED, "quoted_status": QUOTED}, entities=mentions(70, 20)),
    "retweet of a reply": status(12, 10, AT, retweeted_status=QUOTED, in_reply_to_user_id_str="20"),
    "gone": status(
        18, 10, AT, in_reply_to_user_id=-1, quoted_status={**QUOTED, "user": {"id": 0}}, entities=mentions(0, -1, 20)
    ),
    "mention of nobody": status(13, 10, AT, entities={"user_mentions": [{"screen_name": "x"}], "hashtags": []}),
    "as early as can be": status(14, 10, "Mar 21 00:00:00 +0000 2006"),
    "as late as can be": status(15, 10, "May 04 23:59:59 +0000 2016"),
    "line end of Windows": json.dumps(GOOD) + "\r",
}
FAULTY = {
    "no id": ({**GOOD, "id": None, "id_str": None}, "id is missing"),
    "no user": ({**GOOD, "user": None}, "user.id is missing"),
    "user without id": ({**GOOD, "user": {"screen_name": "x"}}, "user.id is missing"),
    "user who is gone": ({**GOOD, "user": account(-1)}, "user.id is missing"),
    "retweet of nobody": (
        {**GOOD, "retweeted_status": {"id": 5}},
        "retweeted_status.user.id is missing",
    ),
    "no time": ({**GOOD, "created_at": None}, "created_at: expected a time, found none"),
    "bad time": ({**GOOD, "created_at": "Tue May 32 15:01:09 +0000 2016"}, "found none"),
    "other time": ({**GOOD, "created_at": "2016-05-03T15:01:09Z"}, "found none"),
    "before Twitter": (
        status(1, 10, "Mar 20 23:59:59 +0000 2006"),
        "expected 2006-03-21 or later, found 2006-03-20 23:59:59",
    ),
    "after its delivery": (
        status(1, 10, "May 05 00:00:00 +0000 2016"),
        "delivery day 2016-05-04, found 2016-05-05 00:00:00",
    ),
    "broken off": ('{"id": 1, "us', "one JSON object"),
    "two in a line": ('{"id": 1}{"id": 2}', "one JSON object"),
    "with a tail": (json.dumps(GOOD) + " x", "one JSON object"),
    "a list": ("[1, 2]", "one JSON object"),
    "a number": ("7", "one JSON object"),
    "no object": ("null", "one JSON object"),
    "an empty line": ("", "one JSON object"),
    "an author as text": ({**GOOD, "user": "ann"}, 'user: expected an object, found "ann"'),
    "two of other types": ({**GOOD, "entities": [], "user": 7}, "user: expected an object, found 7"),
    "another type within": ({**GOOD, "user": None, "entities": {"hashtags": "a"}}, "one JSON object"),
    "nothing at all": ("{}", "id is missing"),
    "a key twice": (json.dumps(GOOD)[:-1] + ', "id": 2}', "each key once"),
    "a key twice inside": (
        json.dumps({**GOOD, "user": 0})[:-2] + '{"id": 1, "id": 2}}',
        "once",
    ),
    "single quotes": (json.dumps(GOOD).replace('"', "'"), "JSON of RFC 8259"),
    "an odd id mentioned": ({**GOOD, "entities": mentions([1])}, "found [1]"),
}


def test_a_status_may_quote_reply_and_mention_and_a_retweet_is_one_act(records, table):
    lines = STATUSES | {name: line for name, (line, _) in FAULTY.items()}
    found = records(lines.values())

    assert_drawn(
        lines,
        found,
        table("""
            line:string         | rule:string     | id:string | holds:string
            plain               | null            | 1         | original by 10
            mentions            | null            | 2         | original by 10, 10 mention 20 on 2, 10 mention 30 on 2
            long, streamed      | null            | 16        | original by 10, 10 mention 20 on 16, 10 mention 30 on 16
            long, no entities   | null            | 17        | original by 10, 10 mention 20 on 17
            reply that mentions | null            | 3         | original by 10, 10 reply 20 on 8, 10 mention 20 on 3
            a thread            | null            | 4         | original by 10, 10 reply 10 on 3
            reply to nobody     | null            | 5         | original by 10
            quote               | null            | 6         | original by 10, 10 quote 70 on 7, 10 mention 20 on 6
            quote of nothing    | null            | 9         | original by 10
            retweet             | null            | 11        | reshare by 10, 10 retweet 70 on 7
            retweet of a reply  | null            | 12        | reshare by 10, 10 retweet 70 on 7
            gone                | null            | 18        | original by 10, 10 mention 20 on 18
            mention of nobody   | null            | 13        | original by 10
            as early as can be  | null            | 14        | original by 10
            as late as can be   | null            | 15        | original by 10
            line end of Windows | null            | 1         | original by 10
            no id               | missing         | null      | null
            no user             | missing         | null      | null
            user without id     | missing         | null      | null
            user who is gone    | missing         | null      | null
            retweet of nobody   | missing         | null      | null
            no time             | impossible_time | null      | null
            bad time            | impossible_time | null      | null
            other time          | impossible_time | null      | null
            before Twitter      | impossible_time | null      | null
            after its delivery  | after_delivery  | null      | null
            broken off          | malformed       | null      | null
            two in a line       | malformed       | null      | null
            with a tail         | malformed       | null      | null
            a list              | malformed       | null      | null
            a number            | malformed       | null      | null
            no object           | malformed       | null      | null
            an empty line       | malformed       | null      | null
            an author as text   | malformed       | null      | null
            two of other types  | malformed       | null      | null
            another type within | malformed       | null      | null
            nothing at all      | missing         | null      | null
            a key twice         | malformed       | null      | null
            a key twice inside  | malformed       | null      | null
            single quotes       | malformed       | null      | null
            an odd id mentioned | malformed       | null      | null
        """),
    )
    retweet = found[list(STATUSES).index("retweet")]
    assert (retweet["record_id"], retweet["act_key"], retweet["acts"][0]["event_id"]) == ("11", "11", "11/retweet/70")
    assert retweet["acts"][0]["actor_id"] == retweet["post"]["author_id"] == "10"
    refused = dict(zip(FAULTY, found[len(STATUSES) :], strict=True))
    reasons = {name: record["fault"]["reason"] for name, record in refused.items()}
    assert {name: reasons[name] for name, (_, words) in FAULTY.items() if words not in reasons[name]} == {}


def test_a_post_keeps_its_client_hashtags_and_instant(records):
    (record,) = records(
        [
            status(
                1,
                10,
                "Feb 29 23:30:00 -0130 2016",
                source='<a href="http://a.com/?b&amp;c" rel="nofollow">Ann&#39;s &amp;lt; &lt;Web&gt; 😀</a>',
                entities={"user_mentions": [], "hashtags": [{"text": "b"}, {"text": "a"}]},
            )
        ]
    )

    post = record["post"]
    assert (post["client"], post["hashtags"]) == ("Ann's &lt; <Web> 😀", ["b", "a"])
    assert post["created_at"].isoformat() == "2016-03-01T01:00:00"


def test_a_long_status_keeps_the_hashtags_of_its_whole_text(records):
    cut, whole = ({"user_mentions": [], "hashtags": [{"text": text} for text in texts]} for texts in ("a", "ab"))
    (record,) = records([status(1, 10, AT, truncated=True, entities=cut, extended_tweet={"entities": whole})])

    assert record["post"]["hashtags"] == ["a", "b"]


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


def test_users_are_profiles_of_their_delivery_day(records):
    user = {
        "id": LARGEST,
        "screen_name": "ann",
        "name": "Ann 'O' \"😀\"",
        "created_at": f"Tue {AT}",
        "followers_count": 3,
        "friends_count": 0,
        "location": "Tom &amp; Jerry&apos;s",
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
        "place": "Tom & Jerry's",
        "language": "en",
        "is_minor": None,
    }
    assert bare["profile"]["account_id"] == "7"


FAULTY_USERS = {
    "no id": ({"screen_name": "x"}, "missing"),
    "gone": ({"id": 0, "id_str": "0"}, "missing"),
    "bad time": ({"id": 1, "created_at": "yesterday"}, "impossible_time"),
    "1970": ({"id": 1, "created_at": "Thu Jan 01 00:00:00 +0000 1970"}, "impossible_time"),
    "2099": ({"id": 1, "created_at": "Fri Jan 02 00:00:00 +0000 2099"}, "after_delivery"),
    "as old as Twitter": ({"id": 1, "created_at": "Tue Mar 21 00:00:00 +0000 2006"}, None),
    "of its delivery day": ({"id": 1, "created_at": "Wed May 04 23:59:59 +0000 2016"}, None),
    "negative followers": ({"id": 1, "followers_count": -1}, "out_of_range"),
    "negative following": ({"id": 1, "friends_count": -1}, "out_of_range"),
    "half a follower": ({"id": 1, "followers_count": 1.5}, "out_of_range"),
    "more than there can be": ({"id": 1, "followers_count": LARGEST + 1}, "out_of_range"),
    "no number of followers": ({"id": 1, "followers_count": float("nan")}, "malformed"),
    "an id with its last digits lost": ({"id": 1.2345678901234568e18}, "malformed"),
    "an object for an id": ({"id": {"id": 1}}, "malformed"),
    "verified in words": ({"id": 1, "verified": "true"}, "malformed"),
    "a handle in an object": ({"id": 1, "screen_name": {"text": "ann"}}, "malformed"),
    "names": ({"id": 1, "name": ["Ann", "Anne"]}, "malformed"),
    "names that look like it": ({"id": 1, "screen_name": '{"text":"ann"}', "name": "[Ann", "location": 7}, None),
}


def test_each_fault_of_a_user_is_named(records):
    found = records([line for line, _ in FAULTY_USERS.values()], to_users)

    assert [record["fault"] and record["fault"]["rule"] for record in found] == [r for _, r in FAULTY_USERS.values()]
    reasons = {name: one["fault"]["reason"] for name, one in zip(FAULTY_USERS, found, strict=True) if one["fault"]}
    assert reasons["verified in words"] == 'verified: expected true or false, found "true"'
    assert reasons["a handle in an object"] == 'screen_name: expected text or a number, found {"text":"ann"}'
    assert reasons["names"] == 'name: expected text or a number, found ["Ann","Anne"]'
