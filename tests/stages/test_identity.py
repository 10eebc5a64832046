"""Entities and links from assertions: whole nights, drawn, with ids hashed anew."""

import hashlib
import json
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from sway.contracts.contract import arrow_type
from sway.contracts.tables.identity import ENTITIES, IDENTITY_ASSERTIONS
from sway.contracts.tables.states import PROFILES
from sway.kernels.components import components
from sway.stages.identity import to_assertions, to_identity
from sway.stages.identity_conflicts import to_conflicts

NIGHT = date(2016, 5, 3)
CONFLICT = ("rule", "network", "account", "entity_ids", "reason")

PROFILES_DRAWN = """
    network:string | account_id:string | handle:string | valid_from:date | valid_to:date
    twitter        | 1                 | Ann_B         | 2016-01-01      | 2016-03-01
    twitter        | 1                 | Ann_New       | 2016-03-01      | null
    twitter        | 2                 | ann_b         | 2016-04-01      | null
    facebook       | 11                | Ann.Page      | 2016-01-01      | null
    google_plus    | 111               | +AnnB         | 2016-01-01      | null
    wikipedia      | 1111              | Ann B.        | 2016-01-01      | null
    forum          | f1                | Ann           | 2016-01-01      | null
    forum          | f2                | ann           | 2016-01-01      | null
    twitter        | 3                 | both          | 2016-01-01      | null
    twitter        | 4                 | BOTH          | 2016-01-01      | null
"""

# Assertions are drawn with accounts as network:id or network:@handle, and these names of columns.
SHORT = {"type": "entity_type", "since": "valid_from", "until": "valid_to"}


def entity(day, network, account_id):
    written = json.dumps([day, network, account_id], separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


def as_contract(rows, contract, **defaults):
    """Drawn rows with all columns of their contract: those not drawn are NULL or as `defaults` says."""
    return pa.table(
        {
            field.name: rows[field.name]
            if field.name in rows.column_names
            else pa.array([defaults.get(field.name)] * len(rows), arrow_type(field.type))
            for field in contract.fields
        }
    )


NOBODY = ENTITIES.arrow.empty_table()


def in_parts(accounts):
    """network and account of `network:account`, NULL of NULL."""
    parted = pc.split_pattern(accounts, ":")
    return [pc.list_element(parted, place) for place in (0, 1)]


@pytest.fixture
def identity(arrow_table):
    """What to_identity makes of drawn assertions: entities, links, conflicts, unlinked as rows."""
    profiles = as_contract(arrow_table(PROFILES_DRAWN), PROFILES)

    def make(assertions, *, as_of=NIGHT, known=NOBODY, connect=components):
        said = arrow_table(assertions) if isinstance(assertions, str) else assertions
        said = said.rename_columns([SHORT.get(name, name) for name in said.column_names])
        if "other" not in said.column_names:
            said = said.append_column("other", pa.nulls(len(said), pa.string()))
        network, account = in_parts(said["account"])
        other_network, other_account = in_parts(said["other"])
        said = said.drop_columns(["account", "other"])
        names = {"network": network, "account": account, "other_network": other_network, "other_account": other_account}
        for name, column in names.items():
            said = said.append_column(name, column)
        claims = as_contract(
            said,
            IDENTITY_ASSERTIONS,
            relation="same_as",
            author="us",
            confirmed=True,
            valid_from=date(2016, 4, 1),
            delivered_on=NIGHT,
        )
        return Found(to_identity(claims, profiles, known, as_of=as_of, connect=connect))

    return make


def in_order(conflict):
    return str([conflict[name] for name in CONFLICT])


class Found:
    """What was found, with its conflicts, read."""

    def __init__(self, made):
        links = made.entity_links.to_pylist()
        self.links = {(row["network"], row["account_id"], row["entity_id"]): row for row in links}
        self.entities = {row["entity_id"]: row for row in made.entities.to_pylist()}
        self.conflicts = sorted(to_conflicts(*made.claims).to_pylist(), key=in_order)
        self.unlinked = sorted(tuple(row.values()) for row in made.unlinked.to_pylist())

    def as_known(self):
        return pa.Table.from_pylist(list(self.entities.values()), ENTITIES.arrow)

    def groups(self):
        """{entity_id: accounts linked to it}"""
        accounts = {}
        for network, account_id, entity_id in self.links:
            accounts.setdefault(entity_id, set()).add(f"{network}:{account_id}")
        return accounts


def test_handles_mean_the_account_that_had_them_on_the_day(identity):
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


def test_links_say_share_and_role_of_the_strongest_claim_that_gives_any(identity):
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


def test_links_say_the_evidence_of_all_claims_and_from_when_until_when_one_holds(identity):
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


def test_an_entity_is_of_the_type_its_strongest_claim_gives_and_confirmed_by_any(identity):
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


def test_contradictions_are_told_and_not_settled(identity):
    """Accounts named by case: x claimed whole twice, y in parts, z by confirmed and not, t by type, u by share."""
    found = identity("""
        account:string | other:string | relation:string | share:double | type:string | confirmed:boolean | since:date
        forum:x        | forum:x1     | same_as         | null         | null        | true              | 2016-04-01
        forum:x        | forum:X      | part_of         | 1            | null        | true              | 2016-04-01
        forum:y        | forum:Y1     | part_of         | 0.7          | null        | true              | 2016-04-01
        forum:y        | forum:Y2     | part_of         | 0.4          | null        | true              | 2016-04-01
        forum:s        | forum:Y1     | part_of         | 0.1          | null        | true              | 2016-04-01
        forum:s        | forum:Y2     | part_of         | 0.2          | null        | true              | 2016-04-01
        forum:s        | forum:X      | part_of         | 0.7          | null        | true              | 2016-04-01
        forum:z        | forum:z1     | same_as         | null         | null        | true              | 2016-04-01
        forum:z        | forum:X      | part_of         | 0.5          | null        | false             | 2016-04-01
        forum:t        | null         | same_as         | null         | person      | true              | 2016-04-01
        forum:t        | forum:t1     | same_as         | null         | bot         | true              | 2016-04-01
        forum:u        | forum:X      | part_of         | 0.5          | null        | true              | 2016-04-01
        forum:u        | forum:X      | part_of         | 0.6          | bot         | true              | 2016-04-01
        forum:v        | forum:z1     | same_as         | null         | null        | false             | 2016-04-02
        forum:v        | forum:x1     | same_as         | null         | null        | false             | 2016-04-01
    """)

    of = {name: entity("2016-04-01", "forum", name) for name in ("v", "X", "Y1", "Y2", "z", "t")}
    assert found.groups() == {
        of["v"]: {"forum:x1", "forum:v"},  # on one day the first id leads
        of["X"]: {"forum:X", "forum:s"},
        of["Y1"]: {"forum:Y1", "forum:s"},
        of["Y2"]: {"forum:Y2", "forum:s"},
        of["z"]: {"forum:z", "forum:z1"},
        of["t"]: {"forum:t", "forum:t1"},
    }
    types = {name: found.entities[entity_id]["type"] for name, entity_id in of.items()}
    assert types == {**dict.fromkeys(of, "unknown"), "X": "bot"}
    above, ended = "shares sum to more than 1: ", "; until one is lowered or ended "
    assert [tuple(row[name] for name in CONFLICT) for row in found.conflicts] == sorted(
        [
            (
                "claimed_whole_twice",
                "forum",
                "x",
                sorted([of["v"], of["X"]]),
                f"{above}{', '.join(sorted(f'1.0 to {of[name]}' for name in 'vX'))}{ended}it has no entity",
            ),
            (
                "shares_above_one",
                "forum",
                "y",
                sorted([of["Y1"], of["Y2"]]),
                f"{above}0.4 to {of['Y2']}, 0.7 to {of['Y1']}{ended}it has no entity",
            ),
            (
                "shares_above_one",
                "forum",
                "z",
                sorted([of["z"], of["X"]]),
                f"{above}0.5 to {of['X']}, 1.0 to {of['z']}{ended}links that are not confirmed are left out",
            ),
            (
                "links_differ",
                "forum",
                "u",
                [of["X"]],
                "the latest assertions say owner of 0.5 and owner of 0.6: end all but one",
            ),
            ("types_differ", None, None, [of["t"]], "the latest assertions say bot and person: end all but one"),
            (
                "merges_confirmed",
                "forum",
                "v",
                sorted([of["v"], of["z"]]),
                "same as forum:z1 from 2016-04-02 says us, not confirmed, and both belong to confirmed entities:"
                " confirm it or end it",
            ),
        ],
        key=lambda conflict: str(list(conflict)),
    )
    assert found.unlinked == []


STORY = """
    account:string | other:string | since:date | until:date | confirmed:boolean
    forum:a        | forum:b      | 2016-01-01 | 2016-01-20 | true
    forum:b        | forum:c      | 2016-01-02 | null       | true
    forum:d        | forum:e      | 2016-01-03 | null       | true
    forum:c        | forum:d      | 2016-01-10 | 2016-01-30 | true
    forum:g        | null         | 2016-01-04 | 2016-01-10 | true
    forum:a        | forum:h      | 2016-01-20 | null       | false
"""
# Who is together on which night. The id is that of the account first asserted, whoever it is together with.
NIGHTS = {
    date(2016, 1, 9): {"a": "abc", "d": "de", "g": "g"},
    date(2016, 1, 10): {"a": "abcde"},
    date(2016, 1, 20): {"a": "ah", "b": "bcde"},
    date(2016, 1, 30): {"a": "ah", "b": "bc", "d": "de"},
}
MERGED = {  # ids of earlier nights that do not stand by themselves, and what they are part of
    date(2016, 1, 10): {"d": "a", "g": None},
    date(2016, 1, 20): {"d": "b", "g": None},
    date(2016, 1, 30): {"g": None},
}


def test_a_merge_keeps_the_older_id_and_a_split_leaves_it_with_its_account(identity):
    first = {"a": "2016-01-01", "b": "2016-01-01", "d": "2016-01-03", "g": "2016-01-04"}
    ids = {entity(day, "forum", name): name for name, day in first.items()}
    known = NOBODY
    for night, expected in NIGHTS.items():
        found = identity(STORY, as_of=night, known=known)

        together = {ids[key]: "".join(sorted(name[-1] for name in who)) for key, who in found.groups().items()}
        assert together == expected, night
        apart = {ids[key]: row["merged_into"] for key, row in found.entities.items() if ids[key] not in expected}
        assert {name: other and ids[other] for name, other in apart.items()} == MERGED.get(night, {}), night
        known = found.as_known()

    # An earlier night again gives what it gave, whatever is known by now.
    again = identity(STORY, as_of=date(2016, 1, 9), known=known)
    assert set(again.groups()) == {key for key, name in ids.items() if name in "adg"}


def test_an_id_is_found_again_when_its_account_turns_out_to_be_older(identity):
    before = """
        account:string | since:date
        forum:a        | 2016-02-01
    """
    known = identity(before).as_known()

    after = identity(before + "forum:a | 2016-01-01\n", known=known)

    older, younger = entity("2016-01-01", "forum", "a"), entity("2016-02-01", "forum", "a")
    assert {key: row["merged_into"] for key, row in after.entities.items()} == {older: None, younger: older}
    assert set(after.groups()) == {older}


def by_flooding(left, right):
    """Components by handing the smaller number over until nothing changes."""
    smallest = {int(vertex): int(vertex) for vertex in (*left, *right)}
    changed = True
    while changed:
        changed = False
        for a, b in zip(left.tolist(), right.tolist(), strict=True):
            least = min(smallest[a], smallest[b])
            changed |= (smallest[a], smallest[b]) != (least, least)
            smallest[a] = smallest[b] = least
    return np.array([smallest[vertex] for vertex in left.tolist()], dtype=np.int64)


def test_neither_order_nor_grouping_nor_who_finds_components_matters(identity, arrow_table):
    claims = """
        account:string | other:string | confirmed:boolean | since:date
        forum:a        | forum:b      | true              | 2016-02-01
        forum:c        | forum:d      | true              | 2016-01-01
        forum:m        | forum:n      | false             | 2016-01-02
        forum:b        | forum:n      | false             | 2016-01-03
        forum:m        | forum:d      | false             | 2016-01-03
        forum:p        | forum:q      | false             | 2016-01-03
        forum:q        | forum:r      | true              | 2016-01-05
        forum:s        | null         | false             | 2016-01-05
    """
    header, *rows = claims.strip().splitlines()
    one = identity(claims)
    again = [arrow_table(f"{header}\n{row}") for row in (*reversed(rows), rows[2])]
    other = identity(pa.concat_tables(again), connect=by_flooding)

    assert one.groups() == other.groups()
    assert (one.entities, one.conflicts) == (other.entities, other.conflicts)
    assert sorted("".join(sorted(name[-1] for name in who)) for who in one.groups().values()) == [
        "ab", "cdmn", "pqr", "s",
    ]  # fmt: skip
    assert [(row["rule"], row["account"]) for row in one.conflicts] == [("merges_confirmed", "b")]


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
