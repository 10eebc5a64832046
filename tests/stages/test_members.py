"""Who is given influence, and what trust is taken from."""

from datetime import date

import pytest
from pyspark.sql import Row
from sway.contracts.dates import is_within
from sway.engine.pairs import to_present
from sway.stages.members import to_members

from tests.graphs import AS_OF, METHOD

ACTS = """
    event_date:date | actor_key:bigint | target_key:bigint
"""
POSTS = """
    event_date:date | author_id:string
"""
PROFILES = """
    account_id:string | valid_from:date | valid_to:date | created_at:timestamp | followers:bigint | following:bigint
"""
LABELS = """
    account_id:string | label:string | valid_from:date | valid_to:date
"""


@pytest.fixture
def members(table):
    """Trust by account; pass only the tables a case is about."""

    def make(accounts, acts="", posts="", profiles="", labels="", *, has_profiles=True, as_of=AS_OF):
        acting = to_present(table(ACTS + acts), strength=METHOD.strength, as_of=as_of).toArrow()["account_key"]
        found = to_members(
            acting.to_numpy(),
            table(POSTS + posts).toArrow().filter(is_within(as_of, 180))["author_id"].combine_chunks(),
            table(accounts).toArrow(),
            table(PROFILES + profiles).toArrow(),
            table(LABELS + labels).toArrow(),
            as_of=as_of,
            has_profiles=has_profiles,
            trust=METHOD.trust,
        )
        assert found.column_names == ["account_key", "account_id", "trust", "voice"]
        return {row["account_id"]: Row(**row) for row in found.to_pylist()}

    return make


def trusts(rows):
    return {account: row.trust for account, row in rows.items()}


def test_members_acted_were_acted_upon_or_posted_within_the_horizon(members):
    rows = members(
        accounts="""
            account_key:bigint | account_id:string | first_seen:timestamp
            1                  | actor             | 2015-01-01
            2                  | target            | 2015-01-01
            3                  | author            | 2015-01-01
            4                  | forgotten         | 2015-01-01
            5                  | later             | 2015-01-01
            6                  | named             | null
        """,
        acts="""
            2016-05-01 | 1 | 2
            2015-11-04 | 2 | 1
            2015-11-03 | 4 | 1
            2016-05-02 | 1 | 5
        """,
        posts="""
            2015-11-04 | author
            2016-04-01 | author
            2016-05-02 | later
            2015-11-03 | forgotten
        """,
    )

    assert {account: row.account_key for account, row in rows.items()} == {
        "actor": 1,
        "target": 2,
        "author": 3,
    }


def test_a_profile_or_a_label_alone_makes_nobody_a_member(members):
    accounts = """
        account_key:bigint | account_id:string | first_seen:timestamp
        1                  | ann               | 2015-01-01
        2                  | bob               | 2015-01-01
        3                  | silent            | null
    """
    profiles = """
        ann      | 2016-04-01 | null | null | 10000 | 10
        silent   | 2016-04-01 | null | null | 10000 | 10
        stranger | 2016-04-01 | null | null | 10000 | 10
    """
    labels = """
        silent   | seed | 2016-04-01 | null
        stranger | seed | 2016-04-01 | null
    """

    rows = members(accounts, "2016-05-01 | 1 | 2", profiles=profiles, labels=labels)
    assert rows.keys() == {"ann", "bob"}

    later = members(accounts, "2016-05-01 | 1 | 2\n2016-05-01 | 1 | 3", profiles=profiles, labels=labels)
    assert trusts(later) == {**trusts(rows), "silent": METHOD.trust.seed_trust}


def test_trust_is_taken_from_the_profile_that_is_valid_on_the_date(members):
    case = {
        "accounts": """
            account_key:bigint | account_id:string | first_seen:timestamp
            1                  | old               | 2015-01-01
            2                  | halfway           | 2015-01-01
            3                  | eager             | 2015-01-01
            4                  | changed           | 2015-01-01
            5                  | unborn            | 2015-01-01
            6                  | tight_lipped      | 2015-01-01
        """,
        "acts": """
            2016-05-01 | 1 | 2
            2016-05-01 | 3 | 4
            2016-05-01 | 5 | 6
        """,
        "profiles": """
            old          | 2016-01-01 | null       | 2012-01-01 00:00 | 10   | 10
            halfway      | 2016-01-01 | null       | 2016-02-01 23:59 | 10   | 10
            eager        | 2016-01-01 | null       | 2012-01-01 00:00 | 10   | 1001
            changed      | 2016-01-01 | 2016-05-01 | 2012-01-01 00:00 | 10   | 1001
            changed      | 2016-05-01 | 2016-05-02 | 2012-01-01 00:00 | 1001 | 2003
            changed      | 2016-05-02 | null       | 2012-01-01 00:00 | 0    | 99999
            unborn       | 2016-01-01 | null       | 2016-05-02 00:00 | 10   | 10
            tight_lipped | 2016-01-01 | null       | 2012-01-01 00:00 | null | 1001
        """,
    }

    assert trusts(members(**case)) == pytest.approx(
        {
            "old": 1.0,
            "halfway": 0.5,  # 90 whole days
            "eager": 501 / 1002,
            "changed": 1002 / 2004,
            "unborn": 0.01,  # age 0, and the floor
            "tight_lipped": 1.0,
        }
    )
    assert set(trusts(members(**case, has_profiles=False)).values()) == {1.0}


def test_without_date_of_opening_age_counts_from_the_first_sighting(members):
    rows = members(
        accounts="""
            account_key:bigint | account_id:string | first_seen:timestamp
            1                  | first             | 2016-03-01 10:00
            2                  | among_the_first   | 2016-03-28 23:59
            3                  | newcomer          | 2016-03-29 00:01
            4                  | profiled          | 2016-03-29 00:01
            5                  | yesterday         | 2016-04-30 12:00
        """,
        acts="""
            2016-05-01 | 1 | 2
            2016-05-01 | 3 | 4
            2016-05-01 | 5 | 4
        """,
        profiles="""
            profiled | 2016-04-30 | null | null | 10 | 10
        """,
    )

    assert trusts(rows) == pytest.approx(
        {
            "first": 1.0,
            "among_the_first": 1.0,
            "newcomer": 33 / 180,
            "profiled": 33 / 180,
            "yesterday": 0.01,
        }
    )
    assert rows["newcomer"].voice == pytest.approx((33 / 180 - 0.1) / 0.2)
    assert rows["yesterday"].voice == 0.0


@pytest.mark.parametrize("has_profiles", [True, False])
def test_the_lowest_valid_label_counts_seeds_are_set_and_suspension_is_over_everything(members, has_profiles):
    rows = members(
        has_profiles=has_profiles,
        accounts="""
            account_key:bigint | account_id:string | first_seen:timestamp
            1                  | spammer           | 2016-01-01
            2                  | restricted        | 2016-01-01
            3                  | both              | 2016-01-01
            4                  | seed              | 2016-01-01
            5                  | suspended         | 2016-01-01
            6                  | forgiven          | 2016-01-01
            7                  | accused_later     | 2016-01-01
            8                  | from_today        | 2016-01-01
        """,
        acts="""
            2016-05-01 | 1 | 2
            2016-05-01 | 3 | 4
            2016-05-01 | 5 | 6
            2016-05-01 | 7 | 8
        """,
        labels="""
            spammer       | spam       | 2016-01-01 | null
            restricted    | restricted | 2016-01-01 | 2016-05-02
            both          | restricted | 2016-01-01 | null
            both          | spam       | 2016-01-01 | null
            seed          | seed       | 2016-01-01 | null
            seed          | spam       | 2016-01-01 | null
            suspended     | suspended  | 2016-01-01 | null
            suspended     | seed       | 2016-01-01 | null
            forgiven      | suspended  | 2016-01-01 | 2016-05-01
            accused_later | spam       | 2016-05-02 | null
            from_today    | suspended  | 2016-05-01 | null
        """,
    )

    assert trusts(rows) == {
        "spammer": 0.01,
        "restricted": 0.1,
        "both": 0.01,
        "seed": 5.0,
        "suspended": 0.0,
        "forgiven": 1.0,
        "accused_later": 1.0,
        "from_today": 0.0,
    }
    assert rows["restricted"].voice == 0.0
    assert rows["seed"].voice == 1.0


def test_an_earlier_night_run_again_gives_the_earlier_trust(members):
    accounts = """
        account_key:bigint | account_id:string | first_seen:timestamp
        1                  | founder           | 2015-01-01
        2                  | newcomer          | 2016-02-01
    """
    acts = """
        2016-02-01 | 2 | 1
    """

    earlier = members(accounts, acts, as_of=date(2016, 3, 2))
    later = members(accounts, acts, as_of=date(2016, 6, 30))

    assert earlier["newcomer"].trust == pytest.approx(30 / 180)
    assert later["newcomer"].trust == pytest.approx(150 / 180)
