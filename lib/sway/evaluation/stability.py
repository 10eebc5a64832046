"""E6: how much scores move from one ordinary day to the next, and not at all on the same day."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.engine.in_memory import Acts
from sway.evaluation.outcome import Outcome, Table
from sway.evaluation.setting import Setting
from sway.steps.in_arrays import Posts, World, score_arrays

Floats = NDArray[np.float64]

DAYS = 7  # the last ones of the world, each against the day before
REACTORS = 10
MOST, MOST_WITH_REACTORS = 3.0, 2.5
PERCENTILE = 99.0
OLD_DAYS = 120  # by then as much fades as is added


class Moved(NamedTuple):
    """Of accounts scored on both days: how many, and how far they moved: the mean, and the high percentile."""

    seed: int
    day: int
    accounts: int
    mean: float
    all: float
    some: float


def stability(setting: Setting) -> Outcome:
    """The same day twice, the second time with all rows in another order; then day after day on one scale."""
    outcome = Outcome(setting.generated() + f"; ordinary days {OLD_DAYS} days in, {setting.days} days beside them")
    rows: list[Moved] = []
    for seed in setting.seeds:
        world = setting.grown(seed).on(setting.days - 1)
        apart = _apart(_score(setting, world), _score(setting, shuffled(world, seed)))
        outcome.aim("the same date twice from the same rows, in another order: 0.0", f"{apart}", apart == 0.0)
        for days in (setting.days, OLD_DAYS):
            rows += _day_by_day(setting, seed, days)
    head = ("seed", "day", "accounts", "mean", f"{PERCENTILE:g}th percentile", f"with {REACTORS} reactors or more")
    outcome.tables.append(Table(head, rows, "Absolute change against the day before, in points", digits=2))
    _judge(outcome, [row for row in rows if row.day >= OLD_DAYS - DAYS])
    outcome.remarks.append(
        "One reactor more moves ln(U + 1) by ln((U + 2) / (U + 1)), most where U is small. Reactors are counted over "
        "the whole horizon and U by how recent each is, so that ten reactors may be a U of one or two: who has ten "
        "need not move less than who has fewer. The same date twice is taken from arrays here; from the lake's tables "
        "tests/steps/test_night.py holds that neither scoring a date again nor another order, other files or other "
        "cores change a bit."
    )
    return outcome


def _day_by_day(setting: Setting, seed: int, days: int) -> list[Moved]:
    """The last days of a world so old, on the scale of the first of them."""
    grown = setting.grown(seed, days=days)
    last = min(DAYS, grown.days - 1)
    scores = setting.scored(grown.on(grown.days - 1 - last))
    if scores.calibration is None:
        return []
    rows, before, reactors = [], scores.columns["score"], scores.columns["reactors"]
    for day in range(grown.days - last, grown.days):
        after = score_arrays(grown.on(day), setting.method, grown.name, calibration=scores.calibration).columns
        rows.append(_moved(seed, day, before, after["score"], reactors))
        before, reactors = after["score"], after["reactors"]
    return rows


def shuffled(world: World, seed: int) -> World:
    """The same world, its rows in another order."""
    order = np.random.default_rng(seed).permutation(len(world.acts.actor))
    posts = world.posts
    if posts is not None:
        other = np.random.default_rng(seed).permutation(len(posts.author))
        posts = Posts(posts.author[other], posts.age_days[other], posts.is_original[other])
    return replace(world, acts=Acts(*(column[order] for column in world.acts)), posts=posts)


def _score(setting: Setting, world: World) -> Floats:
    return setting.scored(world).columns["score"]


def _apart(one: Floats, other: Floats) -> float:
    if not np.array_equal(np.isnan(one), np.isnan(other)):
        return float("inf")
    return float(np.nanmax(np.abs(one - other), initial=0.0))


def _moved(seed: int, day: int, before: Floats, after: Floats, reactors: NDArray[np.int64]) -> Moved:
    both = ~np.isnan(before) & ~np.isnan(after)
    moved = np.abs(after[both] - before[both])
    some = moved[reactors[both] >= REACTORS]
    high = float(np.percentile(some, PERCENTILE)) if len(some) else float("nan")
    return Moved(seed, day, int(both.sum()), float(moved.mean()), float(np.percentile(moved, PERCENTILE)), high)


def _judge(outcome: Outcome, rows: list[Moved]) -> None:
    """An ordinary day is the median one: weekends are quieter, Mondays are not."""
    for name, most, who in (("all", MOST, "all"), ("some", MOST_WITH_REACTORS, f"who has {REACTORS} reactors or more")):
        ordinary_day = f"an ordinary day (the median of {DAYS} days a world)"
        wanted = f"{PERCENTILE:g}th percentile of the change on {ordinary_day} at most {most} points over {who}"
        if not rows:
            outcome.aim(wanted, "too few accounts for a scale", None)
            continue
        days = np.array([getattr(row, name) for row in rows])
        ordinary = float(np.median(days))
        outcome.aim(wanted, f"{ordinary:.2f} ({days.min():.2f} to {days.max():.2f} by day)", ordinary <= most)
