"""Which accounts one entity is behind, and the ids of entities that merge and split, drawn as whole nights."""

from datetime import date

import numpy as np
import pyarrow as pa

from tests.stages.assertions import NOBODY, entity, identity

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


def test_a_merge_keeps_the_older_id_and_a_split_leaves_it_with_its_account():
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


def test_an_id_is_found_again_when_its_account_turns_out_to_be_older():
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


def test_neither_order_nor_grouping_nor_who_finds_components_matters(arrow_table):
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
