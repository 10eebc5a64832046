"""Who is erased is never ingested again: nothing of them, nothing towards them, not even in what is refused."""

from datetime import date, timedelta

import pytest
from sway.contracts.tables.acts import ACCOUNTS, INTERACTIONS, POSTS
from sway.contracts.tables.deliveries import FEED_DAYS, QUARANTINE
from sway.contracts.tables.identity import ENTITY_LINKS, IDENTITY_ISSUES, OPT_OUTS
from sway.contracts.tables.states import FOLLOWS, PROFILES
from sway.steps.identify import identify

from tests.landing import account, deliver, mentions, status
from tests.steps.lakes import bring_in, rows_of, run_on

BEFORE = date(2016, 5, 3)
ASKED, AFTER = BEFORE + timedelta(days=1), BEFORE + timedelta(days=2)
ANN, BOB, CAT, SHOP, DAN, EVE, FAY = range(901, 908)
# By handle: ann, known before; dan, known since; fay, who asked before the first profile of her. By entity: shop.
ERASED = {str(one) for one in (ANN, SHOP, DAN, FAY)}


def said(number, author, day, *named):
    return status(number, author, f"May {day:%d} 12:00:00 +0000 2016", entities=mentions(*named))


def friends(*ids):
    return {"endpoint": "friends/ids", "user_id": str(BOB), "ids": list(ids), "next_cursor_str": "0"}


def user(number, handle):
    return {**account(number), "screen_name": handle}


def erase(network, who):
    return {"network": network, "account": who, "kind": "erase", "since": str(ASKED), "author": "desk"}


@pytest.fixture(scope="module")
def lake(spark, tmp_path_factory):
    """A day before anybody asked, the day they ask, and a day after."""
    folder = tmp_path_factory.mktemp("erase") / "lake"
    run = run_on(folder, spark=spark, refused_share=1.0)
    claim = {"network": "twitter", "account": str(SHOP), "relation": "same_as", "author": "us", "confirmed": True}
    deliver(folder, "registry/identity", BEFORE, {"a.jsonl": [{**claim, "valid_from": str(BEFORE)}]})
    deliver(folder, "twitter/users", BEFORE, {"a.jsonl": [user(ANN, "ann"), user(BOB, "bob")]})
    old = [(1, ANN, BOB), (2, BOB, ANN), (3, BOB, CAT), (4, SHOP, BOB)]
    deliver(folder, "twitter/statuses", BEFORE, {"a.jsonl": [said(n, one, BEFORE, to) for n, one, to in old]})
    listed = {**friends(ANN, CAT), "polled_at": f"{BEFORE}T06:00:00Z"}
    deliver(folder, "twitter/follows", BEFORE, {"a.jsonl": [listed]})
    bring_in(run)
    identify(run, BEFORE)

    ((entity_id,),) = set(rows_of(folder, ENTITY_LINKS, "entity_id"))
    asked = [erase("twitter", f"@{handle}") for handle in ("Ann", "dan", "fay")] + [erase("entity", entity_id)]
    asked[2]["since"] = "2016-04-20"
    deliver(folder, "registry/opt_outs", ASKED, {"a.jsonl": asked})
    deliver(folder, "twitter/users", ASKED, {"a.jsonl": [user(ANN, "ann"), user(BOB, "bob2"), user(DAN, "dan")]})
    new = [
        said(5, ANN, ASKED, BOB),
        said(6, BOB, ASKED, ANN, CAT),
        said(7, BOB, ASKED, ANN),
        said(8, SHOP, ASKED, BOB),
        said(9, DAN, ASKED),
        {**said(10, ANN, ASKED), "created_at": "never"},
        {**said(11, CAT, ASKED, DAN), "created_at": "never"},
        {**said(12, CAT, ASKED), "created_at": "never"},
    ]
    broken = f'{{"id_str": "13", "user": {{"id_str": "{ANN}"}}'.encode()
    deliver(folder, "twitter/statuses", ASKED, {"a.jsonl": new, "b.jsonl": broken + b"\n"}, b=1)
    event = {"event": "follow", "created_at": f"Wed May {ASKED:%d} 12:00:00 +0000 2016"}
    follows = [
        {**friends(ANN, CAT, EVE), "polled_at": f"{ASKED}T06:00:00Z"},
        {**event, "source": account(CAT), "target": account(ANN)},
        {**event, "source": account(DAN), "target": account(CAT)},
    ]
    deliver(folder, "twitter/follows", ASKED, {"a.jsonl": follows})
    bring_in(run_on(folder, spark=spark, refused_share=1.0))

    late = [said(14, ANN, BEFORE, BOB), said(15, DAN, AFTER, BOB), said(16, BOB, AFTER, DAN), said(17, FAY, AFTER, BOB)]
    deliver(folder, "twitter/users", AFTER, {"a.jsonl": [user(FAY, "Fay")]})
    deliver(folder, "twitter/statuses", AFTER, {"a.jsonl": late})
    bring_in(run_on(folder, spark=spark, refused_share=1.0))
    identify(run_on(folder, spark=spark), AFTER)
    return folder


def test_nothing_of_an_erased_account_or_towards_it_comes_in_after_it_asked(lake):
    acts = rows_of(lake, INTERACTIONS, "delivered_on", "actor_id", "target_id")
    assert {(one, to) for day, one, to in acts if day > BEFORE} == {(str(BOB), str(CAT))}
    assert len([day for day, _, _ in acts if day == BEFORE]) == 4, "what was ingested before stays"
    posts = rows_of(lake, POSTS, "post_id", "author_id")
    assert {post for post, author in posts if author == str(BOB)} == {"2", "3", "6", "7", "16"}
    assert {post for post, author in posts if author in ERASED} == {"1", "4"}
    handles = rows_of(lake, PROFILES, "account_id", "handle")
    assert handles == [(str(ANN), "ann"), (str(BOB), "bob"), (str(BOB), "bob2")]
    assert {one for (one,) in rows_of(lake, ACCOUNTS, "account_id")} == {str(n) for n in (ANN, BOB, CAT, SHOP, EVE)}


def test_relations_with_an_erased_account_stay_what_they_were(lake):
    assert rows_of(lake, FOLLOWS, "actor_id", "target_id", "valid_from", "valid_to") == [
        (str(BOB), str(ANN), BEFORE, None),
        (str(BOB), str(CAT), BEFORE, None),
        (str(BOB), str(EVE), ASKED, None),
    ]


def test_every_row_has_one_fate_and_those_of_erased_accounts_are_tombstones(lake):
    fates = ("rows_read", "accepted", "duplicate", "tombstone", "quarantined")
    found = {row[:2]: row[2:] for row in rows_of(lake, FEED_DAYS, "feed", "delivered_on", *fates)}

    assert found["users", ASKED] == (3, 1, 0, 2, 0)
    assert found["statuses", ASKED] == (9, 2, 0, 4, 3)
    assert found["follows", ASKED] == (3, 1, 0, 2, 0)
    assert found["statuses", AFTER] == (4, 1, 0, 3, 0)
    assert found["users", AFTER] == (1, 0, 0, 1, 0)
    assert found["opt_outs", ASKED] == (4, 4, 0, 0, 0)


def test_what_is_refused_holds_nothing_of_an_erased_account(lake):
    payloads = [payload for (payload,) in rows_of(lake, QUARANTINE, "payload")]

    assert payloads.count(None) == 2
    (shown,) = [payload for payload in payloads if payload is not None]
    assert '"id_str": "12"' in shown


def test_who_asked_by_handle_is_kept_by_id(lake):
    asked = rows_of(lake, OPT_OUTS, "network", "account")

    assert {account for network, account in asked if network == "twitter"} == {str(ANN), str(DAN), str(FAY)}
    assert len(asked) == 4
    assert rows_of(lake, IDENTITY_ISSUES) == []
