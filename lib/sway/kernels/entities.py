"""One score for an entity from those of its accounts, and how far its networks' audiences overlap (method 8)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sway.kernels.reach import sums
from sway.kernels.scale import soft_cap, soft_cap_slope

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Combined(NamedTuple):
    """Of entities (n,): points S before the cap, the score, its error, n_eff; of their accounts (r,): the contribution.

    NaN: no account with evidence (S, score), none with an error (error), nothing to divide (contribution).
    """

    linear: Floats
    score: Floats
    error: Floats
    n_eff: Floats
    contribution: Floats


def combine(
    entity: Integers,
    linear: Floats,
    weight: Floats,
    error: Floats,
    n_eff: Floats,
    *,
    entities: int,
    bend_points: float,
    bends_from: float,
) -> Combined:
    """S = B0 ln(1 + sum of w (exp(linear / B0) - 1)) over an entity's accounts, then the soft cap.

    Args:
        entity: (r,) 0 to entities - 1, of each account; an account may stand under several entities. linear: (r,)
            points, 0 and up, NaN where the account has no score or no reactor with a voice: it adds exactly 0. weight:
            (r,) the network's weight times the share of the account that belongs to the entity, 0 and up. error: (r,)
            se in points of linear, NaN where not known. n_eff: (r,) effective reactors.

    error = cap'(S) sqrt(sum of (dS/dlinear se)^2). Contributions are an account's part of the sum. Sums run over rows
    as they stand.
    """
    has_points = ~np.isnan(linear)
    powers = np.where(has_points, linear, 0.0) / bend_points
    terms = np.where(has_points, weight * np.expm1(powers), 0.0)
    whole = sums(entity, terms, entities)
    is_scored = np.bincount(entity[has_points], minlength=entities) > 0
    points = np.where(is_scored, bend_points * np.log1p(whole), np.nan)
    slope = np.where(has_points, weight * np.exp(powers), 0.0) / (1.0 + whole.take(entity))
    has_error = has_points & ~np.isnan(error)
    squares = sums(entity, np.where(has_error, slope * error, 0.0) ** 2, entities)
    is_judged = np.bincount(entity[has_error], minlength=entities) > 0
    capped = soft_cap(points, bends_from=bends_from)
    spread = np.where(is_judged, soft_cap_slope(points, bends_from=bends_from) * np.sqrt(squares), np.nan)
    reactors = sums(entity, np.where(has_points, n_eff, 0.0), entities)
    part = np.divide(terms, whole.take(entity), out=np.full(len(terms), np.nan), where=whole.take(entity) > 0.0)
    return Combined(points, capped, spread, reactors, np.where(has_points, part, np.nan))


def audience_overlap(entity: Integers, network: Integers, reactor: Integers, *, entities: int) -> Floats:
    """Distinct reactors of an entity over the sum of those on each network: 1 where nobody reacts on two of them.

    Args:
        entity, network, reactor: (r,) whole numbers from 0: who reacted to which entity on which network, in any order
            and with repeats. Accounts of one person are one reactor.

    Returns (entities,) above 0 to 1, NaN without reactors.
    """
    rows = np.unique(np.stack([entity, reactor, network]), axis=1)
    per_network = np.bincount(rows[0], minlength=entities)
    distinct = np.bincount(np.unique(rows[:2], axis=1)[0], minlength=entities)
    nothing: Floats = np.full(entities, np.nan)
    return np.divide(distinct, per_network, out=nothing, where=per_network > 0)
