"""E11, first half: a further reaction never lowers its target, over very many small worlds."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Method
from sway.engine.in_memory import Acts, propagate, voiced_reactions
from sway.evaluation.generated import stacked
from sway.kernels.trust import voice
from sway.stages.raw_scores import with_raw_scores

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

NETWORK = "twitter"
ACCOUNTS, ROWS = 8, 40  # of each small world
WORLDS, AT_ONCE = 40_000, 2_000  # that many stand side by side, as one world without ways between them
TRUSTS = (0.05, 0.15, 0.3, 1.0, 5.0)
AGES = (0, 1, 5, 40, 100, 170)
TIMES = (1, 1, 1, 3, 50)
M0 = 1.0  # reactions per post, of a scale frozen before
NEAR = 1e-9


class Small(NamedTuple):
    """Worlds of `ACCOUNTS` accounts each, one after the other: rows, trust, own posts and days of credit."""

    acts: Acts
    trust: Floats
    posts: Integers
    break_days: Floats


def drawn(random: np.random.Generator, worlds: int, method: Method) -> Small:
    """Random ones: anybody may have done anything to anybody, standing relations among it."""
    count = worlds * ACCOUNTS
    trust = random.choice(TRUSTS, count)
    return Small(_acts(random, worlds, ROWS, method), trust, random.poisson(5.0, count), 12.0 * random.random(count))


def _acts(
    random: np.random.Generator, worlds: int, rows: int, method: Method, *, target: Integers | None = None
) -> Acts:
    """`rows` of each world; all towards the given target of each world where there is one."""
    declared = method.networks[NETWORK].actions
    first = np.repeat(np.arange(worlds) * ACCOUNTS, rows)
    is_standing = np.array([declared[name].standing for name in sorted(declared)])
    action = random.integers(0, len(declared), len(first))
    done_to = first + random.integers(0, ACCOUNTS, len(first)) if target is None else np.repeat(target, rows)
    actor = first + (done_to - first + random.integers(1, ACCOUNTS, len(first))) % ACCOUNTS
    age = np.where(is_standing[action], 0, random.choice(AGES, len(first)))
    return Acts(actor, done_to, action, age, np.where(is_standing[action], 0, random.choice(TIMES, len(first))))


def raw_scores(small: Small, method: Method) -> Floats:
    """(n,) z with trust, posts and credits as they are given; NaN where there is none."""
    numbers = method.trust
    heard = voice(small.trust, silent_at=numbers.silent_at, full_voice_after=numbers.full_voice_after)
    known = propagate(small.acts, small.trust, heard, method.networks[NETWORK], method)
    known |= {
        "trust": small.trust,
        "voiced_reactions": voiced_reactions(small.acts, heard, method),
        "lasting_posts": small.posts.astype(np.float64),
        "break_days": small.break_days,
        "title_bonus": np.zeros(len(small.trust)),
    }
    return with_raw_scores(known, method, method.networks[NETWORK], m0=M0, has_posts=True)["raw_score"]


def lowered(method: Method, *, worlds: int, seed: int) -> tuple[int, int, float]:
    """How many targets a further reaction lowered, how many it raised, and the largest fall in units of z."""
    falls, rises, deepest = 0, 0, 0.0
    for batch, first in enumerate(range(0, worlds, AT_ONCE)):
        random = np.random.default_rng([seed, batch])
        some = min(AT_ONCE, worlds - first)
        small = drawn(random, some, method)
        target = np.arange(some) * ACCOUNTS + random.integers(0, ACCOUNTS, some)
        more = small._replace(acts=stacked(small.acts, _acts(random, some, 1, method, target=target)))
        before, after = (raw_scores(one, method)[target] for one in (small, more))
        gained = np.where(np.isnan(before), np.where(np.isnan(after), 0.0, np.inf), after - before)
        falls += int((~(gained >= -NEAR)).sum())  # a score that is lost is NaN, and counts
        rises += int((gained > NEAR).sum())
        deepest = max(deepest, float(np.where(np.isnan(gained), np.inf, -gained).max()))
    return falls, rises, deepest
