"""E11, second half: accounts everybody knows, put into a generated world, and what ten times the effort gives."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.engine.in_memory import Acts
from sway.evaluation.generated import Grown, rows, stacked
from sway.evaluation.monotone import WORLDS, lowered
from sway.evaluation.outcome import Outcome, Picture, Table
from sway.evaluation.setting import Setting
from sway.runtime.pictures import Panel, Series
from sway.steps.in_arrays import Posts, World, score_arrays

Integers = NDArray[np.int64]

EFFORTS = (1, 2, 3, 5, 7, 10)
POSTS_AT_ONE = 8  # in all days
AUDIENCE, CHANCE = 300, 0.03  # who sees every post of the account whose effort grows, and how often they react
NEVER = np.empty(0, np.int64)


@dataclass(frozen=True)
class Guest:
    """An account that joins a world. reactions: action, reactors (again where they come again), age in days of each."""

    name: str
    age_days: float
    followers: float
    following: float
    post_ages: Integers
    reactions: Sequence[tuple[str, Integers, Integers]]


def sanity(setting: Setting) -> Outcome:
    """Monotone, in the order everybody would expect, and what effort gives."""
    seed = setting.seeds[0]
    world = setting.generated(seeds=(seed,))
    outcome = Outcome(f"{WORLDS:,} random worlds of 8 accounts, seed {seed}; guests in a world: {world}")
    falls, rises, deepest = lowered(setting.method, worlds=WORLDS, seed=seed)
    told = f"{falls} of {WORLDS:,} fell ({rises:,} rose)" + (f", by {deepest:.2g} at most" if falls else "")
    outcome.aim("a further reaction, by anybody with any history, never lowers its target", told, falls == 0)
    _guests(outcome, setting, seed)
    _efforts(outcome, setting, seed)
    return outcome


def invited(world: World, guests: Sequence[Guest], names: Sequence[str]) -> World:
    """The world with guests as its last accounts. `names`: of the network's actions, ascending."""
    first = world.accounts
    acts: list[Acts] = [world.acts]
    for n, guest in enumerate(guests):
        for action, reactors, ages in guest.reactions:
            acts.append(rows(reactors, np.full(len(reactors), first + n), names.index(action), ages, 1))
    authors = np.repeat(np.arange(first, first + len(guests)), [len(guest.post_ages) for guest in guests])
    ages = np.concatenate([guest.post_ages for guest in guests])
    posts = world.posts
    assert posts is not None, "guests post"
    more = Posts(
        np.concatenate([posts.author, authors]),
        np.concatenate([posts.age_days, ages]),
        np.concatenate([posts.is_original, np.ones(len(ages), bool)]),
    )
    told = ("age_days", "followers", "following")
    numbers: dict[str, Any] = {
        name: np.concatenate([getattr(world, name), [getattr(guest, name) for guest in guests]]) for name in told
    }
    for name, neutral in (("label_factor", 1.0), ("is_seed", False), ("is_suspended", False)):
        known = getattr(world, name)
        numbers[name] = None if known is None else np.concatenate([known, np.full(len(guests), neutral)])
    return replace(world, acts=stacked(*acts), posts=more, **numbers)


def _guests(outcome: Outcome, setting: Setting, seed: int) -> None:
    grown = setting.grown(seed)
    guests = known_to_everybody(grown, np.random.default_rng(seed))
    columns = _scored(setting, grown, guests)
    scores = columns["score"].tolist()
    head = ("guest", "followers", "posts", "distinct reactors", "score", "grade")
    table = [
        (guest.name, int(guest.followers), len(guest.post_ages), int(reactors), score, grade)
        for guest, reactors, score, grade in zip(guests, columns["reactors"], scores, columns["grade"], strict=True)
    ]
    outcome.tables.append(Table(head, table, "In the order stated beforehand, highest first", digits=1))
    is_falling = all(one > other for one, other in pairwise(scores[:-1]))
    is_in_order = is_falling and bool(np.isnan(scores[-1]))
    told = (" > " if is_in_order else ", ").join("none" if np.isnan(score) else f"{score:.1f}" for score in scores)
    outcome.aim("guests in the order of the table, the last without a score", told, is_in_order)
    newcomer = guests[3]
    later = replace(
        newcomer,
        age_days=newcomer.age_days + 30,
        post_ages=newcomer.post_ages + 30,
        reactions=[(action, who, age + 30) for action, who, age in newcomer.reactions],
    )
    faded = float(_scored(setting, grown, [later])["score"][0])
    outcome.remarks.append(
        f"A newcomer's one viral post reached {int(columns['reactors'][3])} people at once, the expert is one whom "
        f"{int(columns['reactors'][2])} come back to: reach counts who reacted, not how long they will. Thirty days "
        f"later, when nothing has been added, the newcomer is at {faded:.1f}."
    )


def known_to_everybody(grown: Grown, random: np.random.Generator) -> list[Guest]:
    """From the highest to the one that should have none; who reacts is drawn from those who act at all."""
    days, acting = grown.days, np.unique(grown.done.actor)
    friends = np.flatnonzero(grown.society.accounts.community == grown.society.accounts.community[acting[0]])
    size = len(acting)

    def some(share: float, at_least: int) -> Integers:
        return random.choice(acting, min(size, max(at_least, round(share * size))), replace=False).astype(np.int64)

    def when(reactors: Integers) -> Integers:
        return random.integers(0, days, len(reactors))

    def every(step: int) -> Integers:
        return np.arange(0, days, step)

    fans, buyers, once, few = some(0.03, 60), some(0.015, 30), some(0.006, 12), some(0.0, 4)
    circle = np.repeat(random.choice(friends, min(len(friends), max(10, size // 250)), replace=False), 4).astype(
        np.int64
    )
    viral = np.full(len(once), min(15, days - 1))
    liked, shared = ("favourite", buyers, when(buyers)), ("retweet", circle, when(circle))
    bragging, shouting = np.repeat(every(1), 5), np.repeat(every(1), 20)
    return [
        Guest("a celebrity who never posts", 2_500, 2e6, 0, NEVER, [("mention", fans, when(fans))]),
        Guest("a brand page", 2_000, 50_000, 200, every(1), [liked, ("reply", buyers[::3], when(buyers[::3]))]),
        Guest("a niche expert", 1_500, 3_000, 400, every(2), [shared, ("reply", circle[::2], when(circle[::2]))]),
        Guest("a newcomer with one viral post", 20, 150, 100, viral[:1], [("retweet", once, viral)]),
        Guest("a bot with 104 followers", 40, 104, 4_000, bragging, [("favourite", few, when(few))]),
        Guest("a spam account with 100,000 followers who never react", 90, 100_000, 90_000, shouting, []),
    ]


def _scored(setting: Setting, grown: Grown, guests: Sequence[Guest]) -> dict[str, NDArray[np.float64]]:
    """Columns of the guests alone, on the scale of the world without them."""
    world = grown.on(grown.days - 1)
    names = sorted(setting.method.networks[grown.name].actions)
    calibration = setting.scored(world).calibration
    both = score_arrays(invited(world, guests, names), setting.method, grown.name, calibration=calibration)
    return {name: column[world.accounts :] for name, column in both.columns.items() if np.ndim(column) == 1}


def _efforts(outcome: Outcome, setting: Setting, seed: int) -> None:
    """One account as it posts more, before the same audience or before one that grows as well."""
    grown = setting.grown(seed)
    acting = np.unique(grown.done.actor).astype(np.int64)
    guests = [
        _poster(np.random.default_rng([seed, n]), acting, grown.days, effort, 1) for n, effort in enumerate(EFFORTS)
    ]
    guests += [
        _poster(np.random.default_rng([seed, n]), acting, grown.days, 1, effort) for n, effort in enumerate(EFFORTS)
    ]
    scores = _scored(setting, grown, guests)["score"]
    posting, seen = scores[: len(EFFORTS)].tolist(), scores[len(EFFORTS) :].tolist()
    head = ("times", "score: so many times the posts, same audience", "score: same posts, so many times the audience")
    outcome.tables.append(Table(head, list(zip(EFFORTS, posting, seen, strict=True)), "What effort gives", digits=1))
    series = [Series("posts", list(EFFORTS), posting), Series("audience", list(EFFORTS), seen)]
    panel = Panel("Score as an account does more", "times as much", "score", series, is_x_logarithmic=True)
    outcome.pictures.append(Picture("e11-effort", "Score of one account by its effort, and by its audience", [panel]))


def _poster(random: np.random.Generator, acting: Integers, days: int, posts: int, audience: int) -> Guest:
    watching = random.choice(acting, min(len(acting), AUDIENCE * audience), replace=False)
    ages = random.integers(0, days, POSTS_AT_ONE * posts)
    reacts = random.random((len(ages), len(watching))) < CHANCE
    post, who = np.nonzero(reacts)
    reactions = [("retweet", watching[who], ages[post])]
    return Guest(f"{posts} times the posts", 2_000, 2_000, 200, ages, reactions)
