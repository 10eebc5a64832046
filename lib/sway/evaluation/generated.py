"""A generated world as the night would know it on a day, taken from the generator itself: no files, no Spark.

What arrives late or is taken back does so here too. Left out: wishes to opt out, handles, and LinkedIn's titles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from json import loads
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Method
from sway.engine.in_memory import Acts
from sway.steps.in_arrays import Posts, World
from sway.worlds import parameters as kinds
from sway.worlds.acts import Acts as Done
from sway.worlds.acts import Society, concat
from sway.worlds.followers import follow
from sway.worlds.parameters import Network
from sway.worlds.parameters import World as Parameters
from sway.worlds.people import People, open_accounts, populate
from sway.worlds.profiles import Profiles
from sway.worlds.registry import Presence, Registry
from sway.worlds.relations import Relations
from sway.worlds.times import DAY_MS
from sway.worlds.truth import distinct_reactors, find_truth
from sway.worlds.twitter_events import Memberships
from sway.worlds.wikipedia import Wikipedia
from sway.worlds.writers import ENDORSED_ONE_IN, RECOMMENDED_ONE_IN

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

TWITTER, FACEBOOK, GOOGLE_PLUS, LINKEDIN = kinds.TWITTER, kinds.FACEBOOK, kinds.GOOGLE_PLUS, kinds.LINKEDIN
NETWORKS = {network.name: network for network in (TWITTER, FACEBOOK, GOOGLE_PLUS, LINKEDIN)}
LIST_REMOVED_AFTER = 7  # days, of those memberships that end at all
ACTIONS = {
    "twitter": {
        kinds.MENTION: "mention",
        kinds.REPLY: "reply",
        kinds.RESHARE: "retweet",
        kinds.QUOTE: "quote",
        kinds.LIKE: "favourite",
    },
    "facebook": {
        kinds.MENTION: "mention",
        kinds.REPLY: "comment",
        kinds.RESHARE: "share",
        kinds.LIKE: "like",
        kinds.TAG: "tag",
        kinds.WALL: "wall_post",
    },
    "google_plus": {
        kinds.MENTION: "mention",
        kinds.REPLY: "comment",
        kinds.RESHARE: "reshare",
        kinds.LIKE: "plus_one",
    },
    "linkedin": {kinds.MENTION: "mention", kinds.REPLY: "comment", kinds.RESHARE: "share", kinds.LIKE: "like"},
}
NO_POSTS = {"twitter": (kinds.LIKE,)}  # elsewhere comments are none either
NOT_A_POST = (kinds.LIKE, kinds.REPLY)


@dataclass(frozen=True)
class Grown:
    """One network of a generated world, with everything that is done in it until `days`, by time."""

    society: Society
    done: Done
    listed: tuple[Integers, Integers, Integers, Integers]
    method: Method
    _relations: dict[str, Relations] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.society.network.name

    @property
    def days(self) -> int:
        return self.society.world.days

    @property
    def accounts(self) -> int:
        return len(self.society.accounts)

    @property
    def presence(self) -> Presence:
        """Its accounts as lists name them, by their ids alone."""
        accounts = self.society.accounts
        return Presence(
            self.name,
            accounts.person,
            accounts.account_id,
            accounts.id_prefix,
            accounts.joined,
            accounts.is_bot,
            np.zeros(len(accounts), np.int64),
        )

    def expected_reactors(self, posts: int) -> Floats:
        """The truth: expected distinct reactors to so many further posts of each account."""
        society = self.society
        responsiveness = float(np.array(kinds.RESPONSIVENESS)[society.accounts.level].mean())
        return distinct_reactors(society.truth.rate, society.followers.by_level, responsiveness, posts)

    def on(self, day: int, *, without: NDArray[np.bool_] | None = None) -> World:
        """What is known at the end of a day. `without`: (acts,) bool, acts that shall never have happened."""
        known = self._known(day, without)
        posts = self._posts(known, day)
        return World(self._acts(known, day), *self._profiles(day), posts=posts, **self._labels(day))

    def _known(self, day: int, without: NDArray[np.bool_] | None) -> Done:
        end_ms = self.society.world.midnight_ms(day + 1)
        is_known = (self._delivered_ms < end_ms) & (self._taken_back_ms >= end_ms)
        return self.done.take(is_known if without is None else is_known & ~without)

    @cached_property
    def _delivered_ms(self) -> Integers:
        delivered: Integers = self.done.at_ms + self.done.days_late * DAY_MS
        return delivered

    @cached_property
    def _taken_back_ms(self) -> Integers:
        return np.asarray(self.done.taken_back_ms, np.int64)

    def ages(self, at_ms: Integers, day: int) -> Integers:
        """Whole days before `day`."""
        return day - (at_ms - self.society.world.midnight_ms(0)) // DAY_MS

    def _acts(self, known: Done, day: int) -> Acts:
        number = {name: n for n, name in enumerate(sorted(self.method.networks[self.name].actions))}
        places = np.full(8, -1)
        for kind, action in ACTIONS[self.name].items():
            places[kind] = number[action]
        dated = known.take(known.is_towards_another & (places[known.kind] >= 0))
        found = [rows(dated.actor, dated.target, places[dated.kind], self.ages(dated.at_ms, day), 1)]
        if self.name == "twitter":
            curator, member, at_ms, removed = self.listed
            is_on = (self.ages(at_ms, day) >= 0) & (removed > day)
            age = self.ages(at_ms[is_on], day)
            found.append(rows(curator[is_on], member[is_on], number["list_add"], age, 1))
        standing = self._standing(day).items()
        return stacked(*found, *(rows(actor, target, number[action]) for action, (actor, target) in standing))

    def _standing(self, day: int) -> dict[str, tuple[Integers, Integers]]:
        held = {name: relations.held_on(day) for name, relations in self._relations.items()}
        if self.name == "facebook":
            actor, target = held.pop("friend")
            is_page = self.society.accounts.is_brand[target]
            held["friend"] = actor[~is_page], target[~is_page]
            held["page_fan"] = actor[is_page], target[is_page]
        return held

    def _posts(self, known: Done, day: int) -> Posts:
        posts = known.of_kind(*NO_POSTS.get(self.name, NOT_A_POST), is_it=False)
        author = posts.actor.astype(np.int64)
        return Posts(author, self.ages(posts.at_ms, day), posts.kind != kinds.RESHARE)

    @cached_property
    def _profile(self) -> Profiles:
        society = self.society
        return Profiles(society.world, society.network, society.accounts, society.followers)

    def _profiles(self, day: int) -> tuple[Floats, Floats, Floats]:
        """Age in days, followers and following: what each network says of them."""
        accounts, unknown = self.society.accounts, np.full(self.accounts, np.nan)
        if self.name == "google_plus":
            return unknown, unknown, unknown
        everybody = np.arange(self.accounts)
        is_seen_late = accounts.joined >= self.method.trust.first_days_of_data
        age = np.where(is_seen_late, day - accounts.joined.astype(np.float64), np.nan)
        followers = self._profile.followers(day, everybody).astype(np.float64)
        if self.name != "twitter":
            return age, followers, unknown
        created_day = (accounts.created * 1000 - self.society.world.midnight_ms(0)) // DAY_MS
        age = np.where(self._profile.lacks_created, age, np.maximum(0.0, day - created_day))
        return age, followers, self._profile.following(everybody).astype(np.float64)

    def _labels(self, day: int) -> dict[str, NDArray[Any]]:
        factor = {"spam": self.method.trust.labels.spam, "restricted": self.method.trust.labels.restricted}
        found: dict[str, NDArray[Any]] = {
            "label_factor": np.ones(self.accounts),
            "is_seed": np.zeros(self.accounts, bool),
            "is_suspended": np.zeros(self.accounts, bool),
        }
        for since, label, row in self._labelled:
            if since > day:
                continue
            if label in factor:
                found["label_factor"][row] = min(found["label_factor"][row], factor[label])
            else:
                found[f"is_{label}"][row] = True
        return found

    @cached_property
    def _labelled(self) -> list[tuple[int, str, int]]:
        """Since when each label holds, and the account's row."""
        society = self.society
        row_of = {text: row for row, text in enumerate(society.accounts.texts())}
        registry = Registry(society.world, populate(society.world), [self.presence])
        days = ((day, registry.feeds(day).get("labels", iter(()))) for day in range(self.days))
        lines = ((day, loads(line)) for day, batches in days for batch in batches for line in batch)
        return [(day, line["label"], row_of[line["account_id"]]) for day, line in lines]


def grow(parameters: Parameters, network: Network, method: Method) -> Grown:
    """All days of one network of the world."""
    people: People = populate(parameters)
    accounts = open_accounts(parameters, network, people)
    followers = follow(parameters, network, accounts)
    society = Society(parameters, network, accounts, followers, find_truth(parameters, network, accounts, followers))
    done = concat([society.acts_begun_on(day) for day in range(parameters.days)])
    of = {"one_in": 1, "salt": 0}
    standing: dict[str, dict[str, int]] = {
        "twitter": {"follow": of},
        "facebook": {"friend": of},
        "google_plus": {"circle": of},
        "linkedin": {
            "connection": of,
            "endorsement": {"one_in": ENDORSED_ONE_IN, "salt": 1},
            "recommendation": {"one_in": RECOMMENDED_ONE_IN, "salt": 2},
        },
    }[network.name]
    relations = {name: Relations(parameters, network, accounts, followers, **how) for name, how in standing.items()}
    listed = _memberships(society) if network.name == "twitter" else (np.empty(0, np.int64),) * 4
    return Grown(society, done.take(np.argsort(done.at_ms, kind="stable")), listed, method, relations)


def _memberships(society: Society) -> tuple[Integers, Integers, Integers, Integers]:
    """Curator, member, instant, and the day it ends (beyond all days for most), of every list membership."""
    memberships, days = Memberships(society), society.world.days
    parts = []
    for day in range(days):
        curator, member, list_id, at_ms = memberships.added_on(day)
        _, gone_member, gone_id, _ = memberships.removed_on(day + LIST_REMOVED_AFTER)
        is_gone = np.isin(list_id * len(society.accounts) + member, gone_id * len(society.accounts) + gone_member)
        parts.append((curator, member, at_ms, np.where(is_gone, day + LIST_REMOVED_AFTER, np.iinfo(np.int64).max)))
    curator, member, at_ms, removed = (np.concatenate(column) for column in zip(*parts, strict=True))
    return curator, member, at_ms, removed


def pages(parameters: Parameters, day: int, others: Sequence[Grown]) -> World:
    """Wikipedia at the end of a day: links that hold, redirects resolved. `others`: the world's other networks, in the
    order of NETWORKS: a page is linked to an entity where a list says that accounts there are the same person's."""
    people = populate(parameters)
    wikipedia = Wikipedia(parameters, people)
    for past in range(day + 1):
        wikipedia.feeds(past)
    actor, target = wikipedia.links(day)
    presence = wikipedia.presence()
    registry = Registry(parameters, people, [*(other.presence for other in others), presence])
    batches = (batch for past in range(day + 1) for batch in registry.feeds(past)["identity"])
    claimed = {loads(line).get("other_account") for batch in batches for line in batch}
    names = (presence.reference(row, day) for row in range(len(wikipedia.joined)))
    is_linked = np.array([name in claimed for name in names])
    return replace(linked_pages(actor, target, len(is_linked)), is_linked=is_linked)


def linked_pages(actor: Integers, target: Integers, count: int) -> World:
    """Pages and the links between them, each once, as a world of that form: everybody believed and heard alike."""
    pairs = np.unique(actor[actor != target].astype(np.int64) * count + target[actor != target])
    unknown = np.full(count, np.nan)
    acts = rows(pairs // count, pairs % count, 0)
    inlinks = np.bincount(acts.target, minlength=count).astype(np.float64)
    return World(acts, unknown, unknown, unknown, links=inlinks)


def rows(actor: Integers, target: Integers, action: Any, age_days: Any = 0, times: Any = 0) -> Acts:
    """Rows of acts; numbers are for all of them. Whole ages stay whole, for exact sums."""
    age = np.broadcast_to(np.asarray(age_days), len(actor))
    return Acts(
        actor.astype(np.int64),
        target.astype(np.int64),
        np.broadcast_to(np.asarray(action, np.int64), len(actor)),
        age.astype(np.float64 if age.dtype.kind == "f" else np.int64),
        np.broadcast_to(np.asarray(times, np.int64), len(actor)),
    )


def stacked(*blocks: Acts) -> Acts:
    """Blocks of rows under each other."""
    return Acts(*(np.concatenate(columns) for columns in zip(*blocks, strict=True)))


def joined(one: World, acts: Acts) -> World:
    """`one` with further acts between its accounts."""
    return replace(one, acts=stacked(one.acts, acts))
