"""Weights of actions learnt from what pairs did next."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from sway.kernels.keys import mix, starts_of
from sway.kernels.strength import decay

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class Pairs(NamedTuple):
    """Pairs of accounts: actor (p,) key; features (p, a) ln(1 + d) of each action; followed (p,) ln(1 + acts after)."""

    actor: Integers
    features: Floats
    followed: Floats


def to_pairs(
    actor: Integers,
    target: Integers,
    action: Integers,
    age_days: Integers,
    count: Integers,
    *,
    actions: int,
    half_life_days: float,
    horizon_days: int,
    fade_out_days: int,
) -> Pairs:
    """Rows of acts -> what each pair had done by a day, and how often it acted after.

    Args: (r,) each; action: 0 to actions - 1; age_days: before the day, 0 on it, below 0 after it. Pairs that had not
    acted by the day are left out: nothing is known of them to predict by.
    """
    order = np.lexsort((target, actor))
    actor, target, action, age_days, count = (of[order] for of in (actor, target, action, age_days, count))
    starts = starts_of(actor, target)
    pairs = len(starts)
    pair = np.repeat(np.arange(pairs), np.diff(starts, append=len(actor)))
    is_past = age_days >= 0
    cell = pair[is_past] * actions + action[is_past]
    faded = count[is_past] * decay(
        age_days[is_past], half_life_days=half_life_days, horizon_days=horizon_days, fade_out_days=fade_out_days
    )
    features = np.log1p(np.bincount(cell, faded, pairs * actions).reshape(pairs, actions))
    followed = np.log1p(np.bincount(pair[~is_past], count[~is_past], pairs))
    is_known = features.any(axis=1)
    return Pairs(actor[starts][is_known], features[is_known], followed[is_known])


def is_held_out(actor: Integers) -> NDArray[np.bool_]:
    """Half of all actors, the same ones always, by their keys."""
    half: NDArray[np.bool_] = (mix(actor) >> np.uint64(63)).astype(bool)
    return half


def fitted(pairs: Pairs) -> Floats:
    """(a,) weights, 0 and up, whose sum with features is nearest to `followed` in squares, besides a constant.

    Non-negative least squares on the triangle of [features, 1, followed]: as large as there are actions, not pairs. The
    constant is free, so it stands twice, once with each sign.
    """
    ones = np.ones((len(pairs.followed), 1))
    columns = np.hstack([pairs.features, ones, -ones, pairs.followed[:, None]])
    triangle: Floats = np.linalg.qr(columns, mode="r")  # type: ignore[assignment]
    weights: Floats = nnls(triangle[:, :-1], triangle[:, -1])[0][: pairs.features.shape[1]]
    return weights


def explained(pairs: Pairs, weights: Floats) -> float:
    """Correlation of the pairs' weighted sum with what followed, squared: what part of its spread is explained.

    0 where the correlation is negative: weights that predict the wrong way round explain nothing.
    """
    predicted = pairs.features @ weights
    if not (predicted.std() and pairs.followed.std()):
        return 0.0
    return max(0.0, float(np.corrcoef(predicted, pairs.followed)[0, 1])) ** 2


def on_scale_of(learnt: Floats, configured: Floats, pairs: Pairs) -> Floats:
    """`learnt` times what makes pairs as strong on average as `configured` does, since only ratios are learnt."""
    strong = float((pairs.features @ learnt).sum())
    return learnt * (float((pairs.features @ configured).sum()) / strong) if strong else learnt
