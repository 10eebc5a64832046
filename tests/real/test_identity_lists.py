"""Lists of politicians and public speakers as identity assertions, against counts made without lib/sway.

The lists go through the feed `identity` as their makers wrote them: ids, handles, URLs. Where a list has handles
and no profiles tell whose they are, each handle (as its network compares them) is taken for one account, whose id
is that handle after a ~.
"""

import csv
import gzip
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pyarrow as pa
import pytest
from sway.contracts.tables.identity import ENTITIES
from sway.contracts.tables.states import PROFILES
from sway.networks.network import Context
from sway.networks.registry import REGISTRY
from sway.networks.registry import to_assertions as to_records
from sway.stages.identity import to_assertions, to_identity
from sway.stages.identity_conflicts import to_conflicts

from tests.real.raw_data import DATA

pytestmark = pytest.mark.real

CONGRESS, EVERYPOLITICIAN = "identity-us-congress", "identity-everypolitician-2015"
WIKIDATA = "identity-wikidata-us-politicians"
LISTED = date(2016, 5, 4)  # the day of the congress list; everypolitician's, of 2015, is read as of it too
LATER = date(2021, 4, 1)  # wikidata's
NETWORKS = ("twitter", "facebook", "google_plus", "linkedin", "wikipedia")
RAW = "delivered_on date, file string, payload string"

Account = tuple[str, str]  # network, and id or @handle, folded


class Person(NamedTuple):
    """One line of a list: who, and (network, account as the list writes it)."""

    name: str
    written: tuple[tuple[str, str], ...]


def folder(name: str) -> Path:
    if not (DATA / name).is_dir():
        pytest.skip(f"data set {name} is not at {DATA / name}")
    return DATA / name


def table(name: str, file: str) -> list[dict[str, str]]:
    with gzip.open(folder(name) / file, "rt", encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def records(name: str, file: str) -> list[dict[str, str]]:
    """Entries of a YAML list, their scalars by key whatever they are nested in; the last of a key stays."""
    with gzip.open(folder(name) / file, "rt", encoding="utf-8") as lines:
        entries = re.split(r"^- ", lines.read(), flags=re.MULTILINE)[1:]
    scalar = re.compile(r"^\s+(\w+): (.+)$", re.MULTILINE)
    return [
        {found[1]: found[2].strip("'\"") for found in scalar.finditer(entry) if found[2] != "~"} for entry in entries
    ]


def account_of(network: str, written: str) -> Account | None:
    """The account that is written, read without lib/sway; None for an address of something else."""
    if "/" not in written:
        return network, folded(network, written) if written.startswith("@") else written
    address = urlsplit(written if "://" in written else f"//{written}")
    site = "wikipedia.org" if network == "wikipedia" else f"{network}.com"
    if not address.netloc.lower().endswith(site) or written.count("http") > 1:
        return None
    path = address.path
    if address.fragment.startswith("!/") and path in ("", "/"):
        path = address.fragment[2:].split("?")[0]
    elif address.fragment.startswith("!"):
        return None
    steps = [unquote(step) for step in path.split("/") if step]
    if network == "facebook":
        return _facebook(steps, address.query)
    return _by_place(network, steps, address.netloc)


def _by_place(network: str, steps: list[str], host: str) -> Account | None:
    if network == "linkedin" and len(steps) == 2 and steps[0] == "in":
        return network, "@" + steps[1].lower()
    if network == "wikipedia" and host.startswith(("en.", "www.en.")) and steps[:1] == ["wiki"] and len(steps) > 1:
        return network, folded(network, "@" + "/".join(steps[1:]))
    return None


def _facebook(steps: list[str], query: str) -> Account | None:
    if steps == ["profile.php"]:
        ids = parse_qs(query).get("id", [])
        return ("facebook", ids[0]) if ids else None
    if len(steps) > 1 and steps[0] in ("pages", "people"):
        number = re.search(r"(?:^|-)(\d+)$", steps[-1])
        return ("facebook", number[1]) if number else None
    steps = steps[1:] if steps[:1] == ["pg"] else steps
    if len(steps) != 1 or ".php" in steps[0]:
        return None
    number = re.search(r"(?:^|-)(\d+)$", steps[0])
    if number:
        return "facebook", number[1]
    is_handle = re.fullmatch(r"[A-Za-z0-9.]+", steps[0])
    return ("facebook", folded("facebook", "@" + steps[0])) if is_handle else None


def folded(network: str, handle: str) -> str:
    """An @handle as its network compares it."""
    if network == "wikipedia":
        title = handle[1:].replace(" ", "_")
        return "@" + title[:1].upper() + title[1:]
    low = handle.lower()
    return {"facebook": low.replace(".", ""), "google_plus": "@" + low[1:].removeprefix("+")}.get(network, low)


def handle(name: str) -> str:
    return f"@{name.removeprefix('@')}"


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


def speakers() -> list[list[Account]]:
    """dboes: X and Facebook ids, some with blanks around them, some with more than an id."""
    rows = table("identity-dboes-germany", "dboes_komplett_2026-03.csv.gz")
    columns = {"twitter": "SM_XID", "facebook": "SM_FacebookID"}
    return [
        [(network, row[column].strip()) for network, column in columns.items() if row[column].strip().isdigit()]
        for row in rows
    ]


def members_of_parliaments() -> list[list[Account]]:
    rows = table(EVERYPOLITICIAN, "members_with_social_media.csv.gz")
    return [
        [("twitter", handle(row["twitter"]))] * bool(row["twitter"]) + _facebook_written(row["facebook"])
        for row in rows
    ]


def _facebook_written(written: str) -> list[Account]:
    """Facebook as lists have it: nothing, a URL, an id or a handle without @."""
    if not written:
        return []
    return [("facebook", written if "/" in written or written.isdigit() else handle(written))]


def french_members() -> list[list[Account]]:
    """Deputies and senators of all terms, with what their own pages link to; once for each file they are in."""
    sites = {"facebook.com/": "facebook", "linkedin.com/": "linkedin"}
    return [
        [("twitter", row["twitter_id"])]
        + [
            (network, site)
            for site in row["sites_web"].split("|")
            for mark, network in sites.items()
            if mark in site and site.count("http") == 1
        ]
        for file in ("deputes_2012-2017", "deputes_2017-2022", "deputes", "senateurs")
        for row in table("identity-france-parliament", f"{file}.csv.gz")
    ]


def legislators() -> list[list[Account]]:
    return [
        [("twitter", handle(row["twitter"]))] * bool(row["twitter"])
        + _facebook_written(row["facebook"])
        + [("google_plus", row["googlep"] if row["googlep"].isdigit() else handle(row["googlep"]))]
        * bool(row["googlep"])
        + [("linkedin", row["linkedin"] if "/" in row["linkedin"] else handle(row["linkedin"]))] * bool(row["linkedin"])
        + [("wikipedia", handle(row["wikititle"]))]
        * bool(row["wikititle"] and row["legislature"] != "German Bundestag")
        for row in table("identity-legislators-2017", "legislators_social_ids.csv.gz")
    ]


def candidates() -> list[list[Account]]:
    urls = {"facebook": "facebook_page_url", "linkedin": "linkedin_url", "wikipedia": "wikipedia_url"}
    return [
        [("twitter", handle(row["twitter_username"]))] * bool(row["twitter_username"])
        + [(network, row[column]) for network, column in urls.items() if row[column]]
        for row in table("identity-uk-candidates-2015", "candidates_part.csv.gz")
    ]


def american_politicians() -> list[list[Account]]:
    return [
        [("twitter", row["Account_ID"] or handle(row["Twitter_username"])), *_facebook_written(row["Facebook_ID"])]
        for row in table(WIKIDATA, "us_politicians_wikidata_2021.csv.gz")
    ]


def legislators_of_congress() -> list[list[Account]]:
    rows = records(CONGRESS, "legislators-social-media_2016-05-04.yaml.gz")
    ids = {"twitter": "twitter_id", "facebook": "facebook_id"}
    return [[(network, row[column]) for network, column in ids.items() if column in row] for row in rows]


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
                [("twitter", handle(row["twitter"]))] * bool(row["twitter"]) + _facebook_written(row["facebook"]),
            )
            for row in members
        ),
        "wikidata": _by_person(
            (
                row["Name"],
                [
                    ("twitter", row["Account_ID"] or handle(row["Twitter_username"])),
                    *_facebook_written(row["Facebook_ID"]),
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
        assert (recall > 0.95, by_ids > 0.99) == (True, True)
    with capsys.disabled():
        numbers = f"{len(entities)} entities, {len(conflicts)} conflicts, {len(unlinked)} references unlinked"
        print("", *report, numbers, sep="\n  ")


IDS = {"twitter": "twitter_id", "facebook": "facebook_id"}


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
