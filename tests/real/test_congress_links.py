"""Members of Congress, one entity each: Twitter, Facebook and Wikipedia of the list of 2016-05-04, and page views.

What links whom is in the data sets alone: Twitter's profiles were fetched that day with handle and id, Facebook's
accounts are known by the numbers the list gives, and Wikipedia's pages are those whose views were counted.
"""

from datetime import date
from pathlib import Path
from urllib.parse import quote

import pandas as pd
import pytest
from sway.contracts.tables.identity import ENTITIES, IDENTITY_ASSERTIONS
from sway.contracts.tables.states import PROFILES
from sway.runtime.run import Run
from sway.stages.identity import to_identity
from sway.stages.identity_conflicts import to_conflicts
from sway.steps.ingest import ingest
from sway.steps.readiness import look

from tests.landing import deliver
from tests.real import pipeline, raw_data, raw_relations
from tests.real.landing_of_real_data import delivery, user_v1_1, write_json_lines, write_manifest

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

LISTED = date(2016, 5, 4)
COUNTED_UNTIL = date(2018, 12, 31)
LISTED_AS = {"twitter": ("twitter", "twitter_id"), "facebook": ("facebook", "facebook_id"), "wikipedia": ("title",)}


@pytest.fixture(scope="module")
def members(data_set):
    """The 540 members, by bioguide: their titles on Wikipedia, and what the list of accounts says of 538."""
    data_set("identity-us-congress")
    known = {one["bioguide"]: one for one in raw_relations.yaml_records("legislators-current_2016-05-04.yaml.gz")}
    accounts = raw_relations.yaml_records("legislators-social-media_2016-05-04.yaml.gz")
    of_person = {one["bioguide"]: one for one in accounts}
    return {
        bioguide: {"title": one["wikipedia"].replace(" ", "_"), **of_person.get(bioguide, {})}
        for bioguide, one in known.items()
    }


@pytest.fixture(scope="module")
def run(spark, new_home, members, congress, data_set, tmp_path_factory):
    data_set("wiki-pageviews-us-congress")
    folder = tmp_path_factory.mktemp("congress_links")
    lake = folder / "lake"
    land_page_views(lake)
    deliver(lake, "twitter/users", LISTED, {"users.jsonl": [user_v1_1(one) for one in raw_data.congress_profiles()]})
    titles = enumerate(raw_relations.monthly_views()["wikititle"].drop_duplicates(), start=1)
    pages = [{"pageid": number, "ns": 0, "title": title} for number, title in titles]
    deliver(lake, "wikipedia/pages", LISTED, {"pages.jsonl": pages})
    claims = [claim for bioguide, member in members.items() for claim in claims_about(bioguide, member)]
    deliver(lake, "registry/identity", LISTED, {"list.jsonl": claims})
    run = Run(new_home(folder / "home"), str(lake), name="tests", spark=spark)
    ingest(run, look(run, until=COUNTED_UNTIL))
    return run


def land_page_views(lake):
    """Months are all the source has, and the adapter takes days: a month's views stand on its first day."""
    series = {"project": "en.wikipedia", "granularity": "daily", "access": "all-access", "agent": "user"}
    rows = [
        {**series, "article": row.wikititle, "timestamp": row.month.replace("-", "") + "0100", "views": row.views}
        for row in raw_relations.monthly_views().itertuples(index=False)
    ]
    folder = delivery(lake / "landing", "wikipedia", "page_views", COUNTED_UNTIL)
    write_json_lines(folder / "views.jsonl.gz", rows)
    write_manifest(folder, {"views.jsonl.gz": len(rows)}, history=True)


def written(member):
    """Accounts as the list has them: Twitter by id and by handle, Facebook by number, else by its page's address."""
    if "twitter_id" in member:
        yield "twitter", member["twitter_id"]
    if "twitter" in member:
        yield "twitter", "@" + member["twitter"]
    if "facebook_id" in member:
        yield "facebook", member["facebook_id"]
    elif "facebook" in member:
        yield "facebook", f"https://www.facebook.com/{member['facebook']}"
    yield "wikipedia", f"https://en.wikipedia.org/wiki/{quote(member['title'])}"


def claims_about(bioguide, member):
    (network, account), *others = written(member)
    first = {"network": network, "account": account, "author": "congress-legislators", "evidence": bioguide}
    first |= {"entity_type": "person", "confirmed": True, "valid_from": str(LISTED)}
    yield first
    for other_network, other_account in others:
        yield {**first, "other_network": other_network, "other_account": other_account}


@pytest.fixture(scope="module")
def identity(run):
    """(entities, links, conflicts, unlinked), each a list of rows."""
    lake = run.lake
    made = to_identity(
        lake.dataset(IDENTITY_ASSERTIONS).to_table(),
        lake.dataset(PROFILES),
        lake.dataset(ENTITIES).to_table(),
        as_of=LISTED,
    )
    told = (made.entities, made.entity_links, to_conflicts(*made.claims), made.unlinked)
    return [rows.to_pylist() for rows in told]


@pytest.fixture(scope="module")
def expected(members):
    """What can be linked, counted without lib/sway: of each network, account and member."""
    by_handle = {one["screen_name"].lower(): str(one["id"]) for one in raw_data.congress_profiles()}
    viewed = set(raw_relations.monthly_views()["wikititle"])

    def of(member):
        twitter = member.get("twitter_id", by_handle.get(member.get("twitter", "").lower()))
        page = member["title"] if member["title"] in viewed else None
        return {"twitter": twitter, "facebook": member.get("facebook_id"), "wikipedia": page}

    return {
        (bioguide, network, account)
        for bioguide, member in members.items()
        for network, account in of(member).items()
        if account
    }


def test_page_views_are_those_of_the_source(run):
    source = raw_relations.monthly_views()

    found = pipeline.table(Path(run.lake.root), "page_views", ["account_id", "event_date", "views"])

    months = pd.to_datetime(source["month"]).dt.date
    assert len(found) == 9_774
    assert int(found["views"].sum()) == 141_078_859
    assert set(found.itertuples(index=False, name=None)) == set(
        zip(source["wikititle"], months, source["views"], strict=True)
    )
    assert ("Adam_Kinzinger", date(2016, 1, 1), 8_169) in set(found.itertuples(index=False, name=None))


def test_each_member_is_one_entity_with_the_accounts_that_can_be_known(identity, expected, members, capsys):
    entities, links, conflicts, _ = identity

    found = {(row["evidence"], row["network"], row["account_id"]) for row in links}

    assert found == expected
    assert len(entities) == len({bioguide for bioguide, _, _ in expected})
    assert {(row["share"], row["confirmed"], row["role"]) for row in links} == {(1.0, True, "owner")}
    assert conflicts == []
    with capsys.disabled():
        listed = {
            "twitter": ("twitter", "twitter_id"),
            "facebook": ("facebook", "facebook_id"),
            "wikipedia": ("title",),
        }
        print(f"\n  {len(members)} members, {len(entities)} entities")
        for network, keys in listed.items():
            named = [sum(key in member for member in members.values()) for key in keys]
            linked = sum(one == network for _, one, _ in found)
            counts = ", ".join(f"{count} {key}" for key, count in zip(keys, named, strict=True))
            print(f"  {network}: the list has {counts}; {linked} linked")


def test_who_is_not_linked_is_told(identity, members, capsys):
    """Handles nobody had that day, Facebook pages without a number, pages whose views nobody counted."""
    *_, unlinked = identity
    handles = {one["screen_name"].lower() for one in raw_data.congress_profiles()}
    viewed = set(raw_relations.monthly_views()["wikititle"])
    nameless = {
        "@" + member["facebook"] for member in members.values() if "facebook_id" not in member and "facebook" in member
    }

    told = {network: {row["account"] for row in unlinked if row["network"] == network} for network in LISTED_AS}

    assert told["twitter"] == {
        "@" + member["twitter"]
        for member in members.values()
        if member.get("twitter", "").lower() not in {*handles, ""}
    }
    assert told["facebook"] == nameless
    assert told["wikipedia"] == {"@" + member["title"] for member in members.values()} - {"@" + one for one in viewed}
    assert {row["reason"] for row in unlinked} == {
        f"no profile of {network} has this handle on 2016-05-04" for network in LISTED_AS
    }
    with capsys.disabled():
        print(f"\n  unlinked: {', '.join(f'{len(its)} of {network}' for network, its in told.items())}")


def test_every_author_of_the_tweets_is_linked(identity):
    _, links, _, _ = identity
    authors = {str(line["user_id"]) for line in raw_data.congress_lines()}

    assert len(authors) == 494
    assert authors <= {row["account_id"] for row in links if row["network"] == "twitter"}
