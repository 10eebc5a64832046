"""Standing relations with validity: what records say, folded into rows."""

from collections import defaultdict
from datetime import date, datetime
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sway.contracts.tables.states import FOLLOWS, PAGE_LINKS
from sway.networks.network import BODY
from sway.stages.relations import to_placed, to_relations, to_shortened

RECORD = f"network string, feed string, delivered_on date, relation {BODY['relations']['relation']}"


def day(number):
    return number and date(2016, 5, number)


def record(delivered, change, owner, others, at=None, side="actor", action="follow"):
    """A record of May 2016; `at` is a day with its hours behind the point: 3.12 is the 3rd, noon."""
    at = delivered if at is None else at
    instant = datetime(2016, 5, int(at), round(at % 1 * 100))
    return (day(delivered), (action, owner, side, others, change, instant))


def row(actor, target, begins, ends=None, *, told=1, feed="follows", action="follow", network="twitter"):
    return (network, action, actor, target, day(begins), day(ends), feed, day(told))


@pytest.fixture
def fold(spark):
    """Folds records into known rows: (rows, gone) as sorted lists of tuples."""

    def run(records, known=(), contract=FOLLOWS, feed="follows"):
        placed = to_placed(
            spark.createDataFrame([("twitter", feed, *told) for told in records], RECORD),
            spark.createDataFrame(list(known), contract.ddl),
        ).localCheckpoint()
        folded = to_relations(placed, has_tangled=not placed.where("is_tangled").isEmpty())
        contract.conform(folded)
        found = sorted(map(tuple, folded.select(*contract.columns, "is_gone").collect()), key=str)
        return [one[:-1] for one in found if not one[-1]], [one[:5] for one in found if one[-1]]

    return run


def merged(known, rows, gone):
    """The table after both frames were written."""
    table = {old[:5]: old for old in known}
    table |= {new[:5]: new for new in rows}
    return [kept for key, kept in table.items() if key not in set(gone)]


# Name: known intervals of the pair a -> b, records of a's and b's, its intervals then.
CASES = {
    "a list begins what is on it": ([], [(1, "lists", "a", ["b"])], [(1, None)]),
    "and ends what is not, on its delivery day": ([(1, None)], [(3, "lists", "a", ["c"], 2)], [(1, 3)]),
    "an empty list ends everything": ([(1, None)], [(3, "lists", "a", [])], [(1, 3)]),
    "no list at all is empty": ([(1, None)], [(3, "lists", "a", None)], [(1, 3)]),
    "lines of a day are one list": ([(1, None)], [(3, "lists", "a", ["c"]), (3, "lists", "a", ["b"])], [(1, None)]),
    "a list of those who follow": ([(1, None)], [(3, "lists", "b", ["c"], 3, "target")], [(1, 3)]),
    "a list of the other side says nothing": ([(1, None)], [(3, "lists", "a", ["c"], 3, "target")], [(1, None)]),
    "a list of another action neither": ([(1, None)], [(3, "lists", "a", ["c"], 3, "actor", "friend")], [(1, None)]),
    "one list is enough to hold": (
        [(1, None)],
        [(3, "lists", "a", ["b"]), (3, "lists", "b", [], 3, "target")],
        [(1, None)],
    ),
    "lists day by day": (
        [],
        [(1, "lists", "a", ["b"]), (2, "lists", "a", ["b"]), (3, "lists", "a", []), (4, "lists", "a", ["b"])],
        [(1, 3), (4, None)],
    ),
    "a change counts from its own day": ([], [(4, "begins", "a", ["b"], 2), (6, "ends", "a", ["b"], 5)], [(2, 5)]),
    "a change of those followed": ([], [(4, "begins", "b", ["a"], 2, "target")], [(2, None)]),
    "an end of what never began": ([], [(4, "ends", "a", ["b"], 2)], []),
    "a begin of what holds": ([(1, None)], [(4, "begins", "a", ["b"], 3)], [(1, None)]),
    "a begin before the known one": ([(5, None)], [(6, "begins", "a", ["b"], 3)], [(3, None)]),
    "a begin before one that is over": ([(5, 7)], [(8, "begins", "a", ["b"], 3)], [(3, 7)]),
    "a begin between": ([(1, 3), (7, None)], [(8, "begins", "a", ["b"], 5)], [(1, 3), (5, None)]),
    "an end before the known one": ([(1, 7)], [(8, "ends", "a", ["b"], 5)], [(1, 5)]),
    "begin and end before the known begin": (
        [(7, None)],
        [(8, "begins", "a", ["b"], 2), (8, "ends", "a", ["b"], 4)],
        [(2, 4), (7, None)],
    ),
    "a begin on the day of the end": ([(1, 3)], [(4, "begins", "a", ["b"], 3)], [(1, None)]),
    "an end on the day of the begin": ([(3, None)], [(4, "ends", "a", ["b"], 3)], []),
    "within a day": ([], [(3, "begins", "a", ["b"], 3.10), (3, "ends", "a", ["b"], 3.12)], []),
    "within a day, the other way round": (
        [(1, None)],
        [(3, "ends", "a", ["b"], 3.10), (3, "begins", "a", ["b"], 3.12)],
        [(1, None)],
    ),
    "at one instant": ([], [(3, "begins", "a", ["b"], 3), (3, "ends", "a", ["b"], 3)], []),
    "at one instant, while it holds": (
        [(1, None)],
        [(3, "begins", "a", ["b"], 3), (3, "ends", "a", ["b"], 3)],
        [(1, None)],
    ),
    "a change after that day's list": ([], [(3, "lists", "a", ["b"]), (3, "ends", "a", ["b"], 3.10)], []),
    "a change before the list": ([], [(3, "lists", "a", []), (3, "begins", "a", ["b"], 2)], [(2, 3)]),
    "a relation to oneself": ([], [(3, "begins", "a", ["a"]), (3, "lists", "a", ["a"])], []),
    "a late end forgets that a list named the pair since": ([(1, None)], [(4, "ends", "a", ["b"], 2)], [(1, 2)]),
    "a late list yields to what is known of its day": ([(1, 3)], [(3, "lists", "a", ["b"])], [(1, 3)]),
}


def test_what_is_said_becomes_rows(fold):
    """All cases at once, the accounts of each with names of their own."""
    known, records, expected = [], [], []
    for n, (before, said, after) in enumerate(CASES.values()):

        def own(name, n=n):
            return name and f"{n:02}{name}"

        for delivered, change, owner, others, *more in said:
            records.append(record(delivered, change, own(owner), others and [own(o) for o in others], *more))
        known += [row(own("a"), own("b"), *days, feed="earlier") for days in before]
        expected.append(after)
    rows, gone = fold(records, known)
    table = merged(known, rows, gone)

    found = {
        name: sorted((r[4], r[5]) for r in table if r[2:4] == (f"{n:02}a", f"{n:02}b")) for n, name in enumerate(CASES)
    }
    assert found == {
        name: [(day(begins), day(ends)) for begins, ends in intervals]
        for name, intervals in zip(CASES, expected, strict=True)
    }
    assert not {r[2] for r in table if r[2] == r[3]}
    # Nothing is written that stays as it was.
    assert not set(rows) & set(known)
    assert set(gone) <= {old[:5] for old in known} - {new[:5] for new in rows}


def test_rows_say_who_told_their_beginning_and_others_are_left_alone(fold):
    known = [
        row("ann", "bob", 1, feed="earlier"),
        row("ann", "cid", 1, feed="earlier"),
        row("dot", "bob", 1),
        row("ann", "bob", 1, network="facebook"),
    ]
    rows, gone = fold([record(3, "lists", "ann", ["cid", "eve"]), record(4, "begins", "cid", ["bob"], 2)], known)

    assert rows == [
        row("ann", "bob", 1, 3, feed="earlier"),
        row("ann", "eve", 3, told=3),
        row("cid", "bob", 2, told=4),
    ]
    assert gone == []


def test_a_begin_before_the_known_one_takes_its_place(fold):
    rows, gone = fold([record(6, "begins", "ann", ["bob"], 3)], [row("ann", "bob", 5)])

    assert rows == [row("ann", "bob", 3, told=6)]
    assert gone == [row("ann", "bob", 5)[:5]]


def test_links_of_pages_are_folded_alike_and_ids_are_compared_exactly(fold):
    odd, other = "A'b\"😀", "a'b\"😀"
    known = [row(odd, "B", 1, action="redirect"), row(odd, "B", 1, action="page_link")]
    said = [record(3, "lists", odd, ["C"], action="redirect"), record(3, "lists", other, [], action="page_link")]

    rows, gone = fold(said, known, PAGE_LINKS, "redirects")
    assert rows == [
        row(odd, "B", 1, 3, action="redirect"),
        row(odd, "C", 3, told=3, feed="redirects", action="redirect"),
    ]
    assert gone == []


# The slow twin: a mark for every day about which anything is known, delivery by delivery.


def told(table, said):
    """The pairs' intervals (pair -> [(begins, ends)]) after one delivery's records, days as numbers."""
    lists, changes = defaultdict(set), defaultdict(list)
    for _, change, owner, others, at, side in said:
        if change == "lists":
            lists[side, owner].update(others)
            continue
        for other in others:
            pair = (owner, other) if side == "actor" else (other, owner)
            changes[pair].append((int(at), at, change == "begins"))
    delivered = said[0][0]
    on_lists = {(o, x) if side == "actor" else (x, o) for (side, o), listed in lists.items() for x in listed}
    result = {}
    for pair in {*table, *changes, *on_lists}:
        marks = {}
        if pair in on_lists or ("actor", pair[0]) in lists or ("target", pair[1]) in lists:
            marks[delivered] = pair in on_lists
        for begins, ends in table.get(pair, []):
            marks |= {begins: True} | ({ends: False} if ends else {})
        for about in {when for when, _, _ in changes[pair]}:
            of_day = [(at, holds) for when, at, holds in changes[pair] if when == about]
            last = {holds for at, holds in of_day if at == max(of_day)[0]}
            if len(last) == 1:
                (marks[about],) = last
        intervals, since = [], None
        for number in range(1, 10):
            holds = marks.get(number, since is not None)
            if holds and since is None:
                since = number
            elif not holds and since is not None:
                intervals.append((since, number))
                since = None
        result[pair] = intervals + ([(since, None)] if since else [])
    return {pair: intervals for pair, intervals in result.items() if intervals}


def history(random):
    """Up to seven records of four days about four pairs, as `told` takes them."""
    records = []
    for _ in range(random.randint(2, 7)):
        delivered, change = random.randint(1, 4), random.choice(["lists", "begins", "ends"])
        owners = [("actor", "a", "xy"), ("actor", "b", "x"), ("target", "x", "ab"), ("target", "y", "a")]
        side, owner, others = random.choice(owners)
        named = random.sample(others, random.randint(change != "lists", len(others)))
        at = random.randint(1, delivered) + random.choice([0.0, 0.12])
        records.append((delivered, change, owner, named, at, side))
    return records


@settings(max_examples=2, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_days_folded_at_once_or_one_by_one_give_the_table_of_a_plain_fold(fold, seed):
    """Many histories at once, the accounts of each with names of their own.

    In time: a day a fold. Late: likewise, the days in another order. Whole: all days in one fold.
    """
    random = Random(seed)
    drawn = [history(random) for _ in range(40)]
    days = {"in time": [1, 2, 3, 4], "late": random.sample([1, 2, 3, 4], 4)}

    def said(way, delivered):
        return [
            record(delivered, change, f"{n:02}{owner} {way}", [f"{n:02}{other} {way}" for other in others], at, side)
            for n, records in enumerate(drawn)
            for day_of_record, change, owner, others, at, side in records
            if day_of_record == delivered
        ]

    def expected(way, order):
        rows = set()
        for n, records in enumerate(drawn):
            table = {}
            for number in order:
                of_day = [one for one in records if one[0] == number]
                table = told(table, of_day) if of_day else table
            for (actor, target), intervals in table.items():
                rows |= {(f"{n:02}{actor} {way}", f"{n:02}{target} {way}", day(b), day(e)) for b, e in intervals}
        return rows

    known = []
    for place in range(4):
        records = [one for way, order in days.items() for one in said(way, order[place])]
        random.shuffle(records)
        known = merged(known, *fold(records, known))
    # What was folded last changes nothing when it is folded again.
    whole = [one for number in days["in time"] for one in said("whole", number)]
    again = [one for way, order in days.items() for one in said(way, order[-1])]
    random.shuffle(whole)
    rows, gone = fold(whole + again, known)

    shown = {(row[2], row[3], row[4], row[5]) for row in known}
    assert shown == expected("in time", days["in time"]) | expected("late", days["late"])
    assert {(row[2], row[3], row[4], row[5]) for row in rows} == expected("whole", days["in time"])
    assert gone == []
    # And whoever told the beginning of a row told it either way.
    one_by_one = {(row[2].replace("in time", "whole"), *row[4:]) for row in known if "in time" in row[2]}
    assert one_by_one == {(row[2], *row[4:]) for row in rows}


@pytest.fixture
def shortened(spark):
    """How many relations owners of each day's lists had, and how many fewer they list, by day: (held, lost)."""

    def run(records, known=()):
        placed = to_placed(
            spark.createDataFrame([("twitter", "follows", *told) for told in records], RECORD),
            spark.createDataFrame(list(known), FOLLOWS.ddl),
        )
        return {row["delivered_on"].day: (row["held"], row["lost"]) for row in to_shortened(placed).collect()}

    return run


WHOLE, HALF = ["w", "x", "y", "z"], ["w", "x"]
OWNERS = ("a", "b", "c")


def lists(delivered, others, side="actor"):
    return [record(delivered, "lists", owner, others, side=side) for owner in OWNERS]


def known(begins, ends=None, others=tuple(WHOLE)):
    return [row(owner, other, begins, ends) for owner in OWNERS for other in others]


SHORT = {
    "lists cut by half; the owner who lost most is left out": (lists(3, HALF), known(1), {3: (8, 4)}),
    "lists of those who follow": (
        lists(3, HALF, side="target"),
        [row(other, owner, 1) for owner in OWNERS for other in WHOLE],
        {3: (8, 4)},
    ),
    "one owner alone": ([record(3, "lists", "a", [])], known(1), {3: (0, 0)}),
    "others on lists of the same length": (lists(3, ["s", "t", "u", "v"]), known(1), {3: (8, 0)}),
    "longer lists": (lists(3, [*WHOLE, "s"]), known(1), {3: (8, 0)}),
    "who had one relation": (lists(3, []), known(1, others=("w",)), {}),
    "who had none": (lists(3, WHOLE), [], {}),
    "what ended before": (lists(3, HALF), known(1, 2), {}),
    "each day against the one before": (
        lists(1, WHOLE) + lists(2, HALF) + lists(3, WHOLE),
        [],
        {2: (8, 4), 3: (4, 0)},
    ),
    "where a run that was killed wrote them already": (
        lists(1, WHOLE) + lists(2, HALF) + lists(3, WHOLE),
        known(1),
        {1: (8, 0), 2: (8, 4), 3: (4, 0)},
    ),
    "with changes of the day before among them": (
        lists(1, HALF)
        + lists(2, WHOLE)
        + [record(2, "begins", owner, ["y", "z"], 1.12) for owner in OWNERS]
        + lists(3, HALF),
        [],
        {2: (8, 0), 3: (8, 4)},
    ),
    "an old day read again": (lists(3, HALF), known(1, others=HALF) + known(5, others=("y", "z")), {3: (4, 0)}),
}


@pytest.mark.parametrize("case", SHORT)
def test_lists_are_held_against_what_their_owners_had(shortened, case):
    records, rows, found = SHORT[case]

    assert shortened(records, rows) == found
