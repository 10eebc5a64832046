"""Lists of politicians and public speakers, read without lib/sway: who, and their accounts as the lists write them."""

import csv
import gzip
import re
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.real.raw_data import DATA

CONGRESS, EVERYPOLITICIAN = "identity-us-congress", "identity-everypolitician-2015"
WIKIDATA = "identity-wikidata-us-politicians"
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
    if network == "linkedin" and len(steps) == 2 and steps[0] in ("company", "school", "showcase"):
        return network, f"organization:{steps[1]}" if steps[1].isdigit() else "@" + steps[1].lower()
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
        [("twitter", handle(row["twitter"]))] * bool(row["twitter"]) + facebook_written(row["facebook"]) for row in rows
    ]


def facebook_written(written: str) -> list[Account]:
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
        + facebook_written(row["facebook"])
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
        [("twitter", row["Account_ID"] or handle(row["Twitter_username"])), *facebook_written(row["Facebook_ID"])]
        for row in table(WIKIDATA, "us_politicians_wikidata_2021.csv.gz")
    ]


def legislators_of_congress() -> list[list[Account]]:
    rows = records(CONGRESS, "legislators-social-media_2016-05-04.yaml.gz")
    ids = {"twitter": "twitter_id", "facebook": "facebook_id"}
    return [[(network, row[column]) for network, column in ids.items() if column in row] for row in rows]
