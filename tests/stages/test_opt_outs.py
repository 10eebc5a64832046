"""Who is neither scored nor shown: who asked, what entities own, and minors."""

from datetime import date

import pytest
from sway.stages.opt_outs import (
    to_erasures_by_id,
    to_opt_outs,
    to_opted_out_entities,
    to_suppressed,
    to_unlinked_opt_outs,
)

NOW = date(2016, 5, 3)

OPTED_OUT = """
    network:string | account:string | kind:string | since:date
    twitter        | 1              | suppress    | 2016-05-03
    twitter        | @ANN           | erase       | 2016-04-10
    twitter        | @ann           | suppress    | 2016-03-10
    twitter        | 5              | suppress    | 2016-05-04
    twitter        | @nobody        | suppress    | 2016-05-01
    twitter        | 1              | erase       | 2016-05-01
    entity         | young          | suppress    | 2016-05-01
    entity         | unheard        | erase       | 2016-05-01
    facebook       | entity         | suppress    | 2016-05-01
"""
PROFILES = """
    network:string | account_id:string | handle:string | is_minor:boolean | valid_from:date | valid_to:date
    twitter        | 2                 | ann           | null             | 2016-01-01      | 2016-04-01
    twitter        | 3                 | Ann           | false            | 2016-04-01      | null
    twitter        | 1                 | null          | true             | 2016-01-01      | null
    twitter        | 6                 | null          | true             | 2016-01-01      | null
"""
AGES = """
    network:string | account_id:string     | handle:string | is_minor:boolean | valid_from:date | valid_to:date
    facebook       | labelled              | null          | true             | 2016-01-01      | null
    facebook       | then unknown          | null          | true             | 2016-01-01      | 2016-02-01
    facebook       | then unknown          | null          | null             | 2016-02-01      | null
    facebook       | then adult            | null          | true             | 2016-01-01      | 2016-05-03
    facebook       | then adult            | null          | false            | 2016-05-03      | null
    facebook       | after the score date  | null          | false            | 2016-01-01      | 2016-04-02
    facebook       | after the score date  | null          | true             | 2016-04-02      | null
    facebook       | not labelled by now   | null          | true             | 2016-05-04      | null
    facebook       | adult after now       | null          | true             | 2016-01-01      | 2016-05-04
    facebook       | adult after now       | null          | false            | 2016-05-04      | null
    facebook       | unknown               | null          | null             | 2016-01-01      | null
"""
ENTITIES = """
    entity_id:string | merged_into:string
    young            | old
    old              | null
    other            | null
"""
LINKS = """
    entity_id:string | network:string | account_id:string | role:string
    old              | facebook       | 11                | owner
    old              | twitter        | 12                | owner
    old              | twitter        | 13                | employer
    old              | twitter        | 14                | managed
    other            | twitter        | 15                | owner
"""


def rows_of(found):
    return sorted(tuple(row.values()) for row in found.to_pylist())


def test_who_opted_out_what_their_entity_owns_and_who_is_under_age(arrow_table):
    opt_outs, profiles, entities = arrow_table(OPTED_OUT), arrow_table(PROFILES), arrow_table(ENTITIES)

    found = to_suppressed(opt_outs, profiles, entities, arrow_table(LINKS), now=NOW)

    assert rows_of(found) == [
        ("facebook", "11", "suppress", "opt_out"),
        ("facebook", "entity", "suppress", "opt_out"),
        ("twitter", "1", "erase", "opt_out"),
        ("twitter", "12", "suppress", "opt_out"),
        ("twitter", "2", "suppress", "opt_out"),
        ("twitter", "3", "erase", "opt_out"),
        ("twitter", "6", "suppress", "minor"),
    ]
    of_entities = to_opted_out_entities(opt_outs, entities, now=NOW)
    assert rows_of(of_entities) == [("old", "suppress"), ("unheard", "erase")]
    assert rows_of(to_unlinked_opt_outs(opt_outs, profiles)) == [
        ("opt_out_unlinked", "twitter", "@nobody", "no profile of twitter has this handle on 2016-05-01 or later")
    ]


@pytest.mark.parametrize("kind", ["suppress", "erase"])
def test_who_asked_by_a_handle_before_the_first_profile_with_it_is_left_out(arrow_table, kind):
    asked = arrow_table(f"""
        network:string | account:string | kind:string | since:date
        twitter        | @Ann           | {kind}      | 2015-12-20
    """)
    profiles, nothing = arrow_table(PROFILES), [arrow_table(drawn)[:0] for drawn in (ENTITIES, LINKS)]

    found = to_suppressed(asked, profiles.slice(0, 2), *nothing, now=NOW)

    assert rows_of(found) == [("twitter", "2", kind, "opt_out")]
    assert to_erasures_by_id(asked, profiles)["account"].to_pylist() == ["2"] * (kind == "erase")
    assert rows_of(to_unlinked_opt_outs(asked, profiles)) == []


@pytest.mark.parametrize(
    ("by_id", "kind", "is_settled"), [("2", "erase", True), ("2", "suppress", False), ("9", "erase", False)]
)
def test_a_wish_by_a_handle_of_several_accounts_is_an_issue_until_one_of_them_asks_by_id(
    arrow_table, by_id, kind, is_settled
):
    asked = arrow_table(f"""
        network:string | account:string | kind:string | since:date
        twitter        | @ann           | erase       | 2016-05-01
        twitter        | {by_id}        | {kind}      | 2016-05-02
    """)
    profiles = arrow_table("""
        network:string | account_id:string | handle:string | is_minor:boolean | valid_from:date | valid_to:date
        twitter        | 2                 | ann           | null             | 2016-01-01      | null
        twitter        | 3                 | Ann           | null             | 2016-04-01      | null
    """)

    found = rows_of(to_unlinked_opt_outs(asked, profiles))

    issue = ("opt_out_held_twice", "twitter", "@ann", "asked on 2016-05-01, held by the accounts 2, 3")
    assert found == ([] if is_settled else [issue])


def test_the_last_age_that_was_told_by_now_holds_for_every_score_date(arrow_table):
    nothing = [arrow_table(drawn)[:0] for drawn in (OPTED_OUT, ENTITIES, LINKS)]

    found = to_suppressed(nothing[0], arrow_table(AGES), *nothing[1:], now=NOW)

    assert rows_of(found) == [
        ("facebook", who, "suppress", "minor")
        for who in ("adult after now", "after the score date", "labelled", "then unknown")
    ]


def test_of_several_deliveries_of_an_opt_out_the_last_one_holds(arrow_table):
    rows = arrow_table("""
        network:string | account:string | kind:string | since:date | author:string | reason:string | delivered_on:date
        twitter        | 1              | erase       | 2016-05-01 | desk          | asked         | 2016-05-02
        twitter        | 1              | erase       | 2016-05-01 | desk          | by mail       | 2016-05-04
        twitter        | 1              | erase       | 2016-05-01 | desk          | by phone      | 2016-05-03
    """)

    found = to_opt_outs(rows)

    assert found["reason"].to_pylist() == ["by mail"]
