"""A generated world in arrays is what its landing files say, less what a night would not know yet."""

import gzip
import json
from collections import Counter
from datetime import date

import numpy as np
import pytest
from sway.evaluation.generated import FACEBOOK, GOOGLE_PLUS, LINKEDIN, NETWORKS, TWITTER, grow, linked_pages, pages
from sway.runtime.landing_writer import LandingWriter
from sway.worlds.generate import generate
from sway.worlds.parameters import World as Parameters

from tests.evaluation.settings import ACTIONS, METHOD

ACCOUNTS, DAYS, SEED = 400, 8, 5
PARAMETERS = Parameters(accounts=ACCOUNTS, days=DAYS, seed=SEED, start=date(2016, 1, 1))


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated") / "lake"
    generate(LandingWriter(folder), accounts=ACCOUNTS, days=DAYS, seed=SEED)
    return folder


@pytest.fixture(scope="module")
def grown():
    return grow(PARAMETERS, TWITTER, METHOD)


def lines(lake, feed, *, until=DAYS - 1):
    for path in sorted((lake / "landing" / feed).glob("dt=*/*.gz"))[: until + 1]:
        yield from map(json.loads, gzip.decompress(path.read_bytes()).decode().splitlines())


def landed_acts(lake, until):
    """(actor, target, action) of Twitter's dated acts as its own feeds name them, those taken back left out."""
    gone = {line["delete"]["status"]["id"] for line in lines(lake, "twitter/deletions", until=until)}
    found = Counter()
    for line in lines(lake, "twitter/statuses", until=until):
        actor, mentioned = line["user"]["id"], [user["id"] for user in line["entities"]["user_mentions"]]
        if line["id"] in gone:
            continue
        if "retweeted_status" in line:
            acts = [(line["retweeted_status"]["user"]["id"], "retweet")]
        elif "quoted_status" in line:
            acts = [(line["quoted_status"]["user"]["id"], "quote")]
        elif line["in_reply_to_user_id"] is not None:
            acts = [(line["in_reply_to_user_id"], "reply")]
        else:
            acts = [(target, "mention") for target in mentioned]
        found.update((actor, target, action) for target, action in acts if target != actor)
    for line in lines(lake, "twitter/favourites", until=until):
        found[line["source"]["id"], line["target"]["id"], "favourite"] += 1 if line["event"] == "favorite" else -1
    for line in lines(lake, "twitter/list_memberships", until=until):
        found[line["source"]["id"], line["target"]["id"], "list_add"] += 1 if "added" in line["event"] else -1
    return +found


@pytest.mark.parametrize("day", [0, 3, DAYS - 1])
def test_acts_are_those_of_the_landing_files_up_to_the_day(lake, grown, day):
    acts, ids = grown.on(day).acts, grown.society.accounts.account_id
    dated = acts.times > 0
    rows = zip(ids[acts.actor[dated]], ids[acts.target[dated]], acts.action[dated], strict=True)

    assert Counter((int(a), int(b), ACTIONS[kind]) for a, b, kind in rows) == landed_acts(lake, day)
    assert acts.age_days.min() == 0
    assert acts.age_days.max() == day


def test_follows_are_those_that_hold(lake, grown):
    ids, acts = grown.society.accounts.account_id, grown.on(DAYS - 1).acts
    held = {(int(ids[a]), int(ids[b])) for a, b, t in zip(acts.actor, acts.target, acts.times, strict=True) if t == 0}
    expected = set()
    for line in lines(lake, "twitter/follows"):
        if "ids" in line:
            expected |= {(follower, int(line["user_id"])) for follower in line["ids"]}
        elif line["event"] == "follow":
            expected.add((line["source"]["id"], line["target"]["id"]))
        else:
            expected.discard((line["source"]["id"], line["target"]["id"]))

    assert held == expected


def test_posts_are_statuses_and_retweets_are_no_originals(lake, grown):
    gone = {line["delete"]["status"]["id"] for line in lines(lake, "twitter/deletions")}
    statuses = [line for line in lines(lake, "twitter/statuses") if line["id"] not in gone]
    posts, ids = grown.on(DAYS - 1).posts, grown.society.accounts.account_id

    assert Counter(ids[posts.author].tolist()) == Counter(line["user"]["id"] for line in statuses)
    assert int(posts.is_original.sum()) == sum("retweeted_status" not in line for line in statuses)


def test_profiles_and_labels_are_the_accounts_own(lake, grown):
    world, ids = grown.on(0), grown.society.accounts.account_id.tolist()
    for line in lines(lake, "twitter/users", until=0):
        row = ids.index(line["id"])
        assert (world.followers[row], world.following[row]) == (line["followers_count"], line["friends_count"])
    labels = {
        (line["account_id"], line["label"]) for line in lines(lake, "registry/labels") if line["network"] == "twitter"
    }
    last = grown.on(DAYS - 1)
    assert {(str(ids[row]), "seed") for row in np.flatnonzero(last.is_seed)} == {x for x in labels if x[1] == "seed"}
    assert {(str(ids[row]), "spam") for row in np.flatnonzero(last.label_factor < 1)} == {
        x for x in labels if x[1] == "spam"
    }


@pytest.mark.parametrize("network", [FACEBOOK, GOOGLE_PLUS, LINKEDIN], ids=lambda one: one.name)
def test_every_network_has_its_own_acts_and_relations(network):
    acts = grow(PARAMETERS, network, METHOD).on(DAYS - 1).acts
    declared = METHOD.networks[network.name].actions
    names = sorted(declared)

    standing = {names[n] for n in np.unique(acts.action[acts.times == 0])}
    assert standing == {name for name in names if declared[name].standing} - {"subscriber"}
    assert {names[n] for n in np.unique(acts.action[acts.times > 0])} == set(names) - standing - {"subscriber"}
    assert set(NETWORKS) == {"twitter", "facebook", "google_plus", "linkedin"}


def test_what_never_happened_is_left_out(grown):
    without = grown.done.actor == grown.done.actor[0]

    assert grown.done.actor[0] in grown.on(DAYS - 1).posts.author
    assert grown.done.actor[0] not in grown.on(DAYS - 1, without=without).posts.author


def test_pages_count_the_links_of_other_pages_once():
    world = linked_pages(np.array([0, 0, 1, 2, 2]), np.array([1, 1, 1, 1, 0]), 3)

    assert world.links.tolist() == [1.0, 2.0, 0.0]


def test_pages_are_linked_to_entities_where_the_lists_of_the_landing_files_say_so(lake, grown):
    others = [grown, *(grow(PARAMETERS, network, METHOD) for network in (FACEBOOK, GOOGLE_PLUS, LINKEDIN))]
    world = pages(PARAMETERS, DAYS - 1, others)
    claims = [line for line in lines(lake, "registry/identity") if "other_account" in line]
    named = {
        line["other_account"].rsplit("/", 1)[-1]
        for line in claims
        if line.get("other_network") == "wikipedia" or "wikipedia.org" in line["other_account"]
    }

    assert len(world.links) == 40
    assert 0 < world.is_linked.sum() == len(named)


def test_a_world_may_run_for_longer_than_int8_counts_days():
    assert grow(Parameters(accounts=60, days=130, seed=1, start=date(2016, 1, 1)), TWITTER, METHOD).days == 130


def test_who_puts_somebody_on_a_list_follows_them_also_in_a_large_world():
    """Of more than 46,340 accounts a pair's number is beyond int32."""
    grown = grow(Parameters(accounts=50_000, days=1, seed=1, start=date(2016, 1, 1)), TWITTER, METHOD)
    curator, member, *_ = grown.listed
    start, index = grown.society.followers.start, grown.society.followers.index

    assert len(curator) > 100
    assert all(c in index[start[m] : start[m + 1]] for c, m in zip(curator, member, strict=True))
