"""Entities and links from assertions: whom they name, and what links and entities say."""

from datetime import date

from sway.contracts.tables.identity import IDENTITY_ASSERTIONS
from sway.stages.identity import to_assertions

from tests.stages.assertions import CONFLICT, as_contract, entity, identity


def test_handles_mean_the_account_that_had_them_on_the_day():
    found = identity("""
        account:string    | other:string      | since:date
        twitter:@ANN_b    | facebook:@annpage | 2016-02-29
        twitter:@Ann_B    | google_plus:@annb | 2016-04-01
        wikipedia:@ann_B. | twitter:1         | 2016-04-02
        twitter:@ann_b    | forum:@Ann        | 2016-03-15
        forum:@ANN        | null              | 2016-04-01
        twitter:@Both     | forum:f9          | 2016-04-01
        twitter:@later    | null              | 2016-05-04
    """)

    ann = entity("2016-02-29", "facebook", "11")
    assert found.groups() == {
        ann: {"twitter:1", "facebook:11", "wikipedia:1111"},
        entity("2016-04-01", "google_plus", "111"): {"twitter:2", "google_plus:111"},
        entity("2016-03-15", "forum", "f1"): {"forum:f1"},
        entity("2016-04-01", "forum", "f9"): {"forum:f9"},
    }
    assert found.unlinked == [
        ("forum", "@ANN", date(2016, 4, 1), "no profile of forum has this handle on 2016-04-01"),
        ("twitter", "@Both", date(2016, 4, 1), "several accounts have this handle on the day: write the id"),
        ("twitter", "@ann_b", date(2016, 3, 15), "no profile of twitter has this handle on 2016-03-15"),
    ]
    assert [tuple(row[name] for name in CONFLICT) for row in found.conflicts] == [
        ("handle_held_twice", "twitter", "@Both", [], "held on 2016-04-01 by the accounts 3, 4: write the id")
    ]
    assert found.entities[ann] == {
        "entity_id": ann,
        "type": "unknown",
        "first_seen": date(2016, 2, 29),
        "merged_into": None,
        "confirmed": True,
    }


def test_links_say_share_and_role_of_the_strongest_claim_that_gives_any():
    """Confirmed before not, then the latest."""
    found = identity("""
        account:string | other:string | relation:string | share:double | role:string | confirmed:boolean | since:date
        twitter:1      | facebook:11  | same_as         | null         | null        | true              | 2016-04-01
        twitter:1      | facebook:11  | same_as         | 0.5          | owner       | true              | 2016-04-01
        twitter:1      | facebook:11  | same_as         | 0.75         | null        | true              | 2016-04-02
        twitter:1      | facebook:11  | same_as         | 0.6          | managed     | false             | 2016-05-01
        twitter:1      | twitter:9    | part_of         | 0.25         | employer    | true              | 2016-04-01
        twitter:9      | null         | same_as         | null         | null        | false             | 2016-04-03
        facebook:12    | twitter:9    | part_of         | 1            | managed     | false             | 2016-04-01
    """)

    ann, firm = entity("2016-04-01", "facebook", "11"), entity("2016-04-01", "twitter", "9")
    assert {key: (row["share"], row["role"], row["confirmed"]) for key, row in found.links.items()} == {
        ("twitter", "1", ann): (0.75, "owner", True),
        ("facebook", "11", ann): (1.0, "owner", True),
        ("twitter", "1", firm): (0.25, "employer", True),
        ("twitter", "9", firm): (1.0, "owner", True),
        ("facebook", "12", firm): (1.0, "managed", False),
    }
    assert (found.conflicts, found.unlinked) == ([], [])


def test_links_say_the_evidence_of_all_claims_and_from_when_until_when_one_holds():
    found = identity("""
        account:string | other:string | relation:string | evidence:string | since:date | until:date
        twitter:1      | facebook:11  | same_as         | site            | 2016-04-01 | null
        twitter:1      | facebook:11  | same_as         | mail            | 2016-04-02 | 2016-06-01
        twitter:1      | facebook:11  | same_as         | null            | 2016-05-01 | null
        facebook:12    | twitter:9    | part_of         | title           | 2016-04-01 | 2016-05-04
        linkedin:5     | linkedin:6   | same_as         | null            | 2016-04-01 | 2016-05-03
        linkedin:5     | linkedin:7   | same_as         | null            | 2016-05-04 | null
    """)

    begun, ends = date(2016, 4, 1), date(2016, 5, 4)
    assert {key[:2]: (row["evidence"], row["valid_from"], row["valid_to"]) for key, row in found.links.items()} == {
        ("twitter", "1"): ("mail; site", begun, None),
        ("facebook", "11"): ("mail; site", begun, None),
        ("facebook", "12"): ("title", begun, ends),
        ("twitter", "9"): ("title", begun, ends),
    }


def test_an_entity_is_of_the_type_its_strongest_claim_gives_and_confirmed_by_any():
    found = identity("""
        account:string | other:string | relation:string | type:string  | confirmed:boolean | since:date
        twitter:1      | facebook:11  | same_as         | person       | true              | 2016-04-01
        twitter:1      | facebook:11  | same_as         | brand        | true              | 2016-04-02
        twitter:1      | facebook:11  | same_as         | bot          | false             | 2016-05-01
        twitter:1      | twitter:9    | part_of         | organisation | true              | 2016-04-01
        twitter:9      | null         | same_as         | unknown      | false             | 2016-04-03
        forum:x        | null         | same_as         | null         | false             | 2016-04-01
    """)

    ann, firm = entity("2016-04-01", "facebook", "11"), entity("2016-04-01", "twitter", "9")
    assert {key: (row["type"], row["confirmed"]) for key, row in found.entities.items()} == {
        ann: ("brand", True),
        firm: ("organisation", True),
        entity("2016-04-01", "forum", "x"): ("unknown", False),
    }


def test_of_several_deliveries_of_an_assertion_the_last_one_holds(arrow_table):
    rows = as_contract(
        arrow_table("""
            network:string | account:string | valid_from:date | valid_to:date | delivered_on:date
            forum          | a              | 2016-04-01      | null          | 2016-04-02
            forum          | a              | 2016-04-01      | 2016-05-01    | 2016-04-04
            forum          | a              | 2016-04-01      | 2016-06-01    | 2016-04-03
            forum          | a              | 2016-04-02      | null          | 2016-04-03
        """),
        IDENTITY_ASSERTIONS,
        relation="same_as",
        author="us",
        confirmed=True,
    )

    found = to_assertions(rows)

    assert sorted((str(row["valid_from"]), str(row["valid_to"])) for row in found.to_pylist()) == [
        ("2016-04-01", "2016-05-01"),
        ("2016-04-02", "None"),
    ]
