"""Who lives in the world: people in communities, and the accounts they hold on a network."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from sway.worlds.arrays import Array, draw_index, stream, uniform_ranks
from sway.worlds.parameters import (
    BOT_SHARE,
    BRAND_SHARE,
    MINOR_SHARE,
    RESPONSIVENESS_SHARES,
    Network,
    World,
    seconds_since_1970,
)

# Hours from UTC, language, and how many communities live there (relative).
ZONES = (
    (-8, "en", 3),
    (-5, "en", 6),
    (-3, "pt", 2),
    (0, "en", 3),
    (1, "de", 2),
    (1, "fr", 2),
    (1, "es", 2),
    (3, "tr", 1),
    (5.5, "en", 2),
    (9, "ja", 2),
)
BREAK_CYCLE_DAYS = 60  # who takes breaks at all takes one every 60 days
NEW_SHARE = 0.03  # accounts opened while the world runs
FIRST_ACCOUNT = date(2006, 7, 15)
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657  # Twitter's: 2010-11-04T01:42:54.657Z


@dataclass(frozen=True)
class People:
    """Traits a person brings to every network; standard normal, but for the community's number.

    Sorted by community, so that members of one community are neighbours. Brands, which are organisations with
    accounts of their own, live among the people; nobody is a brand and under age.
    """

    community: Array
    pull: Array
    activity: Array
    responsiveness: Array
    community_zone: Array  # index into ZONES, per community
    is_brand: Array
    is_minor: Array

    def zone(self, person: Array) -> Array:
        """Index into ZONES of these people."""
        found: Array = self.community_zone[self.community[person]]
        return found


@dataclass(frozen=True)
class Accounts:
    """The accounts of one network, sorted by community. Arrays of one entry per account.

    pull: how strongly a post makes an exposed person react; 1 is the median. activity: posts per day.
    chattiness: how often a conversation is opened, relative. level: index into RESPONSIVENESS.
    created: seconds since 1970. joined: first day in the world, 0 for whoever was there before.
    audience: followers aimed at, relative; followship: how many others are followed, relative.
    """

    person: Array
    account_id: Array
    community: Array
    zone: Array
    created: Array
    joined: Array
    pull: Array
    activity: Array
    chattiness: Array
    level: Array
    audience: Array
    followship: Array
    is_bot: Array
    is_brand: Array
    is_minor: Array
    break_days: Array
    break_phase: Array
    id_prefix: str

    def texts(self) -> list[str]:
        """The accounts' ids as the network writes them."""
        return [f"{self.id_prefix}{number}" for number in self.account_id.tolist()]

    def __len__(self) -> int:
        return len(self.person)

    def present(self, day: int) -> Array:
        """Who is there on this day: account opened on an earlier day, or before the world; not on a break."""
        # The day of the cycle first: phases are int8, which whole days do not fit.
        is_on_break = (day % BREAK_CYCLE_DAYS + self.break_phase) % BREAK_CYCLE_DAYS < self.break_days
        is_there: Array = ((self.joined == 0) | (self.joined < day)) & ~is_on_break
        return is_there


def populate(world: World) -> People:
    """Communities have power-law sizes; the largest holds a few per cent of all people."""
    rng = stream(world.seed, "people")
    count = world.people
    community_count = max(2, round(count**0.5 / 2))
    sizes = (np.arange(community_count) + 3.0) ** -0.9
    bounds = np.round(np.cumsum(sizes) / sizes.sum() * count).astype(np.int64)
    zones = draw_index(rng, np.array([weight for _, _, weight in ZONES]), community_count)
    kind = stream(world.seed, "brands").random(count)
    is_brand = kind < BRAND_SHARE
    return People(
        community=np.searchsorted(bounds, np.arange(count), side="right").astype(np.int32),
        # Brands draw somewhat more than people do.
        pull=rng.standard_normal(count, dtype=np.float32) + np.where(is_brand, np.float32(0.7), np.float32(0)),
        activity=rng.standard_normal(count, dtype=np.float32),
        responsiveness=rng.standard_normal(count, dtype=np.float32),
        community_zone=zones,
        is_brand=is_brand,
        is_minor=kind > 1 - MINOR_SHARE,
    )


def open_accounts(world: World, network: Network, people: People) -> Accounts:
    """Which people are on the network, and how they are there: 0.8 of each trait is the person's."""
    rng = stream(world.seed, network.name, "accounts")
    count = world.accounts_on(network)
    able = np.arange(world.people) if network.has_brands else np.flatnonzero(~people.is_brand)
    person = np.sort(rng.permutation(able)[:count]).astype(np.int32)
    is_bot = (rng.random(count) < BOT_SHARE) & ~people.is_brand[person]
    joined = np.where(rng.random(count) < NEW_SHARE, rng.integers(0, world.days, count), 0).astype(np.int32)
    created = _created(rng, world, joined, is_bot)

    pull_trait = 0.8 * people.pull[person] + 0.6 * rng.standard_normal(count)
    activity_trait = 0.8 * people.activity[person] + 0.6 * rng.standard_normal(count)
    response_trait = 0.8 * people.responsiveness[person] + 0.6 * rng.standard_normal(count)
    # Pull and followers go together only moderately: quiet favourites and empty fame both exist.
    fame_trait = 0.25 * pull_trait + 0.3 * activity_trait + 0.9 * rng.standard_normal(count)

    level = np.searchsorted(np.cumsum(RESPONSIVENESS_SHARES)[:-1], uniform_ranks(response_trait))
    community = people.community[person]
    takes_breaks = rng.random(count) < 0.3
    return Accounts(
        person=person,
        account_id=_account_ids(rng, world, network, created),
        community=community,
        zone=people.community_zone[community].astype(np.int8),
        created=created,
        joined=joined,
        pull=np.where(is_bot, 0.05, np.exp(1.2 * pull_trait)).astype(np.float32),
        activity=_activity(rng, network, activity_trait, is_bot),
        chattiness=np.where(is_bot, 0.0, np.exp(rng.standard_normal(count))).astype(np.float32),
        level=np.where(is_bot, 4, level).astype(np.int8),
        audience=_audience(network, fame_trait, is_bot),
        followship=_followship(rng, network, is_bot, people.is_brand[person]),
        is_bot=is_bot,
        is_brand=people.is_brand[person],
        is_minor=people.is_minor[person],
        break_days=np.where(takes_breaks, rng.integers(3, 15, count), 0).astype(np.int8),
        break_phase=rng.integers(0, BREAK_CYCLE_DAYS, count).astype(np.int8),
        id_prefix=network.id_prefix,
    )


def _activity(rng: np.random.Generator, network: Network, trait: Array, is_bot: Array) -> Array:
    """Posts per day: 40 % never post, others lognormal with sigma 1.2, at most 30; bots post five a day."""
    is_silent = rng.random(len(trait)) < 0.4
    posts = np.where(is_silent, 0.0, np.minimum(np.exp(1.2 * trait), 100))
    posts *= network.posts_per_account_day / posts.mean()
    return np.where(is_bot, 5.0, np.minimum(posts, 30)).astype(np.float32)


def _followship(rng: np.random.Generator, network: Network, is_bot: Array, is_brand: Array) -> Array:
    """Bots follow five times as many; where people befriend each other, pages follow nobody."""
    follows = np.exp(0.8 * rng.standard_normal(len(is_bot))) * np.where(is_bot, 5, 1)
    return np.where(is_brand & network.is_mutual, 0.0, follows).astype(np.float32)


def _audience(network: Network, trait: Array, is_bot: Array) -> Array:
    """Followers aimed at: Lomax, tail exponent 1.4, median a quarter of the mean; at most a tenth of all accounts.

    A friendship drawn from one side is there on both: half as many are drawn.
    """
    scale = 0.4 * network.audience * (0.5 if network.is_mutual else 1.0)
    followers = scale * ((1 - uniform_ranks(trait)) ** (-1 / 1.4) - 1)
    return np.minimum(np.where(is_bot, 0.05 * followers, followers), len(trait) / 10).astype(np.float32)


def _created(rng: np.random.Generator, world: World, joined: Array, is_bot: Array) -> Array:
    """Most accounts are years old, bots 5 to 60 days, new ones open in the second half of their first day."""
    start = seconds_since_1970(world.start)
    age = rng.beta(2, 1.5, len(joined)) * (start - seconds_since_1970(FIRST_ACCOUNT))
    age = np.where(is_bot, rng.uniform(5, 60, len(joined)) * 86_400, age)
    opened = start + joined * 86_400 + 43_200 + rng.random(len(joined)) * 43_000
    return np.where(joined > 0, opened, start - np.maximum(age, 86_400)).astype(np.int64)


def _account_ids(rng: np.random.Generator, world: World, network: Network, created: Array) -> Array:
    """The network's own numbers, growing with the creation date and unique.

    Twitter: small until two months before the world, since then snowflakes beyond 2**53, which a
    reader that takes JSON numbers for doubles gets wrong. Elsewhere: fifteen digits.
    """
    order = np.argsort(created, kind="stable")
    begin, end = seconds_since_1970(FIRST_ACCOUNT), seconds_since_1970(world.start)
    since = (created[order] - begin) / (end - begin)
    rank = np.arange(len(created))
    if network.name == "twitter":
        small = (4e9 * np.clip(since, 0, 1) ** 3).astype(np.int64) + 12 + rank
        snowflakes = (created[order] * 1000 - SNOWFLAKE_EPOCH_MS << 22) + rank
        is_recent = created[order] >= end - 60 * 86_400
        numbers = np.where(is_recent, snowflakes, small)
    else:
        gaps = rng.integers(1, 60, len(created))
        numbers = 100_000_000_000_000 + np.cumsum(gaps) * 37
    ids = np.empty(len(created), np.int64)
    ids[order] = numbers
    return ids
