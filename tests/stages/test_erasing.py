"""What is left of records once what is of erased accounts is taken out, and what of refused ones."""

import pytest
from pyspark.sql import functions as F
from sway.networks.network import BODY
from sway.stages.erasing import by_naming, redacted, to_named, without_erased

NAMES = {"twitter": frozenset({"1", "a.b"}), "facebook": frozenset({"9"})}
ORIGIN = "network string, record_id string, fault struct<rule:string,reason:string>, payload string, fate string"


@pytest.fixture
def erased(spark):
    """What without_erased leaves of records by id; a record is (network, id, fate, payload, body)."""

    def leave(kind, *records):
        ddl = f"{ORIGIN}, {', '.join(f'{name} {of}' for name, of in BODY[kind].items())}"
        fault = {"quarantined": ("changed_record", "both are refused")}
        rows = [
            (network, number, fault.get(fate), payload, fate, *(body.get(name) for name in BODY[kind]))
            for network, number, fate, payload, body in records
        ]
        frame = spark.createDataFrame(rows, ddl)
        left = without_erased(frame, NAMES, kind)
        assert left.columns == frame.columns
        return {row["record_id"]: row.asDict(recursive=True) for row in left.collect()}

    return leave


def act(actor, target):
    return (f"{actor}-{target}", actor, target, "mention", None, None)


def post(author):
    return ("p", author, None, "original", None, None)


def test_acts_and_posts_of_erased_accounts_go_and_a_record_without_any_is_a_tombstone(erased):
    back = ("shares", "x")
    left = erased(
        "acts",
        ("twitter", "own", "accepted", None, {"post": post("1"), "acts": [act("1", "2")], "takes_back": back}),
        ("twitter", "towards", "accepted", None, {"acts": [act("2", "1")]}),
        ("twitter", "in part", "accepted", None, {"post": post("2"), "acts": [act("2", "1"), act("2", "3")]}),
        ("twitter", "post alone", "accepted", None, {"post": post("2"), "acts": [act("2", "a.b")]}),
        ("twitter", "again", "duplicate", None, {"post": post("1")}),
        ("twitter", "refused", "quarantined", "text", {"acts": [act("1", "2")]}),
        ("twitter", "takes back", "tombstone", None, {"takes_back": back}),
        ("facebook", "elsewhere", "accepted", None, {"post": post("1"), "acts": [act("1", "2")]}),
    )

    gone = ("own", "towards", "again", "refused")
    nothing = dict.fromkeys(("fault", "payload", *BODY["acts"])) | {"fate": "tombstone"}
    for name in gone:
        assert {key: left[name][key] for key in nothing} == nothing
    fates = {name: row["fate"] for name, row in left.items() if name not in gone}
    assert fates == {
        "in part": "accepted",
        "post alone": "accepted",
        "takes back": "tombstone",
        "elsewhere": "accepted",
    }
    assert [one["target_id"] for one in left["in part"]["acts"]] == ["3"]
    assert (left["post alone"]["acts"], left["post alone"]["post"]["author_id"]) == ([], "2")
    assert tuple(left["takes back"]["takes_back"].values()) == back
    assert left["elsewhere"]["post"]["author_id"] == "1"


def test_relations_lose_erased_accounts_and_a_list_without_them_still_is_one(erased):
    def told(change, owner, *others):
        return {"relation": ("follow", owner, "actor", list(others), change, None)}

    left = erased(
        "relations",
        ("twitter", "own list", "accepted", None, told("lists", "1", "2")),
        ("twitter", "list", "accepted", None, told("lists", "2", "1", "3")),
        ("twitter", "list of them alone", "accepted", None, told("lists", "2", "1")),
        ("twitter", "change", "accepted", None, told("begins", "2", "1")),
        ("twitter", "other change", "accepted", None, told("ends", "2", "3")),
    )

    found = {name: (row["fate"], row["relation"] and row["relation"]["others"]) for name, row in left.items()}
    assert found == {
        "own list": ("tombstone", None),
        "list": ("accepted", ["3"]),
        "list of them alone": ("accepted", []),
        "change": ("tombstone", None),
        "other change": ("accepted", ["3"]),
    }


def test_a_refused_row_that_names_an_erased_account_keeps_no_payload(table):
    refused = table("""
        network:string | payload:string  | reason:string
        twitter        | {"id":1}        | found 1
        twitter        | {"id":"11"}     | found 11
        twitter        | {"id":"a.b"}    | found a.b and a-b
        twitter        | {"id":"a-b"}    | twice
        facebook       | {"id":1}        | found 1
        twitter        | null            | gone
    """)

    assert [tuple(row) for row in redacted(refused, NAMES).collect()] == [
        ("twitter", None, "found [erased]"),
        ("twitter", '{"id":"11"}', "found 11"),
        ("twitter", None, "found [erased] and a-b"),
        ("twitter", '{"id":"a-b"}', "twice"),
        ("facebook", '{"id":1}', "found 1"),
        ("twitter", None, "gone"),
    ]


def test_erased_accounts_are_found_in_what_records_say_and_in_the_text_of_refused_ones(table):
    fates = table("""
        network:string | record_id:string | fate:string | payload:string | account_id:string
        twitter        | a                | accepted    | null           | 1
        twitter        | b                | accepted    | {"id":"5"}     | 2
        twitter        | null             | quarantined | {"id":"3"      | null
        facebook       | a                | accepted    | null           | 3
    """).withColumns({"feed": F.lit("views"), "viewed": F.struct("account_id")})
    erased = table("""
        network:string | account_id:string
        twitter        | 1
        twitter        | 3
        twitter        | 4
        twitter        | 5
        facebook       | 3
    """)

    named = to_named(fates, erased, "page_views")
    others, these = by_naming(fates, named)

    assert {tuple(row) for row in named.collect()} == {
        ("twitter", "views", "a", "1"),
        ("twitter", "views", "", "3"),
        ("facebook", "views", "a", "3"),
    }
    assert [row["record_id"] for row in others.collect()] == ["b"]
    found = {(row["network"], row["record_id"]) for row in these.collect()}
    assert found == {("facebook", "a"), ("twitter", None), ("twitter", "a")}
