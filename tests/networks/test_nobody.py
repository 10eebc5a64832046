"""Ids that are blank, or a word for no value: one account of all that have none. And ids that only look like one."""

import pytest
from sway.networks.facebook import FACEBOOK
from sway.networks.network import LONGEST_ID
from sway.networks.twitter import TWITTER
from sway.networks.wikipedia import WIKIPEDIA

from tests.landing import status
from tests.networks.feeds import records_of

AT = "May 03 15:01:09 +0000 2016"
NOBODIES = (" ", "\u00a0", "\u200b", "null", "NULL", " None ", "NaN", r"\N", "undefined")
SOMEBODIES = ("nullable", "none", "00", "Nan", "a null", "True", "untrue", "a  b", "\u0001", "\u200b7")
PADDED = (" 7", "7\n", "\t7 ", "7\u00a0")


def answer(to):
    return status(1, "7", AT, in_reply_to_status_id_str="5", in_reply_to_user_id_str=to)


def faults(spark, network, feed, lines):
    found = records_of(spark, network, {feed: lines})
    return {name.removeprefix(f"{feed}: "): row["fault"] and tuple(row["fault"]) for name, row in found.items()}


@pytest.fixture(scope="module")
def replies(spark):
    return faults(spark, TWITTER, "statuses", {repr(to): answer(to) for to in (*NOBODIES, *SOMEBODIES)})


@pytest.fixture(scope="module")
def oddities(spark):
    return faults(spark, TWITTER, "statuses", {repr(to): answer(to) for to in (True, False, "true", *PADDED)})


@pytest.mark.parametrize("to", NOBODIES, ids=repr)
def test_an_answer_to_nobody_is_refused(replies, to):
    sentence = f"an account's id is missing: found '{to}', which programs write for none"

    assert replies[repr(to)] == ("missing", sentence)


@pytest.mark.parametrize("to", SOMEBODIES, ids=repr)
def test_an_id_that_only_looks_like_it_is_taken(replies, to):
    assert replies[repr(to)] is None


@pytest.mark.parametrize("to", [True, False, "true"], ids=repr)
def test_an_id_that_is_true_or_false_is_refused(oddities, to):
    sentence = f"expected an id as text or a whole number, found {str(to).lower()}"

    assert oddities[repr(to)] == ("malformed", sentence)


@pytest.mark.parametrize("to", PADDED, ids=repr)
def test_an_id_with_blanks_around_it_is_refused(oddities, to):
    assert oddities[repr(to)] == ("malformed", f"expected an id without blanks around it, found '{to}'")


def test_profiles_and_relations_of_nobody_are_refused_too(spark):
    users = {name: {"id_str": name, "screen_name": "a"} for name in ("null", "7", "7 ", "true")}
    lists = {name: {"id": "7", "time": "2016-05-03T00:00:00+0000", "friends": {"data": [{"id": "8"}, {"id": name}]}}
             for name in ("None", "9", " 9", "false")}  # fmt: skip

    assert {name for name, fault in faults(spark, TWITTER, "users", users).items() if not fault} == {"7"}
    assert {name for name, fault in faults(spark, FACEBOOK, "friends", lists).items() if not fault} == {"9"}


def test_a_page_may_have_any_word_for_a_title(spark):
    links = {title: {"ns": 0, "title": title, "links": [{"ns": 0, "title": "Null"}]} for title in ("None", "NaN")}

    assert set(faults(spark, WIKIPEDIA, "page_links", links).values()) == {None}


def test_an_id_longer_than_any_networks_is_refused(spark):
    found = faults(spark, TWITTER, "statuses", {str(size): answer("9" * size) for size in (LONGEST_ID, LONGEST_ID + 1)})

    sentence = "expected ids of at most 1,000 characters"
    assert found == {str(LONGEST_ID): None, str(LONGEST_ID + 1): ("malformed", sentence)}
