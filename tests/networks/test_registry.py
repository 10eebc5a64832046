"""Labels, identity assertions and opt-outs from landing/registry/."""

import json
from datetime import date

import pytest
from sway.networks.network import Context
from sway.networks.registry import REGISTRY, to_assertions, to_labels, to_opt_outs

GOOD = {
    "network": "twitter",
    "account_id": "10",
    "label": "spam",
    "author": "us",
    "reason": "bought reactions",
    "valid_from": "2016-05-01",
    "valid_to": "2016-06-01",
}
NETWORKS = ("twitter", "facebook", "google_plus", "linkedin", "wikipedia", "forum")


@pytest.fixture
def records(spark):
    """Records of rows, labels if not said otherwise, in order; delivered on 2016-05-04."""

    def read(rows, convert=to_labels):
        raw = [(date(2016, 5, 4), f"{n:03}", json.dumps(row)) for n, row in enumerate(rows)]
        frame = spark.createDataFrame(raw, "delivered_on date, file string, payload string")
        return convert(frame, Context(REGISTRY, dict.fromkeys(NETWORKS, frozenset()))).orderBy("file").collect()

    return read


def test_a_label_holds_from_a_day_until_another_or_for_good(records):
    ended, open_ended = records([GOOD, {**GOOD, "valid_to": None, "reason": None}])

    assert (ended["fault"], open_ended["fault"]) == (None, None)
    assert ended["label"].asDict() == {
        **GOOD,
        "valid_from": date(2016, 5, 1),
        "valid_to": date(2016, 6, 1),
        "delivered_on": date(2016, 5, 4),
    }
    assert open_ended["label"]["valid_to"] is None


def test_a_label_names_an_account_by_its_id_or_by_a_urn_of_linkedin(records):
    person, company, padded = records(
        [
            {**GOOD, "network": "linkedin", "account_id": "urn:li:person:a"},
            {**GOOD, "network": "linkedin", "account_id": "urn:li:organization:7"},
            {**GOOD, "account_id": " 10\n"},
        ]
    )

    assert [row["label"]["account_id"] for row in (person, company, padded)] == ["a", "organization:7", "10"]


def test_the_same_label_delivered_again_is_the_same_record(records):
    one, changed, other = records([GOOD, {**GOOD, "reason": "else"}, {**GOOD, "author": "them"}])

    assert one["record_id"] == changed["record_id"] != other["record_id"]


FAULTY = {
    "no network": ({**GOOD, "network": None}, "missing"),
    "unknown network": ({**GOOD, "network": "twiter"}, "unknown_network"),
    "no account": ({**GOOD, "account_id": None}, "missing"),
    "empty account": ({**GOOD, "account_id": " "}, "missing"),
    "a urn of no account": ({**GOOD, "network": "linkedin", "account_id": "urn:li:group:5"}, "out_of_range"),
    "a urn, elsewhere": ({**GOOD, "account_id": "urn:li:person:a"}, "out_of_range"),
    "a handle, which labels nobody": ({**GOOD, "account_id": "@ann"}, "out_of_range"),
    "an address, likewise": ({**GOOD, "account_id": "https://twitter.com/ann"}, "out_of_range"),
    "a page whose title looks like either": ({**GOOD, "network": "wikipedia", "account_id": "@midnight/2"}, None),
    "unknown label": ({**GOOD, "label": "evil"}, "out_of_range"),
    "no author": ({**GOOD, "author": ""}, "out_of_range"),
    "no first day": ({**GOOD, "valid_from": None}, "missing"),
    "no such day": ({**GOOD, "valid_from": "2016-02-30"}, "impossible_time"),
    "an instant for a day": ({**GOOD, "valid_to": "2016-06-01T00:00:00Z"}, "impossible_time"),
    "a year alone, which would be read as a day": ({**GOOD, "valid_from": "2016"}, "impossible_time"),
    "ended before it began": ({**GOOD, "valid_to": "2016-05-01"}, "out_of_range"),
}


def test_each_fault_is_named(records):
    found = records([row for row, _ in FAULTY.values()])

    assert {n: record["fault"] and record["fault"]["rule"] for n, record in zip(FAULTY, found, strict=True)} == {
        name: rule for name, (_, rule) in FAULTY.items()
    }


SAME = {
    "network": "twitter",
    "account": "10",
    "other_network": "facebook",
    "other_account": "@Ann.Page",
    "relation": "same_as",
    "role": "owner",
    "share": 0.75,
    "entity_type": "person",
    "evidence": "her own page",
    "author": "us",
    "confirmed": True,
    "valid_from": "2016-05-01",
    "valid_to": "2016-06-01",
}
BARE = {"network": "twitter", "account": "@ann", "author": "us", "valid_from": "2016-05-01"}


def test_an_assertion_names_two_accounts_of_one_entity_or_one(records):
    whole, as_text, bare = records(
        [SAME, {**SAME, "share": "0.75", "confirmed": "true", "account": 10}, BARE], to_assertions
    )

    days = {"valid_from": date(2016, 5, 1), "valid_to": date(2016, 6, 1)}
    assert (whole["fault"], as_text["fault"], bare["fault"]) == (None, None, None)
    assert whole["assertion"].asDict() == as_text["assertion"].asDict() == {**SAME, **days}
    assert bare["assertion"].asDict() == {
        **dict.fromkeys(SAME),
        **BARE,
        "relation": "same_as",
        "confirmed": False,
        "valid_from": date(2016, 5, 1),
    }


def test_the_same_assertion_delivered_again_is_the_same_record(records):
    swapped = {"network": "twitter", "account": "b", "other_network": "twitter", "other_account": "a"}
    rows = [
        SAME,
        {**SAME, "share": None, "confirmed": False, "valid_to": None},
        {**SAME, "author": "them"},
        {**SAME, **swapped},
        BARE,
        {**SAME, **swapped, "account": "a", "other_account": "b"},
    ]
    one, changed, *others = (record["record_id"] for record in records(rows, to_assertions))

    assert one == changed
    assert len({one, *others}) == 1 + len(others)


# What a list may write: (network said, account written, network understood, reference understood).
WRITTEN = [
    ("twitter", "9223372036854775807", "twitter", "9223372036854775807"),
    ("twitter", " 10", "twitter", "10"),
    ("twitter", "@Ann_B", "twitter", "@Ann_B"),
    ("twitter", "\u00a0\n@Ann_B\t", "twitter", "@Ann_B"),
    ("linkedin", "urn:li:person:a-1", "linkedin", "a-1"),
    (None, " urn:li:person:a-1\n", "linkedin", "a-1"),
    (None, "urn:li:member:5", "linkedin", "5"),
    (None, "urn:li:organization:7", "linkedin", "organization:7"),
    (None, "urn:li:company:7", "linkedin", "organization:7"),
    ("forum", "https://forum.example/ann", "forum", "https://forum.example/ann"),
    ("wikipedia", "AC/DC", "wikipedia", "AC/DC"),
    ("forum", "o'\"😀", "forum", "o'\"😀"),
    (None, "https://twitter.com/Ann_B", "twitter", "@Ann_B"),
    ("twitter", " http://www.Twitter.com/@Ann_B/?lang=en ", "twitter", "@Ann_B"),
    (None, "mobile.twitter.com/#!/Ann_B", "twitter", "@Ann_B"),
    (None, "https://x.com/Ann_B", "twitter", "@Ann_B"),
    (None, "https://twitter.com/intent/user?user_id=10", "twitter", "10"),
    (None, "facebook.com/Ann.Page", "facebook", "@Ann.Page"),
    (None, "https://fr-fr.facebook.com/pg/Ann.Page/?ref=ts&fref=ts", "facebook", "@Ann.Page"),
    (None, "https://www.facebook.com//100001", "facebook", "100001"),
    (None, "https://m.facebook.com/profile.php?ref=ts&id=100001&fref=ts", "facebook", "100001"),
    (None, "https://www.facebook.com/pages/Ann-M%C3%BCller-MP/100001?ref=hl", "facebook", "100001"),
    (None, "https://www.facebook.com/pages/category/Politician/Ann-100001/", "facebook", "100001"),
    (None, "https://www.facebook.com/people/Ann-B/100001", "facebook", "100001"),
    (None, "https://www.facebook.com/Ann-B-100001", "facebook", "100001"),
    (None, "https://plus.google.com/+AnnB/posts", "google_plus", "@AnnB"),
    (None, "https://plus.google.com/u/0/10763734106270947/about", "google_plus", "10763734106270947"),
    (None, "https://uk.linkedin.com/in/ann-b-1a2b", "linkedin", "@ann-b-1a2b"),
    (None, "https://www.linkedin.com/in/ren%C3%A9e+b/?originalSubdomain=fr", "linkedin", "@renée+b"),
    (None, "https://www.linkedin.com/company/7/", "linkedin", "organization:7"),
    ("linkedin", "linkedin.com/company/acme-inc/about/?trk=x", "linkedin", "@acme-inc"),
    (None, "https://www.linkedin.com/company/7-eleven", "linkedin", "@7-eleven"),
    (None, "https://uk.linkedin.com/school/1646", "linkedin", "organization:1646"),
    (None, "https://www.linkedin.com/showcase/acme-labs/", "linkedin", "@acme-labs"),
    ("wikipedia", "https://en.wikipedia.org/wiki/Ann_B._%28MP%29#Life", "wikipedia", "@Ann_B._(MP)"),
    (None, "http://en.m.wikipedia.org/wiki/AC/DC", "wikipedia", "@AC/DC"),
    (None, "https://en.wikipedia.org/wiki/100%25_%zz", "wikipedia", "@100%25_%zz"),
]


def test_accounts_are_ids_handles_or_urls(records):
    lines = [{**BARE, "network": network, "account": account} for network, account, _, _ in WRITTEN]
    other = [
        {**BARE, "account": "1", "other_network": network, "other_account": account}
        for network, account, _, _ in WRITTEN
    ]
    found = records([*lines, *other], to_assertions)

    assert [record["fault"] for record in found] == [None] * len(found)
    understood = [(network, account) for _, _, network, account in WRITTEN]
    first, second = (found[: len(lines)], found[len(lines) :])
    assert [(row["assertion"]["network"], row["assertion"]["account"]) for row in first] == understood
    assert [(row["assertion"]["other_network"], row["assertion"]["other_account"]) for row in second] == understood


FAULTY_ASSERTIONS = {
    "no network": ({**SAME, "network": None}, "missing", "network is missing"),
    "no account": ({**SAME, "account": ""}, "missing", "account is missing"),
    "unknown network": ({**SAME, "network": "twiter"}, "unknown_network", "network twiter is not declared"),
    "unknown other network": ({**SAME, "other_network": "twiter"}, "unknown_network", "network twiter is not"),
    "other account without network": ({**SAME, "other_network": None}, "missing", "other_network is missing"),
    "network without other account": ({**SAME, "other_account": None}, "missing", "other_account is missing"),
    "URL of another network": (
        {**SAME, "account": "https://facebook.com/ann"},
        "out_of_range",
        "account: expected an account of twitter, found https://facebook.com/ann",
    ),
    "urn of another network": (
        {**SAME, "account": "urn:li:person:a"},
        "out_of_range",
        "account: expected an account of twitter, found urn:li:person:a",
    ),
    "urn of no account": (
        {**SAME, "other_network": "linkedin", "other_account": "urn:li:group:5"},
        "out_of_range",
        "other_account: expected an id, an @handle or the URL of an account, found urn:li:group:5",
    ),
    "nothing but blanks": ({**SAME, "account": " \u00a0"}, "missing", "account is missing"),
    "URL of no account": (
        {**SAME, "account": "https://twitter.com/ann/status/1"},
        "out_of_range",
        "account: expected an id, an @handle or the URL of an account, found https://twitter.com/ann/status/1",
    ),
    "URL of a page of the site": (
        {**BARE, "network": None, "account": "https://www.facebook.com/home.php?sk=wall"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "URL of two": (
        {**BARE, "network": None, "account": "https://www.facebook.com/ann?ref=ts#!/ben"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "URLs pasted together": (
        {**BARE, "network": None, "account": "https://www.facebook.com/ann?ref=tshttps://www.facebook.com/ben"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "URL of a search": (
        {**BARE, "network": None, "account": "https://www.linkedin.com/search/results/all/?keywords=ann"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "page of another language": (
        {**SAME, "network": "wikipedia", "account": "https://fr.wikipedia.org/wiki/Ann"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "address for an id": (
        {**SAME, "network": "linkedin", "account": "www.ann.example/me"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "page elsewhere": (
        {**SAME, "network": "wikipedia", "account": "http://ann.example"},
        "out_of_range",
        "expected an id, an @handle or the URL",
    ),
    "nobody's handle": ({**SAME, "account": "@"}, "out_of_range", "account: expected an id, an @handle"),
    "unknown relation": ({**SAME, "relation": "friend_of"}, "out_of_range", "relation: expected"),
    "unknown role": ({**SAME, "role": "boss"}, "out_of_range", "role: expected"),
    "unknown type": ({**SAME, "entity_type": "cat"}, "out_of_range", "entity_type: expected"),
    "no share left": ({**SAME, "share": 0}, "out_of_range", "share: expected share > 0"),
    "more than all": ({**SAME, "share": 1.5}, "out_of_range", "share: expected share > 0"),
    "a share that is no number": ({**SAME, "share": "NaN"}, "out_of_range", "share: expected share > 0"),
    "a share that is no JSON": ({**SAME, "share": float("inf")}, "malformed", "expected JSON of RFC 8259"),
    "a share in words": ({**SAME, "share": "half"}, "malformed", "share: expected a number such as 0.5, found half"),
    "perhaps": ({**SAME, "confirmed": "perhaps"}, "malformed", "confirmed: expected true or false, found perhaps"),
    "a share in Java": ({**SAME, "share": "1d"}, "malformed", "share: expected a number such as 0.5, found 1d"),
    "part of nothing": ({**BARE, "relation": "part_of", "share": 1}, "missing", "other_account is missing"),
    "part without share": ({**SAME, "relation": "part_of", "share": None}, "missing", "share is missing"),
    "no author": ({**SAME, "author": None}, "missing", "author is missing"),
    "no first day": ({**SAME, "valid_from": None}, "missing", "valid_from is missing"),
    "no such day": ({**SAME, "valid_from": "2015-02-29"}, "impossible_time", "valid_from: expected a day"),
    "ended before it began": ({**SAME, "valid_to": "2016-05-01"}, "out_of_range", "valid_to: expected"),
    "a list": ([SAME], "malformed", "expected one JSON object"),
    "an id that lost its digits": ({**SAME, "account": 1.5e17}, "malformed", "expected an id as text or a"),
    "a list for an id": ({**SAME, "other_account": ["1"]}, "malformed", 'text or a number, found ["1"]'),
}


def test_each_fault_of_an_assertion_is_named(records):
    found = records([row for row, _, _ in FAULTY_ASSERTIONS.values()], to_assertions)

    for record, (name, (_, rule, words)) in zip(found, FAULTY_ASSERTIONS.items(), strict=True):
        assert record["fault"], name
        assert (record["fault"]["rule"], words in record["fault"]["reason"]) == (rule, True), name


OUT = {
    "network": "twitter",
    "account": "https://twitter.com/ann",
    "kind": "suppress",
    "since": "2016-05-01",
    "author": "desk",
    "reason": "asked by mail",
}
FAULTY_OPT_OUTS = {
    "no account": ({**OUT, "account": None}, "missing"),
    "a list for an account": ({**OUT, "account": ["10"]}, "malformed"),
    "a decimal number": ({**OUT, "account": 10.0}, "malformed"),
    "no network": ({**OUT, "network": None, "account": "10"}, "missing"),
    "unknown network": ({**OUT, "network": "twiter", "account": "10"}, "unknown_network"),
    "an entity by a URL": ({**OUT, "network": "entity"}, "out_of_range"),
    "unknown kind": ({**OUT, "kind": "hide"}, "out_of_range"),
    "no kind": ({**OUT, "kind": None}, "missing"),
    "no day": ({**OUT, "since": None}, "missing"),
    "no such day": ({**OUT, "since": "2016-5-1"}, "impossible_time"),
    "no author": ({**OUT, "author": ""}, "missing"),
}


def test_accounts_and_entities_opt_out(records):
    by_urn = {**OUT, "network": "linkedin", "account": "urn:li:person:a", "kind": "erase"}
    lines = [OUT, {**OUT, "network": None, "kind": "erase"}, {**OUT, "network": "entity", "account": "5eed"}, by_urn]
    account, erased, entity, person, *faulty = records(
        [*lines, *(row for row, _ in FAULTY_OPT_OUTS.values())], to_opt_outs
    )

    assert account["opt_out"].asDict() == {**OUT, "account": "@ann", "since": date(2016, 5, 1)}
    assert (erased["opt_out"]["network"], erased["opt_out"]["kind"]) == ("twitter", "erase")
    assert (entity["opt_out"]["network"], entity["opt_out"]["account"]) == ("entity", "5eed")
    assert (person["opt_out"]["account"], person["opt_out"]["kind"]) == ("a", "erase")
    assert {record["fault"] for record in (account, erased, entity, person)} == {None}
    assert len({record["record_id"] for record in (account, erased, entity)}) == 3
    assert {
        n: record["fault"] and record["fault"]["rule"] for n, record in zip(FAULTY_OPT_OUTS, faulty, strict=True)
    } == {name: rule for name, (_, rule) in FAULTY_OPT_OUTS.items()}
