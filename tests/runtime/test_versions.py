"""Versions of the method: what the shipped ones hold, and what a file in conf/scoring/ may say."""

from dataclasses import replace

import pytest
from sway import cli
from sway.contracts.actions import DELIVERED
from sway.contracts.method import Action
from sway.errors import ConfigError
from sway.runtime import config

from tests.runtime.homes import SCORING, change, shipped


@pytest.fixture
def home(tmp_path):
    return shipped(tmp_path)


def test_what_suppressed_accounts_do_counts_unless_the_version_says_otherwise(home):
    before = config.load(home=home)
    assert all(method.suppression.reactions_count for method in before.methods.values())
    (home / SCORING).write_text((home / SCORING).read_text() + "\n[suppression]\nreactions_count = false\n")

    changed = config.load(home=home)

    assert not changed.method("sway-0.1").suppression.reactions_count
    assert config.method_hash(changed.method("sway-0.1")) != config.method_hash(before.method("sway-0.1"))


def test_the_shipped_files_hold_the_constants_of_the_design():
    method = config.load().method("sway-0.1")

    assert (method.strength.half_life_days, method.strength.horizon_days) == (30, 180)  # 5.1
    assert (method.favours.netting, method.favours.restoring_conversation) == (0.95, 7)  # 5.2, 5.5
    assert (method.shares.cap, method.shares.reserve) == (0.2, 3)  # 5.3
    trust = method.trust  # 5.4
    assert (trust.floor, trust.full_age_days, trust.first_days_of_data, trust.seed_trust) == (0.01, 180, 28, 5)
    assert (trust.followers_grace, trust.lowest_follow_ratio) == (500, 0.1)
    assert (trust.silent_at, trust.full_voice_after) == (0.1, 0.2)
    assert (trust.labels.spam, trust.labels.restricted, trust.labels.suspended) == (0.01, 0.1, 0)
    assert (method.influence.continuation, method.influence.sweeps) == (0.5, 20)  # 5.5
    assert method.reach.habit_targets == 5
    efficiency = method.efficiency  # 5.6
    assert (efficiency.prior_posts, efficiency.exponent, efficiency.lowest, efficiency.highest) == (20, 0.25, 0.8, 1.25)
    scale = method.scale  # 5.7, 5.8
    assert (scale.median_points, scale.high_points, scale.high_percentile) == (20, 50, 95)
    assert (scale.fewest_accounts, scale.soft_cap_from) == (100, 50)
    assert (method.grades.a, method.grades.b, method.grades.c) == (100, 30, 10)


def test_the_shipped_actions_are_those_of_the_design():
    """Weight, then e for endorsing and c for conversation."""
    networks = config.load().method("sway-0.1").networks
    found = {
        network: {
            name: f"{action.weight:g}{'e' * action.endorsing}{'c' * action.conversation}"
            for name, action in declared.actions.items()
        }
        for network, declared in networks.items()
    }

    assert found == {
        "twitter": {"retweet": "6e", "quote": "6", "mention": "4c", "list_add": "4", "reply": "3c", "favourite": "1e"},
        "facebook": {"share": "6e", "mention": "4c", "tag": "4c", "comment": "3c", "wall_post": "3c", "like": "1e"},
        "google_plus": {"reshare": "6e", "mention": "4c", "comment": "3c", "plus_one": "1e"},
        "linkedin": {"share": "6e", "mention": "4c", "comment": "3c", "like": "1e"},
    }


@pytest.mark.parametrize(
    ("base", "sentence"),
    [
        (
            '"sway-9"',
            r"reactions\.toml: base: expected the name of a version in conf/scoring/ \(.*sway-1\.0\), found 'sway-9'",
        ),
        ("7", r"reactions\.toml: base: expected the name of a version .*, found 7"),
        ('"pagerank"', r"reactions\.toml: base: pagerank starts from 'sway-1\.0' itself: name that one"),
    ],
)
def test_a_version_starts_from_a_version_that_stands_by_itself(home, base, sentence):
    change(home, "conf/scoring/reactions.toml", r'^base = "sway-1.0"', f"base = {base}")

    with pytest.raises(ConfigError, match=sentence):
        config.load(home=home)


POKE = "[networks.facebook.actions]\npoke = { weight = 1.0"


def test_an_action_that_the_open_format_alone_brings_says_so_and_changes_no_constant(home):
    change(home, SCORING, r"^\[networks.facebook.actions\]", f"{POKE}, open_format = true }}")
    method = config.load(home=home).method("sway-0.1")

    assert method.networks["facebook"].actions["poke"].open_format
    marked = {**method.networks["facebook"].actions, "poke": Action(weight=1.0)}
    plain = replace(method.networks["facebook"], actions=marked)
    assert config.method_hash(method) == config.method_hash(
        replace(method, networks={**method.networks, "facebook": plain})
    )


def test_a_network_without_an_adapter_declares_what_it_likes(home):
    with (home / SCORING).open("a") as file:
        file.write("\n[networks.mastodon.actions]\nboost = { weight = 6.0 }\nretweeet = { weight = 1.0 }\n")

    assert set(config.load(home=home).actions()["mastodon"]) == {"boost", "retweeet"}


@pytest.mark.parametrize("slip", ["twiter", "twtiter", "facebok", "googleplus", "linked_in", "wikipeda"])
def test_a_network_nearly_named_as_one_with_an_adapter_is_refused(home, slip, monkeypatch, capsys):
    (home / "conf" / "scoring" / "own.toml").write_text(
        f'base = "sway-0.1"\n[networks.{slip}.actions]\npoke.weight = 1\n'
    )
    monkeypatch.setattr(config.load, "__defaults__", ("local", home))

    assert cli.main(["night", "--date", "2016-05-01", "--lake", str(home / "lake")]) == 10
    assert (
        f"conf/scoring/own.toml: networks.{slip}: no such network has an adapter; did you mean"
        in capsys.readouterr().err
    )


@pytest.mark.parametrize("name", ["twitch", "facebook_pages", "google", "wikidata", "myspace"])
def test_a_network_with_a_name_of_its_own_is_let_in(home, name):
    (home / "conf" / "scoring" / "own.toml").write_text(
        f'base = "sway-0.1"\n[networks.{name}.actions]\npoke.weight = 1\n'
    )

    assert name in config.load(home=home).method("own").networks


def test_what_an_adapter_delivers_is_known_also_where_no_version_declares_it():
    known = replace(config.load(), methods={}).actions()

    assert known.keys() == {"twitter", "facebook", "google_plus", "linkedin", "wikipedia"}
    assert {"endorsement", "share"} <= known["linkedin"]


def test_the_newest_version_weighs_what_networks_are_known_to_deliver():
    networks = config.load().method("sway-1.0").networks
    assert {name: set(network.actions) for name, network in networks.items()} == DELIVERED


BAD_SCORES = {
    "burst as long as the horizon": (r"^burst_days = 7.*$", "burst_days = 180", "burst_days must be below"),
    "a negative network weight": (
        r"^\[networks.twitter\]\nweight = 1.0",
        "[networks.twitter]\nweight = -1.0",
        "weight",
    ),
    "a weight that is no number": (
        r"^\[networks.twitter\]\nweight = 1.0",
        "[networks.twitter]\nweight = nan",
        "weight",
    ),
    "a title worth too much": (r'^"ceo" = 0.25', '"ceo" = 0.26', "senior_titles.ceo"),
    "a gap that ends before it begins": (r"^last_day = 14", "last_day = 2", "last_day must not be before first_day"),
}


@pytest.mark.parametrize(("pattern", "bad", "named"), BAD_SCORES.values(), ids=BAD_SCORES)
def test_constants_of_the_whole_score_are_held_to_their_ranges(home, pattern, bad, named):
    change(home, "conf/scoring/sway-1.0.toml", pattern, bad)

    with pytest.raises(ConfigError, match=rf"sway-1\.0\.toml: .*{named}"):
        config.load(home=home)


def test_networks_may_not_all_weigh_nothing(home):
    file = home / "conf" / "scoring" / "sway-1.0.toml"
    file.write_text(file.read_text().replace("\nweight = 1.0\n", "\nweight = 0.0\n"))

    with pytest.raises(ConfigError, match=r"sway-1\.0\.toml: .*at least one of networks"):
        config.load(home=home)
