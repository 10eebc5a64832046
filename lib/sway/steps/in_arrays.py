"""One network's scores from arrays to arrays, for evaluation and attacks: what a night computes, without its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sway.contracts.calibration import Calibration
from sway.contracts.method import Method
from sway.engine.in_memory import Acts, propagate, voiced_reactions
from sway.kernels.trust import trust, voice
from sway.stages.calibration import to_ends, to_m0
from sway.stages.raw_scores import with_raw_scores
from sway.stages.scores import to_points
from sway.stages.tallies import PostTally

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Posts:
    """Rows of posts (p,): author, whole days ago, and whether it is an original one."""

    author: Integers
    age_days: Integers
    is_original: NDArray[np.bool_]


@dataclass(frozen=True)
class World:
    """One network as of one date; accounts are 0 to n - 1.

    age_days, followers, following: (n,) of profiles, NaN where not known. label_factor: (n,) 1 without a label. links:
    (n,) links to pages, None where acts are what counts; is_linked: pages that belong to an entity, None where that is
    not known. posts: None where the network delivers none.
    """

    acts: Acts
    age_days: Floats
    followers: Floats
    following: Floats
    posts: Posts | None = None
    label_factor: Floats | None = None
    is_seed: NDArray[np.bool_] | None = None
    is_suspended: NDArray[np.bool_] | None = None
    title_bonus: Floats | None = None
    links: Floats | None = None
    is_linked: NDArray[np.bool_] | None = None

    @property
    def accounts(self) -> int:
        return len(self.age_days)


@dataclass(frozen=True)
class Scores:
    """Columns as in account_scores, (n,) each, and the calibration they are measured with; None: too few accounts."""

    columns: dict[str, NDArray[Any]]
    calibration: Calibration | None


def score_arrays(world: World, method: Method, network: str, *, calibration: Calibration | None = None) -> Scores:
    """Scores of every account of `world` by a version; without `calibration` one is taken on the world itself."""
    declared, numbers = method.networks[network], method.trust
    believed = _trust(world, method)
    heard = voice(believed, silent_at=numbers.silent_at, full_voice_after=numbers.full_voice_after)
    known = propagate(world.acts, believed, heard, declared, method) | {"trust": believed, **_posts(world, method)}
    known |= {"voiced_reactions": voiced_reactions(world.acts, heard, method)}
    known |= {"title_bonus": _or(world.title_bonus, np.zeros(world.accounts)), "followers": world.followers}
    if world.links is not None:
        known |= {"reach": world.links, "reach_squares": world.links}
    has_posts = world.posts is not None
    m0 = calibration.m0 if calibration else to_m0(known) if has_posts else 0.0
    columns = with_raw_scores(known, method, declared, m0=m0, has_posts=has_posts)
    if calibration is None:
        ends = to_ends(columns["raw_score"], columns["is_counted"], world.is_linked, method.scale)
        if ends is not None:
            calibration = Calibration(**ends._asdict(), m0=m0, has_profiles=True, has_posts=has_posts)
    return Scores(columns | to_points(columns, method, calibration), calibration)


def _trust(world: World, method: Method) -> Floats:
    numbers, nobody = method.trust, np.zeros(world.accounts, bool)
    return trust(
        world.age_days,
        world.followers,
        world.following,
        _or(world.label_factor, np.ones(world.accounts)),
        _or(world.is_seed, nobody),
        _or(world.is_suspended, nobody),
        floor=numbers.floor,
        full_age_days=numbers.full_age_days,
        followers_grace=numbers.followers_grace,
        lowest_follow_ratio=numbers.lowest_follow_ratio,
        seed_trust=numbers.seed_trust,
    )


def _posts(world: World, method: Method) -> dict[str, NDArray[Any]]:
    tally = PostTally(world.accounts, method.strength, method.breaks)
    if world.posts is not None:
        is_in = (world.posts.age_days >= 0) & (world.posts.age_days < tally.days)
        tally.add(
            world.posts.author[is_in].astype(np.int32),
            world.posts.is_original[is_in],
            world.posts.age_days[is_in].astype(np.int32),
        )
    return {
        "posts": tally.posts,
        "original_posts": tally.original_posts,
        "lasting_posts": tally.lasting_posts,
        "break_days": tally.break_days(),
    }


def _or(given: NDArray[Any] | None, otherwise: NDArray[Any]) -> NDArray[Any]:
    return otherwise if given is None else given
