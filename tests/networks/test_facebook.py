"""Facebook's feeds as records: raw lines, good and bad, against drawn tables."""

import tomllib

import pytest
from sway.networks.facebook import FACEBOOK

from tests.networks.feeds import NO_TIME, TOO_LATE, as_drawn, faults, records_of, said
from tests.places import REPOSITORY

LARGEST = 2**63 - 1
AT = "2016-05-03T15:01:09+0000"
UNIX = 1462287669  # the same instant
ON = "@2016-05-03T15:01:09.000000"  # in ids of records
NO_POST = "the post's author is missing: expected post_id of the form <author>_<post>, or post.from.id beside it"
NO_SHARED = "the shared post's author is missing: expected parent_id of the form <author>_<post>, or object.from.id"


def post(number, author=10, at=AT, **more):
    return {"id": f"{author}_{number}", "from": {"id": str(author), "name": "Ann"}, "created_time": at, **more}


def comment(number, post_id="20_1", author=10, **more):
    return {"id": f"1_{number}", "post_id": post_id, "from": {"id": str(author)}, "created_time": AT, **more}


def reaction(post_id="20_1", actor="10", **more):
    kind = {"item": "reaction", "verb": "add", "reaction_type": "love"}
    return {**kind, "post_id": post_id, "from": {"id": actor}, "created_time": UNIX, **more}


def tag(number, kind="user"):
    return {"id": str(number), "name": "x", "type": kind, "offset": 0, "length": 1}


def people(*numbers):
    return {"data": [{"id": str(number), "name": "x"} for number in numbers]}


def typed(number, kind):
    return {"id": str(number), "name": "x", "profile_type": kind}


def without(line, *names):
    return {name: value for name, value in line.items() if name not in names}


ACTS = {
    "posts": {
        "plain": post(
            1,
            message="No. #1 of #été_2016, #Été; see http://x.org/#top or a#b",
            application={"name": "Pages Manager 😀", "id": "5"},
        ),
        "with": post(2, with_tags=people(20, 30, 20)),
        "names": post(3, message_tags=[tag(20), tag(30, "page"), tag(40, "event"), {"id": "50"}, tag(20)]),
        "names as of old": post(4, message_tags={"0": [tag(20)], "17": [tag(30, "page")]}, created_time=UNIX),
        "on walls": post(5, to=people(20, 10)),
        "in a group": post(14, to={"data": [typed(20, "group"), typed(30, "page"), typed(40, "user")]}),
        "wall and names": post(6, to=people(20, 30, 40), message_tags=[tag(20)], with_tags=people(40)),
        "wall it names": post(7, to=people(20), message_tags=[tag(20)], status_type="wall_post"),
        "share": post(8, parent_id="20_5", message_tags=[tag(30)], status_type="shared_story"),
        "share of a photo": post(9, object={"id": "77", "from": {"id": "20"}}),
        "share, beside it": post(11, parent_id="20_5", object={"id": "20_5", "from": {"id": "30"}}),
        "number for id": {"id": LARGEST, "from": {"id": LARGEST - 1}, "created_time": AT, "verb": "add"},
        "odd ids": post(12, author="O'B\"😀", parent_id='a"b_c'),
        "edited": post(3, item="status", verb="edited", message="#other", message_tags=[tag(60)], created_time=UNIX),
        "removed": {"id": "10_8", "verb": "remove", "created_time": UNIX},
        "empty lists": post(13, message_tags=[], to={"data": []}, with_tags={}, parent_id="", message=""),
        "no id": without(post(1), "id"),
        "no author": post(1, **{"from": {"name": "Ann"}}),
        "share of nobody's": post(1, parent_id="5"),
        "share of too many": post(1, parent_id="20_5_7"),
        "odd tags": post(1, message_tags="Ann"),
        "odd tags within": post(1, message_tags={"0": "Ann"}),
        "hidden": post(1, verb="hide"),
        "no zone": post(1, at="2016-05-03T15:01:09"),
        "no time": without(post(1), "created_time"),
        "30 February": post(1, at="2016-02-30T15:01:09+0000"),
        "before Facebook": post(1, at="2004-02-03T23:59:59+0000"),
        "after its delivery": post(1, at="2016-05-05T01:00:00+0100"),
        "broken off": '{"id": "10_1", "fr',
        "author of another kind": post(1, **{"from": "Ann"}),
    },
    "shares": {
        "the same share": post(8, parent_id="20_5"),
        "with names, told in posts": post(14, parent_id="20_5", message_tags=[tag(30)]),
        "edited": post(8, parent_id="20_5", verb="edited"),
        "removed": {"id": "10_14", "verb": "remove", "created_time": AT},
        "of nothing": post(15),
        "of nobody's": post(15, parent_id="5"),
        "without sharer": without(post(15, parent_id="20_5"), "from"),
    },
    "comments": {
        "on a post": comment(1),
        "author beside": comment(2, post={"id": "20_1", "from": {"id": "70"}}),
        "author beside alone": comment(3, post_id="1", post={"from": {"id": "70"}}),
        "old id": {**without(comment(4), "post_id"), "id": "20_1_4"},
        "reply": comment(5, parent={"id": "1_1", "from": {"id": "30"}}, message_tags=[tag(30), tag(40)]),
        "webhook, on a post": comment(6, item="comment", verb="add", parent_id="20_1"),
        "webhook, a reply": comment(7, parent_id="1_1", parent={"id": "1_1", "from": {"id": "30"}}),
        "webhook, author alone": comment(8, parent_id="1_1", parent={"from": {"id": "30"}}),
        "edited": comment(5, item="comment", verb="edited", parent_id="1_1", created_time=UNIX),
        "removed": {"comment_id": "1_5", "verb": "remove", "created_time": UNIX},
        "on nothing": without(comment(1), "post_id"),
        "on nobody's": comment(1, post_id="1"),
        "reply to nobody": comment(1, parent={"id": "1_1"}),
        "webhook, to nobody": comment(51, item="comment", verb="add", post_id="100_1", parent_id="1_50"),
        "hidden": comment(1, verb="hide"),
        "by nobody": comment(1, author=""),
    },
    "reactions": {
        "love": reaction(),
        "like of a time before": reaction("20_2", item="like", reaction_type=None, created_time=str(UNIX)),
        "older sender": {**without(reaction("20_3"), "from"), "sender_id": 10},
        "to a comment": reaction(comment_id="1_1", comment={"from": {"id": "30"}}),
        "edit": reaction(verb="edit", reaction_type="haha"),
        "removed": reaction(verb="remove"),
        "of a comment": reaction(item="comment"),
        "no item": without(reaction(), "item"),
        "no verb": without(reaction(), "verb"),
        "hidden": reaction(verb="hide"),
        "no post": without(reaction(), "post_id"),
        "nobody's": without(reaction(verb="remove"), "from"),
        "to nobody's post": reaction("5"),
        "to nobody's comment": reaction(comment_id="1_1"),
        "in milliseconds": reaction(created_time=1000 * UNIX),
        "before 1970": reaction(created_time=-1),
    },
}

SAID = f"""
    [posts]          | record id   | holds
    plain            | 10_1        | original by 10
    with             | 10_2        | original by 10, 10 tag 20 on 10_2, 10 tag 30 on 10_2
    names            | 10_3        | original by 10, 10 mention 20 on 10_3, 10 mention 30 on 10_3, 10 mention 50 on 10_3
    names as of old  | 10_4        | original by 10, 10 mention 20 on 10_4, 10 mention 30 on 10_4
    on walls         | 10_5        | original by 10, 10 wall_post 20 on 10_5, 10 wall_post 10 on 10_5
    in a group       | 10_14       | original by 10, 10 wall_post 30 on 10_14, 10 wall_post 40 on 10_14
    wall and names   | 10_6        | original by 10, 10 wall_post 30 on 10_6, 10 mention 20 on 10_6, 10 tag 40 on 10_6
    wall it names    | 10_7        | original by 10, 10 wall_post 20 on 10_7, 10 mention 20 on 10_7
    share            | 10_8        | reshare by 10, 10 share 20 on 20_5, 10 mention 30 on 10_8, back shares 10_8
    share of a photo | 10_9        | reshare by 10, 10 share 20 on 77, back shares 10_9
    share, beside it | 10_11       | reshare by 10, 10 share 30 on 20_5, back shares 10_11
    number for id    | {LARGEST}   | original by {LARGEST - 1}
    odd ids          | O'B"😀_12   | reshare by O'B"😀, O'B"😀 share a"b on a"b_c, back shares O'B"😀_12
    edited           | 10_3/edited |
    removed          | 10_8/remove | back posts 10_8
    empty lists      | 10_13       | original by 10

    [shares]                  | record id    | holds
    the same share            | 10_8         | 10 share 20 on 20_5
    with names, told in posts | 10_14        | 10 share 20 on 20_5
    edited                    | 10_8/edited  |
    removed                   | 10_14/remove | back shares 10_14

    [comments]            | record id  | holds
    on a post             | 1_1        | 10 comment 20 on 20_1
    author beside         | 1_2        | 10 comment 70 on 20_1
    author beside alone   | 1_3        | 10 comment 70 on 1
    old id                | 20_1_4     | 10 comment 20 on 20_1
    reply                 | 1_5        | 10 comment 30 on 1_1, 10 mention 30 on 1_5, 10 mention 40 on 1_5
    webhook, on a post    | 1_6        | 10 comment 20 on 20_1
    webhook, a reply      | 1_7        | 10 comment 30 on 1_1
    webhook, author alone | 1_8        | 10 comment 30 on 1_1
    edited                | 1_5/edited |
    removed               | 1_5/remove | back comments 1_5

    [reactions]           | record id      | holds
    love                  | 20_1/10        | 10 like 20 on 20_1
    like of a time before | 20_2/10        | 10 like 20 on 20_2
    older sender          | 20_3/10        | 10 like 20 on 20_3
    to a comment          | 1_1/10         | 10 like 30 on 1_1
    edit                  | 20_1/10/edit   |
    removed               | 20_1/10/remove | back reactions 20_1/10
"""

REFUSED = f"""
    [posts]                | rule            | reason
    no id                  | missing         | id is missing
    no author              | missing         | from.id is missing
    share of nobody's      | missing         | {NO_SHARED}
    share of too many      | missing         | {NO_SHARED}
    odd tags               | malformed       | message_tags: expected a list of tags, or a map from offset to list
    odd tags within        | malformed       | message_tags: expected a list of tags, or a map from offset to list
    hidden                 | out_of_range    | verb: expected add or edited or remove, found hide
    no zone                | impossible_time | created_time: {NO_TIME}
    no time                | impossible_time | created_time: {NO_TIME}
    30 February            | impossible_time | created_time: {NO_TIME}
    before Facebook        | impossible_time | created_time: expected 2004-02-04 or later, found 2004-02-03 23:59:59
    after its delivery     | after_delivery  | created_time: {TOO_LATE} 2016-05-05 00:00:00
    broken off             | malformed       | expected one JSON object of the feed's fields
    author of another kind | malformed       | from: expected an object, found "Ann"

    [shares]       | rule    | reason
    of nothing     | missing | parent_id is missing: the post that is shared
    of nobody's    | missing | {NO_SHARED}
    without sharer | missing | from.id is missing

    [comments]         | rule         | reason
    on nothing         | missing      | {NO_POST}
    on nobody's        | missing      | {NO_POST}
    reply to nobody    | missing      | parent.from.id is missing: the author of the comment that is answered
    webhook, to nobody | missing      | parent.from.id is missing: the author of the comment that is answered
    hidden             | out_of_range | verb: expected add or edited or remove, found hide
    by nobody          | missing      | from.id is missing

    [reactions]         | rule            | reason
    of a comment        | out_of_range    | item: expected reaction, found comment
    no item             | missing         | item is missing
    no verb             | missing         | verb is missing
    hidden              | out_of_range    | verb: expected add or edit or remove, found hide
    no post             | missing         | post_id is missing
    nobody's            | missing         | from.id is missing
    to nobody's post    | missing         | {NO_POST}
    to nobody's comment | missing         | comment.from.id is missing: the author of the comment
    before 1970         | impossible_time | created_time: {NO_TIME}
    in milliseconds     | impossible_time | created_time: {NO_TIME}
"""


@pytest.fixture(scope="module")
def acts(spark):
    return records_of(spark, FACEBOOK, ACTS)


def test_each_line_says_what_is_drawn_or_is_refused_with_its_reason(acts):
    assert said(acts) == as_drawn(SAID)
    assert faults(acts) == as_drawn(REFUSED)


def test_a_post_keeps_its_client_hashtags_and_instant(acts):
    whole, bare, unix = (acts[f"posts: {name}"]["post"] for name in ("plain", "empty lists", "names as of old"))

    assert (whole["client"], whole["hashtags"]) == ("Pages Manager 😀", ["été_2016", "Été"])
    assert (bare["client"], bare["hashtags"]) == (None, [])
    assert whole["created_at"] == unix["created_at"]
    assert unix["created_at"].isoformat() == "2016-05-03T15:01:09"


def test_an_act_is_named_by_its_record_and_holds_for_it(acts):
    for row in acts.values():
        if row["fault"] is None:
            expected = [f"{row['record_id']}/{act['action']}/{act['target_id']}" for act in row["acts"]]
            assert [act["event_id"] for act in row["acts"]] == expected
            assert row["act_key"] == row["record_id"]
            assert {act["occurred_at"].isoformat() for act in row["acts"]} <= {"2016-05-03T15:01:09"}


def test_a_share_in_both_feeds_is_one_act_and_the_post_takes_the_other_back(acts):
    in_posts, in_shares = acts["posts: share"], acts["shares: the same share"]

    assert in_posts["acts"][0] == in_shares["acts"][0]
    assert tuple(in_posts["takes_back"]) == ("shares", in_shares["record_id"])


RELATIONS = {
    "page_fans": {
        "list": {"id": "7", "time": UNIX, "fans": people(30, 20, 30)},
        "list of nobody": {"id": 8, "time": AT, "fans": {"data": []}},
        "page 1": {
            "id": "9",
            "time": UNIX,
            "fans": {**people(20), "paging": {"cursors": {"after": "x"}, "next": "https://"}},
        },
        "page 2": {
            "id": "9",
            "time": UNIX,
            "after": "x",
            "fans": {**people(30), "paging": {"cursors": {"after": "y"}}},
        },
        "page of a poll cut short": {
            "id": "6",
            "time": UNIX,
            "fans": {**people(20), "paging": {"cursors": {"after": "x"}, "next": "https://"}},
        },
        "before one rounded": {
            "id": "11",
            "time": UNIX,
            "fans": {**people(20), "paging": {"cursors": {"after": "x"}, "next": "https://"}},
        },
        "one rounded": {"id": "11", "time": UNIX, "after": "x", "fans": {"data": [{"id": 1.2345678901234568e18}]}},
        "whole": {"id": "12", "time": UNIX, "fans": people(20)},
        "otherwise": {"id": "12", "time": UNIX, "fans": people(30)},
        "fan": {"id": "7", "time": UNIX, "verb": "add", "from": {"id": "40"}},
        "fan no more": {"id": "7", "time": UNIX, "verb": "remove", "from": {"id": 30}},
        "no page": {"time": UNIX, "fans": people(20)},
        "neither": {"id": "13", "time": UNIX},
        "both": {"id": "13", "time": UNIX, "verb": "add", "from": {"id": "40"}, "fans": people(20)},
        "no data": {"id": "13", "time": UNIX, "fans": {}},
        "one without id": {"id": "13", "time": UNIX, "fans": {"data": [{"id": "20"}, {"name": "x"}]}},
        "no cursor": {"id": "13", "time": UNIX, "fans": {**people(20), "paging": {"next": "https://"}}},
        "liked": {"id": "13", "time": UNIX, "verb": "like", "from": {"id": "40"}},
        "nobody": {"id": "7", "time": UNIX, "verb": "add", "to": {"id": "40"}},
        "no time": {"id": "7", "fans": people(20)},
        "tomorrow": {"id": "7", "time": UNIX + 2 * 86400, "fans": people(20)},
        "another kind": {"id": "13", "time": UNIX, "fans": [1, 2]},
    },
    "friends": {
        "list": {"id": "10", "time": UNIX, "friends": {**people(20), "summary": {"total_count": 90}}},
        "the other side": {"id": "20", "time": UNIX, "verb": "add", "to": {"id": "10"}},
    },
    "subscribers": {"list": {"id": "10", "time": UNIX, "subscribers": people(50)}},
}

RELATIONS_SAID = f"""
    [page_fans]              | record id       | holds
    list                     | 7{ON}/          | 7 target of page_fan lists 20 30
    list of nobody           | 8{ON}/          | 8 target of page_fan lists
    page 1                   | 9{ON}/          | 9 target of page_fan lists 20
    page 2                   | 9{ON}/x         | 9 target of page_fan lists 30
    page of a poll cut short | 6{ON}/          | 6 target of page_fan begins 20
    before one rounded       | 11{ON}/         | 11 target of page_fan begins 20
    whole                    | 12{ON}/         | 12 target of page_fan begins 20
    otherwise                | 12{ON}/         | 12 target of page_fan begins 30
    fan                      | add/7/40{ON}    | 7 target of page_fan begins 40
    fan no more              | remove/7/30{ON} | 7 target of page_fan ends 30

    [friends]      | record id     | holds
    list           | 10{ON}/       | 10 actor of friend lists 20
    the other side | add/20/10{ON} | 20 actor of friend begins 10

    [subscribers] | record id | holds
    list          | 10{ON}/   | 10 target of subscriber lists 50
"""

RELATIONS_REFUSED = f"""
    [page_fans]    | rule            | reason
    no page        | missing         | id is missing
    one rounded    | malformed       | expected an id as text or a whole number, found 1.23456789012345677E18
    neither        | missing         | expected either fans, a list, or verb, a change: found neither
    both           | malformed       | expected either fans, a list, or verb, a change: found both
    no data        | missing         | fans.data is missing
    one without id | missing         | fans.data[].id: expected an account in every place, found none
    no cursor      | missing         | fans.paging.cursors.after is missing, while paging.next says that more follows
    liked          | out_of_range    | verb: expected add or remove, found like
    nobody         | missing         | from.id is missing
    no time        | impossible_time | time: {NO_TIME}
    tomorrow       | after_delivery  | time: {TOO_LATE} 2016-05-05 15:01:09
    another kind   | malformed       | fans: expected an object, found [1,2]
"""


@pytest.fixture(scope="module")
def relations(spark):
    return records_of(spark, FACEBOOK, RELATIONS)


def test_relations_are_lists_and_changes_of_one_owner(relations):
    assert said(relations) == as_drawn(RELATIONS_SAID)
    assert faults(relations) == as_drawn(RELATIONS_REFUSED)
    assert {str(row["relation"]["at"]) for row in relations.values() if not row["fault"]} == {"2016-05-03 15:01:09"}


def test_the_version_weighs_every_action_that_comes_out(acts, relations):
    method = REPOSITORY / "conf" / "scoring" / "sway-0.2.toml"
    weighed = tomllib.loads(method.read_text())["networks"]["facebook"]["actions"]
    dated = {act["action"] for row in acts.values() if row["fault"] is None for act in row["acts"]}
    standing = {row["relation"]["action"] for row in relations.values()}

    assert dated == {name for name, weight in weighed.items() if not weight.get("standing")}
    assert standing == {name for name, weight in weighed.items() if weight.get("standing")}
    assert set(FACEBOOK.act_order) == dated - {"like"}
