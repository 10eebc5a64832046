"""How an actor's voice is divided over its targets (method 3)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from sway.kernels.strength import segment_sum

Floats = NDArray[np.float64]
Starts = NDArray[np.int64]


def divisors(weights: Floats, starts: Starts, *, cap: float, reserve: float) -> Floats:
    """D = reserve + sum over targets of min(g, cap D), for every actor.

    In closed form D = min over t of (reserve + the weights beyond the t largest) / (1 - cap t). The t largest are those
    above cap D: from t = 0 the capped ones are counted, D follows, more may be capped, and so on while D falls, which
    is Newton's method on a concave function of D, linear by parts: it ends at the root, after most_capped rounds at
    most. Actors whose D no longer changes are left out of further rounds.

    Args:
        weights: (p,) g of each pair, 0 and up, an actor's together. starts: (a,) where actors begin, ascending.

    Returns (a,) float64, reserve and up.
    """
    counts = np.diff(starts, append=len(weights))
    found: Floats = reserve + segment_sum(weights, starts)
    asked = np.arange(len(starts))
    while len(asked):
        is_capped = weights > cap * np.repeat(found[asked], counts)
        capped = segment_sum(is_capped.astype(np.int64), starts)
        lower = (reserve + segment_sum(np.where(is_capped, 0.0, weights), starts)) / (1.0 - cap * capped)
        is_lower = (capped > 0) & (lower < found[asked])
        found[asked[is_lower]] = lower[is_lower]
        weights, counts, asked = weights[np.repeat(is_lower, counts)], counts[is_lower], asked[is_lower]
        starts = np.cumsum(counts) - counts
    return found


def shares(weights: Floats, divisor: Floats, *, cap: float) -> Floats:
    """C = min(cap, g / D): what part of the actor's voice the target gets. (p,) each, D that of the pair's actor."""
    return np.minimum(cap, weights / divisor)
