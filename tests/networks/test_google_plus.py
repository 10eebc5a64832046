"""Google+'s feeds as records."""

import json
from datetime import date

import pytest
from sway.networks.google_plus import (
    GOOGLE_PLUS,
    to_activities,
    to_circles,
    to_comments,
    to_plusoners,
    to_resharers,
)
from sway.networks.network import Context

from tests.networks.feeds import RAW
from tests.records import assert_drawn

LONG = 110243456789012345678  # ids have 21 digits, more than a bigint holds
AT = "2016-05-03T15:01:09.123Z"
PLUS = "https://plus.google.com"


@pytest.fixture
def records(spark):
    """Records of raw lines, in order; lines may be rows or text. Delivered on 2016-05-04."""

    def read(lines, convert):
        payloads = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
        rows = [(date(2016, 5, 4), f"{n:03}", payload) for n, payload in enumerate(payloads)]
        found = convert(spark.createDataFrame(rows, RAW), Context(GOOGLE_PLUS, {}))
        return found.orderBy("file").collect()

    return read


def naming(*accounts):
    """HTML that names accounts as Google+ did."""
    before = '<span class="proflinkWrapper"><span class="proflinkPrefix">+</span>'
    return "Hi " + " and\n".join(
        f'{before}<a class="proflink" href="{PLUS}/{number}" oid="{number}">A</a></span>' for number in accounts
    )


def activity(number, author, *, verb="post", content="Hi", at=AT, **more):
    return {
        "kind": "plus#activity",
        "id": number,
        "verb": verb,
        "published": at,
        "actor": {"id": author, "displayName": "Ann"},
        "object": {"objectType": "note", "content": content},
        "provider": {"title": "Google+"},
        **more,
    }


def reshare(number, author, original, original_author, **more):
    shared = {"objectType": "activity", "id": original, "actor": {"id": original_author}, "content": naming("99")}
    return activity(number, author, verb="share", **{"object": shared, **more})


ACTIVITIES = {
    "post": activity("a1", "10"),
    "a long number": activity("a2", LONG),
    "mention": activity("a2", "10", content=naming(LONG)),
    "mentions": activity("a3", "10", content=naming("20", "30", "20")),
    "mention of oneself": activity("a4", "10", content=naming("10")),
    "other links": activity("a5", "10", content='<a class="ot-link" oid="20">x</a> +Ann oid="30"'),
    "no words": activity("a6", "10", object=None),
    "checkin": activity("a7", "10", verb="checkin"),
    "reshare": reshare("b1", "20", "a1", "10"),
    "reshare of oneself": reshare("b3", "10", "a1", "10"),
    "no id": activity("", "10"),
    "no actor": activity("a8", None),
    "no verb": activity("a9", "10", verb=None),
    "reshare of nothing": reshare("b4", "20", None, "10"),
    "reshare of nobody": reshare("b5", "20", "a1", ""),
    "no time": activity("a10", "10", at=None),
    "Twitter's time": activity("a11", "10", at="Tue May 03 15:01:09 +0000 2016"),
    "no such day": activity("a12", "10", at="2015-02-29T00:00:00Z"),
    "before Google+": activity("a13", "10", at="2011-06-27T23:59:59Z"),
    "after delivery": activity("a14", "10", at="2016-05-05T00:00:00Z"),
    "late by its offset": activity("a15", "10", at="2016-05-04T23:00:00-01:00"),
    "actor a text": activity("a16", "10", actor="10"),
    "broken off": '{"id": "a17", "act',
}


def test_an_activity_is_a_post_that_mentions_and_reshares(records, table):
    found = records(ACTIVITIES.values(), to_activities)

    assert_drawn(
        ACTIVITIES,
        found,
        table("""
            line:string        | rule:string     | id:string | holds:string
            post               | null            | a1        | original by 10
            a long number      | null            | a2        | original by 110243456789012345678
            mention            | null            | a2        | original by 10, 10 mention 110243456789012345678 on a2
            mentions           | null            | a3        | original by 10, 10 mention 20 on a3, 10 mention 30 on a3
            mention of oneself | null            | a4        | original by 10, 10 mention 10 on a4
            other links        | null            | a5        | original by 10
            no words           | null            | a6        | original by 10
            checkin            | null            | a7        | original by 10
            reshare            | null            | b1        | reshare by 20, 20 reshare 10 on a1, back resharers a1/20
            reshare of oneself | null            | b3        | reshare by 10, 10 reshare 10 on a1, back resharers a1/10
            no id              | missing         | null      | null
            no actor           | missing         | null      | null
            no verb            | missing         | null      | null
            reshare of nothing | missing         | null      | null
            reshare of nobody  | missing         | null      | null
            no time            | impossible_time | null      | null
            Twitter's time     | impossible_time | null      | null
            no such day        | impossible_time | null      | null
            before Google+     | impossible_time | null      | null
            after delivery     | after_delivery  | null      | null
            late by its offset | after_delivery  | null      | null
            actor a text       | malformed       | null      | null
            broken off         | malformed       | null      | null
        """),
    )
    act = found[8]["acts"][0]
    assert (found[8]["act_key"], act["event_id"]) == ("b1", "b1/reshare/10")
    assert act["occurred_at"].isoformat() == "2016-05-03T15:01:09.123000"


def test_a_post_keeps_its_client_instant_and_what_its_own_words_tag_and_name(records):
    tagged = 'Hi <a rel="nofollow" class="ot-hashtag" href="/s/%23b">#b</a> <a class="ot-hashtag" href="/s/%23é">#é</a>'
    first, second = records(
        [
            activity("a1", "10", content=tagged, at="2016-02-29T23:30:00-01:30"),
            reshare("b1", "20", "a1", "10", provider=None, annotation=tagged[:80] + naming("10", "30")),
        ],
        to_activities,
    )

    post = first["post"].asDict()
    assert post.pop("created_at").isoformat() == "2016-03-01T01:00:00"
    assert post == {
        "post_id": "a1",
        "author_id": "10",
        "kind": "original",
        "client": "Google+",
        "hashtags": ["b", "é"],
    }
    assert (second["post"]["client"], second["post"]["hashtags"]) == (None, ["b"])
    assert [(act["action"], act["target_id"], act["object_id"]) for act in second["acts"]] == [
        ("reshare", "10", "a1"),
        ("mention", "10", "b1"),
        ("mention", "30", "b1"),
    ]


def comment(number, author, *, to=None, url=None, activity_id="a1", content="Hi", at=AT, **more):
    answered = {"id": activity_id, "url": url, "actor": to and {"id": to}}
    return {
        "kind": "plus#comment",
        "id": number,
        "published": at,
        "actor": {"id": author},
        "object": {"objectType": "comment", "content": content},
        "inReplyTo": [answered],
        **more,
    }


BY_NUMBER = f"{PLUS}/{LONG}/posts/F97fqZwJESL"
COMMENTS = {
    "author in the url": comment("c1", "20", url=BY_NUMBER),
    "author beside": comment("c2", "20", to="10", url=f"{PLUS}/+Ann/posts/F97fqZwJESL"),
    "both": comment("c3", "20", to="10", url=BY_NUMBER),
    "a signed-in url": comment("c4", "20", url=f"{PLUS}/u/0/{LONG}/posts/x"),
    "own activity": comment("c5", "10", to="10"),
    "with mention": comment("c6", "20", to="10", content=naming("30")),
    "odd ids": comment("c'7 😀", "O'B \"", to="10"),
    "a name in the url": comment("c8", "20", url=f"{PLUS}/+Ann/posts/F97fqZwJESL"),
    "another site": comment("c9", "20", url=f"https://example.com/{LONG}/posts/x"),
    "answers nothing": comment("c10", "20", inReplyTo=[]),
    "no activity": comment("c11", "20", to="10", activity_id=None),
    "no actor": comment("c12", "", to="10"),
    "no id": comment(None, "20", to="10"),
    "no time": comment("c13", "20", to="10", at=""),
    "after delivery": comment("c14", "20", to="10", at="2016-05-05T00:00:00Z"),
    "two in a line": '{"id": "c15"}{"id": "c16"}',
}


def test_a_comment_is_an_act_towards_the_activitys_author(records, table):
    found = records(COMMENTS.values(), to_comments)

    assert_drawn(
        COMMENTS,
        found,
        table("""
            line:string       | rule:string     | id:string | holds:string
            author in the url | null            | c1        | 20 comment 110243456789012345678 on a1
            author beside     | null            | c2        | 20 comment 10 on a1
            both              | null            | c3        | 20 comment 10 on a1
            a signed-in url   | null            | c4        | 20 comment 110243456789012345678 on a1
            own activity      | null            | c5        | 10 comment 10 on a1
            with mention      | null            | c6        | 20 comment 10 on a1, 20 mention 30 on c6
            odd ids           | null            | c'7 😀     | O'B " comment 10 on a1
            a name in the url | missing         | null      | null
            another site      | missing         | null      | null
            answers nothing   | missing         | null      | null
            no activity       | missing         | null      | null
            no actor          | missing         | null      | null
            no id             | missing         | null      | null
            no time           | impossible_time | null      | null
            after delivery    | after_delivery  | null      | null
            two in a line     | malformed       | null      | null
        """),
    )
    assert found[5]["act_key"] == "c6"
    assert [act["event_id"] for act in found[5]["acts"]] == ["c6/comment/10", "c6/mention/30"]
    assert "inReplyTo[0].actor.id is missing" in found[7]["fault"]["reason"]


def listed(person, author="10", activity_id="a1", at=AT):
    beside = {"id": activity_id, "actor": {"id": author}}
    return {"kind": "plus#person", "id": person, "displayName": "Ben", "activity": beside, "polled_at": at}


LISTED = {
    "person": listed("20"),
    "the author": listed("10"),
    "a number": listed(LONG),
    "no person": listed(None),
    "no activity": listed("20", activity_id=""),
    "no author": listed("20", author=None),
    "no time": listed("20", at=None),
    "after delivery": listed("20", at="2016-05-05T00:00:00Z"),
    "activity an id": {**listed("20"), "activity": "a1"},
}


@pytest.mark.parametrize(("convert", "action"), [(to_plusoners, "plus_one"), (to_resharers, "reshare")])
def test_a_listed_person_is_an_act_at_the_time_of_the_poll(records, table, convert, action):
    found = records(LISTED.values(), convert)

    assert_drawn(
        LISTED,
        found,
        table(f"""
            line:string    | rule:string     | id:string                | holds:string
            person         | null            | a1/20                    | 20 {action} 10 on a1
            the author     | null            | a1/10                    | 10 {action} 10 on a1
            a number       | null            | a1/110243456789012345678 | 110243456789012345678 {action} 10 on a1
            no person      | missing         | null                     | null
            no activity    | missing         | null                     | null
            no author      | missing         | null                     | null
            no time        | impossible_time | null                     | null
            after delivery | after_delivery  | null                     | null
            activity an id | malformed       | null                     | null
        """),
    )
    assert found[0]["acts"][0]["occurred_at"].isoformat() == "2016-05-03T15:01:09.123000"


def test_a_reshare_seen_as_activity_takes_back_the_same_seen_in_a_list(records):
    (seen,) = records([reshare("b1", "20", "a1", "10")], to_activities)
    (named,) = records([listed("20")], to_resharers)

    assert seen["takes_back"].asDict() == {"feed": "resharers", "record_id": named["record_id"]}
    assert (seen["takes_back"]["feed"], to_resharers) in {
        (name, feed.to_records) for name, feed in GOOGLE_PLUS.feeds.items()
    }


def change(verb, actor="10", other="20", at=AT):
    return {"verb": verb, "published": at, "actor": {"id": actor}, "object": {"id": other}}


def page(owner, *others, asked=None, then=None, at="2016-05-03T04:00:00Z"):
    items = [{"kind": "plus#person", "id": other} for other in others]
    return {"userId": owner, "polled_at": at, "items": items, "pageToken": asked, "nextPageToken": then}


CIRCLES = {
    "added": change("add"),
    "removed": change("remove"),
    "a list": page("10", "30", "20", "30"),
    "nobody": page("11"),
    "first of two": page("14", "20", then="x"),
    "second of two": page("14", "30", asked="x"),
    "first is missing": page("12", "20", asked="x"),
    "last is missing": page("13", "20", then="x"),
    "before too long": page("15", "20", then="x"),
    "one too long": page("15", "9" * 1001, asked="x"),
    "before one twice": page("16", "20", then="x"),
    "one": page("16", "30", asked="x"),
    "and otherwise": page("16", "40", asked="x"),
    "other verb": change("block"),
    "no owner": change("add", actor=None),
    "nobody added": change("add", other=""),
    "changed too late": change("add", at="2016-05-05T00:00:00Z"),
    "list of nobody": page(""),
    "no items": {**page("17"), "items": None},
    "an empty item": page("17", "20", None),
    "no time of poll": page("10", "20", at=None),
    "before Google+": page("10", "20", at="2011-06-27T00:00:00Z"),
    "items a text": {**page("17"), "items": "20"},
}


def test_circles_begin_end_and_are_listed_where_all_pages_of_a_poll_are_there(records, table):
    found = records(CIRCLES.values(), to_circles)

    assert_drawn(
        CIRCLES,
        found,
        table("""
            line:string      | rule:string     | id:string                            | holds:string
            added            | null            | add/10/20/2016-05-03 15:01:09.123    | 10 actor of circle begins 20
            removed          | null            | remove/10/20/2016-05-03 15:01:09.123 | 10 actor of circle ends 20
            a list           | null            | 10/2016-05-03 04:00:00/              | 10 actor of circle lists 20 30
            nobody           | null            | 11/2016-05-03 04:00:00/              | 11 actor of circle lists
            first of two     | null            | 14/2016-05-03 04:00:00/              | 14 actor of circle lists 20
            second of two    | null            | 14/2016-05-03 04:00:00/x             | 14 actor of circle lists 30
            first is missing | null            | 12/2016-05-03 04:00:00/x             | 12 actor of circle begins 20
            last is missing  | null            | 13/2016-05-03 04:00:00/              | 13 actor of circle begins 20
            before too long  | null            | 15/2016-05-03 04:00:00/              | 15 actor of circle begins 20
            one too long     | malformed       | null                                 | null
            before one twice | null            | 16/2016-05-03 04:00:00/              | 16 actor of circle begins 20
            one              | null            | 16/2016-05-03 04:00:00/x             | 16 actor of circle begins 30
            and otherwise    | null            | 16/2016-05-03 04:00:00/x             | 16 actor of circle begins 40
            other verb       | out_of_range    | null                                 | null
            no owner         | missing         | null                                 | null
            nobody added     | missing         | null                                 | null
            changed too late | after_delivery  | null                                 | null
            list of nobody   | missing         | null                                 | null
            no items         | missing         | null                                 | null
            an empty item    | missing         | null                                 | null
            no time of poll  | impossible_time | null                                 | null
            before Google+   | impossible_time | null                                 | null
            items a text     | malformed       | null                                 | null
        """),
    )
    assert found[0]["relation"]["at"].isoformat() == "2016-05-03T15:01:09.123000"
    assert found[2]["relation"]["at"].isoformat() == "2016-05-03T04:00:00"
