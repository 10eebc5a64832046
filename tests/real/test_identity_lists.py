"""Lists of politicians and public speakers as identity assertions, against counts made without lib/sway.

The lists go through the feed `identity` as their makers wrote them: ids, handles, URLs. Where a list has handles
and no profiles tell whose they are, each handle (as its network compares them) is taken for one account, whose id
is that handle after a ~.
"""

import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date

import pyarrow as pa
import pytest
from sway.contracts.tables.identity import ENTITIES
from sway.contracts.tables.states import PROFILES
from sway.networks.network import Context
from sway.networks.registry import REGISTRY
from sway.networks.registry import to_assertions as to_records
from sway.stages.identity import to_assertions, to_identity
from sway.stages.identity_conflicts import to_conflicts

from tests.networks.feeds import RAW
from tests.real.identity_lists import (
    CONGRESS,
    EVERYPOLITICIAN,
    WIKIDATA,
    Account,
    Person,
    account_of,
    american_politicians,
    candidates,
    facebook_written,
    folded,
    french_members,
    handle,
    legislators,
    legislators_of_congress,
    members_of_parliaments,
    records,
    speakers,
    table,
)

pytestmark = pytest.mark.real

LISTED = date(2016, 5, 4)  # the day of the congress list; everypolitician's, of 2015, is read as of it too
LATER = date(2021, 4, 1)  # wikidata's
NETWORKS = ("twitter", "facebook", "google_plus", "linkedin", "wikipedia")


def claims(people: list[Person], *, author: str, day: date, anchored: bool) -> Iterator[dict[str, object]]:
    """What a list says: the first account of each is the same as each other one.

    All confirmed; or, anchored, only that each first account has an entity.
    """
    for person in people:
        (network, account), *others = person.written
        first = {"network": network, "account": account, "author": author, "valid_from": str(day)}
        first |= {"evidence": person.name, "entity_type": "person"}
        if anchored or not others:
            yield {**first, "confirmed": True}
        for other_network, other_account in others:
            yield {
                **first,
                "other_network": other_network,
                "other_account": other_account,
                "confirmed": not anchored,
            }


@pytest.fixture
def identity(spark):
    """What becomes of claims: (entities, links, conflicts, unlinked) as rows, and the rules refused lines broke."""

    def read(lines, states, *, as_of):
        raw = spark.createDataFrame([(as_of, "list", json.dumps(line)) for line in lines], RAW)
        found = to_records(raw, Context(REGISTRY, dict.fromkeys(NETWORKS, frozenset()))).localCheckpoint()
        refused = [row["fault"]["rule"] for row in found.where("fault IS NOT NULL").collect()]
        told = found.where("fault IS NULL").select("assertion.*", "delivered_on").toArrow()
        known = ("network", "account_id", "valid_from", "valid_to", "handle")
        profiles = pa.Table.from_pylist([dict(zip(known, state, strict=True)) for state in states], PROFILES.arrow)
        made = to_identity(to_assertions(told), profiles, ENTITIES.arrow.empty_table(), as_of=as_of)
        told = (made.entities, made.entity_links, to_conflicts(*made.claims), made.unlinked)
        return [rows.to_pylist() for rows in told], refused

    return read


def holders(accounts: set[Account], day: date) -> list[tuple[object, ...]]:
    """Profiles of accounts known by handle: network, account_id, valid_from, valid_to, handle."""
    return [
        (network, f"~{account[1:]}", day, None, account[1:]) for network, account in accounts if account.startswith("@")
    ]


# ---- lists by themselves


def merged(groups: list[tuple[Account, ...]], *, anchored: bool) -> tuple[int, int, int]:
    """(entities, accounts, claims refused) of what claims() says, with sets: confirmed first, then pair by pair."""
    member: dict[Account, set[Account]] = {account: {account} for group in groups for account in group}
    sure = {group[0] for group in groups} if anchored else set()

    def merge(one: Account, other: Account) -> None:
        whole = member[one] | member[other]
        for account in whole:
            member[account] = whole

    pairs = {tuple(sorted((group[0], account))) for group in groups for account in group[1:] if account != group[0]}
    refused = set()
    for one, other in sorted(pairs):
        if member[one] is not member[other] and member[one] & sure and member[other] & sure:
            refused.add(frozenset((one, other)))
        else:
            merge(one, other)
    said = {(group[0], account) for group in groups for account in group[1:]}
    turned_down = sum(1 for pair in said if frozenset(pair) in refused)
    return len({id(whole) for whole in member.values()}), len(member), turned_down


LISTS = {
    "dboes-germany": (speakers, False),
    "everypolitician-2015": (members_of_parliaments, False),
    "france-parliament": (french_members, False),
    "legislators-2017": (legislators, False),
    "uk-candidates-2015": (candidates, True),
    "wikidata-us-politicians": (american_politicians, True),
    "us-congress": (legislators_of_congress, True),
}


@pytest.mark.parametrize(("read_list", "anchored"), LISTS.values(), ids=LISTS)
def test_a_list_becomes_as_many_entities_as_an_independent_count_says(identity, capsys, read_list, anchored):
    written = read_list()
    known = [[(network, text) for network, text in person if account_of(network, text)] for person in written]
    people = [Person(f"{n}", tuple(person)) for n, person in enumerate(known) if person]
    groups = [tuple(dict.fromkeys(account_of(*account) for account in person.written)) for person in people]
    faulty = [account for person in written for account in person if account_of(*account) is None]
    ids = {account for group in groups for account in group}
    one_id = {account: (account[0], account[1].replace("@", "~", 1)) for account in ids}
    lines = list(claims(people, author="list", day=LISTED, anchored=anchored))
    lines += [
        {"network": network, "account": text, "author": "list", "valid_from": str(LISTED)} for network, text in faulty
    ]

    (entities, links, conflicts, unlinked), refused = identity(lines, holders(ids, LISTED), as_of=LISTED)

    expected = merged([tuple(one_id[account] for account in group) for group in groups], anchored=anchored)
    told = {(row["rule"], row["account"], row["reason"]) for row in conflicts}
    assert refused == ["out_of_range"] * len(faulty)
    assert (unlinked, {rule for rule, _, _ in told}) == ([], {"merges_confirmed"} if expected[2] else set())
    assert (len(entities), len(links), len(told)) == expected
    with capsys.disabled():
        print(
            f"\n  {len(people)} people, {len(links)} accounts: {len(entities)} entities, {len(people) - len(entities)}"
            f" fewer than people; {len(told)} conflicts; {len(faulty)} addresses of no account"
        )


# ---- three lists of the same people


def test_three_lists_make_one_entity_of_each_person_they_share(identity, capsys):
    """Truth is what the lists have in common: a Twitter id or handle, or a Facebook id or handle. A pair that shares
    none was joined by the third list, and the family name alone says that it is right. Only the congress list, whose
    makers call the offices, counts as confirmed."""
    congress = records(CONGRESS, "legislators-social-media_2016-05-04.yaml.gz")
    family = {row["bioguide"]: row["last"] for row in records(CONGRESS, "legislators-current_2016-05-04.yaml.gz")}
    members = [row for row in table(EVERYPOLITICIAN, "members_with_social_media.csv.gz") if "States" in row["country"]]
    politicians = table(WIKIDATA, "us_politicians_wikidata_2021.csv.gz")

    people: dict[str, dict[str, Person]] = {
        "congress": _by_person(
            (row["bioguide"], [(network, row[key]) for network, key in IDS.items() if key in row]) for row in congress
        ),
        "everypolitician": _by_person(
            (
                f"{row['everypolitician_id']} {row['name']}",
                [("twitter", handle(row["twitter"]))] * bool(row["twitter"]) + facebook_written(row["facebook"]),
            )
            for row in members
        ),
        "wikidata": _by_person(
            (
                row["Name"],
                [
                    ("twitter", row["Account_ID"] or handle(row["Twitter_username"])),
                    *facebook_written(row["Facebook_ID"]),
                ],
            )
            for row in politicians
        ),
    }
    lines = []
    for author, day in (("congress", LISTED), ("everypolitician", LISTED), ("wikidata", LATER)):
        for person in people[author].values():
            who = f"{author}|{person.name}"
            said = claims([person], author=who, day=day, anchored=False)
            lines += [{**claim, "confirmed": author == "congress", "evidence": who} for claim in said]

    (entities, links, conflicts, unlinked), refused = identity(lines, _states(congress, politicians), as_of=LATER)

    assert refused == []
    together: dict[str, set[tuple[str, ...]]] = {}
    for row in links:
        together.setdefault(row["entity_id"], set()).update(
            tuple(who.split("|")) for who in row["evidence"].split("; ")
        )
    # Nobody of the congress list is one with another one of it.
    assert max(sum(1 for author, _ in who if author == "congress") for who in together.values()) == 1
    shared = _shared_ids(congress, members, politicians)
    nobodys = {(row["network"], folded(row["network"], row["account"])) for row in unlinked}
    # Wikidata gives four accounts a t and a number for an id, which nobody has.
    misread = {row["Name"] for row in politicians if row["Account_ID"].startswith("t")}
    report = []
    for one, other in itertools.combinations(people, 2):
        found = {(a[1], b[1]) for who in together.values() for a in who for b in who if (a[0], b[0]) == (one, other)}
        truth = {(a, b) for a, its in shared[one].items() for b, theirs in shared[other].items() if its & theirs}
        strangers = {pair for pair in found if not _is_one_family(family.get(pair[0], pair[0]), pair[1])}
        missed = truth - found
        unexplained = {(a, b) for a, b in missed if b not in misread and shared[one][a] & shared[other][b] - nobodys}
        assert (strangers, unexplained) == (set(), set())
        recall, by_ids = (len(found & truth) / len(pairs) for pairs in (truth, found))
        report.append(
            f"{one} and {other}: {len(found)} pairs, {len(found & truth)} of them share an id or handle (precision by"
            f" ids {by_ids:.3f}), the family name agrees in all; of {len(truth)} that share one recall {recall:.3f},"
            f" {len(missed)} missed: no profile tells whose their handles were, or an id is no id"
        )
        assert (len(found), len(found & truth), len(truth)) == SHARED[one, other]
    with capsys.disabled():
        numbers = f"{len(entities)} entities, {len(conflicts)} conflicts, {len(unlinked)} references unlinked"
        print("", *report, numbers, sep="\n  ")


IDS = {"twitter": "twitter_id", "facebook": "facebook_id"}
# Pairs found, those of them that share an id or handle, and all that share one: docs/decisions/real-lists-and-lateness.
SHARED = {
    ("congress", "everypolitician"): (575, 575, 580),
    ("congress", "wikidata"): (513, 513, 520),
    ("everypolitician", "wikidata"): (559, 554, 573),
}


def _by_person(rows) -> dict[str, Person]:
    """Rows of one person together, their accounts once each; people of whom no account is given are left out."""
    accounts: dict[str, dict[tuple[str, str], None]] = {}
    for name, written in rows:
        accounts.setdefault(name, {}).update(dict.fromkeys(written))
    return {name: Person(name, tuple(written)) for name, written in accounts.items() if written}


def _states(congress, politicians) -> list[tuple[object, ...]]:
    """Profiles as these lists tell them: the congress list from its day on, wikidata's names from its day on."""
    first = {
        (network, row[key]): row[network]
        for row in congress
        for network, key in IDS.items()
        if key in row and network in row
    }
    later = {("twitter", row["Account_ID"]): row["Twitter_username"] for row in politicians if row["Account_ID"]}
    return [
        *((*account, LISTED, LATER if account in later else None, name) for account, name in first.items()),
        *((*account, LATER, None, name) for account, name in later.items()),
    ]


def _shared_ids(congress, members, politicians) -> dict[str, dict[str, set[tuple[str, str]]]]:
    """All each list gives of a person, folded: ids and handles alike."""
    shared: dict[str, dict[str, set[tuple[str, str]]]] = {"congress": {}, "everypolitician": {}, "wikidata": {}}

    def add(author, who, network, *values):
        said = (value for value in values if value)
        plain = {(network, value if value.isdigit() else folded(network, "@" + value)) for value in said}
        shared[author].setdefault(who, set()).update(plain)

    for row in congress:
        add("congress", row["bioguide"], "twitter", row.get("twitter"), row.get("twitter_id"))
        add("congress", row["bioguide"], "facebook", row.get("facebook"), row.get("facebook_id"))
    for row in members:
        who = f"{row['everypolitician_id']} {row['name']}"
        add("everypolitician", who, "twitter", row["twitter"])
        add("everypolitician", who, "facebook", row["facebook"])
    for row in politicians:
        add("wikidata", row["Name"], "twitter", row["Twitter_username"], row["Account_ID"])
        add("wikidata", row["Name"], "facebook", row["Facebook_ID"])
    return shared


def _is_one_family(one: str, other: str) -> bool:
    """Whether the last name of the one, less Jr. and the like, is among the names of the other."""
    names = [_plain(name) for name in (one, other)]
    last = [name for name in names[0] if name not in ("jr", "sr", "ii", "iii")][-1]
    return last in names[1]


def _plain(name: str) -> list[str]:
    ascii_only = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z]+", ascii_only)
