"""Twitter's feeds as records."""

import json
from datetime import date

import pytest
from sway.networks.network import Context
from sway.networks.twitter import (
    TWITTER,
    to_deletions,
    to_favourites,
    to_follows,
    to_list_memberships,
    to_statuses,
    to_users,
)

from tests.landing import account, mentions, status
from tests.records import assert_drawn

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
}


def test_each_fault_of_a_user_is_named(records):
    found = records([line for line, _ in FAULTY_USERS.values()], to_users)

    assert [record["fault"] and record["fault"]["rule"] for record in found] == [r for _, r in FAULTY_USERS.values()]
    verified = found[list(FAULTY_USERS).index("verified in words")]["fault"]["reason"]
    assert verified == 'verified: expected true or false, found "true"'


def told(name, source=10, target=20, about=7, at=AT):
    """An event of Twitter's streams, such as `favorite`."""
    line = {"event": name, "created_at": f"Tue {at}", "source": account(source), "target": account(target)}
    return line if about is None else {**line, "target_object": {"id": about, "id_str": str(about)}}


LIKE = told("favorite")
FAVOURITES = {
    "favourite": LIKE,
    "of one's own": told("favorite", 10, 10),
    "number alone": {**LIKE, "source": {"id": LARGEST}},
    "odd id": told("favorite", 'O\'B "😀"'),
    "again": told("favorite", at="May 04 23:59:59 +0000 2016"),
    "back": told("unfavorite", at="May 04 23:59:59 +0000 2016"),
    "no event": {**LIKE, "event": ""},
    "other event": told("favorited_retweet"),
    "event of a list": told("list_member_added"),
    "no source": {**LIKE, "source": None},
    "empty source": {**LIKE, "source": {"id_str": ""}},
    "target is gone": {**LIKE, "target": account(0)},
    "no target": {**LIKE, "target": {"screen_name": "x"}},
    "no tweet": told("favorite", about=None),
    "back, no tweet": told("unfavorite", about=None),
    "no time": {**LIKE, "created_at": None},
    "too early": told("favorite", at="Mar 20 23:59:59 +0000 2006"),
    "too late": told("unfavorite", at="May 05 00:00:00 +0000 2016"),
    "broken off": '{"event": "favorite", "sou',
    "source a text": {**LIKE, "source": "ann"},
}


def test_a_favourite_is_an_act_that_another_event_takes_back(records, table):
    found = records(FAVOURITES.values(), to_favourites)

    assert_drawn(
        FAVOURITES,
        found,
        table("""
            line:string     | rule:string     | id:string                      | holds:string
            favourite       | null            | favorite/10/7                  | 10 favourite 20 on 7
            of one's own    | null            | favorite/10/7                  | 10 favourite 10 on 7
            number alone    | null            | favorite/9223372036854775807/7 | 9223372036854775807 favourite 20 on 7
            odd id          | null            | favorite/O'B "😀"/7             | O'B "😀" favourite 20 on 7
            again           | null            | favorite/10/7                  | 10 favourite 20 on 7
            back            | null            | unfavorite/10/7                | back favourites favorite/10/7
            no event        | missing         | null                           | null
            other event     | out_of_range    | null                           | null
            event of a list | out_of_range    | null                           | null
            no source       | missing         | null                           | null
            empty source    | missing         | null                           | null
            target is gone  | missing         | null                           | null
            no target       | missing         | null                           | null
            no tweet        | missing         | null                           | null
            back, no tweet  | missing         | null                           | null
            no time         | impossible_time | null                           | null
            too early       | impossible_time | null                           | null
            too late        | after_delivery  | null                           | null
            broken off      | malformed       | null                           | null
            source a text   | malformed       | null                           | null
        """),
    )
    like, back, other = found[0], found[5], found[7]
    assert (like["act_key"], like["acts"][0]["event_id"]) == ("favorite/10/7", "favorite/10/7")
    assert like["acts"][0]["occurred_at"].isoformat() == "2016-05-03T15:01:09"
    assert (back["post"], back["acts"], back["act_key"]) == (None, [], "unfavorite/10/7")
    assert other["fault"]["reason"] == "event: expected favorite or unfavorite, found favorited_retweet"


MEMBERSHIPS = {
    "added": told("list_member_added"),
    "oneself": told("list_member_added", 10, 10),
    "removed": told("list_member_removed"),
    "no list": told("list_member_added", about=None),
    "a subscription": told("list_user_subscribed"),
    "no member": {**told("list_member_removed"), "target": None},
    "too late": told("list_member_added", at="May 05 00:00:00 +0000 2016"),
}


def test_a_list_membership_is_an_act_towards_the_member_that_another_event_takes_back(records, table):
    assert_drawn(
        MEMBERSHIPS,
        records(MEMBERSHIPS.values(), to_list_memberships),
        table("""
            line:string    | rule:string    | id:string                | holds:string
            added          | null           | list_member_added/7/20   | 10 list_add 20 on 7
            oneself        | null           | list_member_added/7/10   | 10 list_add 10 on 7
            removed        | null           | list_member_removed/7/20 | back list_memberships list_member_added/7/20
            no list        | missing        | null                     | null
            a subscription | out_of_range   | null                     | null
            no member      | missing        | null                     | null
            too late       | after_delivery | null                     | null
        """),
    )


POLLED = "2016-05-03T04:00:00Z"
PAGE = {"endpoint": "friends/ids", "user_id": 10, "polled_at": POLLED, "ids": [20, 30], "next_cursor": 0}
FOLLOWS = {
    "follow": told("follow", about=None),
    "unfollow": told("unfollow", about=None),
    "friends": PAGE,
    "followers": {**PAGE, "endpoint": "followers/ids", "cursor": -1},
    "nobody": {**PAGE, "user_id": "11", "ids": []},
    "numbers, texts": {**PAGE, "user_id": "12", "ids": ["9", 7, 9, "a"], "next_cursor_str": "0"},
    "last of three": {**PAGE, "user_id": 13, "cursor": "y", "ids": [3, 1]},
    "first of three": {**PAGE, "user_id": 13, "cursor": -1, "ids": [1], "next_cursor_str": "x"},
    "second of three": {**PAGE, "user_id": 13, "cursor": "x", "ids": [2], "next_cursor": "y"},
    "first is missing": {**PAGE, "user_id": 14, "cursor": "x"},
    "last is missing": {**PAGE, "user_id": 15, "next_cursor": 77},
    "last is refused": {**PAGE, "user_id": 16, "next_cursor": "x"},
    "a refused last": {**PAGE, "user_id": 16, "cursor": "x", "ids": [40, None]},
    "last of another": {**PAGE, "user_id": 16, "cursor": "x", "polled_at": "2016-05-03T05:00Z"},
    "neither": {"user_id": 10, "ids": [20]},
    "other event": told("block", about=None),
    "other endpoint": {**PAGE, "endpoint": "blocks/ids"},
    "no owner": {**PAGE, "user_id": ""},
    "no ids": {**PAGE, "ids": None},
    "an empty id": {**PAGE, "ids": [20, ""]},
    "one is gone": {**PAGE, "ids": [20, 0]},
    "no next cursor": {**PAGE, "next_cursor": None},
    "no time of poll": {**PAGE, "polled_at": None},
    "polled too late": {**PAGE, "polled_at": "2016-05-05T00:00:00Z"},
    "no target": {**told("follow", about=None), "target": None},
    "too early": told("follow", about=None, at="Mar 20 23:59:59 +0000 2006"),
    "ids a text": {**PAGE, "ids": "20"},
}


def test_follows_begin_end_and_are_listed_where_all_pages_of_a_poll_are_there(records, table):
    found = records(FOLLOWS.values(), to_follows)

    assert_drawn(
        FOLLOWS,
        found,
        table("""
            line:string      | rule:string     | id:string                             | holds:string
            follow           | null            | follow/10/20/2016-05-03 15:01:09      | 10 actor of follow begins 20
            unfollow         | null            | unfollow/10/20/2016-05-03 15:01:09    | 10 actor of follow ends 20
            friends          | null            | friends/ids/10/2016-05-03 04:00:00/   | 10 actor of follow lists 20 30
            followers        | null            | followers/ids/10/2016-05-03 04:00:00/ | 10 target of follow lists 20 30
            nobody           | null            | friends/ids/11/2016-05-03 04:00:00/   | 11 actor of follow lists
            numbers, texts   | null            | friends/ids/12/2016-05-03 04:00:00/   | 12 actor of follow lists 7 9 a
            last of three    | null            | friends/ids/13/2016-05-03 04:00:00/y  | 13 actor of follow lists 1 3
            first of three   | null            | friends/ids/13/2016-05-03 04:00:00/   | 13 actor of follow lists 1
            second of three  | null            | friends/ids/13/2016-05-03 04:00:00/x  | 13 actor of follow lists 2
            first is missing | null            | friends/ids/14/2016-05-03 04:00:00/x  | 14 actor of follow begins 20 30
            last is missing  | null            | friends/ids/15/2016-05-03 04:00:00/   | 15 actor of follow begins 20 30
            last is refused  | null            | friends/ids/16/2016-05-03 04:00:00/   | 16 actor of follow begins 20 30
            a refused last   | missing         | null                                  | null
            last of another  | null            | friends/ids/16/2016-05-03 05:00:00/x  | 16 actor of follow begins 20 30
            neither          | missing         | null                                  | null
            other event      | out_of_range    | null                                  | null
            other endpoint   | out_of_range    | null                                  | null
            no owner         | missing         | null                                  | null
            no ids           | missing         | null                                  | null
            an empty id      | missing         | null                                  | null
            one is gone      | missing         | null                                  | null
            no next cursor   | missing         | null                                  | null
            no time of poll  | impossible_time | null                                  | null
            polled too late  | after_delivery  | null                                  | null
            no target        | missing         | null                                  | null
            too early        | impossible_time | null                                  | null
            ids a text       | malformed       | null                                  | null
        """),
    )
    listed, neither = found[2]["relation"], found[14]["fault"]
    assert [record["relation"]["at"].isoformat() for record in found[:2]] == ["2016-05-03T15:01:09"] * 2
    assert listed["at"].isoformat() == "2016-05-03T04:00:00"
    assert neither["reason"] == (
        "expected event (follow or unfollow) or endpoint (friends/ids or followers/ids), found neither"
    )


def gone(number, **more):
    return {"delete": {"status": {"id": number, "id_str": str(number), "user_id": 10, "user_id_str": "10"}, **more}}


DELETIONS = {
    "timed": gone(7, timestamp_ms="1462287669000"),
    "time a number": gone(8, timestamp_ms=1462287669000),
    "untimed": gone(LARGEST),
    "no id": {"delete": {"status": {"user_id": 10}}},
    "of a message": {"delete": {"direct_message": {"id": 7}}},
    "no time at all": gone(7, timestamp_ms="soon"),
    "beyond all years": gone(7, timestamp_ms=LARGEST),
    "from 1970": gone(7, timestamp_ms="0"),
    "too late": gone(7, timestamp_ms="1462406400000"),
    "a status": GOOD,
    "broken off": '{"delete":',
}


def test_a_deletion_takes_its_status_back(records, table):
    assert_drawn(
        DELETIONS,
        records(DELETIONS.values(), to_deletions),
        table("""
            line:string      | rule:string     | id:string           | holds:string
            timed            | null            | 7                   | back statuses 7
            time a number    | null            | 8                   | back statuses 8
            untimed          | null            | 9223372036854775807 | back statuses 9223372036854775807
            no id            | missing         | null                | null
            of a message     | missing         | null                | null
            no time at all   | impossible_time | null                | null
            beyond all years | impossible_time | null                | null
            from 1970        | impossible_time | null                | null
            too late         | after_delivery  | null                | null
            a status         | missing         | null                | null
            broken off       | malformed       | null                | null
        """),
    )
