"""One world behind all networks: who is where, how much happens, and that networks do not disturb each other."""

import gzip
import json
from collections import Counter, defaultdict
from datetime import date
from urllib.parse import unquote

import pyarrow.parquet as pq
import pytest
from sway.runtime.landing_writer import LandingWriter
from sway.worlds import generate as generator
from sway.worlds.generate import generate

ACCOUNTS, DAYS = 2_000, 12


class World:
    """A world on disk, read back feed by feed."""

    def __init__(self, lake, summary):
        self.lake, self.summary = lake, summary
        self.truth = pq.read_table(lake.with_name(lake.name + ".truth") / "accounts.parquet").to_pylist()

    def rows(self, feed):
        for path in sorted((self.lake / "landing" / feed).glob("dt=*/*.gz")):
            day = date.fromisoformat(path.parent.name.removeprefix("dt="))
            yield from ((day, json.loads(line)) for line in gzip.decompress(path.read_bytes()).decode().splitlines())

    def truth_of(self, network):
        return {row["account_id"]: row for row in self.truth if row["network"] == network}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    lake = tmp_path_factory.mktemp("worlds") / "lake"
    return World(lake, generate(LandingWriter(lake), accounts=ACCOUNTS, days=DAYS, seed=5))


def test_volumes_are_what_each_network_is_meant_to_have(world):
    per_account_day = {"twitter": 0.625, "facebook": 0.3125, "google_plus": 0.075, "linkedin": 0.075}
    assert world.summary.acts.keys() == per_account_day.keys()
    for network, wanted in per_account_day.items():
        assert world.summary.acts[network] == pytest.approx(wanted * ACCOUNTS * DAYS, rel=0.2)
    accounts = Counter(row["network"] for row in world.truth)
    assert accounts == {"twitter": 2_000, "facebook": 2_000, "linkedin": 1_000, "google_plus": 800, "wikipedia": 200}
    links = sum(len(row["links"]) for day, row in world.rows("wikipedia/page_links") if day == date(2016, 1, 1))
    assert links == pytest.approx(20 * 200, rel=0.3)


def test_a_page_that_lost_its_last_link_lists_its_category_alone(tmp_path):
    world = World(tmp_path / "lake", generate(LandingWriter(tmp_path / "lake"), accounts=200, days=5, seed=11))

    last = [row["links"] for day, row in world.rows("wikipedia/page_links") if day == date(2016, 1, 5)]
    assert [[link["ns"] for link in links] for links in last] == [[14]]


def test_the_same_people_are_on_several_networks(world):
    on = {network: {row["person_id"] for row in world.truth_of(network).values()} for network in world.summary.acts}
    assert len(on["twitter"] & on["facebook"]) == pytest.approx(2 / 3 * ACCOUNTS, rel=0.1)
    assert len(on["twitter"] & on["linkedin"]) == pytest.approx(2 / 3 * 1_000, rel=0.1)
    brands = {row["person_id"] for row in world.truth_of("facebook").values() if row["is_brand"]}
    assert 0.01 * ACCOUNTS < len(brands) < 0.04 * ACCOUNTS
    assert not brands & on["linkedin"]
    about = {row["person_id"] for row in world.truth_of("wikipedia").values()} - {None}
    assert len(about) == 100


def test_a_network_more_changes_no_byte_of_another(world, tmp_path, monkeypatch):
    monkeypatch.setattr(generator, "NETWORKS", generator.NETWORKS[:1])
    generate(LandingWriter(tmp_path / "lake"), accounts=ACCOUNTS, days=DAYS, seed=5)

    for network in ("twitter", "wikipedia"):
        alone = sorted((tmp_path / "lake/landing" / network).rglob("part-*"))
        assert alone
        for path in alone:
            assert path.read_bytes() == (world.lake / path.relative_to(tmp_path / "lake")).read_bytes()


def test_accounts_on_each_feed_are_those_of_the_truth(world):
    for feed, author in {
        "facebook/posts": lambda row: row["from"]["id"],
        "facebook/reactions": lambda row: row["from"]["id"],
        "google_plus/activities": lambda row: row["actor"]["id"],
        "google_plus/plusoners": lambda row: row["activity"]["actor"]["id"],
        "google_plus/events": lambda row: row["target_id"],
        "linkedin/shares": lambda row: row["owner"].removeprefix("urn:li:person:"),
        "linkedin/positions": lambda row: row["id"],
        "wikipedia/page_views": lambda row: row["article"],
    }.items():
        found = {author(row) for _, row in world.rows(feed)}
        assert found
        assert found <= world.truth_of(feed.split("/")[0]).keys(), feed


def test_one_plus_one_in_ten_comes_in_the_open_format_and_no_other_way(world):
    outside = {(row["object_id"], row["actor_id"]) for _, row in world.rows("google_plus/events")}
    listed = {(row["activity"]["id"], row["id"]) for _, row in world.rows("google_plus/plusoners")}
    assert len(outside) == pytest.approx((len(outside) + len(listed)) / 10, rel=0.3)
    assert not outside & listed
    for day, row in world.rows("google_plus/events"):
        assert row.keys() == {"event_id", "actor_id", "target_id", "action", "occurred_at", "object_id"}
        assert row["action"] == "plus_one"
        assert date.fromisoformat(row["occurred_at"][:10]) <= day


def test_pages_are_brands_and_profiles_are_people(world):
    truth = world.truth_of("facebook")
    assert {row["id"] for _, row in world.rows("facebook/pages")} == {
        account for account, row in truth.items() if row["is_brand"]
    }
    assert {row["id"] for _, row in world.rows("facebook/profiles")} == {
        account for account, row in truth.items() if not row["is_brand"]
    }
    assert all(truth[row["id"]]["is_brand"] for _, row in world.rows("facebook/page_fans"))
    minors = {row["id"] for _, row in world.rows("facebook/profiles") if row.get("age_range", {}).get("max") == 17}
    assert 0 < len(minors) < 0.02 * ACCOUNTS


def test_friendship_begins_and_ends_on_both_sides(world):
    friends, changes = defaultdict(set), Counter()
    for day, row in world.rows("facebook/friends"):
        if "friends" in row:
            assert day == date(2016, 1, 1)
            friends[row["id"]] = {one["id"] for one in row["friends"]["data"]}
            continue
        (friends[row["id"]].add if row["verb"] == "add" else friends[row["id"]].discard)(row["to"]["id"])
        changes[row["verb"]] += 1

    assert all(one in friends[other] for one, those in friends.items() for other in those)
    assert changes["add"] > changes["remove"] > 10


def test_some_who_are_or_become_friends_subscribe_and_no_page_has_subscribers(world):
    brands = {account for account, row in world.truth_of("facebook").items() if row["is_brand"]}
    friends, subscribers = defaultdict(set), {}
    for _, row in world.rows("facebook/friends"):
        friends[row["id"]] |= {one["id"] for one in row["friends"]["data"]} if "friends" in row else {row["to"]["id"]}
    changes = Counter()
    for _, row in world.rows("facebook/subscribers"):
        if "verb" in row:
            changes[row["verb"]] += 1
        else:
            subscribers[row["id"]] = {one["id"] for one in row["subscribers"]["data"]}
    assert not brands & subscribers.keys()
    assert all(those <= friends[one] for one, those in subscribers.items())
    count = sum(map(len, friends.values()))
    assert sum(map(len, subscribers.values())) == pytest.approx(count / 19, rel=0.3)
    assert changes.keys() == {"add", "remove"}


def test_follows_begin_once_and_end_after(world):
    following = set()
    for _, row in world.rows("twitter/follows"):
        if "ids" in row:
            following |= {(str(one), row["user_id"]) for one in row["ids"]}
            continue
        pair = (row["source"]["id_str"], row["target"]["id_str"])
        assert (pair in following) == (row["event"] == "unfollow")
        (following.remove if row["event"] == "unfollow" else following.add)(pair)


def test_what_is_taken_back_was_given_or_comes_late(world):
    given = {row["id_str"] for _, row in world.rows("twitter/statuses")}
    taken_back = [row["delete"]["status"]["id_str"] for _, row in world.rows("twitter/deletions")]
    assert len(taken_back) == pytest.approx(len(given) / 241, rel=0.5)
    assert len(set(taken_back) - given) < 0.1 * len(taken_back) + 2
    verbs = Counter(row["verb"] for _, row in world.rows("facebook/reactions"))
    assert 0 < verbs["remove"] < 0.02 * verbs["add"]


def test_handles_change_and_some_are_taken_over(world):
    handles = defaultdict(list)
    for day, row in world.rows("twitter/users"):
        if not handles[row["id_str"]] or handles[row["id_str"]][-1][1] != row["screen_name"]:
            handles[row["id_str"]].append((day, row["screen_name"]))
    renamed = [history for history in handles.values() if len(history) > 1]
    given_up = {name: day for history in renamed for day, name in history[:1]}
    assert len(renamed) == pytest.approx(0.01 * ACCOUNTS, rel=0.6)
    assert any(name in given_up for history in renamed for _, name in history[1:])


def test_confirmed_claims_are_true_and_every_account_of_them_is_there(world):
    """Accounts are read as a person reads them: ids, handles as of the day, URLs."""
    person = {(row["network"], row["account_id"]): row["person_id"] for row in world.truth}
    by_handle = defaultdict(list)
    for network, feed, number, handle in (
        ("twitter", "users", "id_str", "screen_name"),
        ("facebook", "profiles", "id", "username"),
        ("facebook", "pages", "id", "username"),
        ("linkedin", "positions", "id", "vanityName"),
    ):
        for day, row in world.rows(f"{network}/{feed}"):
            by_handle[network, row[handle]].append((day, row[number]))

    def account(network, text, on):
        if text.startswith("http"):
            network = next(name for name in ("twitter", "facebook", "linkedin", "wikipedia", "plus") if name in text)
            last = unquote(text.removesuffix("/posts").rsplit("/", 1)[-1])
            if network == "plus":
                return "google_plus", last
            text = last if network == "wikipedia" else f"@{last}"
        if text.startswith("@"):
            text = [number for day, number in by_handle[network, text[1:]] if day <= on][-1]
        return network, text

    same, parts, mistakes = 0, Counter(), 0
    styles = Counter()
    for day, claim in world.rows("registry/identity"):
        one = person[account(claim["network"], claim["account"], day)]
        assert claim["valid_from"] == str(day)
        if "other_account" not in claim:
            continue
        styles[claim["other_account"][:1] if claim["other_account"][:1] in "@h" else "id"] += 1
        other = person[account(claim.get("other_network"), claim["other_account"], day)]
        if claim["relation"] == "part_of":
            parts[claim["role"]] += 1
            assert one != other
        elif claim["confirmed"] or claim["author"] == "editors":
            same += 1
            assert one == other
        else:
            mistakes += 1
            assert one != other
    assert same > 0.2 * ACCOUNTS
    assert mistakes > 0
    assert parts.keys() == {"managed", "employer"}
    ends = [claim for _, claim in world.rows("registry/identity") if "valid_to" in claim]
    assert {claim["role"] for claim in ends} == {"managed"}
    assert all(claim["valid_to"] > claim["valid_from"] for claim in ends)
    assert all(styles[style] > 0.1 * styles.total() for style in ("@", "h", "id"))


def test_nobody_opts_out_or_is_labelled_before_the_account_is_there(world):
    joined = {(row["network"], row["account_id"]): row["joined_day"] for row in world.truth}
    labels = list(world.rows("registry/labels"))
    assert {row["label"] for _, row in labels} == {"spam", "seed", "suspended"}
    for day, row in labels:
        assert joined[row["network"], row["account_id"]] <= (day - date(2016, 1, 1)).days
    assert len(list(world.rows("registry/opt_outs"))) > 2
