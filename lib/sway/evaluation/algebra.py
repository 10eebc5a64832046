"""E10: what several networks do to one person's score, as laws over random entities."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.contracts.method import Method
from sway.evaluation.outcome import Outcome, Table
from sway.evaluation.setting import Setting
from sway.kernels.entities import combine

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

ENTITIES, NETWORKS = 10_000, 5
NEAR = 1e-9  # points: rounding alone


class Drawn(NamedTuple):
    """(e, 5) of random entities: points on every network, NaN where there is no score, and weight times share."""

    linear: Floats
    weight: Floats


def drawn(seed: int) -> Drawn:
    random = np.random.default_rng(seed)
    linear = random.exponential(20.0, (ENTITIES, NETWORKS))
    linear[random.random(linear.shape) < 0.1] = 0.0
    linear[random.random(linear.shape) < 0.3] = np.nan
    weight = np.where(random.random(linear.shape) < 0.5, 1.0, random.random(linear.shape) * 2.0)
    return Drawn(linear, weight)


def algebra(setting: Setting) -> Outcome:
    """A further network, one without score, two equal ones, and another order."""
    outcome = Outcome(f"{ENTITIES:,} random entities on up to {NETWORKS} networks, seed {setting.seeds[0]}")
    some, method = drawn(setting.seeds[0]), setting.method
    outcome.aim("a further network never lowers a score", *_further(some, method))
    outcome.aim("an account without score adds exactly 0.0", *_without_score(some, method))
    outcome.aim("two equal networks at x give x + 10 ln(2 - e^(-x/10)) before the cap", *_equal(method))
    outcome.aim("the order of networks is irrelevant", *_order(some, method, setting.seeds[0]))
    head = ("points on each of two networks", "before the cap", "gained")
    points = np.array([0.0, 10.0, 20.0, 50.0, 80.0])
    both = points_of(np.stack([points, points], axis=1), np.ones((len(points), 2)), method)
    rows = [(float(x), float(s), float(s - x)) for x, s in zip(points, both, strict=True)]
    outcome.tables.append(Table(head, rows, digits=2))
    return outcome


def points_of(linear: Floats, weight: Floats, method: Method) -> Floats:
    """(e,) S of entities with these accounts, NaN without one."""
    assert method.entities is not None, "the version scores entities"
    count, networks = linear.shape
    nothing = np.zeros(linear.size)
    found = combine(
        np.repeat(np.arange(count), networks),
        linear.ravel(),
        weight.ravel(),
        nothing,
        nothing,
        entities=count,
        bend_points=method.entities.bend_points,
        bends_from=method.scale.soft_cap_from,
    )
    return found.linear


def _further(some: Drawn, method: Method) -> tuple[str, bool]:
    lowered = 0
    for networks in range(1, NETWORKS):
        one, more = (points_of(some.linear[:, :n], some.weight[:, :n], method) for n in (networks, networks + 1))
        lowered += int((np.nan_to_num(more) < np.nan_to_num(one) - NEAR).sum())
    return f"{lowered} of {ENTITIES * (NETWORKS - 1):,} lowered", lowered == 0


def _without_score(some: Drawn, method: Method) -> tuple[str, bool]:
    nobody = np.full((ENTITIES, 1), np.nan)
    one = points_of(some.linear, some.weight, method)
    more = points_of(np.hstack([some.linear, nobody]), np.hstack([some.weight, np.ones((ENTITIES, 1))]), method)
    added = float(np.nanmax(np.abs(more - one)))
    return f"{added} at most", added == 0.0 and bool((np.isnan(one) == np.isnan(more)).all())


def _equal(method: Method) -> tuple[str, bool]:
    x = np.linspace(0.0, 100.0, 1001)
    both = points_of(np.stack([x, x], axis=1), np.ones((len(x), 2)), method)
    apart = float(np.abs(both - (x + 10.0 * np.log(2.0 - np.exp(-x / 10.0)))).max())
    return f"apart by {apart:.0e} at most over 0 to 100", apart < NEAR


def _order(some: Drawn, method: Method, seed: int) -> tuple[str, bool]:
    order = np.random.default_rng(seed).permutation(NETWORKS)
    one = points_of(some.linear, some.weight, method)
    other = points_of(some.linear[:, order], some.weight[:, order], method)
    apart = float(np.nanmax(np.abs(one - other)))
    return f"apart by {apart:.0e} at most", apart < NEAR
