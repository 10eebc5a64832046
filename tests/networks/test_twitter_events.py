"""Twitter's messages of its streams, and its lists of followers, as records."""

import pytest
from sway.networks.twitter import (
    TWITTER,
    to_deletions,
    to_favourites,
    to_follows,
    to_list_memberships,
)

from tests.landing import account, status
from tests.networks.feeds import in_order
from tests.records import assert_drawn

LARGEST = 2**63 - 1
AT = "May 03 15:01:09 +0000 2016"


@pytest.fixture
def records(spark):
    """Records of raw lines, in order; lines may be rows or text."""
    return lambda lines, convert: in_order(spark, TWITTER, convert, lines)


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
    "before a rounded": {**PAGE, "user_id": 17, "next_cursor": "x"},
    "a rounded id": {**PAGE, "user_id": 17, "cursor": "x", "ids": [40, 1.2345678901234568e18]},
    "before a padded": {**PAGE, "user_id": 18, "next_cursor": "x"},
    "a padded id": {**PAGE, "user_id": 18, "cursor": "x", "ids": [40, " 50"]},
    "before one twice": {**PAGE, "user_id": 19, "next_cursor": "x"},
    "one": {**PAGE, "user_id": 19, "cursor": "x", "ids": [40]},
    "with other ids": {**PAGE, "user_id": 19, "cursor": "x", "ids": [50]},
    "before one again": {**PAGE, "user_id": 20, "next_cursor": "x"},
    "one again": {**PAGE, "user_id": 20, "cursor": "x", "ids": [40, 50]},
    "in another order": {**PAGE, "user_id": 20, "cursor": "x", "ids": [50, 40]},
    "a good one": {**PAGE, "user_id": 21},
    "refused once": {**PAGE, "user_id": 21, "ids": [40, ""]},
    "neither": {"user_id": 10, "ids": [20]},
    "other event": told("block", about=None),
    "other endpoint": {**PAGE, "endpoint": "blocks/ids"},
    "no owner": {**PAGE, "user_id": ""},
    "no ids": {**PAGE, "user_id": 22, "ids": None},
    "an empty id": {**PAGE, "user_id": 22, "ids": [20, ""]},
    "one is gone": {**PAGE, "user_id": 22, "ids": [20, 0]},
    "no next cursor": {**PAGE, "user_id": 22, "next_cursor": None},
    "no time of poll": {**PAGE, "polled_at": None},
    "polled too late": {**PAGE, "polled_at": "2016-05-05T00:00:00Z"},
    "no target": {**told("follow", about=None), "target": None},
    "too early": told("follow", about=None, at="Mar 20 23:59:59 +0000 2006"),
    "ids a text": {**PAGE, "user_id": 22, "ids": "20"},
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
            before a rounded | null            | friends/ids/17/2016-05-03 04:00:00/   | 17 actor of follow begins 20 30
            a rounded id     | malformed       | null                                  | null
            before a padded  | null            | friends/ids/18/2016-05-03 04:00:00/   | 18 actor of follow begins 20 30
            a padded id      | malformed       | null                                  | null
            before one twice | null            | friends/ids/19/2016-05-03 04:00:00/   | 19 actor of follow begins 20 30
            one              | null            | friends/ids/19/2016-05-03 04:00:00/x  | 19 actor of follow begins 40
            with other ids   | null            | friends/ids/19/2016-05-03 04:00:00/x  | 19 actor of follow begins 50
            before one again | null            | friends/ids/20/2016-05-03 04:00:00/   | 20 actor of follow lists 20 30
            one again        | null            | friends/ids/20/2016-05-03 04:00:00/x  | 20 actor of follow lists 40 50
            in another order | null            | friends/ids/20/2016-05-03 04:00:00/x  | 20 actor of follow lists 40 50
            a good one       | null            | friends/ids/21/2016-05-03 04:00:00/   | 21 actor of follow begins 20 30
            refused once     | missing         | null                                  | null
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
    listed, neither = found[2]["relation"], found[list(FOLLOWS).index("neither")]["fault"]
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
    "a status": status(1, 10, AT),
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
