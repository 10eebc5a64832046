"""LinkedIn's acts and relations as records: raw lines, good and bad, against drawn tables."""

import tomllib

import pytest
from sway.networks.linkedin import LINKEDIN

from tests.networks.feeds import NO_COUNT, NO_TIME, TOO_LATE, as_drawn, faults, records_of, said
from tests.places import REPOSITORY

MS = 1462287669123  # 2016-05-03T15:01:09.123
AT = {"time": MS, "actor": "urn:li:person:x"}
ON = "@2016-05-03T15:01:09.123000"  # in ids of records
COMMENT = "urn:li:comment:(urn:li:share:1,11)"
A_SKILL = (
    "expected no skill beside it, found one: an endorsement ends with its last skill, which a change without skill "
    "tells, or the whole list"
)


def urn(account):
    return f"urn:li:person:{account}"


def share(number, owner="ann", **more):
    return {"id": number, "activity": f"urn:li:activity:9{number}", "owner": urn(owner), "created": AT, **more}


def words(*entities, text="Hi"):
    return {"text": text, "annotations": [{"entity": entity, "start": 0, "length": 2} for entity in entities]}


def comment(number, **more):
    whose = {"object": "urn:li:share:1", "object~": {"owner": urn("bob")}}
    return {"id": str(number), "actor": urn("ann"), **whose, "created": AT, **more}


def naming(**kinds):
    """A message that names one account in an attribute of each kind."""
    return {"text": "Hi", "attributes": [{"start": 0, "length": 2, "value": {k: one}} for k, one in kinds.items()]}


def like(**more):
    whose = {"object": "urn:li:share:1", "object~": {"owner": urn("bob")}}
    return {"actor": urn("ann"), **whose, "created": AT, **more}


def without(line, *names):
    return {name: value for name, value in line.items() if name not in names}


ACTS = {
    "shares": {
        "plain": share(1, source={"application": {"name": "LinkedIn 😀"}}, text=words(text="#1 #data, #Data_2")),
        "mentions": share(2, text=words(urn("bob"), "urn:li:organization:7", urn("bob"), "urn:li:skill:3")),
        "a company's": {**share("urn:li:share:3"), "owner": "urn:li:company:7"},
        "a member's": {**share(10), "owner": "urn:li:member:5"},
        "activity alone": without(share(4), "id"),
        "passed on": share(5, resharedShare="urn:li:share:1", **{"resharedShare~": {"owner": urn("bob")}}),
        "passed on twice": share(
            6,
            text=words(urn("cat")),
            resharedShare="urn:li:share:5",
            originalShare="urn:li:share:1",
            **{"resharedShare~": {"owner": urn("ann")}, "originalShare~": {"owner": urn("bob")}},
        ),
        "first owner told": share(
            7,
            resharedShare="urn:li:share:5",
            originalShare="urn:li:share:1",
            **{"originalShare~": {"owner": "urn:li:organization:7"}},
        ),
        "odd ids": share('8"', owner="O'B😀"),
        "time as text": share(9, created={"time": str(MS)}),
        "removed": {"id": "5", "deleted": {"time": MS}},
        "no id": without(share(1), "id", "activity"),
        "no owner": without(share(1), "owner"),
        "owner of another kind": {**share(1), "owner": "urn:li:group:5"},
        "owner without urn": {**share(1), "owner": "ann"},
        "owner disguised": share(1, owner="organization:7"),
        "passed on from nobody": share(1, resharedShare="urn:li:share:1"),
        "no time": without(share(1), "created"),
        "in seconds": share(1, created={"time": MS // 1000}),
        "in words": share(1, created={"time": "2016-05-03T15:01:09Z"}),
        "before LinkedIn": share(1, created={"time": 1052092799999}),
        "after its delivery": share(1, created={"time": 1462406400000}),
        "removed at no time": {"id": "5", "deleted": {}},
        "broken off": '{"id": "1", "own',
        "odd annotations": share(1, text={"annotations": "none"}),
    },
    "comments": {
        "plain": comment(11),
        "of a company": {**comment(12), "actor": "urn:li:organization:7", "object": "urn:li:activity:91"},
        "reply": comment(
            13,
            parentComment="urn:li:comment:(urn:li:activity:91,11)",
            **{"parentComment~": {"actor": urn("cat")}},
        ),
        "names": comment(
            14,
            message=naming(
                **{
                    "com.linkedin.common.MemberAttributedEntity": {"member": urn("bob")},
                    "company": {"company": "urn:li:organization:7"},
                    "hashtag": {"hashtag": "urn:li:hashtag:data"},
                }
            ),
        ),
        "removed": {"id": 14, "deleted": {"time": MS}},
        "no id": without(comment(1), "id"),
        "nobody's": comment(1, actor=None),
        "on nobody's share": without(comment(1), "object~"),
        "reply to nobody": comment(1, parentComment="urn:li:comment:(urn:li:activity:91,11)"),
    },
    "likes": {
        "of a share": like(),
        "of a comment": like(object=COMMENT, **{"object~": {"actor": urn("cat")}}),
        "removed": without(like(deleted=AT), "object~"),
        "of nothing": without(like(), "object"),
        "by nobody": without(like(deleted=AT), "actor"),
        "of nobody's share": without(like(), "object~"),
    },
}

SAID = f"""
    [shares]         | record id          | holds
    plain            | 1                  | original by ann
    mentions         | 2                  | original by ann, ann mention bob on 2, ann mention organization:7 on 2
    a company's      | 3                  | original by organization:7
    a member's       | 10                 | original by 5
    activity alone   | urn:li:activity:94 | original by ann
    passed on        | 5                  | reshare by ann, ann share bob on 1
    passed on twice  | 6                  | reshare by ann, ann share ann on 5, ann mention cat on 6
    first owner told | 7                  | reshare by ann, ann share organization:7 on 1
    odd ids          | 8"                 | original by O'B😀
    time as text     | 9                  | original by ann
    removed          | 5/remove           | back shares 5

    [comments]   | record id | holds
    plain        | 11        | ann comment bob on 1
    of a company | 12        | organization:7 comment bob on urn:li:activity:91
    reply        | 13        | ann comment cat on urn:li:comment:(urn:li:activity:91,11)
    names        | 14        | ann comment bob on 1, ann mention bob on 14, ann mention organization:7 on 14
    removed      | 14/remove | back comments 14

    [likes]      | record id     | holds
    of a share   | 1/ann         | ann like bob on 1
    of a comment | {COMMENT}/ann | ann like cat on {COMMENT}
    removed      | 1/ann/remove  | back likes 1/ann
"""

WHO = "expected urn:li:person:<id> or urn:li:organization:<id>"
REFUSED = f"""
    [shares]              | rule            | reason
    no id                 | missing         | id is missing
    no owner              | missing         | owner is missing: {WHO}
    owner of another kind | malformed       | owner: {WHO}, found urn:li:group:5
    owner without urn     | malformed       | owner: {WHO}, found ann
    owner disguised       | malformed       | owner: {WHO}, found urn:li:person:organization:7
    passed on from nobody | missing         | resharedShare~.owner is missing: {WHO}
    no time               | impossible_time | created.time: {NO_TIME}
    in seconds            | impossible_time | created.time: expected 2003-05-05 or later, found 1970-01-17 22:11:27.669
    in words              | impossible_time | created.time: {NO_TIME}
    before LinkedIn       | impossible_time | created.time: expected 2003-05-05 or later, found 2003-05-04 23:59:59.999
    after its delivery    | after_delivery  | created.time: {TOO_LATE} 2016-05-05 00:00:00
    removed at no time    | impossible_time | deleted.time: {NO_TIME}
    broken off            | malformed       | expected one JSON object of the feed's fields
    odd annotations       | malformed       | expected one JSON object of the feed's fields

    [comments]        | rule    | reason
    no id             | missing | id is missing
    nobody's          | missing | actor is missing: {WHO}
    on nobody's share | missing | object~.owner is missing: {WHO}
    reply to nobody   | missing | parentComment~.actor is missing: {WHO}

    [likes]           | rule    | reason
    of nothing        | missing | object is missing
    by nobody         | missing | actor is missing: {WHO}
    of nobody's share | missing | object~.owner is missing: {WHO}
"""


@pytest.fixture(scope="module")
def acts(spark):
    return records_of(spark, LINKEDIN, ACTS)


def test_each_line_says_what_is_drawn_or_is_refused_with_its_reason(acts):
    assert said(acts) == as_drawn(SAID)
    assert faults(acts) == as_drawn(REFUSED)


def test_a_share_keeps_its_client_hashtags_and_instant(acts):
    whole, bare = acts["shares: plain"]["post"], acts["shares: activity alone"]["post"]

    assert (whole["client"], whole["hashtags"]) == ("LinkedIn 😀", ["data", "Data_2"])
    assert (bare["client"], bare["hashtags"]) == (None, None)
    assert whole["created_at"].isoformat() == "2016-05-03T15:01:09.123000"


def test_an_act_is_named_by_its_record_and_holds_for_it(acts):
    for row in acts.values():
        if row["fault"] is None:
            expected = [f"{row['record_id']}/{act['action']}/{act['target_id']}" for act in row["acts"]]
            assert [act["event_id"] for act in row["acts"]] == expected
            assert row["act_key"] == row["record_id"]
            assert {act["occurred_at"].isoformat() for act in row["acts"]} <= {"2016-05-03T15:01:09.123000"}


def elements(name, *accounts):
    return [{name: urn(account), "skill": {"name": f"skill {n}"}} for n, account in enumerate(accounts)]


def list_of(side, name, *accounts, owner="ann", **more):
    return {side: urn(owner), "elements": elements(name, *accounts), "lastModified": {"time": MS}, **more}


RELATIONS = {
    "connections": {
        "list": list_of("owner", "to", "cat", "bob", paging={"start": 0, "count": 2, "total": 2}),
        "list of nobody": {"owner": "urn:li:organization:7", "elements": [], "lastModified": AT},
        "page 1": list_of("owner", "to", "bob", owner="dan", paging={"start": 0, "count": 1, "total": 2}),
        "page 2": list_of("owner", "to", "cat", owner="dan", paging={"start": "1", "count": 1, "total": "2"}),
        "page of a poll cut short": list_of("owner", "to", "bob", owner="eve", paging={"total": 9}),
        "before one too long": list_of("owner", "to", "bob", owner="gus", paging={"total": 2}),
        "one too long": list_of("owner", "to", "x" * 1001, owner="gus", paging={"start": 1, "total": 2}),
        "whole": list_of("owner", "to", "bob", owner="hal"),
        "otherwise": list_of("owner", "to", "cat", owner="hal"),
        "one more": {"owner": urn("ann"), "to": urn("fay"), "created": AT},
        "one less": {"owner": urn("ann"), "to": urn("bob"), "created": {"time": 1}, "deleted": AT},
        "no owner": {"to": urn("fay"), "created": AT},
        "with nobody": {"owner": urn("ann"), "created": AT},
        "with a group": {"owner": urn("ann"), "to": "urn:li:group:5", "created": AT},
        "somebody without urn": {"owner": urn("ivy"), "elements": [{"to": urn("bob")}, {}], "lastModified": AT},
        "list at no time": without(list_of("owner", "to", "bob"), "lastModified"),
        "negative total": list_of("owner", "to", "bob", owner="ivy", paging={"total": -2}),
        "no time": {"owner": urn("ann"), "to": urn("fay")},
        "end at no time": {"owner": urn("ann"), "to": urn("fay"), "created": AT, "deleted": {}},
        "tomorrow": {"owner": urn("ann"), "to": urn("fay"), "created": {"time": MS + 2 * 86_400_000}},
    },
    "endorsements": {
        "list under two skills": list_of("endorsee", "endorser", "bob", "cat", "bob"),
        "one skill": {"endorsee": urn("ann"), "endorser": urn("dan"), "skill": {"name": "SQL"}, "created": AT},
        "the last of them": {"endorsee": urn("ann"), "endorser": urn("dan"), "deleted": AT},
        "one of them": {"endorsee": urn("ann"), "endorser": urn("dan"), "skill": {"name": "SQL"}, "deleted": AT},
    },
    "recommendations": {
        "one": {"recommendee": urn("ann"), "recommender": urn("bob"), "recommendationText": "!", "created": AT},
        "taken back": {"recommendee": urn("ann"), "recommender": urn("bob"), "deleted": AT},
        "list": list_of("recommendee", "recommender", "cat"),
    },
}

RELATIONS_SAID = f"""
    [connections]            | record id           | holds
    list                     | ann{ON}/            | ann actor of connection lists bob cat
    list of nobody           | organization:7{ON}/ | organization:7 actor of connection lists
    page 1                   | dan{ON}/            | dan actor of connection lists bob
    page 2                   | dan{ON}/1           | dan actor of connection lists cat
    page of a poll cut short | eve{ON}/            | eve actor of connection begins bob
    before one too long      | gus{ON}/            | gus actor of connection begins bob
    whole                    | hal{ON}/            | hal actor of connection begins bob
    otherwise                | hal{ON}/            | hal actor of connection begins cat
    one more                 | begins/ann/fay{ON}  | ann actor of connection begins fay
    one less                 | ends/ann/bob{ON}    | ann actor of connection ends bob

    [endorsements]        | record id          | holds
    list under two skills | ann{ON}/           | ann target of endorsement lists bob cat
    one skill             | begins/ann/dan{ON} | ann target of endorsement begins dan
    the last of them      | ends/ann/dan{ON}   | ann target of endorsement ends dan

    [recommendations] | record id          | holds
    one               | begins/ann/bob{ON} | ann target of recommendation begins bob
    taken back        | ends/ann/bob{ON}   | ann target of recommendation ends bob
    list              | ann{ON}/           | ann target of recommendation lists cat
"""

RELATIONS_REFUSED = f"""
    [connections]        | rule            | reason
    no owner             | missing         | owner is missing: {WHO}
    with nobody          | missing         | to is missing: {WHO}
    with a group         | malformed       | to: {WHO}, found urn:li:group:5
    one too long         | malformed       | expected ids of at most 1,000 characters
    somebody without urn | malformed       | elements[].to: {WHO} in every place, found another
    list at no time      | impossible_time | lastModified.time: {NO_TIME}
    negative total       | out_of_range    | paging.total: {NO_COUNT} -2
    no time              | impossible_time | created.time: {NO_TIME}
    end at no time       | impossible_time | deleted.time: {NO_TIME}
    tomorrow             | after_delivery  | created.time: {TOO_LATE} 2016-05-05 15:01:09.123

    [endorsements] | rule         | reason
    one of them    | out_of_range | deleted: {A_SKILL}
"""


@pytest.fixture(scope="module")
def relations(spark):
    return records_of(spark, LINKEDIN, RELATIONS)


def test_relations_are_lists_and_changes_of_one_owner(relations):
    assert said(relations) == as_drawn(RELATIONS_SAID)
    assert faults(relations) == as_drawn(RELATIONS_REFUSED)


def test_the_version_weighs_every_action_that_comes_out(acts, relations):
    method = REPOSITORY / "conf" / "scoring" / "sway-0.2.toml"
    weighed = tomllib.loads(method.read_text())["networks"]["linkedin"]["actions"]
    dated = {act["action"] for row in acts.values() if row["fault"] is None for act in row["acts"]}
    standing = {row["relation"]["action"] for row in relations.values()}

    assert dated == {name for name, weight in weighed.items() if not weight.get("standing")}
    assert standing == {name for name, weight in weighed.items() if weight.get("standing")}
    assert set(LINKEDIN.act_order) == dated - {"like"}
